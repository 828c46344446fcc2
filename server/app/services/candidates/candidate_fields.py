"""The fields of a candidate, declared once: columns, initial values, merging and import."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from annotated_types import MaxLen
from babel import Locale

from app.schemas.candidate_schema import CandidateCreate
from app.services.search import skill_taxonomy
from app.utils import languages

PAY = {"pay_amount": "amount", "pay_currency": "currency", "pay_period": "period"}  # column: part of `expected_pay`


class Merge(StrEnum):
    """Which value a merge takes if both candidates have one: that of the stronger provenance, the winner's, or both."""

    STRONGER = "stronger"
    WINNER = "winner"
    JOINED = "joined"
    BY_KEY = "by_key"


@dataclass(frozen=True, slots=True)
class CandidateField:
    """A field of a candidate as the API names it.

    `columns` contain it, if they are named differently; `empty` is its value for a new candidate. `item_key` identifies
    the items of a joined list. `read` parses a cell of an imported table, in a column with one of the `headings`;
    without it, the field cannot be imported.
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
        """The columns that contain the field."""
        return self.columns or (self.name,)

    @property
    def most(self) -> int:
        """The maximum number of items of a list that the API accepts."""
        limits = CandidateCreate.model_fields[self.name].metadata
        return next(limit.max_length for limit in limits if isinstance(limit, MaxLen))


def many(cell: str) -> list[str]:
    """Split a cell into items."""
    # "Python; SQL", "Python, SQL", "Python,SQL", "Python|SQL"
    return [part.strip() for part in re.split(r"[;|\n]|,\s|,(?=\S)", cell) if part.strip()]


def number(cell: str) -> float | str:
    """Parse a number with a decimal point or comma; anything else stays a string, which validation rejects."""
    try:
        # "7,5" is 7.5; "1,234.5" and "1,234,567" remain text.
        return float(cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell)
    except ValueError:
        return cell


def whole(cell: str) -> int | float | str:
    """Like `number`, as an integer if it has no fraction."""
    value = number(cell)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _workplace(cell: str) -> str:
    """Convert spellings such as On-site or Home Office to the API's values."""
    name = re.sub(r"[\W_]", "", cell.lower())  # "On-site" and "on site" become "onsite"
    return {"office": "onsite", "inoffice": "onsite", "homeoffice": "remote", "fullyremote": "remote"}.get(name, name)


def _language(cell: str) -> str:
    """Convert names of languages, in English or their own, to the API's codes."""
    known = {name.casefold(): code for code, name in languages.NAMES.items()}
    known |= {str(Locale(code).get_display_name("en")).casefold(): code for code in languages.NAMES}
    return known.get(cell.strip().casefold(), cell.strip().lower()[:2])


def _text(name: str, *headings: str) -> CandidateField:
    return CandidateField(name, read=str, headings=headings)


def _list(name: str, item_key: Callable[[Any], Any], *headings: str, read: Any = None) -> CandidateField:
    return CandidateField(name, empty=[], merge=Merge.JOINED, item_key=item_key, read=read, headings=headings)


# Headings in English, German and French, compared folded: "prenom" matches "Prénom".
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
    CandidateField("preferred_language", read=_language, headings=("email language", "correspondence language")),
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
# Columns that are not fields: users cannot set them, and a merge keeps the winner's.
NO_FIELDS = {
    "purge_after": "retention sets it, and each change empties it",
    "provenance": "who each field came from; a merge takes it along with the value",
    "search_text": "derived from the fields",
    "last_activity_at": "follows the audit trail",
}
BY_NAME = {field.name: field for field in FIELDS}
