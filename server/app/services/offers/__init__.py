"""Offers, their letters, and their answers."""
