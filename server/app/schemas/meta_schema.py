"""Permissions and state machines as data."""

from __future__ import annotations

from app.schemas.common import Out


class PermissionOut(Out):
    """A permission and what it allows."""

    name: str
    description: str


class TransitionOut(Out):
    """A transition between two states. If `is_automatic` is true, it happens automatically and cannot be requested."""

    source: str
    action: str
    target: str
    permission: str | None
    needs_reason: bool
    guards: list[str]
    effects: list[str]
    is_automatic: bool


class StateMachineOut(Out):
    """A state machine with its transitions."""

    name: str
    transitions: list[TransitionOut]
