"""Emails: rendering, sending, links in them."""
