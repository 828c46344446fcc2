"""How much a tenant may have a language model read in a month: reserved before a call, settled after it."""

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
    """Set tokens of this month aside for a call; False where the budget has no room for them."""
    month = _month()
    row = rows.new_row(month=month, tokens=0)
    db.session.execute(upsert.insert(TenantLlmUse.__table__).values(row).on_conflict_do_nothing())
    use = db.session.scalars(sa.select(TenantLlmUse).where(TenantLlmUse.month == month).with_for_update()).one()
    if use.tokens + tokens > llm_client.monthly_tokens:
        return False
    use.tokens += tokens
    return True


@use_case
def settle(reserved: int, used: int) -> None:
    """Put what a call cost in the place of what was set aside for it."""
    db.session.execute(
        sa.update(TenantLlmUse)
        .where(TenantLlmUse.month == _month())
        .values(tokens=TenantLlmUse.tokens + used - reserved)
    )


def this_month() -> int:
    """The tokens of the bound tenant in this calendar month (UTC)."""
    return int(db.session.scalar(sa.select(TenantLlmUse.tokens).where(TenantLlmUse.month == _month())) or 0)


def _month() -> date:
    return clock.now().date().replace(day=1)
