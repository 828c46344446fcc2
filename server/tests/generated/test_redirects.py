"""The id of a merged candidate redirects at every endpoint that has one in its path."""

from __future__ import annotations

from tests.factories.candidate import make_candidate
from tests.factories.client import ok
from tests.generated.registry import body_of, operations, path_of


def test_the_id_of_a_merged_candidate_redirects_everywhere(app, world):
    place, api = world.own, world.own.tenant.api()
    winner, loser = make_candidate(place.tenant), make_candidate(place.tenant)
    ok(api.post("/candidate-merges", {"winner_id": str(winner), "loser_id": str(loser)}))
    calls, others = [each for each in operations(app) if "candidate_id" in each.ids], {}
    for call in calls:
        path, target = (path_of(call, place.ids, {"candidate_id": each}) for each in (loser, winner))
        options = body_of(call, place)
        if "file" in options:
            answer = api.upload(path, options["file"], **options.get("form", {}))
        else:
            answer = api.call(call.method.upper(), path, **options)
        if (answer.status_code, answer.headers.get("Location")) != (308, target):
            others[call.name] = answer.status_code
    assert len(calls) > 20 and others == {}
