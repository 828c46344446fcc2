"""Quota: what the current use case consumes of a tenant's plan or releases, checked just before its commit."""

from __future__ import annotations

from app.services.core.transaction import unit


def consume(resource: str, amount: int = 1) -> None:
    """Add `amount` to the usage of users, candidates, storage_bytes or jobs. Inside a use case.

    LimitReached at the commit if the plan's limit is exceeded.
    """
    usage = unit().usage
    # Summed up and written once at the end, so that the tenant's counter is locked only for the commit.
    usage[resource] = usage.get(resource, 0) + amount


def release(resource: str, amount: int = 1) -> None:
    """Subtract `amount` from the usage. Inside a use case."""
    consume(resource, -amount)
