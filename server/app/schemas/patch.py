"""The base class of PATCH bodies, whose fields are absent or a value."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import GetJsonSchemaHandler, ValidationInfo, field_validator
from pydantic_core import CoreSchema, PydanticCustomError

from app.schemas.common import In


class Patch(In):
    """Fields to change; fields that are absent stay as they are. Null empties a `nullable` field."""

    nullable: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_null(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.field_name not in cls.nullable:
            raise PydanticCustomError("null_not_allowed", "must not be null")
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Say of each field what it takes: None is the default in Python only, where it stands for absent."""
        schema = handler.resolve_ref_schema(handler(core_schema))
        names = {field.alias or name: name for name, field in cls.model_fields.items()}
        for name, prop in schema["properties"].items():
            prop.pop("default", None)
            if names[name] not in cls.nullable and "anyOf" in prop:
                kinds = [kind for kind in prop.pop("anyOf") if kind != {"type": "null"}]
                prop |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        return schema
