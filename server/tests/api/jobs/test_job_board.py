"""The board of a job, now and then, and actions on many of its applications."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from sqlalchemy import Engine, event

from app.extensions import db
from app.models import Application, Event, StageHistoryEntry
from app.utils import clock
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.pipeline import make_reason
from tests.factories.statement_counts import count_statements

REASON = {"reason": "The position is filled."}


def _board(api, job, **query) -> dict[str, int]:
    return {each["name"]: each["count"] for each in ok(api.get(f"/jobs/{job}/board", query_string=query))["stages"]}


def _stages(api, job) -> dict[str, str]:
    return {stage["name"]: stage["id"] for stage in ok(api.get(f"/jobs/{job}"))["stages"]}


def _bulk(api, action, **body):
    return api.post(f"/applications/bulk/{action}", body, headers={"Idempotency-Key": f"k{clock.now().timestamp()}"})


def test_the_board_shows_counts_and_the_first_cards(tenant, api):
    job = make_job(tenant)
    applications = [make_application(tenant, make_candidate(tenant, name=f"Ada {n}"), job) for n in range(4)]
    ok(api.post(f"/applications/{applications[3]}/reject", REASON))
    board = ok(api.get(f"/jobs/{job}/board", query_string={"cards": 2}))
    (applied,) = [each for each in board["stages"] if each["name"] == "Applied"]
    assert applied["count"] == 3 and [each["candidate_name"] for each in applied["cards"]] == ["Ada 0", "Ada 1"]
    assert {each["status"]: each["count"] for each in board["ended"]}["rejected"] == 1
    assert board["as_of"] is None and sum(each["count"] for each in board["stages"]) == 3
    assert all(each["cards"] == [] for each in ok(api.get(f"/jobs/{job}/board?cards=0"))["stages"])


def test_the_board_of_a_recruiter_has_only_candidates_in_sight(tenant):
    job = make_job(tenant)
    make_application(tenant, job_id=job)
    make_application(tenant, make_candidate(tenant, owner_id=tenant.users["RECRUITER"]), job)
    assert _board(tenant.api("RECRUITER"), job)["Applied"] == 1 and _board(tenant.api(), job)["Applied"] == 2
    later = (clock.now() + timedelta(seconds=1)).isoformat()
    assert _board(tenant.api("RECRUITER"), job, as_of=later)["Applied"] == 1


def test_the_board_as_it_was(tenant, api):
    job = make_job(tenant)
    stages, start = _stages(api, job), clock.now()
    with time_machine.travel(start + timedelta(days=1), tick=False):
        first = make_application(tenant, job_id=job)
    with time_machine.travel(start + timedelta(days=2), tick=False):
        second = make_application(tenant, job_id=job)
    with time_machine.travel(start + timedelta(days=3), tick=False):
        late = _fresh(tenant)
        step = {"from_stage_id": stages["Applied"], "to_stage_id": stages["Interview"]}
        ok(late.post(f"/applications/{first}/move", step))
        ok(late.post(f"/applications/{second}/reject", REASON))
        views = {
            days: _board(late, job, as_of=(start + timedelta(days=days, hours=1)).isoformat()) for days in range(4)
        }
        ended = ok(late.get(f"/jobs/{job}/board?as_of={(start + timedelta(days=3, hours=1)).strftime('%FT%TZ')}"))
    assert [views[days]["Applied"] for days in range(4)] == [0, 1, 2, 0]
    assert [views[days]["Interview"] for days in range(4)] == [0, 0, 0, 1]
    assert {each["status"]: each["count"] for each in ended["ended"]}["rejected"] == 1


def _count_sent(send) -> int:
    """What is sent to the database, a statement for many rows counted once."""
    sent = []

    def note(connection, cursor, statement, *rest):
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        send()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(sent)


def _fresh(tenant):
    """A client whose session began at the time of now."""
    tenant.tokens.clear()
    return tenant.api()


def test_stays_say_what_the_ledger_says(app, tenant, api):
    """Each step of an application is one event and one stay, of the same stage, in the same order."""
    job = make_job(tenant, openings=2)
    stages, application = _stages(api, job), make_application(tenant, job_id=job)
    step = {"from_stage_id": stages["Applied"], "to_stage_id": stages["Interview"]}
    ok(api.post(f"/applications/{application}/move", step))
    for action in ("reject", "reopen", "hire", "unhire", "withdraw"):
        ok(api.post(f"/applications/{application}/{action}", REASON))
    with tenant.bound():
        told = db.select(Event).where(Event.subject_type == "applications", Event.subject_id == application)
        events = db.session.scalars(told.order_by(Event.seq)).all()
        kept = db.select(StageHistoryEntry).where(StageHistoryEntry.application_id == application)
        history = db.session.scalars(kept.order_by(StageHistoryEntry.id)).all()
        now = db.session.get_one(Application, application)
    states = ["active", "active", *(each.data["target"] for each in events[2:])]
    assert [each.status for each in history] == states and len(events) == len(history)
    assert [each.left_at for each in history[:-1]] == [each.entered_at for each in history[1:]]
    assert (history[-1].stage_id, history[-1].status, history[-1].left_at) == (now.stage_id, now.status, None)


def test_many_are_moved_and_put_back(tenant, api):
    job, other = make_job(tenant), make_application(tenant)
    stages = _stages(api, job)
    able = [str(make_application(tenant, job_id=job)) for _ in range(3)]
    gone = str(make_application(tenant, job_id=job))
    ok(api.post(f"/applications/{gone}/withdraw", {}))
    nowhere = "00000000-0000-7000-8000-000000000000"
    step = {"from_stage_id": stages["Applied"], "to_stage_id": stages["Interview"]}
    wish = {"application_ids": [*able, gone, str(other), nowhere], **step}
    told = ok(_bulk(api, "move", **wish, dry_run=True))
    assert told["id"] is None and _board(api, job)["Interview"] == 0
    done = ok(_bulk(api, "move", **wish))
    assert done["results"] == told["results"]
    found = [(each["result"], each["code"]) for each in done["results"]]
    assert found == [("changed", None)] * 3 + [
        ("refused", "illegal_transition"),
        ("refused", "stage_changed"),
        ("not_found", None),
    ]
    assert _board(api, job)["Interview"] == 3
    ok(
        api.post(
            f"/applications/{able[0]}/move", {"from_stage_id": stages["Interview"], "to_stage_id": stages["Offer"]}
        )
    )
    undone = ok(api.post(f"/application-bulk-operations/{done['id']}/undo"))
    assert [each["result"] for each in undone["results"]][:3] == ["skipped", "undone", "undone"]
    assert (_board(api, job)["Applied"], _board(api, job)["Offer"]) == (2, 1)
    assert api.post(f"/application-bulk-operations/{done['id']}/undo").get_json()["code"] == "already_undone"


def test_many_are_rejected_and_taken_back_with_their_mails(tenant, api):
    job = make_job(tenant)
    applications = [str(make_application(tenant, job_id=job)) for _ in range(3)]
    done = ok(_bulk(api, "reject", application_ids=applications, **REASON))
    assert [each["result"] for each in done["results"]] == ["changed"] * 3
    assert (
        refused(api.post("/applications/bulk/reject", {"application_ids": applications, **REASON}), 400)
        == "idempotency_key_missing"
    )
    queued = [m for m in ok(api.get("/email-messages"))["data"] if m["template"] == "application_rejected"]
    assert [each["status"] for each in queued] == ["queued"] * 3
    undone = ok(api.post(f"/application-bulk-operations/{done['id']}/undo"))
    assert [each["result"] for each in undone["results"]] == ["undone"] * 3
    queued = [m for m in ok(api.get("/email-messages"))["data"] if m["template"] == "application_rejected"]
    assert [each["status"] for each in queued] == ["cancelled"] * 3
    assert _board(api, job)["Applied"] == 3


def test_an_undo_leaves_who_applied_anew_and_clears_the_reason(tenant, api):
    job, reason = make_job(tenant), str(make_reason(tenant))
    candidate = make_candidate(tenant)
    first, second = str(make_application(tenant, candidate, job)), str(make_application(tenant, job_id=job))
    done = ok(_bulk(api, "reject", application_ids=[first, second], reason_id=reason))
    make_application(tenant, candidate, job)
    undone = ok(api.post(f"/application-bulk-operations/{done['id']}/undo"))
    assert [each["result"] for each in undone["results"]] == ["skipped", "undone"]
    assert ok(api.get(f"/applications/{second}"))["rejection_reason_id"] is None


def test_a_stage_in_use_is_kept_by_whomever_it_is_used(tenant):
    job = make_job(tenant)
    make_application(tenant, job_id=job)
    lead = tenant.api("TEAM_LEAD")
    stage = _stages(tenant.api(), job)["Applied"]
    assert lead.delete(f"/jobs/{job}/stages/{stage}").get_json()["code"] == "stage_in_use"


def test_board_and_bulk_moves_keep_their_number_of_statements(app, tenant):
    job = make_job(tenant)
    api = tenant.api()
    stages = _stages(api, job)
    boards, moves, undone = [], [], []
    for count in (3, 30):
        applications = [str(make_application(tenant, job_id=job)) for _ in range(count)]
        boards.append(count_statements(app, lambda: _board(api, job)))
        boards.append(count_statements(app, lambda: _board(api, job, as_of=clock.now().isoformat())))
        step = {"from_stage_id": stages["Applied"], "to_stage_id": stages["Interview"]}
        moves.append(_count_sent(lambda: ok(_bulk(api, "move", application_ids=applications, **step))))
        rejected = ok(_bulk(api, "reject", application_ids=applications, **REASON))
        undone.append(_count_sent(lambda: ok(api.post(f"/application-bulk-operations/{rejected['id']}/undo"))))
    assert undone[1] <= undone[0] + 2, undone
    assert boards[0] == boards[2] and boards[1] == boards[3] and moves[0] == moves[1], (boards, moves)
