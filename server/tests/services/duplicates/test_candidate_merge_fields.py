"""Whose value a merged candidate gets, rule by rule."""

from __future__ import annotations

import pytest

from app.schemas.candidate_merge_schema import Side
from app.services.candidates import candidate_fields
from app.services.duplicates import candidate_merge_fields
from app.utils.errors import Invalid


def row(provenance=None, **values):
    empty = {column: field.empty for field in candidate_fields.FIELDS for column in field.in_columns}
    return {**empty, "provenance": provenance or {}, **values}


def merged(winner, loser, **choices):
    return {each.field: each for each in candidate_merge_fields.merge(winner, loser, choices)}


def test_what_is_equal_is_left_out():
    assert merged(row(headline="Engineer"), row(headline="Engineer")) == {}


@pytest.mark.parametrize(
    ("winner", "loser", "side"),
    [
        (("Engineer", "parser"), ("Analyst", "human"), Side.LOSER),
        (("Engineer", "form"), ("Analyst", "parser"), Side.WINNER),
        (("Engineer", "human"), ("Analyst", "human"), Side.WINNER),
        ((None, "human"), ("Analyst", "parser"), Side.LOSER),
        (("Engineer", "parser"), (None, "human"), Side.WINNER),
        (("Engineer", None), ("Analyst", "parser"), Side.LOSER),
    ],
)
def test_the_stronger_provenance_wins_and_a_value_wins_over_none(winner, loser, side):
    rows = [row({"headline": source} if source else {}, headline=value) for value, source in (winner, loser)]
    found = merged(*rows)["headline"]
    value, source = winner if side is Side.WINNER else loser
    assert (found.side, found.values, found.provenance) == (side, {"headline": value}, source)


def test_a_choice_overrules_the_provenance():
    winner, loser = row({"headline": "human"}, headline="A"), row({"headline": "parser"}, headline="B")
    assert merged(winner, loser, headline=Side.LOSER)["headline"].values == {"headline": "B"}


def test_the_columns_of_one_field_stay_together():
    winner = row(pay_amount=5, pay_currency="EUR", pay_period="hour")
    loser = row({"expected_pay": "human"}, pay_amount=7, pay_currency="USD", pay_period="year")
    assert merged(winner, loser)["expected_pay"].values == {
        "pay_amount": 7,
        "pay_currency": "USD",
        "pay_period": "year",
    }


def test_lists_are_joined_once_each_and_end_at_their_limit():
    found = merged(row(skills=["Python", "SQL"]), row(skills=["python", "Rust"]))["skills"]
    assert found.side is None and found.values["skills"][:2] == ["Python", "SQL"] and "Rust" in found.values["skills"]
    most = candidate_fields.BY_NAME["skills"].most
    full = merged(row(skills=[f"a{n}" for n in range(most)]), row(skills=["b"]))["skills"]
    assert len(full.values["skills"]) == most and "b" not in full.values["skills"]


def test_a_chosen_side_takes_its_whole_list():
    assert merged(row(skills=["A"]), row(skills=["B"]), skills=Side.LOSER)["skills"].values == {"skills": ["B"]}


def test_custom_fields_are_joined_by_key_and_the_winners_stand():
    found = merged(row(custom_fields={"a": 1, "b": 2}), row(custom_fields={"b": 3, "c": 4}))["custom_fields"]
    assert found.values == {"custom_fields": {"a": 1, "b": 2, "c": 4}}


def test_the_winner_keeps_its_owner_whatever_the_provenance():
    winner, loser = row(status="active"), row({"status": "human"}, status="archived")
    assert merged(winner, loser)["status"].values == {"status": "active"}


def test_an_unknown_field_is_refused():
    with pytest.raises(Invalid) as caught:
        candidate_merge_fields.merge(row(), row(), {"shoe_size": Side.LOSER})
    assert caught.value.code == "unknown_field" and caught.value.errors[0]["pointer"] == "/choices/shoe_size"
