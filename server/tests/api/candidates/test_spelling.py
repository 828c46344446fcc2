"""A query without hits offers one that has some: misspelt words corrected, of candidates whom the reader sees."""

from __future__ import annotations

import pytest

from tests.factories.candidate import make_candidate
from tests.factories.client import ok


def _search(api, q, **query):
    return ok(api.get("/candidates/search", query_string={"q": q, **query}))


@pytest.mark.parametrize(
    ("q", "better"),
    [
        ("pyhton", "python"),
        ("pytho", "python"),
        ("pythonn", "python"),
        ("pythom", "python"),
        ("pyhton developr", "python developer"),
        ("PYHTON", "python"),
        ("xxxxxx", None),
        ("pxtxon", None),
        ("pyhton OR developr", None),
        ('"pyhton"', None),
        ("pyt", None),
    ],
)
def test_misspelt_words_are_corrected(tenant, q, better):
    make_candidate(tenant, name="Ada", headline="Python Developer", skills=["Python"])
    found = _search(tenant.api(), q)
    assert (found["data"], found["did_you_mean"]) == ([], better)
    if better is not None:
        again = _search(tenant.api(), better)
        assert len(again["data"]) == 1 and again["did_you_mean"] is None


def test_a_word_of_somebody_out_of_sight_is_not_offered(tenant):
    make_candidate(tenant, headline="Pyrotechnician", owner_id=tenant.users["TENANT_ADMIN"])
    assert _search(tenant.api(), "pyrotechnicain")["did_you_mean"] == "pyrotechnician"
    assert _search(tenant.api("RECRUITER"), "pyrotechnicain")["did_you_mean"] is None
    assert _search(tenant.api(), "pyrotechnicain", status="archived")["did_you_mean"] is None
