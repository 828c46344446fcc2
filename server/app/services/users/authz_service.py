"""Explanations of why a user may or may not do something."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import (
    Application,
    Candidate,
    CandidateDocument,
    CandidateResume,
    EmailMessage,
    Interview,
    InterviewPanelist,
    InterviewScorecard,
    Job,
    Note,
    Offer,
    Role,
    User,
    job_access,
)
from app.models.job_access import Part
from app.models.user import UserStatus
from app.schemas.authz_schema import ExplainOut, ExplainQuery, Rule
from app.services.access import visibility_service
from app.services.core import rows
from app.services.users import user_service
from app.utils import scope
from app.utils.errors import BadRequest
from app.utils.scope import Actor

SCORE = "interview_scorecards.create"
RULES = {None: Rule.GRANTED, Part.TEAM: Rule.ON_THE_HIRING_TEAM, Part.PANEL: Rule.ON_THE_PANEL}
DETAILS = {
    Rule.GRANTED: "",
    Rule.ON_THE_HIRING_TEAM: "the subject is visible as the user is in the hiring team of its job; ",
    Rule.ON_THE_PANEL: "the subject is visible as the user is on the panel of an interview; ",
}
SUBJECTS: dict[str, Any] = {
    model.__tablename__: model
    for model in (
        Application,
        Candidate,
        CandidateDocument,
        Note,
        CandidateResume,
        EmailMessage,
        Interview,
        InterviewScorecard,
        Job,
        Offer,
        Role,
        User,
    )
}


def explain(query: ExplainQuery, caller_id: UUID) -> ExplainOut:
    """Return the rule that decides: the first that refuses the action, or else the one that grants it."""
    user = rows.get(User, query.user_id or caller_id, *user_service.WITH_ROLES)
    roles = [role.name for role in (user.role, *user.custom_roles) if query.action in role.permissions]
    if user.status != UserStatus.ACTIVE:
        return _no(Rule.USER_INACTIVE, f"The user is {user.status}.", roles)
    if not roles:
        return _no(Rule.NOT_GRANTED, f"None of the user's roles grants {query.action}.", roles)
    # Looked up as the caller, who must not learn of rows that are not visible to them.
    if query.subject is not None and not _exists(query.subject):
        return _no(Rule.SUBJECT_MISSING, "The subject does not exist in this tenant.", roles)
    rule = _rule_of_visibility(user, query.action, query.subject) if query.subject is not None else Rule.GRANTED
    if rule is Rule.NOT_OPENED:
        return _no(rule, "The user's role in the hiring team, or seat on the panel, does not allow this.", roles)
    if rule is None:
        return _no(Rule.NOT_VISIBLE, "The subject belongs to a candidate that is not visible to the user.", roles)
    detail = f"{', '.join(roles)} grants {query.action}; {DETAILS[rule]}the state of the subject may still forbid it."
    return ExplainOut(allowed=True, rule=rule, detail=detail, roles=roles)


def _rule_of_visibility(user: User, action: str, subject: str) -> Rule | None:
    """Return what makes the subject visible to the user for this action, the first that applies; None if nothing."""
    permissions = frozenset().union(*(role.permissions for role in (user.role, *user.custom_roles)))
    whole = visibility_service.of_user(user.id, permissions)
    changing = whole if job_access.is_read(action) else visibility_service.for_change(whole, action)
    if action == SCORE and _is_on_panel(user.id, subject):  # whoever sees the candidate
        return Rule.ON_THE_PANEL
    for rule, visibility in visibility_service.by_part(changing):
        if _is_seen_by(Actor("user", user.id, None, permissions, visibility), subject):
            return RULES[rule]
    reads = Actor("user", user.id, None, permissions, whole)
    return Rule.NOT_OPENED if _is_seen_by(reads, subject) else None


def _is_seen_by(actor: Actor, subject: str) -> bool:
    with scope.tenant(scope.tenant_id(), actor):
        return _exists(subject)


def _is_on_panel(user_id: UUID, subject: str) -> bool:
    noun, _, identity = subject.partition(":")
    seat = (InterviewPanelist.user_id == user_id, InterviewPanelist.interview_id == UUID(identity))
    return noun == "interviews" and db.session.scalar(sa.select(InterviewPanelist.id).where(*seat)) is not None


def _exists(subject: str) -> bool:
    noun, _, identity = subject.partition(":")
    model = SUBJECTS.get(noun)
    try:
        key = UUID(identity)
    except ValueError as error:
        raise BadRequest("The id of the subject must be a UUID.", code="bad_subject") from error
    if model is None:
        raise BadRequest(f"The subject must be one of: {', '.join(sorted(SUBJECTS))}.", code="bad_subject")
    return db.session.scalar(sa.select(model.id).where(model.id == key)) is not None


def _no(rule: Rule, detail: str, roles: list[str]) -> ExplainOut:
    return ExplainOut(allowed=False, rule=rule, detail=detail, roles=roles)
