"""Who is calling, for which tenant, with which right; validation, idempotency, rate limits."""
