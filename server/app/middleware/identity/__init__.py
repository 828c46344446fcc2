"""Who is calling, for which tenant, with which permission, and how often."""
