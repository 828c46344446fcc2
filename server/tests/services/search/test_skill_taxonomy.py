"""Skills: other names of the same thing, suggestions, what is unknown stays as it was typed."""

from __future__ import annotations

import pytest

from app.services.matching import match_scoring
from app.services.search import skill_taxonomy
from tests.factories.client import ok


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Postgres", "PostgreSQL"),
        ("js", "JavaScript"),
        ("PostgreSQL", "PostgreSQL"),
        ("postgresql", "postgresql"),
        ("Underwater basket weaving", "Underwater basket weaving"),
        ("Scrum", "Scrum"),
    ],
)
def test_other_names_get_the_usual_one(typed, shown):
    assert skill_taxonomy.normal(typed) == shown


def test_two_names_of_one_skill_are_one(api):
    body = {"name": "A", "skills": ["Postgres", "K8s", "PostgreSQL", "kubernetes", "Mine"]}
    candidate = ok(api.post("/candidates", body), 201)
    assert candidate["skills"] == ["PostgreSQL", "Kubernetes", "Mine"]
    uses = [{"skill": "k8s", "years": 2.0, "last_used": None}]
    assert ok(api.patch(f"/candidates/{candidate['id']}", {"skill_use": uses}))["skill_use"][0]["skill"] == "Kubernetes"
    wrong = api.patch(f"/candidates/{candidate['id']}", {"skill_use": [{"skill": "COBOL"}]})
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "unknown_skill")


def test_skills_of_any_script_are_told_apart(api):
    skills = ["会计", "Бухгалтерия", "бухгалтерия", "C语言", "C", "???", "!"]
    assert ok(api.post("/candidates", {"name": "A", "skills": skills}), 201)["skills"] == [
        "会计",
        "Бухгалтерия",
        "C语言",
        "C",
        "???",
        "!",
    ]
    assert match_scoring.matched_skills(["काम"], ["कम"]) == match_scoring.matched_skills(["バス"], ["ハス"]) == {}
    assert match_scoring.matched_skills(["会计"], ["Бухгалтерия"]) == {}
    assert match_scoring.matched_skills(["Бухгалтерия"], ["бухгалтерия", "会计"]) == {"Бухгалтерия": "бухгалтерия"}


def test_skills_are_suggested_by_their_beginning(api):
    found = ok(api.get("/skills?q=postgr"))["data"]
    assert found[0]["label"] == "PostgreSQL" and found[0]["uri"].startswith("http://data.europa.eu/esco/skill/")
    assert ok(api.get("/skills?q=zzzzz"))["data"] == []


def test_every_name_is_found_again():
    lines = skill_taxonomy._lines().splitlines()
    assert lines == sorted(lines) and len(lines) > 20_000
    for line in lines[::97]:
        key = line.split(b"\t")[0].decode()
        assert skill_taxonomy.concept(key) is not None, key
