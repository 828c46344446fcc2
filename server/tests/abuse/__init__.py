"""What an outsider may try against a live server (`make abuse`)."""
