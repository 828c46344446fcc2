"""Principals, roles, API keys, visibility."""
