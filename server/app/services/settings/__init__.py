"""Tenant settings, branding, plans and subscriptions."""
