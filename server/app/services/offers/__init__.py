"""Offers, letters, responses."""
