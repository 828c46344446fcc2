"""Explanations of permissions."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.models.permission import PERMISSIONS
from app.schemas.common import Out, Query


def _known(action: str) -> str:
    if action not in PERMISSIONS:
        raise ValueError("is not a permission; see `/api/v1/meta/permissions`")
    return action


class Rule(StrEnum):
    """The rule that decided.

    `on_the_hiring_team` and `on_the_panel`: visible by a part in a job alone; `not_opened`: this part does not allow
    the action.
    """

    GRANTED = "granted"
    ON_THE_HIRING_TEAM = "on_the_hiring_team"
    ON_THE_PANEL = "on_the_panel"
    NOT_GRANTED = "not_granted"
    USER_INACTIVE = "user_inactive"
    SUBJECT_MISSING = "subject_missing"
    NOT_VISIBLE = "not_visible"
    NOT_OPENED = "not_opened"


class ExplainQuery(Query):
    """Whether a user may perform `action`, optionally on `subject`. The user defaults to you."""

    action: Annotated[str, Field(max_length=60), AfterValidator(_known)] = Field(examples=["candidates.delete"])
    subject: str | None = Field(
        None,
        pattern=r"^[a-z_]{1,40}:[0-9a-fA-F-]{36}$",
        description="A resource type and an id",
        examples=["candidates:01890000-0000-7000-8000-000000000000"],
    )
    user_id: UUID | None = None


class ExplainOut(Out):
    """Whether the action is allowed, the rule that decided, and the user's roles that grant the permission."""

    allowed: bool
    rule: Rule
    detail: str
    roles: list[str]
