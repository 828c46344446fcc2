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
    Job,
    Role,
    User,
)
from app.models.user import UserStatus
from app.schemas.authz_schema import ExplainOut, ExplainQuery, Rule
from app.services.access import visibility_service
from app.services.core import rows
from app.services.users import user_service
from app.utils import scope
from app.utils.errors import BadRequest
from app.utils.scope import Actor

SUBJECTS: dict[str, Any] = {
    model.__tablename__: model
    for model in (Application, Candidate, CandidateDocument, CandidateResume, EmailMessage, Job, Role, User)
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
    if query.subject is not None and not _is_seen_by(user, query.subject):
        return _no(Rule.NOT_VISIBLE, "The subject belongs to a candidate that is not visible to the user.", roles)
    detail = f"{', '.join(roles)} grants {query.action}; the state of the subject may still forbid it."
    return ExplainOut(allowed=True, rule=Rule.GRANTED, detail=detail, roles=roles)


def _is_seen_by(user: User, subject: str) -> bool:
    """Return whether the subject is visible to the user, with the permissions of all of the user's roles."""
    permissions = frozenset().union(*(role.permissions for role in (user.role, *user.custom_roles)))
    actor = Actor("user", user.id, None, permissions, visibility_service.of_user(user.id, permissions))
    with scope.tenant(scope.tenant_id(), actor):
        return _exists(subject)


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
