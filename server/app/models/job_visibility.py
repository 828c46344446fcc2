"""SQL for what the hiring team of a job and the panel of an interview may see, by the table in `job_access.py`.

Read with each statement rather than kept with the principal, so that leaving a team or a panel ends it at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.models.application import Application
from app.models.application_form import ApplicationForm
from app.models.base.types import UtcDateTime
from app.models.candidate import Candidate
from app.models.candidate_contact import CandidateContact
from app.models.candidate_document import CandidateDocument
from app.models.candidate_match import CandidateMatch
from app.models.candidate_resume import CandidateResume
from app.models.candidate_tag import CandidateTagging
from app.models.interview import Interview, InterviewPanelist, InterviewStatus
from app.models.interview_scorecard import InterviewScorecard
from app.models.job_access import PANEL_STAYS, Opens, Part, panel_opens, roles_that_open
from app.models.job_question import ApplicationAnswer
from app.models.job_team_member import JobTeamMember
from app.models.note import Note
from app.models.offer import Offer
from app.models.offer_version import OfferVersion
from app.models.screening import Screening
from app.models.task import Task
from app.utils import clock

# Tables rather than classes, to which the guards would add conditions in turn.
APPLICATIONS, MEMBERS, RESUMES = Application.__table__, JobTeamMember.__table__, CandidateResume.__table__
INTERVIEWS, SEATS, CARDS = Interview.__table__, InterviewPanelist.__table__, InterviewScorecard.__table__
# What opens a row, and the column that says of which candidate or application the row is.
OF_CANDIDATE: dict[Any, tuple[str, Opens]] = {
    Candidate: ("id", Opens.PROFILE),
    CandidateContact: ("candidate_id", Opens.CONTACT_POINTS),
    CandidateResume: ("candidate_id", Opens.RESUME),
    CandidateTagging: ("candidate_id", Opens.PROFILE),
}
OF_APPLICATION: dict[Any, tuple[str, tuple[Opens, ...]]] = {
    Application: ("id", (Opens.APPLICATIONS,)),
    ApplicationAnswer: ("application_id", (Opens.ANSWERS,)),
    ApplicationForm: ("application_id", (Opens.ANSWERS, Opens.CONTACT_POINTS)),  # as the candidate filled it in
    Interview: ("application_id", (Opens.INTERVIEWS,)),
    InterviewScorecard: ("application_id", (Opens.SCORECARDS,)),
    Offer: ("application_id", (Opens.OFFERS,)),
    OfferVersion: ("application_id", (Opens.OFFERS,)),
    Screening: ("application_id", (Opens.ANSWERS,)),
}
# Members of a panel see these of their own interviews only, not of all interviews of the application.
OF_INTERVIEW = {Interview: "id", InterviewScorecard: "interview_id"}
INVITED = (InterviewStatus.SCHEDULED, InterviewStatus.AWAITING_FEEDBACK, InterviewStatus.COMPLETE)


def _in(columns: Any, name: str, ids: sa.Select[Any]) -> sa.ColumnElement[bool]:
    condition: sa.ColumnElement[bool] = getattr(columns, name).in_(ids)
    return condition


def _stays_since() -> datetime:
    return clock.now() - PANEL_STAYS


@dataclass(frozen=True, slots=True)
class JobVisibility:
    """What `user` may see or, with `change`, change as a member of hiring teams and panels.

    The methods that select return queries for ids; `opens` is what must be open. They stand for themselves, also in
    statements over the same tables (`correlate`).
    """

    tenant: UUID
    user: UUID
    change: Opens | None = None
    part: Part | None = None  # the only one that counts

    def condition(self, model: Any, columns: Any = None, *, by_panel: bool = True) -> sa.ColumnElement[bool] | None:
        """Return the condition that opens rows of a model, or None if nothing does.

        `columns` are those of the table for statements that bypass the ORM; without `by_panel`, only teams count.
        """
        columns = model if columns is None else columns
        if model is CandidateMatch:
            return self._match(columns)
        if model is CandidateDocument:
            return self._resume_file(columns)
        if model in (Note, Task):
            return self.notes(columns, Opens.NOTES)
        if model in OF_CANDIDATE:
            name, opens = OF_CANDIDATE[model]
            return _in(columns, name, self.candidates(opens))
        if model not in OF_APPLICATION:
            return None
        name, needed = OF_APPLICATION[model]
        panel_too = by_panel and model not in OF_INTERVIEW
        opened = _in(columns, name, self.applications(*needed, by_panel=panel_too))
        if model in OF_INTERVIEW and by_panel and self._panel_opens(needed):
            opened |= _in(columns, OF_INTERVIEW[model], self._panel(INTERVIEWS.c.id))
        return opened

    def notes(self, columns: Any, opens: Opens) -> sa.ColumnElement[bool]:
        """Return the condition on notes or tasks: on these jobs, their applicants, and exactly these applications."""
        whole_person = columns.application_id.is_(None)
        of_application = sa.or_(whole_person, _in(columns, "application_id", self.applications(opens)))
        of_person = sa.and_(_in(columns, "candidate_id", self.candidates(opens)), of_application)
        return sa.or_(of_person, _in(columns, "job_id", self.jobs(opens)))

    def jobs(self, *opens: Opens) -> sa.Select[Any]:
        """Select the ids of the jobs whose hiring team the user is in, with a role that opens all of these."""
        own = (MEMBERS.c.tenant_id == self.tenant, MEMBERS.c.user_id == self.user)
        roles = [] if self.part is Part.PANEL else roles_that_open(self._needed(opens))
        return sa.select(MEMBERS.c.job_id).where(*own, MEMBERS.c.role.in_(roles)).correlate(None)

    def applications(self, *opens: Opens, by_panel: bool = True) -> sa.Select[Any]:
        """Select the ids of the applications of these jobs and of the user's interviews."""
        return sa.select(APPLICATIONS.c.id).where(self._reached(opens, by_panel)).correlate(None)

    def candidates(self, *opens: Opens) -> sa.Select[Any]:
        """Select the ids of the candidates of these applications."""
        return sa.select(APPLICATIONS.c.candidate_id).where(self._reached(opens, True)).correlate(None)

    def _needed(self, opens: tuple[Opens, ...]) -> set[Opens]:
        return {*opens, self.change} if self.change is not None else set(opens)

    def _panel_opens(self, opens: tuple[Opens, ...]) -> bool:
        return self.part is not Part.TEAM and panel_opens(self._needed(opens))

    def _reached(self, opens: tuple[Opens, ...], by_panel: bool) -> sa.ColumnElement[bool]:
        reached = _in(APPLICATIONS.c, "job_id", self.jobs(*opens))
        if by_panel and self._panel_opens(opens):
            reached |= _in(APPLICATIONS.c, "id", self._panel(INTERVIEWS.c.application_id))
        return sa.and_(APPLICATIONS.c.tenant_id == self.tenant, reached)

    def _match(self, columns: Any) -> sa.ColumnElement[bool]:
        """Return the condition on matches: those of the job's applicants, not those of strangers."""
        own = sa.select(APPLICATIONS.c.id).where(
            APPLICATIONS.c.tenant_id == columns.tenant_id,
            APPLICATIONS.c.candidate_id == columns.candidate_id,
            APPLICATIONS.c.job_id == columns.job_id,
            self._reached((Opens.APPLICATIONS, Opens.PROFILE), True),
        )
        return own.correlate(CandidateMatch.__table__).exists()

    def _resume_file(self, columns: Any) -> sa.ColumnElement[bool]:
        """Return the condition on documents: files of resumes, since others may be copies of passports."""
        opened = _in(RESUMES.c, "candidate_id", self.candidates(Opens.RESUME))
        files = sa.select(RESUMES.c.document_id).where(RESUMES.c.tenant_id == self.tenant, opened).correlate(None)
        return _in(columns, "id", files)

    def _panel(self, column: Any) -> sa.Select[Any]:
        """Select a column of the interviews whose panel the user is on, from the invitation on."""
        seat = sa.and_(SEATS.c.tenant_id == INTERVIEWS.c.tenant_id, SEATS.c.interview_id == INTERVIEWS.c.id)
        own_card = sa.and_(
            CARDS.c.tenant_id == INTERVIEWS.c.tenant_id,
            CARDS.c.interview_id == INTERVIEWS.c.id,
            CARDS.c.author_id == SEATS.c.user_id,
        )
        # A parameter that each execution computes: the statement is compiled once.
        since = sa.bindparam("panel_stays_since", callable_=_stays_since, type_=UtcDateTime())
        waits = sa.and_(CARDS.c.submitted_at.is_(None), INTERVIEWS.c.status != InterviewStatus.COMPLETE)
        ended = sa.func.coalesce(CARDS.c.submitted_at, INTERVIEWS.c.ends_at)
        return (
            sa.select(column)
            .select_from(INTERVIEWS.join(SEATS, seat).outerjoin(CARDS, own_card))
            .where(
                SEATS.c.tenant_id == self.tenant,
                SEATS.c.user_id == self.user,
                INTERVIEWS.c.status.in_(INVITED),
                sa.or_(waits, ended > since),
            )
            .correlate(None)
        )
