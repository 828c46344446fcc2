"""The monthly token budget of a tenant for language models: reserved before a call, settled after it."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.extensions import db
from app.models import TenantLlmUse
from app.services.core import rows, upsert
from app.services.core.transaction import use_case
from app.utils import clock
from app.utils.llm_client import llm_client


@use_case
def reserve(tokens: int) -> bool:
    """Reserve tokens of this month for a call; False if they exceed the budget."""
    month = _month()
    # Makes sure that there is a row to lock: the first calls of a month may run in parallel.
    row = rows.new_row(month=month, tokens=0)
    db.session.execute(upsert.insert(TenantLlmUse.__table__).values(row).on_conflict_do_nothing())
    use = db.session.scalars(sa.select(TenantLlmUse).where(TenantLlmUse.month == month).with_for_update()).one()
    if use.tokens + tokens > llm_client.monthly_tokens:
        return False
    use.tokens += tokens
    return True


@use_case
def settle(reserved: int, used: int) -> None:
    """Replace the reserved tokens of a call by those it used."""
    # Computed in SQL, because other calls reserve and settle meanwhile.
    db.session.execute(
        sa.update(TenantLlmUse)
        .where(TenantLlmUse.month == _month())
        .values(tokens=TenantLlmUse.tokens + used - reserved)
    )


def this_month() -> int:
    """Return the tokens used by the bound tenant in this calendar month (UTC), including reserved ones."""
    return int(db.session.scalar(sa.select(TenantLlmUse.tokens).where(TenantLlmUse.month == _month())) or 0)


def _month() -> date:
    return clock.now().date().replace(day=1)
