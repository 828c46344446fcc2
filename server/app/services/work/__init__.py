"""The start page: what waits for a user, and numbers of the tenant, the team and the user."""
