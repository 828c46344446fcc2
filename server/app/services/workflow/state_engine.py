"""The engine of all state machines: checks transitions, permissions and guards, then runs effects.

The tables name their guards and effects; `app/services/lifecycles/state_rules.py` binds functions to the names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from app.models.base.state_machine import StateMachine, Transition
from app.schemas.state_schema import ActionsQuery, ExplainedAction, Stateful
from app.services.events import event_service
from app.utils import scope
from app.utils.errors import Conflict, Forbidden, Invalid


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a guard refuses a transition."""

    code: str
    detail: str


S = TypeVar("S", bound=Stateful)
Guard = Callable[[Any], Refusal | None]
Effect = Callable[[Sequence[Any]], None]
Facts = Callable[[Any], dict[str, Any]]
Reason = str | None | Callable[[Any], str | None]  # of all rows, or of each
CanChange = Callable[[Any, str], bool]  # whether the actor may change a row that it sees, by the permission


@dataclass(frozen=True, slots=True)
class Rules:
    """The functions behind the names in the table of one state machine."""

    guards: Mapping[str, Guard]
    effects: Mapping[str, Effect]
    can_change: CanChange


REASON = "what follows from a transition does not depend on who performs it"
RULES: dict[str, Rules] = {}  # by machine; filled by state_rules.py when the application starts


def bind(
    machine: StateMachine,
    guards: Iterable[Guard] = (),
    effects: Iterable[Effect] = (),
    can_change: CanChange = lambda row, permission: True,
) -> None:
    """Bind the functions to the names in the machine's table, once; TypeError if they do not match the table exactly.

    An effect runs once for all rows of a transition, inside its use case.
    """
    if machine.name in RULES:
        raise TypeError(f"{machine.name}: its guards and effects are bound already")
    its_guards, its_effects = {each.__name__: each for each in guards}, {each.__name__: each for each in effects}
    _check_names(machine, "guard", {name for step in machine.transitions for name in step.guards}, set(its_guards))
    _check_names(machine, "effect", {name for step in machine.transitions for name in step.effects}, set(its_effects))
    RULES[machine.name] = Rules(its_guards, its_effects, can_change)


def _check_names(machine: StateMachine, kind: str, wanted: set[str], given: set[str]) -> None:
    if missing := sorted(wanted - given):
        raise TypeError(f"{machine.name}: no function is bound to the {kind} {missing[0]}; add it to state_rules.py")
    if unused := sorted(given - wanted):
        raise TypeError(
            f"{machine.name}: no transition names the {kind} {unused[0]}; name it in the table or remove it"
        )


def check(machine: StateMachine, row: Any, action: str, reason: str | None = None) -> Transition:
    """Return the transition for `action` from the row's state.

    Conflict if it is not allowed from this state or a guard refuses, Forbidden if the actor lacks its permission,
    Invalid if it requires a reason.
    """
    step = machine.find(row.status, action)
    if step is None:
        raise _illegal(machine, row, action)
    if step.permission not in scope.actor().permissions:
        raise Forbidden(f"This requires the {step.permission} permission.", code="permission_missing")
    if step.needs_reason and not reason:
        missing = {"pointer": "/reason", "code": "missing", "detail": "is required for this action"}
        raise Invalid("This action requires a reason.", code="reason_missing", errors=[missing])
    # What a guard finds must not depend on what the actor may see.
    with scope.unrestricted(REASON):
        for name in step.guards:
            enforce_guard(RULES[machine.name].guards[name], row)
    return step


def enforce_guard(guard: Guard, row: Any) -> None:
    """Conflict if the guard refuses. Effects call this again once they hold the lock that makes the check final."""
    if (refusal := guard(row)) is not None:
        raise Conflict(refusal.detail, code=refusal.code, current_state=row.status, allowed_actions=[])


def fire(machine: StateMachine, row: Any, action: str, reason: str | None = None, **facts: Any) -> None:
    """Perform the transition of a locked row: set its state and reason, run effects, record the event.

    `facts` are added to the event. Errors as in `check`. Inside a use case.
    """
    fire_all(machine, [row], action, reason, lambda _: facts)


def fire_all(
    machine: StateMachine,
    rows: Sequence[Any],
    action: str,
    reason: Reason = None,
    facts: Facts = lambda _: {},
) -> None:
    """Perform the transition of many locked rows, each from its own state; if one is refused, none is performed."""
    steps = [(row, check(machine, row, action, _reason_of(row, reason))) for row in rows]
    for row, step in steps:
        # The reason explains the state, so an action within the state does not replace it.
        if step.target != step.source:
            row.status_reason = _reason_of(row, reason)
    _apply(machine, steps, reason, facts)


def fire_automatic(
    machine: StateMachine,
    rows: Sequence[Any],
    action: str,
    reason: str | None = None,
    facts: Facts = lambda _: {},
) -> None:
    """Perform an automatic transition of many locked rows, without permission checks or guards. Inside a use case."""
    steps = []
    for row in rows:
        step = machine.find(row.status, action, is_automatic=True)
        if step is None:
            raise _illegal(machine, row, action)
        steps.append((row, step))
    _apply(machine, steps, reason, facts)


def _reason_of(row: Any, reason: Reason) -> str | None:
    return reason(row) if callable(reason) else reason


def _apply(machine: StateMachine, steps: Sequence[tuple[Any, Transition]], reason: Reason, facts: Facts) -> None:
    """Set the new states, then run the effects, then record the events."""
    effects = RULES[machine.name].effects
    # First, because effects read the new status, such as whether an approval was granted.
    for row, step in steps:
        row.status = step.target
    # Distinct steps in the order of the rows; a set would run the effects in any order.
    with scope.unrestricted(REASON):
        for step in dict.fromkeys(step for _, step in steps):
            for name in step.effects:
                effects[name]([row for row, its_own in steps if its_own is step])
    for row, step in steps:
        data = {"source": step.source, "target": step.target, **facts(row)}
        event_service.record(f"{machine.name}.{step.action}", row, reason=_reason_of(row, reason), **data)


def with_action_hints(schema: type[S], row: Any, query: ActionsQuery) -> S:
    """Return the row as `schema`, with every action explained if the query requests it."""
    shown = schema.model_validate(row)
    if query.explain is not None:
        shown.explained_actions = explain(schema.machine, row)
    return shown


def explain(machine: StateMachine, row: Any) -> list[ExplainedAction]:
    """Return every action of the machine: whether the actor may perform it now, and if not, why."""
    return [_explained(machine, row, action) for action in machine.actions]


def _explained(machine: StateMachine, row: Any, action: str) -> ExplainedAction:
    step = machine.find(row.status, action)
    if step is None:
        states = ", ".join(sorted({each.source for each in machine.transitions if each.action == action}))
        return _not(action, "illegal_transition", f"Not allowed from {row.status}, only from {states}.")
    if step.permission not in scope.actor().permissions:
        return _not(action, "permission_missing", f"This requires the {step.permission} permission.")
    rules = RULES[machine.name]
    if step.permission is not None and not rules.can_change(row, step.permission):
        return _not(action, "not_opened", "Your role in the hiring team does not allow this.")
    with scope.unrestricted(REASON):
        for name in step.guards:
            if (refusal := rules.guards[name](row)) is not None:
                return _not(action, refusal.code, refusal.detail)
    return ExplainedAction(action=action, is_allowed=True, needs_reason=step.needs_reason)


def _not(action: str, code: str, detail: str) -> ExplainedAction:
    return ExplainedAction(action=action, is_allowed=False, code=code, detail=detail)


def _illegal(machine: StateMachine, row: Any, action: str) -> Conflict:
    return Conflict(
        f"The action {action} is not allowed: the {machine.name} is {row.status}.",
        code="illegal_transition",
        current_state=row.status,
        allowed_actions=machine.allowed(row.status, scope.actor().permissions),
    )
