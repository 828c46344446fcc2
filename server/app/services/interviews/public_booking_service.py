"""How candidates choose the time of an interview, by the link in their email."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, Interview, InterviewBooking, Job, Tenant, User
from app.models.interview import INTERVIEW_MACHINE, InterviewStatus
from app.schemas.interview_booking_schema import (
    BookingChoice,
    BookingSlotQuery,
    PublicBooking,
    PublicBookingPage,
)
from app.schemas.interviewer_availability_schema import SlotOut
from app.schemas.lists import Page
from app.services.access import active_users
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.interviews import (
    interview_mails,
    interview_panel,
    interview_service,
    interviewer_availability_service,
    interviewer_free_time,
    interviewer_pool_service,
)
from app.services.interviews.interview_booking_service import BOOKABLE
from app.services.mail import candidate_links
from app.services.mail.candidate_links import Opened, Purpose
from app.services.settings import tenant_settings_service
from app.services.workflow import state_engine
from app.utils import clock, scope, spans
from app.utils.errors import Conflict, Gone, NotFound
from app.utils.spans import Span

NOTICE = timedelta(hours=12)  # before the beginning, both of the new time and of the one that is given up
MAX_CHANGES = 2
ON_A_PAGE = 200
ALTERNATIVES = 10  # named when a time has just been taken
REASON = "Cancelled by the candidate."


@dataclass(frozen=True, slots=True)
class _People:
    """Who takes part in any case, from whom the others are taken, and how many of them."""

    fixed: list[UUID]
    pool: list[UUID]
    seats: int

    @property
    def all(self) -> list[UUID]:
        return sorted({*self.fixed, *self.pool})


def view(token: str) -> PublicBooking:
    """Return the interview, with the time that was chosen."""
    with candidate_links.opened(Purpose.BOOKING, token) as link:
        booking, interview = _read(link)
        return _shown(booking, interview)


def slots(token: str, query: BookingSlotQuery) -> Page[SlotOut]:
    """Return the first times on offer; others come later."""
    with candidate_links.opened(Purpose.BOOKING, token) as link:
        booking, _ = _read(link)
        since = max(booking.since, query.cursor or booking.since)
        return interviewer_availability_service.slot_page(_on_offer(booking, since), query.limit)


def page(token: str, after: datetime | None = None) -> PublicBookingPage:
    """Return what the page of a link shows; an interview that is cancelled is shown as such."""
    with candidate_links.opened(Purpose.BOOKING, token) as link:
        booking = rows.get(InterviewBooking, link.row_id)
        interview = rows.get(Interview, booking.interview_id)
        if interview.status == InterviewStatus.CANCELLED and link.stamp == str(booking.revision):
            return PublicBookingPage(**_shown(booking, interview).model_dump(), is_cancelled=True)
        _checked(link, booking, interview)
        shown = _shown(booking, interview)
        since = max(booking.since, after or booking.since)
        found = _on_offer(booking, since) if shown.can_change else []
        some = interviewer_availability_service.slot_page(found, ON_A_PAGE)
        return PublicBookingPage(**shown.model_dump(), slots=some.data, next_cursor=some.next_cursor)


def choose(token: str, choice: BookingChoice) -> PublicBooking:
    """Book a time, or another one instead; Conflict with other times on offer if it was taken meanwhile."""
    with candidate_links.opened(Purpose.BOOKING, token) as link:
        try:
            return _choose(link, choice)
        except Conflict as error:
            # A user scheduled an interview at the same moment: the constraint of PostgreSQL, or the check before it.
            if error.code in ("time_taken", "interviewer_busy"):
                raise _taken(_read(link)[0]) from error
            raise


def cancel(token: str) -> PublicBooking:
    """Cancel the interview; Conflict less than 12 hours before it."""
    with candidate_links.opened(Purpose.BOOKING, token) as link:
        return _cancel(link)


@use_case
def _choose(link: Opened, choice: BookingChoice) -> PublicBooking:
    booking, interview = _lock(link)
    is_change = interview.status == InterviewStatus.SCHEDULED
    wanted = (choice.starts_at, choice.starts_at + timedelta(minutes=booking.minutes))
    if is_change and interview.starts_at == wanted[0]:
        return _shown(booking, interview)  # the same form, sent twice
    if is_change:
        _check_change(booking, interview)
    people = _people(booking)
    # One booking of these people at a time: whoever comes second finds the time taken.
    own = sa.select(User.id).where(User.id.in_(people.all)).order_by(User.id)
    db.session.execute(own.with_for_update(key_share=True))
    panel = _panel(booking, people, wanted)
    if panel is None:
        raise _taken(booking)
    before = interview_panel.users(interview.id)
    if is_change:
        # Freed first, so that the old time does not count against the new panel.
        interview_panel.free_panel([interview])
        booking.changes += 1
        interview.sequence += 1
        # With the time that they were invited for.
        interview_mails.withdraw(interview, [user for user in before if user.id not in panel])
    interview_panel.seat(interview, panel)
    interview.starts_at, interview.ends_at = wanted
    interview.zone = choice.zone or interview.zone
    soon = wanted[0] <= clock.now() + interview_service.REMIND_BEFORE
    interview.reminded_at = clock.now() if soon else None
    interview.version += 1
    state_engine.fire_automatic(INTERVIEW_MACHINE, [interview], "rebook" if is_change else "book")
    return _shown(booking, interview)


@use_case
def _cancel(link: Opened) -> PublicBooking:
    booking, interview = _lock(link)
    if interview.status == InterviewStatus.SCHEDULED:
        _check_notice(interview)
    interview.version += 1
    interview.status_reason = REASON
    state_engine.fire_automatic(INTERVIEW_MACHINE, [interview], "decline", REASON)
    return _shown(booking, interview)


def _read(link: Opened) -> tuple[InterviewBooking, Interview]:
    """Return an open booking and its interview; NotFound if there is a newer link, Gone if it is closed or over."""
    booking = rows.get(InterviewBooking, link.row_id)
    return _checked(link, booking, rows.get(Interview, booking.interview_id))


def _lock(link: Opened) -> tuple[InterviewBooking, Interview]:
    # The interview first, as users do who change it.
    interview_id = rows.get(InterviewBooking, link.row_id).interview_id
    interview = rows.lock_row(Interview, interview_id)
    return _checked(link, rows.lock_row(InterviewBooking, link.row_id), interview)


def _checked(link: Opened, booking: InterviewBooking, interview: Interview) -> tuple[InterviewBooking, Interview]:
    if link.stamp != str(booking.revision):
        raise NotFound("The link is invalid or has expired.")
    has_ended = interview.ends_at is not None and interview.ends_at <= clock.now()
    if not booking.is_open or interview.status not in BOOKABLE or has_ended:
        raise Gone("This interview can no longer be booked.", code="booking_over")
    return booking, interview


def _check_change(booking: InterviewBooking, interview: Interview) -> None:
    if booking.changes >= MAX_CHANGES:
        raise Conflict("The time was changed twice already.", code="too_many_changes")
    _check_notice(interview)


def _check_notice(interview: Interview) -> None:
    if not _is_in_time(interview):
        raise Conflict("It is too late: the interview begins in less than 12 hours.", code="too_late")


def _is_in_time(interview: Interview) -> bool:
    return interview.starts_at is not None and interview.starts_at >= clock.now() + NOTICE


def _people(booking: InterviewBooking) -> _People:
    fixed = sorted(user.id for user in active_users.among([UUID(each) for each in booking.user_ids]))
    pool = interviewer_pool_service.members(booking.pool_id) if booking.pool_id else []
    return _People(fixed, [each for each in pool if each not in fixed], booking.seats)


def _free(booking: InterviewBooking, people: _People, since: datetime, until: datetime) -> dict[UUID, list[Span]]:
    return interviewer_free_time.of(people.all, since, until, apart_from=booking.interview_id)


def _on_offer(booking: InterviewBooking, since: datetime) -> list[Span]:
    """Return the times in which those who always take part are free, and enough of the pool."""
    since, people = max(since, clock.now() + NOTICE), _people(booking)
    if since >= booking.until or not people.all:
        return []
    length = timedelta(minutes=booking.minutes)
    free = _free(booking, people, since, booking.until)
    times = {user: {slot for span in free[user] for slot in spans.cut(span, length)} for user in people.all}
    counted = Counter(slot for user in people.pool for slot in times[user])
    found = {slot for slot, count in counted.items() if count >= people.seats} if people.seats else None
    for user in people.fixed:
        found = times[user] if found is None else found & times[user]
    return sorted((found or set()) - _present(booking))


def _present(booking: InterviewBooking) -> set[Span]:
    """Return the time that is booked, which is no other one."""
    times = sa.select(Interview.starts_at, Interview.ends_at).where(
        Interview.id == booking.interview_id, Interview.status == InterviewStatus.SCHEDULED
    )
    return {(begin, end) for begin, end in db.session.execute(times) if begin is not None and end is not None}


def _panel(booking: InterviewBooking, people: _People, wanted: Span) -> list[UUID] | None:
    """Return who holds the interview: of the pool, those with the fewest interviews around; None if it is no slot."""
    if wanted not in set(spans.cut(wanted, wanted[1] - wanted[0])):  # not on a quarter hour
        return None
    if wanted[0] < max(booking.since, clock.now() + NOTICE) or wanted[1] > booking.until:
        return None
    free = _free(booking, people, *wanted)
    there = {user for user in people.all if spans.holds(free[user], wanted)}
    if not there.issuperset(people.fixed):
        return None
    load = interviewer_free_time.loads(people.pool, wanted[0])
    chosen = sorted(there.intersection(people.pool), key=lambda user: (load[user], user))[: people.seats]
    return [*people.fixed, *chosen] if len(chosen) == people.seats and (people.fixed or chosen) else None


def _taken(booking: InterviewBooking) -> Conflict:
    others = [SlotOut(starts_at=begin, ends_at=end) for begin, end in _on_offer(booking, booking.since)]
    return Conflict(
        "This time has just been taken. Choose another one.",
        code="slot_taken",
        slots=[each.model_dump(mode="json") for each in others[:ALTERNATIVES]],
    )


def _shown(booking: InterviewBooking, interview: Interview) -> PublicBooking:
    tenant = rows.get(Tenant, scope.tenant_id())
    names = (
        sa.select(Candidate.name, Candidate.preferred_language, Job.title)
        .select_from(Application)
        .join(
            Candidate, sa.and_(Candidate.tenant_id == Application.tenant_id, Candidate.id == Application.candidate_id)
        )
        .join(Job, sa.and_(Job.tenant_id == Application.tenant_id, Job.id == Application.job_id))
        .where(Application.id == interview.application_id)
    )
    found = db.session.execute(names).one()
    is_booked = interview.status == InterviewStatus.SCHEDULED
    may_change = booking.is_open and booking.changes < MAX_CHANGES and _is_in_time(interview)
    return PublicBooking(
        **tenant_settings_service.imprint(tenant),
        company=tenant.name,
        language=found.preferred_language,
        candidate_name=found.name,
        job_title=found.title,
        kind=interview.kind,
        minutes=booking.minutes,
        zone=interview.zone,
        location=interview.location,
        meeting_url=interview.meeting_url if is_booked else None,
        starts_at=interview.starts_at if is_booked else None,
        ends_at=interview.ends_at if is_booked else None,
        can_change=may_change if is_booked else booking.is_open,
    )
