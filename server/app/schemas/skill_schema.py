"""Skills of the taxonomy."""

from __future__ import annotations

from pydantic import Field

from app.schemas.common import Out, Query


class SkillQuery(Query):
    """The beginning of a skill's name."""

    q: str = Field(min_length=2, max_length=60)
    limit: int = Field(10, ge=1, le=50)


class SkillOut(Out):
    """A skill from ESCO, the European classification. You can use other skills as well."""

    label: str
    uri: str
    is_knowledge: bool = Field(description="Whether it is knowledge rather than an ability")
