"""Users of a tenant, and what each may do."""
