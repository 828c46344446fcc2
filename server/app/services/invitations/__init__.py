"""Invitations: of candidates, to fill in a form about themselves."""
