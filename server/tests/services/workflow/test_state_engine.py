"""The engine of the state machines: what it allows is what it explains, and the tables hold no loose ends."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models.application import APPLICATION_MACHINE, ApplicationStatus
from app.models.base.state_machine import StateMachine, Transition
from app.models.job import JOB_MACHINE, JobStatus
from app.models.tenant import TENANT_MACHINE
from app.services.lifecycles.state_rules import MACHINES
from app.services.workflow import state_engine
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.generated import registry

REASON = {"reason": "It is decided."}
WALKS = {
    "jobs": (JOB_MACHINE, JobStatus.DRAFT, lambda tenant: make_job(tenant, opened=False)),
    "applications": (APPLICATION_MACHINE, ApplicationStatus.ACTIVE, make_application),
}


def _explained(api, path: str) -> dict[str, dict]:
    found = ok(api.get(path, query_string={"explain": "actions"}))["explained_actions"]
    return {each["action"]: each for each in found}


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_tables_have_no_loose_ends(machine):
    keys = [(step.source, step.action) for step in machine.transitions]
    assert len(keys) == len(set(keys)), "an action leads to one state"
    for step in machine.transitions:
        assert step.is_automatic == (step.permission is None)
    reached = {machine.transitions[0].source}
    for _ in machine.transitions:
        reached |= {step.target for step in machine.transitions if step.source in reached}
    assert reached == set(type(machine.transitions[0].source)), "every state can be reached"


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_action_that_can_be_requested_has_an_endpoint(app, machine):
    """`allowed_actions` lists the actions of the table, so a client must be able to call each of them."""
    resource = f"/{machine.name.replace('_', '-')}s/<"
    offered = {
        operation.action or operation.rule.rsplit("/", 1)[-1]
        for operation in registry.all_operations(app)
        if operation.method.upper() == "POST" and resource in operation.rule
    }
    assert set(machine.actions) <= offered, "add the action to the route of the resource"


def note_arrival(rows):
    """An effect."""


def it_is_day(row):
    """A guard."""


@pytest.mark.parametrize(
    ("guards", "effects", "message"),
    [
        ((it_is_day,), (), "no function is bound to the effect note_arrival; add it to state_rules.py"),
        ((), (note_arrival,), "no function is bound to the guard it_is_day"),
        ((it_is_day, note_arrival), (note_arrival,), "no transition names the guard note_arrival"),
    ],
)
def test_functions_that_do_not_match_the_table_are_refused(guards, effects, message, monkeypatch):
    monkeypatch.setattr(state_engine, "RULES", {})
    step = Transition(
        JobStatus.DRAFT, "open", JobStatus.OPEN, "jobs.update", guards=("it_is_day",), effects=("note_arrival",)
    )
    with pytest.raises(TypeError, match=message):
        state_engine.bind(StateMachine("ship", [step]), guards, effects)


def test_a_machine_is_bound_once():
    with pytest.raises(TypeError, match="tenant: its guards and effects are bound already"):
        state_engine.bind(TENANT_MACHINE)


@pytest.mark.parametrize("name", WALKS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
def test_what_is_explained_as_allowed_can_be_done_and_nothing_else(tenant, name, data):
    """Whatever is tried in whatever order: the answer is what was explained, the state is what the table says."""
    machine, state, make = WALKS[name]
    api, path = tenant.api(), f"/{name}/{make(tenant)}"
    for _ in range(data.draw(st.integers(1, 6))):
        explained = _explained(api, path)
        assert list(explained) == list(machine.actions)
        action = data.draw(st.sampled_from([each for each in machine.actions if each not in ("move", "transfer")]))
        response, step = api.post(f"{path}/{action}", REASON), machine.find(state, action)
        assert (response.status_code == 200) == explained[action]["is_allowed"]
        if response.status_code != 200:
            assert response.get_json()["code"] == explained[action]["code"]
            assert (step is None) == (explained[action]["code"] == "illegal_transition")
        state = step.target if response.status_code == 200 else state
        now = ok(api.get(path))
        assert now["status"] == state and now["explained_actions"] is None


def test_why_an_action_is_not_allowed(tenant):
    recruiter, own = tenant.api("RECRUITER"), tenant.users["RECRUITER"]
    application = make_application(tenant, make_candidate(tenant, owner_id=own))
    found = _explained(recruiter, f"/applications/{application}")
    assert found["reject"] == {
        "action": "reject", "is_allowed": True, "needs_reason": True, "code": None, "detail": None
    }  # fmt: skip
    assert found["hire"]["code"] == "offer_needed" and "applications.hire" in found["hire"]["detail"]
    assert found["unhire"]["code"] == "illegal_transition" and found["unhire"]["detail"].endswith("only from hired.")
    job = ok(recruiter.get(f"/applications/{application}"))["job_id"]
    ok(tenant.api().post(f"/jobs/{job}/close", {**REASON, "applications": "keep"}))
    assert _explained(tenant.api(), f"/applications/{application}")["hire"]["code"] == "no_opening"
    assert refused(tenant.api().get(f"/jobs/{job}", query_string={"explain": "all"}), 400) == "invalid_parameters"


def test_the_last_opening_fills_the_job_by_itself_and_nobody_asks_for_it(tenant, api):
    job = make_job(tenant)
    assert refused(api.post(f"/jobs/{job}/fill", {}), 404) == "not_found"
    ok(api.post(f"/applications/{make_application(tenant, job_id=job)}/hire", {}))
    assert ok(api.get(f"/jobs/{job}"))["status"] == "filled"
    machines = {each["name"]: each for each in ok(api.get("/meta/state-machines"))["data"]}
    is_automatic = [step["action"] for step in machines["job"]["transitions"] if step["is_automatic"]]
    assert is_automatic == ["approve", "deny", "fill", "reopen_by_unhire"]
    hire = next(step for step in machines["application"]["transitions"] if step["action"] == "hire")
    assert hire["guards"] == ["has_accepted_offer", "has_free_opening"] and hire["effects"] == [
        "take_opening",
        "record_stage_change",
        "cancel_move_mail",
        "settle_screenings",
        "mail_hire",
    ]
