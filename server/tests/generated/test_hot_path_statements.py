"""The hot requests keep to their number of statements, settings and BEGIN included."""

from __future__ import annotations

import pytest

from tests.factories.candidate import candidate_body, make_candidate
from tests.factories.client import ok
from tests.factories.statement_counts import count_statements


@pytest.mark.redis
def test_statements_of_the_hot_requests(app, tenant):
    candidate = make_candidate(tenant)
    api = tenant.api()
    requests = {
        "one": lambda: ok(api.get(f"/candidates/{candidate}")),
        "list": lambda: ok(api.get("/candidates?status=active")),
        "search": lambda: ok(api.get("/candidates?q=python")),
        "create": lambda: ok(api.post("/candidates", candidate_body(), headers={"Idempotency-Key": "k"}), 201),
    }
    counts = {name: count_statements(app, send) for name, send in requests.items()}
    # A read is two statements, the settings and the query; a savepoint and its end stand in for BEGIN in "create".
    assert counts == {"one": 2, "list": 2, "search": 2, "create": 9}
    several = [count_statements(app, requests["one"], with_rights=True) for _ in range(5)]
    assert min(several) == 2, "who is known already costs nothing"
