"""Who asks, and what they may do and see: principals, roles, API keys, scopes of sight."""
