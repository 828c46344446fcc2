"""HTML pages and feeds for people without an account."""
