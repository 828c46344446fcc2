"""Whose value a merged candidate gets, field by field: pure, over rows as mappings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.schemas.candidate_merge_schema import Side
from app.services import skill_taxonomy
from app.utils.errors import Invalid

TEXTS = ("name", "given_name", "family_name", "preferred_name", "headline", "location", "status")
FACTS = ("years_experience", "notice_days", "available_from", "preferred_workplace", "owner_id", "is_broadcast")
ORIGIN = ("source", "source_detail", "source_url")
PAY = ("pay_amount", "pay_currency", "pay_period")
# Lists are joined; what tells two of their items apart.
LISTS = {
    "skills": skill_taxonomy.canonical,
    "skill_use": lambda item: skill_taxonomy.canonical(item["skill"]),
    "languages": lambda item: item["language"],
    "work_authorizations": lambda item: item["country"],
    "preferred_roles": str.lower,
    "preferred_locations": str.lower,
}
MOST = {"skills": 100, "skill_use": 100, "languages": 20, "work_authorizations": 20}
SHORT = 10
STRENGTH = {"human": 3, "form": 2, "parser": 1}
FIELDS = (*TEXTS, *FACTS, *ORIGIN, "expected_pay", *LISTS, "custom_fields")


@dataclass(frozen=True, slots=True)
class Merged:
    """What comes of a field, in its columns; `side` is None where both are joined."""

    field: str
    values: dict[str, Any]
    side: Side | None
    provenance: str | None


def merge(winner: Mapping[str, Any], loser: Mapping[str, Any], choices: Mapping[str, Side]) -> list[Merged]:
    """Every field in which the two differ. Invalid where a choice names no field."""
    if unknown := [name for name in choices if name not in FIELDS]:
        errors = [
            {"pointer": f"/choices/{name[:60]}", "code": "unknown_field", "detail": "is no field"} for name in unknown
        ]
        raise Invalid("A choice names no field.", code="unknown_field", errors=errors)
    return list(_differences(winner, loser, choices))


def columns_of(field: str) -> tuple[str, ...]:
    """The columns in which a field stands."""
    return PAY if field == "expected_pay" else (field,)


def _differences(winner: Mapping[str, Any], loser: Mapping[str, Any], choices: Mapping[str, Side]) -> Iterator[Merged]:
    for field in FIELDS:
        columns = columns_of(field)
        if all(winner[name] == loser[name] for name in columns):
            continue
        if field not in choices and field in LISTS:
            yield Merged(
                field, {field: _joined(field, winner[field], loser[field])}, None, _stronger(field, winner, loser)
            )
        elif field not in choices and field == "custom_fields":
            yield Merged(field, {field: {**loser[field], **winner[field]}}, None, _stronger(field, winner, loser))
        else:
            side = choices.get(field) or _side(field, winner, loser)
            row = winner if side is Side.WINNER else loser
            yield Merged(field, {name: row[name] for name in columns}, side, row["provenance"].get(field))


def _side(field: str, winner: Mapping[str, Any], loser: Mapping[str, Any]) -> Side:
    """The side that has a value; of two the stronger provenance, of equal ones the winner."""
    column = columns_of(field)[0]
    if loser[column] is None or field in ("status", "is_broadcast"):
        return Side.WINNER
    if winner[column] is None:
        return Side.LOSER
    strengths = [STRENGTH.get(row["provenance"].get(field, ""), 0) for row in (winner, loser)]
    return Side.LOSER if strengths[1] > strengths[0] else Side.WINNER


def _joined(field: str, first: list[Any], second: list[Any]) -> list[Any]:
    told_apart = LISTS[field]
    found: dict[Any, Any] = {}
    for item in [*first, *second]:
        found.setdefault(told_apart(item) or item, item)
    return list(found.values())[: MOST.get(field, SHORT)]


def _stronger(field: str, winner: Mapping[str, Any], loser: Mapping[str, Any]) -> str | None:
    names = [row["provenance"].get(field) for row in (winner, loser)]
    return max((name for name in names if name), key=lambda name: STRENGTH.get(name, 0), default=None)
