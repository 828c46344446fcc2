"""What every resource with a state says of it."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, computed_field

from app.models.base.state_machine import StateMachine
from app.schemas.common import In, Out
from app.utils import scope


class ActionsQuery(In):
    """Optionally explain why other actions are not allowed."""

    explain: Literal["actions"] | None = Field(None, examples=["actions"])


class ExplainedAction(Out):
    """An action, whether you can take it now, and if not, why."""

    action: str
    is_allowed: bool
    needs_reason: bool = False
    code: str | None = None
    detail: str | None = None


class Stateful(Out):
    """A resource with a state, the actions that you can take and, on request, why others are not allowed."""

    machine: ClassVar[StateMachine]

    status: str
    explained_actions: list[ExplainedAction] | None = None

    @computed_field  # type: ignore[prop-decorator]  # as pydantic documents it
    @property
    def allowed_actions(self) -> list[str]:
        """The actions that the state and your permissions allow. `explain=actions` checks the other conditions too."""
        # Without guards, which would cost statements for every row of a list.
        return self.machine.allowed(self.status, scope.actor().permissions)
