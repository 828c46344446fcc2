"""What all schemas share: patterns end where the text ends."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from app.schemas.candidate_tag_schema import CandidateTagCreate
from app.schemas.common import In, Out, Query
from app.schemas.role_schema import RoleCreate


def _below(schema: type[BaseModel]) -> set[type[BaseModel]]:
    return {schema} | {each for child in schema.__subclasses__() for each in _below(child)}


def test_a_pattern_refuses_a_newline_at_the_end():
    assert CandidateTagCreate(name="Ready", color="#0a5c7a").color == "#0a5c7a"
    for schema, values in (
        (CandidateTagCreate, {"name": "Ready", "color": "#0a5c7a\n"}),
        (RoleCreate, {"name": "KEYS\n", "permissions": []}),
    ):
        with pytest.raises(ValidationError, match="should match pattern"):
            schema.model_validate(values)


def test_no_schema_uses_the_regular_expressions_of_python(app):
    """Their `$` also matches before a final newline, which a column of the exact length does not take."""
    schemas = _below(BaseModel)
    assert len(schemas) > 300 and {In, Out, Query} <= schemas
    assert [each.__name__ for each in schemas if each.model_config.get("regex_engine") == "python-re"] == []
