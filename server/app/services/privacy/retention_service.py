"""Retention: candidates without activity for the tenant's retention period are quarantined, announced, then erased."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Application, Candidate, CandidateConsent, Event, Role, Tenant, User
from app.models.application import ApplicationStatus
from app.models.candidate_consent import ConsentPurpose
from app.models.notification import NotificationKind
from app.models.tenant import TenantStatus
from app.models.user import UserStatus
from app.services.candidates import candidate_consent_service, candidate_redirects
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.notifications import notification_service
from app.services.privacy import candidate_erasure_service
from app.services.settings import tenant_settings_service
from app.utils import clock
from app.utils.addresses import addresses

MONTH = timedelta(days=365.25 / 12)  # the mean, so that twelve of them are a year
BATCH = 200  # candidates per night and tenant
# Consent for other purposes, such as marketing, is no reason to store a candidate.
KEEPING = (ConsentPurpose.RECRUITING, ConsentPurpose.TALENT_POOL)


def tenants_with_rules() -> list[str]:
    """Return the active tenants (ids as text) with a retention period or quarantine; in the platform's scope."""
    statement = sa.select(Tenant.id, Tenant.settings).where(Tenant.status == TenantStatus.ACTIVE).order_by(Tenant.id)
    # A tenant that has turned retention off still has candidates to release from quarantine.
    marked = set(
        db.session.scalars(sa.select(Candidate.tenant_id).where(Candidate.purge_after.is_not(None)).distinct())
    )
    found = db.session.execute(statement)
    return [str(tenant) for tenant, settings in found if settings.get("retention_months") or tenant in marked]


@use_case
def quarantine() -> int:
    """Set the erasure date of the next inactive candidates, and notify their owners; return their number."""
    settings, since = tenant_settings_service.current(), _since()
    _release(since)
    if since is None:
        return 0
    statement = (
        sa.select(Candidate)
        .where(Candidate.purge_after.is_(None), *_free(since))
        .order_by(Candidate.updated_at)  # the longest inactive first
        .limit(BATCH)
    )
    # A candidate that is locked is being changed, and therefore not inactive.
    candidates = db.session.scalars(statement.with_for_update(skip_locked=True)).all()
    day = clock.now() + timedelta(days=settings.retention_grace_days)
    marked = {"purge_after": day, "updated_at": Candidate.updated_at}  # not an activity
    db.session.execute(sa.update(Candidate).where(Candidate.id.in_([each.id for each in candidates])).values(marked))
    for candidate in candidates:
        event_service.record("candidate.quarantined", candidate, purge_after=day.isoformat())
    _notify(Counter(candidate.owner_id for candidate in candidates), settings.retention_grace_days)
    return len(candidates)


def due() -> list[str]:
    """Return the ids (as text) of the current tenant's candidates to erase now, except those with a reason to stay."""
    since = _since()
    if since is None:
        return []
    statement = (
        sa.select(Candidate.id)
        .where(Candidate.purge_after <= clock.now(), *_free(since))
        .order_by(Candidate.purge_after)
        .limit(BATCH)
    )
    return [str(each) for each in db.session.scalars(statement)]


def settle() -> int:
    """Run the nightly retention of the current tenant, and return how many candidates were erased."""
    quarantine()
    return purge_due()


def purge_due() -> int:
    """Erase the current tenant's due candidates one by one, and return their number."""
    return sum(purge(candidate_id) for candidate_id in due())


@use_case
def purge(candidate_id: str) -> bool:
    """Erase a due candidate; return False if they are no longer due."""
    settings, since = tenant_settings_service.current(), _since()
    # Checked again under the lock: someone may have kept the candidate or worked with them since `due`.
    locked = sa.select(Candidate.purge_after).where(Candidate.id == UUID(candidate_id)).with_for_update()
    day = db.session.scalar(locked)
    if since is None or day is None or day > clock.now():
        return False
    # Activity after the notice counts, even if it is older than the retention period by now, as after a late run:
    # such candidates are announced again before they are erased.
    notice = day - timedelta(days=settings.retention_grace_days)
    if (
        db.session.scalar(sa.select(Candidate.id).where(Candidate.id == UUID(candidate_id), *_free(min(since, notice))))
        is None
    ):
        anew = {"purge_after": None, "updated_at": Candidate.updated_at}  # the retention period and the notice restart
        db.session.execute(sa.update(Candidate).where(Candidate.id == UUID(candidate_id)).values(anew))
        return False
    candidate_erasure_service.erase(UUID(candidate_id), "The tenant's retention period is over.")
    return True


@use_case
def retain(candidate_id: UUID, if_match: int | None) -> Candidate:
    """Take a candidate out of quarantine: the retention period restarts."""
    candidate = candidate_redirects.lock_for_update(candidate_id, if_match)
    candidate.purge_after = None
    event_service.record("candidate.kept", candidate)
    db.session.flush()
    return rows.get(Candidate, candidate_id, joinedload(Candidate.contacts))


def _release(since: datetime | None) -> None:
    """Release candidates from quarantine who were active since, or have another reason to stay."""
    # None: all candidates are retained, so nobody stays in quarantine.
    keeps = sa.true() if since is None else sa.not_(sa.and_(*_free(since)))
    freed = {"purge_after": None, "updated_at": Candidate.updated_at}
    db.session.execute(sa.update(Candidate).where(Candidate.purge_after.is_not(None), keeps).values(freed))


def _since() -> datetime | None:
    """Return the moment since which there must be no activity, or None if all candidates are retained."""
    months = tenant_settings_service.current().retention_months
    return None if months is None else clock.now() - months * MONTH


def _free(since: datetime) -> list[Any]:
    """Return the conditions for erasure: no activity since then, no active application, no consent to be stored."""
    # Work by people: events of functions and of the candidate do not extend the retention.
    worked = sa.exists().where(
        Event.candidate_id == Candidate.id, Event.occurred_at >= since, Event.actor_kind.in_(("user", "api_key"))
    )
    live = sa.exists().where(Application.candidate_id == Candidate.id, Application.status == ApplicationStatus.ACTIVE)
    consent = sa.exists().where(
        CandidateConsent.candidate_id == Candidate.id,
        CandidateConsent.purpose.in_(KEEPING),
        candidate_consent_service.valid(),
    )
    return [Candidate.updated_at < since, sa.not_(worked), sa.not_(live), sa.not_(consent)]


def _notify(owners: Counter[UUID | None], days: int) -> None:
    """Mail each owner the number of their quarantined candidates; those without an owner go to the administrators."""
    unowned = owners.pop(None, 0)
    admins = sa.select(User).join(Role, Role.id == User.role_id).where(Role.name == "TENANT_ADMIN")
    noticed = {user: owners[user.id] for user in db.session.scalars(sa.select(User).where(User.id.in_(owners)))}
    for user in db.session.scalars(admins) if unowned else ():
        noticed[user] = noticed.get(user, 0) + unowned
    for user, count in noticed.items():
        if user.status == UserStatus.ACTIVE:
            link = f"{addresses.app}/candidates?is_quarantined=true"
            context, key = {
                "count": count,
                "days": days,
                "link": link,
            }, f"retention:{user.id}:{clock.now().isoformat()}"
            notification_service.notify(user, NotificationKind.RETENTION_NOTICE, key, context)
