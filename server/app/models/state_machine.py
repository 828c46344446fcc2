"""State machines as data: tables of (from, action, to, permission), beside the models that use them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step. `needs_reason` asks the caller for a sentence."""

    source: StrEnum
    action: str
    target: StrEnum
    permission: str
    needs_reason: bool = False


class StateMachine:
    """A named table of transitions."""

    def __init__(self, name: str, transitions: Iterable[Transition]) -> None:
        self.name = name
        self.transitions = tuple(transitions)
        self._by_key = {(t.source, t.action): t for t in self.transitions}

    def find(self, source: StrEnum, action: str) -> Transition | None:
        """The transition for an action in a state, or None where it is illegal."""
        return self._by_key.get((source, action))

    def allowed(self, source: StrEnum, permissions: frozenset[str]) -> list[str]:
        """The actions that a holder of `permissions` may take in a state."""
        return [t.action for t in self.transitions if t.source == source and t.permission in permissions]
