"""Users and what each may do."""
