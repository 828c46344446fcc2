"""The quota of a tenant's plan: what the current unit of work consumes or releases, checked just before its commit."""

from __future__ import annotations

from app.services.core.transaction import unit


def consume(resource: str, amount: int = 1) -> None:
    """Count `amount` more users, candidates, storage_bytes or jobs; LimitReached at the commit if the plan is full."""
    usage = unit().usage
    usage[resource] = usage.get(resource, 0) + amount


def release(resource: str, amount: int = 1) -> None:
    """Count `amount` less."""
    consume(resource, -amount)
