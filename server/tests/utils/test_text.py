"""Keys of names: equal for different spellings, and never longer than their column."""

from __future__ import annotations

import pytest

from app.utils.text import name_key
from tests.factories.client import ok, refused

LONG = "서울특별시 강남구 테헤란로 인재 채용 담당 부서 목록"  # folds to more than 60 letters


def test_a_key_is_equal_for_different_spellings():
    assert name_key("  Größe   XL ") == name_key("GRÖSSE xl") == "grosse xl"


@pytest.mark.parametrize("name", [LONG, "ß" * 60])
def test_a_key_fits_its_column(name):
    assert len(name) <= 60 and len(name_key(name)) <= 60
    assert name_key(name) == name_key(f" {name} ") != name_key(name[:-1])


def test_a_name_that_grows_when_it_is_folded_is_stored(api):
    assert ok(api.post("/candidate-tags", {"name": LONG}), 201)["name"] == LONG
    assert refused(api.post("/candidate-tags", {"name": LONG}), 409) == "duplicate"
