"""The portal, on which candidates see and correct what is stored about them."""
