"""Audit trail, outbox, quota, idempotency keys, function runs."""
