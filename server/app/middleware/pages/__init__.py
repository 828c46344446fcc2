"""HTML pages and feeds for visitors without an account."""
