"""Emails: rendering, sending and the links in them."""
