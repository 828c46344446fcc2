"""State machines as data: tables of (from, action, to, permission, guards, effects) beside their models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step. `needs_reason` asks the caller for a sentence; guards and effects are names in the engine.

    A step `by_itself` follows from another one and is nobody's to ask for; it has no permission.
    """

    source: StrEnum
    action: str
    target: StrEnum
    permission: str | None
    needs_reason: bool = False
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    by_itself: bool = False


class StateMachine:
    """A named table of transitions."""

    def __init__(self, name: str, transitions: Iterable[Transition]) -> None:
        self.name = name
        self.transitions = tuple(transitions)
        self.actions = tuple(dict.fromkeys(t.action for t in self.transitions if not t.by_itself))
        self._by_key: dict[tuple[str, str], Transition] = {(t.source, t.action): t for t in self.transitions}

    def find(self, source: str, action: str, by_itself: bool = False) -> Transition | None:
        """The transition for an action in a state, or None where it is illegal; those by themselves only on wish."""
        step = self._by_key.get((source, action))
        return step if step is not None and step.by_itself == by_itself else None

    def allowed(self, source: str, permissions: frozenset[str]) -> list[str]:
        """The actions that a holder of `permissions` may take in a state, as far as the table knows."""
        return [t.action for t in self.transitions if t.source == source and t.permission in permissions]
