"""Attempts to do what one's role does not allow, from outside, against a live server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.middleware.identity.access import AUTHENTICATED, CANDIDATE, OF_PLATFORM, PUBLIC
from app.models.system_role import SYSTEM_ROLES
from app.utils.ids import new_id
from tests.abuse.caller import ROLES
from tests.factories.client import refused
from tests.factories.tenant import PASSWORD
from tests.generated.registry import Operation, all_operations, path_of

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

PAY = {"amount": "72000.00", "currency": "EUR", "period": "year"}
BUSY = 503  # the lawful answer to a request that has waited five seconds for a lock, as on a slow machine
ENDLESS = "/events/stream"  # its answer has no end
SENDS_AWAY = ("/auth/logout", "/auth/password")  # ends what the other calls need


def _nowhere(operation: Operation) -> str:
    """The operation's path with ids of nothing."""
    path = path_of(operation, {name: new_id() for name in operation.ids})
    return path.removeprefix("/api/v1")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_let_in_where_its_permissions_say_so_and_nowhere_else(app, target, role):
    """Every operation, from one table; what exists matters only to those who may."""
    caller = target.sign_in(role)
    wrong = []
    for operation in all_operations(app):
        permission = operation.spec.permission
        if permission == PUBLIC or operation.rule.endswith((*SENDS_AWAY, ENDLESS)):
            continue
        status = caller.call(operation.method.upper(), _nowhere(operation)).status_code
        if permission in (CANDIDATE, *OF_PLATFORM):  # who signs in elsewhere
            right = status == 401
        else:
            allowed = permission == AUTHENTICATED or permission in SYSTEM_ROLES[role][1]
            right = (status != 403) == allowed and status < 500 and status != 401
        if not right:
            wrong.append((operation.name, permission, status))
    assert not wrong


def test_nobody_raises_themselves(target):
    lead, admin = target.sign_in("TEAM_LEAD"), target.sign_in()
    manager = target.sign_in("MANAGER")
    own = target.users["MANAGER"]
    for body in ({"role": "TENANT_ADMIN"}, {"permissions": ["audit.export"]}, {"tenant_id": str(new_id())}):
        assert manager.patch(f"/users/{own}", body).status_code in (403, 422), body
    assert refused(manager.patch(f"/users/{target.users['TENANT_ADMIN']}", {"status": "suspended"}), 403) == "outranked"
    new = {"email": f"x@{target.slug}.example", "name": "X", "role": "TENANT_ADMIN", "password": PASSWORD}
    assert refused(manager.post("/users", new), 403) == "outranked"
    assert refused(lead.post("/users", new), 403) == "permission_missing"
    role = admin.post("/roles", {"name": "KEYS", "permissions": ["roles.create", "api_keys.create", "roles.update"]})
    given = admin.call("PUT", f"/users/{target.users['TEAM_LEAD']}/roles", json={"role_ids": [role.json()["id"]]})
    assert given.status_code == 200
    assert refused(lead.post("/roles", {"name": "MORE", "permissions": ["audit.export"]}), 403) == "permission_not_held"
    grown = lead.patch(f"/roles/{role.json()['id']}", {"permissions": ["audit.export"]})
    assert refused(grown, 403) == "permission_not_held"


def test_the_last_administrator_stays_also_under_a_race(target):
    admin = target.sign_in()
    new = {"email": f"second@{target.slug}.example", "name": "Second", "role": "TENANT_ADMIN", "password": PASSWORD}
    second = admin.post("/users", new).json()["id"]
    first = target.users["TENANT_ADMIN"]
    callers = [target.sign_in() for _ in range(10)]
    with ThreadPoolExecutor(20) as pool:
        suspensions = [
            pool.submit(caller.patch, f"/users/{user}", {"status": "suspended"})
            for caller in callers
            for user in (first, second)
        ]
        statuses = {suspension.result().status_code for suspension in suspensions}
    assert statuses <= {200, 401, 409, BUSY}
    credentials = [{"email": target.email("TENANT_ADMIN"), "password": PASSWORD}, {**new}]
    left = [
        target.nobody().post("/auth/login", {"email": each["email"], "password": PASSWORD}).status_code
        for each in credentials
    ]
    assert left.count(200) >= 1, "somebody can still get in"


def test_fields_that_a_role_may_not_see_are_in_no_answer(target):
    admin, recruiter = target.sign_in(), target.sign_in("RECRUITER")
    body = {"name": "Grace Hopper", "expected_pay": PAY, "owner_id": target.users["RECRUITER"]}
    candidate = admin.post("/candidates", body).json()
    assert candidate["expected_pay"] == PAY
    job = admin.post("/jobs", {"title": "Engineer"}).json()["id"]
    admin.post(f"/jobs/{job}/open", {})
    admin.post("/applications", {"candidate_id": candidate["id"], "job_id": job})
    paths = ["/candidates", f"/candidates/{candidate['id']}", "/candidates?q=grace", "/applications", "/events?after=0"]
    for path in paths:
        answer = recruiter.get(path)
        assert answer.status_code == 200 and "72000" not in answer.text, path


def test_another_tenants_rows_are_not_there(target, attacked):
    mine, theirs = target.sign_in(), target
    candidate = mine.post("/candidates", {"name": "Mine Alone"}).json()["id"]
    other = attacked.sign_up(f"{theirs.slug}-stranger")
    stranger = {"Authorization": other["Authorization"]}
    nobody = target.nobody(**stranger)
    missing = nobody.get(f"/candidates/{new_id()}").json()
    for method, path in (("GET", f"/candidates/{candidate}"), ("DELETE", f"/candidates/{candidate}")):
        answer = nobody.call(method, path)
        assert refused(answer, 404) == "not_found" and answer.json()["detail"] == missing["detail"]
        assert "Mine Alone" not in answer.text
    assert mine.get(f"/candidates/{candidate}").status_code == 200


def test_a_smaller_plan_and_creations_do_not_pass_each_other(target, operator):
    """Whoever waits for the change of plan is held to the new one."""
    admin = target.sign_in()
    tenant = admin.get("/tenant").json()["id"]
    limits = {"max_users": 10, "max_candidates": 12, "max_storage_bytes": 1024**3, "monthly_usd": 1}
    code = f"SMALL_{target.slug.rpartition('-')[2]}"
    made = operator.post(f"/platform/tenants/{tenant}/plans", {"code": code, "name": "Small", **limits})
    assert made.status_code == 201, made.text

    def create(number: int) -> int:
        return admin.post("/candidates", {"name": f"Person {number}"}).status_code

    with ThreadPoolExecutor(12) as pool:
        created = [pool.submit(create, number) for number in range(8)]
        change = pool.submit(operator.call, "PUT", f"/platform/tenants/{tenant}/plan", json={"plan": code})
        created += [pool.submit(create, number) for number in range(8, 40)]
        statuses = [future.result() for future in created]
    assert set(statuses) <= {201, 402, BUSY} and change.result().status_code in (200, 409, BUSY)
    used = admin.get("/tenant/usage").json()["candidates"]
    assert used["used"] == statuses.count(201)
    assert change.result().status_code == 409 or used == {"used": 12, "limit": 12}
