"""Tenant profile, exports, imports, deletion."""
