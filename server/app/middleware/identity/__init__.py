"""The caller of a request: authentication, tenant, permissions and rate limits."""
