"""Field by field, which value a merged candidate gets: pure functions over rows as mappings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.schemas.candidate_merge_schema import Side
from app.services.candidates import candidate_fields
from app.services.candidates.candidate_fields import CandidateField, Merge
from app.utils.errors import Invalid

STRENGTH = {"human": 3, "form": 2, "parser": 1}  # of a provenance; none is 0


@dataclass(frozen=True, slots=True)
class Merged:
    """The result of a field, by column; `side` is None if both values are combined."""

    field: str
    values: dict[str, Any]
    side: Side | None
    provenance: str | None


def merge(winner: Mapping[str, Any], loser: Mapping[str, Any], choices: Mapping[str, Side]) -> list[Merged]:
    """Return every field in which the two differ; Invalid if a choice is not a candidate field."""
    if unknown := [name for name in choices if name not in candidate_fields.BY_NAME]:
        errors = [
            {"pointer": f"/choices/{name[:60]}", "code": "unknown_field", "detail": "is not a candidate field"}
            for name in unknown
        ]
        raise Invalid("Some choices are not candidate fields.", code="unknown_field", errors=errors)
    return list(_differences(winner, loser, choices))


def _differences(winner: Mapping[str, Any], loser: Mapping[str, Any], choices: Mapping[str, Side]) -> Iterator[Merged]:
    for field in candidate_fields.FIELDS:
        name, columns = field.name, field.in_columns
        if all(winner[column] == loser[column] for column in columns):
            continue
        if name not in choices and field.merge is Merge.JOINED:
            joined = _joined(field, winner[name], loser[name])
            yield Merged(name, {name: joined}, None, _stronger(name, winner, loser))
        elif name not in choices and field.merge is Merge.BY_KEY:
            yield Merged(name, {name: {**loser[name], **winner[name]}}, None, _stronger(name, winner, loser))
        else:
            side = choices.get(name) or _side(field, winner, loser)
            row = winner if side is Side.WINNER else loser
            yield Merged(name, {column: row[column] for column in columns}, side, row["provenance"].get(name))


def _side(field: CandidateField, winner: Mapping[str, Any], loser: Mapping[str, Any]) -> Side:
    """Return the side with a value; if both have one, the stronger provenance; on a tie, the winner."""
    column = field.in_columns[0]  # the columns of a field are null together
    if loser[column] is None or field.merge is Merge.WINNER:
        return Side.WINNER
    if winner[column] is None:
        return Side.LOSER
    strengths = [STRENGTH.get(row["provenance"].get(field.name, ""), 0) for row in (winner, loser)]
    return Side.LOSER if strengths[1] > strengths[0] else Side.WINNER


def _joined(field: CandidateField, first: list[Any], second: list[Any]) -> list[Any]:
    found: dict[Any, Any] = {}
    for item in [*first, *second]:
        found.setdefault((field.item_key and field.item_key(item)) or item, item)
    return list(found.values())[: field.most]  # beyond the limit, the loser's items are dropped


def _stronger(field: str, winner: Mapping[str, Any], loser: Mapping[str, Any]) -> str | None:
    names = [row["provenance"].get(field) for row in (winner, loser)]
    return max((name for name in names if name), key=lambda name: STRENGTH.get(name, 0), default=None)
