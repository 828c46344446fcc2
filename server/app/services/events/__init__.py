"""What has happened and what is promised: the ledger, the outbox, idempotency keys, runs of jobs."""
