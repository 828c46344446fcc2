"""Candidates and what belongs to them."""
