"""Possible duplicates and merges."""
