"""The schemas of the OpenAPI document: JSON Schema 2020-12 from the Pydantic models, named and described."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from app.middleware.openapi.samples import PREFIX, Samples
from app.middleware.openapi.vocabulary import describe, vocabularies
from app.schemas.documented import NAMED

REF = f"{PREFIX}{{model}}"
VALUES = ("examples", "default", "const", "enum")  # no schemas: they stay as they are
PAGE = re.compile(r"Page_(\w+)_$")

Wanted = tuple[type[BaseModel], JsonSchemaMode]


class ModelSchema(GenerateJsonSchema):
    """Pydantic's generator, for the way that this API treats optional values."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        """Every field of a response is required: its value may be null, but it is never absent."""
        return True if self.mode == "serialization" else super().field_is_required(field, total)

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Name no fields: the title would repeat the name."""
        return False

    def ser_schema(self, schema: Any) -> JsonSchemaValue | None:
        """Document a guarded field by its own type: what the serializer returns is the value or null."""
        if schema["type"] == "function-wrap":
            return None
        return super().ser_schema(schema)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Leave out `default: null`: a field that may be left out says so by not being required."""
        found = super().default_schema(schema)
        if found.get("default", ...) is None:
            del found["default"]
        return found

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Use `additionalProperties` and `propertyNames`: generators of clients do not read `patternProperties`."""
        found = super().dict_schema(schema)
        for pattern, values in found.pop("patternProperties", {}).items():
            found |= {"propertyNames": {"type": "string", "pattern": pattern}, "additionalProperties": values}
        return found


class Schemas:
    """The components of the document, and references to them."""

    def __init__(self, wanted: list[Wanted], parameters: list[type[BaseModel]]) -> None:
        references, definitions = models_json_schema(
            list(dict.fromkeys(wanted)), ref_template=REF, schema_generator=ModelSchema
        )
        self._references = references
        self.components: dict[str, Any] = {}
        for name, schema in {**definitions["$defs"], **vocabularies()}.items():
            self.components[_renamed(name)] = _tidy(schema)
        apart = {self._name(model) for model in parameters}  # parameters have descriptions of their own
        for name, schema in self.components.items():
            schema.setdefault("description", "A page of the list")  # the only models without a docstring of their own
            if name not in apart:
                describe(name, schema)
        self.samples = Samples(self.components)

    def ref(self, model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Any]:
        """Return a reference to the component of a model, of a request ("validation") or a response."""
        found: dict[str, Any] = _tidy(self._references[model, mode])
        return found

    def of(self, model: type[BaseModel]) -> dict[str, Any]:
        """Return the schema of a model that is no body: its fields are parameters, or parts of a form."""
        found: dict[str, Any] = self.components[self._name(model)]
        return found

    def drop(self, models: list[type[BaseModel]]) -> None:
        """Remove the components of models that are no bodies."""
        for model in models:
            self.components.pop(self._name(model), None)

    def _name(self, model: type[BaseModel]) -> str:
        return str(self.ref(model, "validation")["$ref"]).rsplit("/", 1)[-1]


def _renamed(name: str) -> str:
    """Return a name that reads well in generated clients: `CandidateItemPage` instead of `Page_CandidateItem_`."""
    name = PAGE.sub(r"\1Page", name.removesuffix("-Output").replace("-Input", "Input"))
    return name.replace("-", "_")


def _tidy(node: Any) -> Any:
    """Rename references, resolve what `documented` names, and drop the titles of models."""
    if isinstance(node, str) and node.startswith(PREFIX):
        return REF.format(model=_renamed(node.removeprefix(PREFIX)))
    if isinstance(node, list):
        return [_tidy(each) for each in node]
    if not isinstance(node, dict):
        return node
    if NAMED in node:
        return {"$ref": REF.format(model=node[NAMED])} | {key: node[key] for key in node if key == "description"}
    return {
        key: value if key in VALUES else _tidy(value)
        for key, value in node.items()
        if key != "title" or not isinstance(value, str)
    }
