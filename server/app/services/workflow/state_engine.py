"""One engine for every state machine: is the step legal, by whom, with a reason, past its guards; then its effects.

Guards and effects stand in the tables by name; the services that know them register them here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.models.base.state_machine import StateMachine, Transition
from app.schemas.state_schema import ActionsQuery, ExplainedAction
from app.services.core.registry import register
from app.services.events import event_service
from app.utils import scope
from app.utils.errors import Conflict, Forbidden, Invalid


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a guard keeps a step from being taken."""

    code: str
    detail: str


Guard = Callable[[Any], Refusal | None]
Effect = Callable[[Sequence[Any]], None]
GUARDS: dict[str, Guard] = {}
EFFECTS: dict[str, Effect] = {}


def guard(function: Guard) -> Guard:
    """Register a guard under the name of its function."""
    return register(GUARDS, function.__name__, function)


def effect(function: Effect) -> Effect:
    """Register an effect under the name of its function; it runs once for all rows of a step, inside its use case."""
    return register(EFFECTS, function.__name__, function)


def check(machine: StateMachine, row: Any, action: str, reason: str | None = None) -> Transition:
    """The step that `action` takes from the row's state; Conflict, Forbidden or Invalid where it is not to be taken."""
    step = machine.find(row.status, action)
    if step is None:
        raise _illegal(machine, row, action)
    if step.permission not in scope.actor().permissions:
        raise Forbidden(f"This needs the permission {step.permission}.", code="permission_missing")
    if step.needs_reason and not reason:
        missing = {"pointer": "/reason", "code": "missing", "detail": "is needed for this action"}
        raise Invalid("This action needs a reason.", code="reason_missing", errors=[missing])
    for name in step.guards:
        insist(GUARDS[name], row)
    return step


def insist(its_guard: Guard, row: Any) -> None:
    """Conflict where the guard refuses; an effect asks again once it holds the lock that settles it."""
    if (refusal := its_guard(row)) is not None:
        raise Conflict(refusal.detail, code=refusal.code, current_state=row.status, allowed_actions=[])


def take(machine: StateMachine, row: Any, action: str, reason: str | None = None) -> None:
    """Take the step of a locked row: its new state and reason, its effects, its event; inside a use case."""
    take_all(machine, [row], action, reason)


def take_all(machine: StateMachine, rows: Sequence[Any], action: str, reason: str | None = None) -> None:
    """Take the same action for many locked rows, each from its own state; one that may not take it stops all."""
    steps = [(row, check(machine, row, action, reason)) for row in rows]
    for row, _ in steps:
        row.status_reason = reason
    _go(machine, steps, reason)


def take_by_itself(machine: StateMachine, row: Any, action: str, reason: str | None = None) -> None:
    """Take a step that nobody asks for: it follows from another; inside a use case."""
    step = machine.find(row.status, action, by_itself=True)
    if step is None:
        raise _illegal(machine, row, action)
    _go(machine, [(row, step)], reason)


def _go(machine: StateMachine, steps: Sequence[tuple[Any, Transition]], reason: str | None) -> None:
    """The new states, then the effects, then the events."""
    for row, step in steps:
        row.status = step.target
    for step in dict.fromkeys(step for _, step in steps):
        for name in step.effects:
            EFFECTS[name]([row for row, its_own in steps if its_own is step])
    for row, step in steps:
        event_service.record(
            f"{machine.name}.{step.action}", row, reason=reason, source=step.source, target=step.target
        )


def shown(machine: StateMachine, row: Any, query: ActionsQuery) -> Any:
    """The row, with its actions explained where the query asks for it."""
    if query.explain is None:
        return row
    return ExplainedRow(row, explain(machine, row))


class ExplainedRow:
    """A row as it is, with its actions explained."""

    def __init__(self, row: Any, actions: list[ExplainedAction]) -> None:
        self._row = row
        self.explained_actions = actions

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


def explain(machine: StateMachine, row: Any) -> list[ExplainedAction]:
    """Every action of the machine: whether the actor may take it now, and if not, why."""
    return [_explained(machine, row, action) for action in machine.actions]


def _explained(machine: StateMachine, row: Any, action: str) -> ExplainedAction:
    step = machine.find(row.status, action)
    if step is None:
        states = ", ".join(sorted({each.source for each in machine.transitions if each.action == action}))
        return _not(action, "illegal_transition", f"From {row.status} it cannot be taken, only from {states}.")
    if step.permission not in scope.actor().permissions:
        return _not(action, "permission_missing", f"This needs the permission {step.permission}.")
    for name in step.guards:
        if (refusal := GUARDS[name](row)) is not None:
            return _not(action, refusal.code, refusal.detail)
    return ExplainedAction(action=action, is_allowed=True, needs_reason=step.needs_reason)


def _not(action: str, code: str, detail: str) -> ExplainedAction:
    return ExplainedAction(action=action, is_allowed=False, code=code, detail=detail)


def _illegal(machine: StateMachine, row: Any, action: str) -> Conflict:
    return Conflict(
        f"A {machine.name} that is {row.status} cannot {action}.",
        code="illegal_transition",
        current_state=row.status,
        allowed_actions=machine.allowed(row.status, scope.actor().permissions),
    )
