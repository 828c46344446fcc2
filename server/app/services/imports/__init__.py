"""Imports of candidate tables, in batches."""
