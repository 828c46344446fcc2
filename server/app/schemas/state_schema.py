"""What every resource with a state says of it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, GetJsonSchemaHandler, computed_field
from pydantic_core import CoreSchema

from app.models.base.state_machine import StateMachine
from app.schemas.common import In, Out
from app.schemas.documented import choice_of, like
from app.utils import scope


class ActionsQuery(In):
    """Optionally explain why other actions are not allowed."""

    explain: Literal["actions"] | None = Field(None, examples=["actions"])


class ExplainedAction(Out):
    """An action, whether you can take it now, and if not, why."""

    action: Annotated[str, like("Action")]
    is_allowed: bool
    needs_reason: bool = False
    code: Annotated[str, like("ProblemCode")] | None = None
    detail: str | None = None


class Stateful(Out):
    """A resource with a state, the actions that you can take and, on request, why others are not allowed."""

    machine: ClassVar[StateMachine]

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """List the actions of the machine."""
        schema = handler.resolve_ref_schema(handler(core_schema))
        if "allowed_actions" in schema["properties"]:
            schema["properties"]["allowed_actions"]["items"] = choice_of(*cls.machine.actions)
        return schema

    status: str
    explained_actions: list[ExplainedAction] | None = None

    @computed_field  # type: ignore[prop-decorator]  # as pydantic documents it
    @property
    def allowed_actions(self) -> list[str]:
        """The actions that the state and your permissions allow. `explain=actions` checks the other conditions too."""
        # Without guards, which would cost statements for every row of a list.
        return self.machine.allowed(self.status, scope.actor().permissions)
