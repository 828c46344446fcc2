"""Candidates and everything that belongs to them."""
