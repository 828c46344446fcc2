"""Permissions and state machines as data."""

from __future__ import annotations

from app.schemas.common import Out


class PermissionOut(Out):
    """A permission and its meaning."""

    name: str
    description: str


class TransitionOut(Out):
    """A step: from a state, by an action, to a state, for those with a permission; nobody asks for one by itself."""

    source: str
    action: str
    target: str
    permission: str | None
    needs_reason: bool
    guards: list[str]
    effects: list[str]
    by_itself: bool


class StateMachineOut(Out):
    """A table of transitions."""

    name: str
    transitions: list[TransitionOut]
