"""The fields of a candidate, declared once: what a new one has, what a merge keeps, what tables hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from annotated_types import MaxLen

from app.schemas.candidate_schema import CandidateCreate
from app.services.search import skill_taxonomy

PAY = {"pay_amount": "amount", "pay_currency": "currency", "pay_period": "period"}


class Merge(StrEnum):
    """Whose value a merged candidate gets where both have one: of the stronger provenance, the winner's, or both."""

    STRONGER = "stronger"
    WINNER = "winner"
    JOINED = "joined"
    BY_KEY = "by_key"


@dataclass(frozen=True, slots=True)
class CandidateField:
    """A field of a candidate as the API names it.

    `columns` are those that hold it, where they are called otherwise; `empty` is what a new candidate has. `item_key`
    tells two items of a joined list apart. `read` takes it from a cell of an imported table, whose column may have one
    of the `headings`; without it the field comes in by the API alone.
    """

    name: str
    columns: tuple[str, ...] = ()
    empty: Any = None
    merge: Merge = Merge.STRONGER
    item_key: Callable[[Any], Any] | None = None
    read: Callable[[str], Any] | None = None
    headings: tuple[str, ...] = ()

    @property
    def in_columns(self) -> tuple[str, ...]:
        """The columns that hold the field."""
        return self.columns or (self.name,)

    @property
    def most(self) -> int:
        """The most items of a list, as the API takes them."""
        limits = CandidateCreate.model_fields[self.name].metadata
        return next(limit.max_length for limit in limits if isinstance(limit, MaxLen))


def many(cell: str) -> list[str]:
    """The items of a cell."""
    return [part.strip() for part in re.split(r"[;|\n]|,\s|,(?=\S)", cell) if part.strip()]


def number(cell: str) -> float | str:
    """A number with a point or a comma; what is none stays a text, and is refused as one."""
    try:
        return float(cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell)
    except ValueError:
        return cell


def whole(cell: str) -> int | float | str:
    """The same, without a fraction where there is none."""
    value = number(cell)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _workplace(cell: str) -> str:
    """As the API spells it, however people do: On-site, Home Office."""
    name = re.sub(r"[\W_]", "", cell.lower())
    return {"office": "onsite", "inoffice": "onsite", "homeoffice": "remote", "fullyremote": "remote"}.get(name, name)


def _text(name: str, *headings: str) -> CandidateField:
    return CandidateField(name, read=str, headings=headings)


def _list(name: str, item_key: Callable[[Any], Any], *headings: str, read: Any = None) -> CandidateField:
    return CandidateField(name, empty=[], merge=Merge.JOINED, item_key=item_key, read=read, headings=headings)


FIELDS = (
    _text("name", "full name", "candidate", "candidate name", "applicant", "kandidat"),
    _text("given_name", "first name", "firstname", "given name", "vorname", "prenom"),
    _text("family_name", "last name", "lastname", "surname", "family name", "nachname", "nom"),
    _text("preferred_name", "preferred name", "nickname"),
    _text("headline", "title", "job title", "position", "current title", "current position", "role"),
    _text("location", "city", "address", "place", "town", "ort", "region"),
    CandidateField(
        "years_experience", read=number, headings=("years", "experience", "years of experience", "total experience")
    ),
    _list("skills", skill_taxonomy.canonical, "skill", "key skills", "technologies", "tags", read=many),
    _list("skill_use", lambda item: skill_taxonomy.canonical(item["skill"])),
    _list("languages", lambda item: item["language"]),
    _list("work_authorizations", lambda item: item["country"]),
    _list("preferred_roles", str.lower, "preferred role", "desired role", "wanted roles", read=many),
    _list("preferred_locations", str.lower, "preferred location", "desired location", read=many),
    CandidateField("preferred_workplace", read=_workplace),
    CandidateField("notice_days", read=whole, headings=("notice", "notice period", "notice period days")),
    _text("available_from", "available", "availability", "start date", "available from"),
    CandidateField("expected_pay", columns=tuple(PAY)),
    _text("source", "origin", "channel", "lead source"),
    _text("source_detail", "source detail", "campaign", "referrer", "referred by"),
    _text("source_url", "source url"),
    CandidateField("status", merge=Merge.WINNER),
    CandidateField("owner_id"),
    CandidateField("is_broadcast", empty=False, merge=Merge.WINNER),
    CandidateField("custom_fields", empty={}, merge=Merge.BY_KEY),
)
# Columns that are no fields: nobody sets them, and a merge leaves the winner's.
NO_FIELDS = {
    "purge_after": "retention sets it, and each change empties it",
    "provenance": "who each field came from; a merge takes it along with the value",
    "search_text": "derived from the fields",
}
BY_NAME = {field.name: field for field in FIELDS}
