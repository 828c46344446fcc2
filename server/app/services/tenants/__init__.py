"""Tenants: their profile, archives, imports and end."""
