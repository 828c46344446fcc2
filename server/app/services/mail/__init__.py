"""Mails: written, rendered, sent, and the links inside them."""
