"""What a tenant has settled for itself, and what its plan gives it."""
