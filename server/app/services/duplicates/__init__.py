"""Candidates who may be one person, and merges."""
