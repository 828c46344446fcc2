"""Feeds: the interviews of a user, which a calendar program reads by an address that is a secret."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, CalendarFeed, Candidate, Interview, InterviewPanelist, Job, Tenant, User
from app.models.interview import InterviewStatus
from app.models.tenant import TenantStatus
from app.models.user import UserStatus
from app.schemas.interviewer_calendar_schema import CalendarFeedOut
from app.services.access import rights
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.mail.mail_transport import mail_transport
from app.utils import clock, scope
from app.utils.addresses import addresses
from app.utils.calendar_invite import Invite, feed
from app.utils.errors import NotFound
from app.utils.scope import Actor
from app.utils.signing import signer

FEED = "calendar-feed"
PAST, AHEAD = timedelta(days=30), timedelta(days=365)
MOST = 1_000
SHOWN = (InterviewStatus.SCHEDULED, InterviewStatus.AWAITING_FEEDBACK, InterviewStatus.COMPLETE)


def of_own() -> CalendarFeedOut:
    """Return the address of the feed of the acting user."""
    return _address(is_new=False)


def renew() -> CalendarFeedOut:
    """Give the acting user's feed another address; the old one ends."""
    return _address(is_new=True)


@use_case
def _address(is_new: bool) -> CalendarFeedOut:
    user_id = rows.lock_row(User, rights.acting_user()).id  # so that concurrent requests do not both add a row
    feed = db.session.scalars(sa.select(CalendarFeed).where(CalendarFeed.user_id == user_id)).one_or_none()
    if feed is None:
        feed = CalendarFeed(user_id=user_id, revision=1)
        db.session.add(feed)
    elif is_new:
        feed.revision += 1
        event_service.record("user.calendar_feed_renewed", rows.get(User, user_id))
    token = signer.sign(FEED, [str(scope.tenant_id()), str(user_id), feed.revision])
    return CalendarFeedOut(url=f"{addresses.api}/calendars/{token}.ics")


def read(token: str) -> str:
    """Return the calendar of a feed; NotFound if it is forged or replaced, or the user or tenant is not active."""
    tenant_id, user_id, revision = signer.read_link(FEED, token)
    with scope.tenant(UUID(tenant_id), Actor("feed")):
        statement = (
            sa.select(Tenant.name)
            .join(User, User.tenant_id == Tenant.id)
            .join(CalendarFeed, sa.and_(CalendarFeed.tenant_id == User.tenant_id, CalendarFeed.user_id == User.id))
            .where(
                Tenant.status == TenantStatus.ACTIVE,
                User.id == UUID(user_id),
                User.status == UserStatus.ACTIVE,
                CalendarFeed.revision == revision,
            )
        )
        company = db.session.scalar(statement)
        if company is None:
            raise NotFound()
        return feed(company, _meetings(UUID(user_id)))


def _meetings(user_id: UUID) -> list[Invite]:
    statement = (
        sa.select(Interview, Candidate.name, Job.title)
        .join(
            InterviewPanelist,
            sa.and_(InterviewPanelist.tenant_id == Interview.tenant_id, InterviewPanelist.interview_id == Interview.id),
        )
        .join(Candidate, sa.and_(Candidate.tenant_id == Interview.tenant_id, Candidate.id == Interview.candidate_id))
        .join(
            Application,
            sa.and_(Application.tenant_id == Interview.tenant_id, Application.id == Interview.application_id),
        )
        .join(Job, sa.and_(Job.tenant_id == Application.tenant_id, Job.id == Application.job_id))
        .where(
            InterviewPanelist.user_id == user_id,
            Interview.status.in_(SHOWN),
            Interview.starts_at > clock.now() - PAST,
            Interview.starts_at < clock.now() + AHEAD,
        )
        .order_by(Interview.starts_at, Interview.id)
        .limit(MOST)
    )
    return [_meeting(interview, name, title) for interview, name, title in db.session.execute(statement)]


def _meeting(interview: Interview, name: str, title: str) -> Invite:
    assert interview.starts_at is not None and interview.ends_at is not None  # its status says so
    return Invite(
        uid=f"{interview.id}@{mail_transport.domain}",  # as in the invitation by email, so that programs show one
        sequence=interview.sequence,
        starts_at=interview.starts_at,
        ends_at=interview.ends_at,
        stamped_at=interview.updated_at,
        summary=f"{name}: {title}",
        location=interview.location,
        url=interview.meeting_url,
    )
