"""Parts of a candidate's profile: languages, work authorizations, use of skills, values of custom fields."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import phonenumbers
from babel import Locale
from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, WithJsonSchema

from app.schemas.common import Day, In, Line, ShortLine, Storable

ENGLISH = Locale("en")
YEAR = (1950, 2100)


def _country(value: str) -> str:
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("must be an ISO 3166 country code, like DE")
    return value


def _language(value: str) -> str:
    if value not in ENGLISH.languages:
        raise ValueError("must be an ISO 639 language code, like de")
    return value


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$", strict=True), AfterValidator(_country)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$", strict=True), AfterValidator(_language)]
FieldKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$", strict=True)]
ExperienceYears = Annotated[float, Field(strict=True, ge=0, le=70, allow_inf_nan=False)]


class WorkRight(StrEnum):
    """The basis of a person's right to work in a country."""

    CITIZEN = "citizen"
    PERMANENT = "permanent"
    PERMIT = "permit"
    NEEDS_SPONSORSHIP = "needs_sponsorship"


class LanguageLevel(StrEnum):
    """The levels of the Common European Framework of Reference, plus native."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"
    NATIVE = "native"


class WorkAuthorization(In):
    """The right to work in a country."""

    country: Country = Field(examples=["DE"])
    right: WorkRight = Field(examples=["permit"])
    expires_on: Day | None = None


class Language(In):
    """A language and how well it is spoken."""

    language: LanguageCode = Field(examples=["de"])
    level: LanguageLevel | None = Field(None, examples=["C1"])


class SkillUse(In):
    """How long a skill was used, and when last. The skill must be one of `skills`."""

    skill: ShortLine = Field(examples=["Python"])
    years: ExperienceYears | None = Field(None, examples=[4.5])
    last_used: Annotated[int, Field(strict=True, ge=YEAR[0], le=YEAR[1])] | None = Field(None, examples=[2025])


def _distinct(name: str) -> Any:
    """Return a validator that rejects lists with the same value of the attribute `name` twice."""

    def check(items: list[Any]) -> list[Any]:
        values = [getattr(item, name) for item in items]
        if len(set(values)) != len(values):
            raise ValueError(f"must not contain the same {name} twice")
        return items

    return AfterValidator(check)


Languages = Annotated[list[Language], Field(max_length=20), _distinct("language")]
WorkAuthorizations = Annotated[list[WorkAuthorization], Field(max_length=20), _distinct("country")]
SkillUses = Annotated[list[SkillUse], Field(max_length=100), _distinct("skill")]
Roles = Annotated[list[Line], Field(max_length=10)]
Locations = Annotated[list[Line], Field(max_length=10)]
# Numbers that a JavaScript client reads without loss of digits.
FieldValue = (
    Annotated[bool, Field(strict=True)]
    | Annotated[int, Field(strict=True, ge=-(2**53), le=2**53)]
    | Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e15, le=1e15)]
    | Annotated[list[Line], Field(max_length=50)]
    | Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, strict=True), Storable]
)
FieldValues = Annotated[dict[FieldKey, FieldValue | None], Field(max_length=100)]
StoredFieldValues = Annotated[dict[str, Any], WithJsonSchema(TypeAdapter(dict[str, FieldValue]).json_schema())]
