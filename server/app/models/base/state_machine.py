"""State machines as data: tables of (source, action, target, permission, guards, effects), next to their models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Transition:
    """An allowed transition. With `needs_reason` the caller must state a reason.

    `guards` and `effects` are names that `state_rules.py` binds to functions. A transition `is_automatic` is automatic:
    nobody can request it, and it has no permission.
    """

    source: StrEnum
    action: str
    target: StrEnum
    permission: str | None
    needs_reason: bool = False
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    is_automatic: bool = False


class StateMachine:
    """A named table of transitions."""

    def __init__(self, name: str, transitions: Iterable[Transition]) -> None:
        self.name = name
        self.transitions = tuple(transitions)
        self.actions = tuple(dict.fromkeys(t.action for t in self.transitions if not t.is_automatic))
        # From one state, an action leads to one target.
        self._by_key: dict[tuple[str, str], Transition] = {(t.source, t.action): t for t in self.transitions}

    def find(self, source: str, action: str, is_automatic: bool = False) -> Transition | None:
        """Return the transition for an action in a state, or None; with `is_automatic`, only an automatic one."""
        step = self._by_key.get((source, action))
        return step if step is not None and step.is_automatic == is_automatic else None

    def allowed(self, source: str, permissions: frozenset[str]) -> list[str]:
        """Return the actions that `permissions` allow in a state; guards are not checked."""
        return [t.action for t in self.transitions if t.source == source and t.permission in permissions]
