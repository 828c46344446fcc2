"""Work that a migration leaves to background runs, because it takes long."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.utils import clock, ids

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def enqueue_for_each_tenant(event: str) -> None:
    """Put an event without data into the outbox of each tenant."""
    bind, now = op.get_bind(), clock.now()
    moments = [sa.column(name, sa.DateTime(timezone=True)) for name in ("due_at", "created_at", "updated_at")]
    names = [sa.column("id", sa.Uuid()), sa.column("tenant_id", sa.Uuid()), sa.column("data", JSON)]
    plain = [sa.column(name) for name in ("name", "generation", "sends")]
    outbox = sa.table("outbox", *names, *plain, *moments)
    for tenant_id in bind.scalars(sa.select(sa.column("id", sa.Uuid())).select_from(sa.table("tenants"))).all():
        row = {"id": ids.new_id(), "tenant_id": tenant_id, "data": {}, "name": event, "generation": 0, "sends": 0}
        bind.execute(sa.insert(outbox).values({**row, **dict.fromkeys(("due_at", "created_at", "updated_at"), now)}))
