"""The first journey, as a client walks it."""
