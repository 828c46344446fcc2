"""Candidates over HTTP."""

from tests.factories.candidate import candidate_body
from tests.factories.client import ok


def test_a_candidate_is_created_read_changed_and_deleted(api):
    body = candidate_body(phones=["+49 40 3008 1234"], links=["https://www.Example.com/in/ada/"])
    created = ok(api.post("/candidates", body), 201)
    assert [(c["kind"], c["value"]) for c in created["contacts"]] == [
        ("email", body["emails"][0]),
        ("phone", "+494030081234"),
        ("link", "example.com/in/ada"),
    ]
    path = f"/candidates/{created['id']}"
    changed = ok(api.patch(path, {"headline": "Lead", "emails": ["new@people.example"]}))
    assert (changed["headline"], changed["version"]) == ("Lead", 2)
    assert [c["value"] for c in changed["contacts"] if c["kind"] == "email"] == ["new@people.example"]
    assert len(changed["contacts"]) == 3
    assert ok(api.get(path))["provenance"]["headline"] == "human"
    ok(api.delete(path), 204)
    ok(api.get(path), 404)
