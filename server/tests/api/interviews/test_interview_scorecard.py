"""Scorecards: hidden until one's own is in, and what they say together."""

from __future__ import annotations

from tests.factories.application import make_application
from tests.factories.client import ok, refused
from tests.factories.interview import in_days, make_interview, make_interview_kit

LEAD, MANAGER, RECRUITER = "TEAM_LEAD", "MANAGER", "RECRUITER"


def _card(score: int, recommendation: str = "yes", submit: bool = True) -> dict:
    ratings = [{"name": "SQL", "score": score, "note": "Said a lot."}]
    return {"recommendation": recommendation, "ratings": ratings, "notes": "To the point.", "submit": submit}


def test_others_are_hidden_until_ones_own_is_in(tenant, api):
    application = make_application(tenant)
    path = f"/interviews/{make_interview(tenant, application, LEAD, MANAGER, kit_id=make_interview_kit(tenant))}"
    ok(tenant.api(LEAD).put(f"{path}/scorecard", _card(4, "strong_yes")))
    ok(tenant.api(MANAGER).put(f"{path}/scorecard", _card(1, "no", submit=False)))
    seen = ok(tenant.api(MANAGER).get(f"{path}/scorecards"))["data"]
    assert [(each["recommendation"], each["submitted_at"]) for each in seen] == [("no", None)]
    summary = f"/applications/{application}/scorecard-summary"
    blind = ok(tenant.api(MANAGER).get(summary))
    assert (blind["asked"], blind["submitted"], blind["hidden"], blind["attributes"]) == (2, 1, 1, [])
    outside = ok(api.get(f"{path}/scorecards"))["data"]
    assert [each["recommendation"] for each in outside] == [
        "strong_yes"
    ], "nobody asks the administrator; drafts are hidden"
    ok(tenant.api(MANAGER).put(f"{path}/scorecard", _card(1, "no")))
    assert len(ok(tenant.api(MANAGER).get(f"{path}/scorecards"))["data"]) == 2
    told = ok(tenant.api(MANAGER).get(summary))
    assert told["recommendations"] == {"strong_no": 0, "no": 1, "yes": 0, "strong_yes": 1}
    assert (told["hidden"], told["attributes"]) == (0, [{"name": "SQL", "count": 2, "mean": 2.5}])


def test_a_scorecard_fits_the_rubric_and_is_the_panels(tenant, api):
    path = f"/interviews/{make_interview(tenant, None, LEAD, kit_id=make_interview_kit(tenant))}"
    assert api.put(f"{path}/scorecard", _card(3)).get_json()["code"] == "not_on_the_panel"
    lead = tenant.api(LEAD)
    wrong = {**_card(3), "ratings": [{"name": "SQL", "score": 3}, {"name": "Charm", "score": 4}]}
    answer = lead.put(f"{path}/scorecard", wrong)
    assert refused(answer, 422) == "not_in_rubric" and answer.get_json()["errors"][0]["pointer"] == "/ratings/1/name"
    assert refused(lead.put(f"{path}/scorecard", {"submit": True}), 422) == "validation_failed"
    assert refused(lead.put(f"{path}/scorecard", {**_card(5)}), 422) == "validation_failed"
    ok(lead.put(f"{path}/scorecard", _card(3)))
    assert lead.put(f"{path}/scorecard", _card(2, submit=False)).get_json()["code"] == "already_submitted"
    changed = ok(lead.put(f"{path}/scorecard", _card(2)))
    assert (changed["version"], changed["ratings"][0]["score"]) == (2, 2)
    ok(api.post(f"{path}/cancel", {}))
    assert lead.put(f"{path}/scorecard", _card(2)).get_json()["code"] == "interview_over"


def test_a_recruiter_on_the_panel_fills_in_a_card_for_a_candidate_out_of_sight(tenant):
    path = f"/interviews/{make_interview(tenant, None, RECRUITER)}"
    recruiter = tenant.api(RECRUITER)
    ok(recruiter.put(f"{path}/scorecard", {"recommendation": "yes", "submit": True}))
    assert len(ok(recruiter.get(f"{path}/scorecards"))["data"]) == 1
    other = make_interview(tenant, None, LEAD, time={"starts_at": in_days(4)})
    assert refused(recruiter.put(f"/interviews/{other}/scorecard", {"recommendation": "yes"}), 404) == "not_found"
