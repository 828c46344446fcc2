"""Exports and imports: all of a tenant in one archive, and the same tenant out of it elsewhere."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from uuid import UUID

import orjson
import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import TenantExport
from app.models.tenant_export import ExportStatus
from app.services.core import tenant_archive
from app.services.events import event_service
from app.services.operations.encryption_service import ENCRYPTED
from app.services.tenants import tenant_export_service, tenant_import_service, tenant_purge_service
from app.utils import clock, scope
from app.utils.errors import Conflict, Invalid
from app.utils.file_store import file_store
from tests.factories.application import make_application
from tests.factories.candidate_resume import make_document, make_resume
from tests.factories.client import Api, ok, refused
from tests.factories.image import png
from tests.factories.platform import make_platform_admin
from tests.factories.tenant import PASSWORD, make_tenant

PNG = png()
REASON = "The customer has ended the contract."


@pytest.fixture
def full(app):
    """A tenant with something in most tables."""
    tenant = make_tenant(app, "ENTERPRISE")
    make_resume(tenant)
    application = make_application(tenant)
    api = tenant.api()
    candidate = ok(api.get(f"/applications/{application}"))["candidate_id"]
    make_document(tenant, UUID(candidate))
    pay = {"amount": "72000.50", "currency": "EUR", "period": "year"}
    ok(api.patch(f"/candidates/{candidate}", {"expected_pay": pay}))
    ok(api.upload("/tenant/branding/logo", PNG, "logo.png"))
    ok(api.post("/api-keys", {"name": "A key", "permissions": ["jobs.read"]}), 201)
    ok(api.post("/roles", {"name": "SOURCER", "permissions": ["candidates.create"]}), 201)
    tenant.run_jobs()  # the mails have left
    return tenant


def _export(app, tenant) -> bytes:
    api = tenant.api()
    asked = ok(api.post("/tenant/exports"), 202)
    tenant.run_jobs()
    url = ok(api.get(f"/tenant/exports/{asked['id']}/link"))["url"]
    response = Api(app).get(url.removeprefix(app.config["SETTINGS"].public_url))
    assert response.status_code == 200 and response.content_type == "application/zip"
    return response.data


def _opened(archive: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(archive))


def _rows(app, tenant) -> dict[str, list[dict]]:
    """Every row that an archive holds, as it holds it."""
    with tenant.bound():
        found = {}
        for table in tenant_archive.tables():
            wanted = sa.select(*tenant_archive.columns(table)).where(table.c.tenant_id == tenant.id)
            rows = db.session.connection().execute(wanted.order_by(*table.primary_key.columns)).mappings()
            found[table.name] = [json.loads(tenant_archive.to_line(row)) for row in rows]
        return found


def test_an_export_runs_as_a_job_with_progress_and_a_link(app, full):
    api = full.api()
    asked = ok(api.post("/tenant/exports"), 202)
    assert asked["status"] == "pending" and ok(api.post("/tenant/exports"), 202)["id"] == asked["id"]
    assert api.get(f"/tenant/exports/{asked['id']}/link").get_json()["code"] == "export_not_done"
    full.run_jobs()
    done = ok(api.get(f"/tenant/exports/{asked['id']}"))
    assert done["status"] == "done" and done["done"] == done["total"] > 40
    assert len(done["sha256"]) == 64 and done["size"] > 1000
    ok(api.get(f"/tenant/exports/{asked['id']}/link"))
    types = [event["type"] for event in ok(api.get("/audit", query_string={"subject_type": "tenants"}))["data"]]
    assert types[:3] == ["tenant.export_read", "tenant.exported", "tenant.export_asked"]
    for role in ("MANAGER", "RECRUITER"):
        assert refused(full.api(role).post("/tenant/exports"), 403) == "permission_missing"


def test_an_archive_holds_every_row_and_file_and_no_secret(app, full):
    archive = _opened(_export(app, full))
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["tenant_id"] == str(full.id) and manifest["missing_files"] == []
    assert {f"tables/{table.name}.jsonl" for table in tenant_archive.tables()} < set(archive.namelist())
    users = [json.loads(line) for line in archive.read("tables/users.jsonl").splitlines()]
    assert len(users) == 4 and not {"password_hash", "totp_secret", "recovery_codes"} & set(users[0])
    assert not [name for name in archive.namelist() if "api_keys" in name or "auth_sessions" in name]
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert len(files) == 3 and PNG in {archive.read(name) for name in files}
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"$argon2" not in everything


def test_an_archive_is_read_from_one_moment_and_of_one_tenant(app, full):
    other = make_tenant(app)
    everything = _opened(_export(app, full))
    text = b"".join(everything.read(name) for name in everything.namelist())
    assert str(other.id).encode() not in text and other.slug.encode() not in text


def test_a_lost_file_is_named_and_keeps_nothing_else_back(app, full):
    with full.bound():
        file_store.delete_all(f"{full.id}/branding/")
    manifest = json.loads(_opened(_export(app, full)).read("manifest.json"))
    assert len(manifest["missing_files"]) == 1 and manifest["missing_files"][0].startswith("branding/")


def test_a_broken_off_export_begins_again_after_a_while(app, full):
    export = ok(full.api().post("/tenant/exports"), 202)["id"]
    with full.bound():
        row_id = db.session.scalars(sa.select(TenantExport.id)).one()
        assert tenant_export_service._claim(row_id), "and then the process dies"
        with pytest.raises(Conflict):
            tenant_export_service.build(row_id)
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False), full.bound():
        assert tenant_export_service.build(row_id) == ExportStatus.DONE
        assert tenant_export_service.build(row_id) == "skipped"
    assert ok(full.api().get(f"/tenant/exports/{export}"))["status"] == "done"


def test_an_archive_is_kept_for_a_week(app, full):
    _export(app, full)
    export = ok(full.api().get("/tenant/exports"))["data"][0]
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False), app.app_context():
        with scope.platform("a test"):
            assert tenant_export_service.purge_expired() >= 1
            assert tenant_export_service.purge_expired() == 0
        full.run_jobs()
    gone = ok(full.api().get(f"/tenant/exports/{export['id']}"))
    assert gone["status"] == "expired"
    assert refused(full.api().get(f"/tenant/exports/{export['id']}/link"), 409) == "export_not_done"


def test_a_deletion_exports_first_and_keeps_the_archive_until_the_end(app, full):
    operator = make_platform_admin(app).api
    ok(operator.post(f"/platform/tenants/{full.id}/deletion", {"slug": full.slug, "reason": REASON}), 202)
    full.run_jobs()
    export = ok(operator.get(f"/platform/tenants/{full.id}/exports"))["data"][0]
    assert export["status"] == "done"
    ends = clock.now() + timedelta(days=29)
    with time_machine.travel(ends, tick=False), app.app_context(), scope.platform("a test"):
        tenant_export_service.purge_expired()
    url = ok(operator.get(f"/platform/tenants/{full.id}/exports/{export['id']}/link"))["url"]
    assert Api(app).get(url.removeprefix(app.config["SETTINGS"].public_url)).status_code == 200


@pytest.fixture
def gone(app, full):
    """The archive of a tenant of which nothing is left, its rows as they were, and the tenant."""
    archive = _export(app, full)
    rows = {table: json.loads(json.dumps(rows)) for table, rows in _archived(archive).items()}
    operator = make_platform_admin(app).api
    ok(operator.post(f"/platform/tenants/{full.id}/deletion", {"slug": full.slug, "reason": REASON}), 202)
    full.end_grace()
    with app.app_context(), scope.platform("a test"):
        assert tenant_purge_service.purge(str(full.id)) > 40
    return archive, rows, full


def _archived(archive: bytes) -> dict[str, list[dict]]:
    opened = _opened(archive)
    tables = [name for name in opened.namelist() if name.startswith("tables/")]
    return {name[7:-6]: [json.loads(line) for line in opened.read(name).splitlines()] for name in tables}


def _import(app, path, slug=None, plan=None):
    with app.app_context(), scope.platform("a test"):
        return tenant_import_service.import_archive(path, slug, plan)


def test_a_tenant_moves_in_from_its_archive(app, gone, tmp_path):
    archive, before, tenant = gone
    path = tmp_path / "tenant.zip"
    path.write_bytes(archive)
    report = _import(app, path, "moved")
    assert (report.slug, report.tenant_id, report.files) == ("moved", tenant.id, 3)
    after = _rows(app, tenant)
    new_event = after["events"].pop()
    assert new_event["type"] == "tenant.imported" and new_event["seq"] == before["events"][-1]["seq"] + 1
    for volatile in ("tenant_counters", "tenant_api_use"):
        after.pop(volatile), before.pop(volatile)
    assert after == before
    with tenant.bound():
        assert event_service.verify().valid
    for refusal in (None, "again"):
        with pytest.raises(Conflict, match="here already"):
            _import(app, path, refusal)


def test_whoever_moves_in_sets_a_new_password_and_finds_everything(app, gone, tmp_path):
    archive, before, tenant = gone
    path = tmp_path / "tenant.zip"
    path.write_bytes(archive)
    _import(app, path)
    login = {"email": tenant.email("TENANT_ADMIN"), "password": PASSWORD}
    assert refused(Api(app).post("/auth/login", login), 401) == "invalid_credentials"
    tenant.tokens.clear()
    api = tenant.api()
    assert len(ok(api.get("/candidates"))["data"]) == len(before["candidates"])
    document = before["candidate_documents"][0]
    url = ok(api.get(f"/candidate-documents/{document['id']}/link"))["url"]
    assert Api(app).get(url.removeprefix(app.config["SETTINGS"].public_url)).status_code == 200
    first = before["candidates"][0]["name"].split()[0]
    assert ok(api.get("/candidates", query_string={"q": first}))["data"], "search is derived anew"
    usage = ok(api.get("/tenant/usage"))
    assert usage["users"] == {"used": 4, "limit": 999} and usage["plan"] == "ENTERPRISE"
    ok(api.post("/candidates", {"name": "One more"}), 201)


def _changed(archive: bytes, name: str, content: bytes, tell: bool = False) -> bytes:
    """The archive with one member changed; `tell` changes the manifest along."""
    source, target = _opened(archive), io.BytesIO()
    manifest = json.loads(source.read("manifest.json"))
    with zipfile.ZipFile(target, "w") as changed:
        for member in source.namelist():
            data = content if member == name else source.read(member)
            if member == name and tell:
                manifest["members"][name] = {"size": len(data), "sha256": _sha256(data)}
            if member != "manifest.json" or name == member:
                changed.writestr(member, data)
        if name != "manifest.json":
            changed.writestr("manifest.json", json.dumps(manifest))
    return target.getvalue()


def _lies(opened: zipfile.ZipFile, tenant):
    """Members that say what they must not, each with the fault that is told."""
    facts = json.loads(opened.read("tenant.json"))

    def row(**changes) -> tuple[str, bytes]:
        return "tenant.json", orjson.dumps({**facts, "tenant": {**facts["tenant"], **changes}})

    def rows(table: str, **changes) -> tuple[str, bytes]:
        name = f"tables/{table}.jsonl"
        lines = [{**json.loads(line), **changes} for line in opened.read(name).splitlines()]
        return name, b"".join(orjson.dumps(line) + b"\n" for line in lines)

    foreign = "01890000-0000-7000-8000-000000000000/secret"
    yield row(slug="Not A Slug!"), "not valid"
    yield row(settings={"session_days": 99}), "not valid"
    yield row(brand_color="url(x)"), "not valid"
    yield row(logo_key=foreign), "of another tenant"
    yield rows("candidate_documents", storage_key=foreign), "of another tenant"
    yield rows("candidate_documents", storage_key=f"{tenant.id}/../{foreign}"), "of another tenant"
    yield rows("candidates", pay_amount="much"), "does not fit"
    yield rows("candidates", id=5), "does not fit"
    yield rows("candidates", name=["a", "list"]), "does not fit"
    yield rows("users", status="king"), "outside the allowed range"
    yield rows("events", type="forged"), "is not intact"
    yield rows("roles", name="ROOT"), "system role"
    yield rows("candidates", skills="abc"), "does not fit"
    yield rows("candidate_resumes", parsed={"work": 5}), "not valid"
    yield row(version="x"), "does not fit"
    yield row(logo_media_type="text/html"), "not a valid image"
    yield ("tables/tenant_counters.jsonl", b""), "counter"


def test_what_the_archive_counts_and_what_plan_it_names_is_not_believed(app, gone, tmp_path):
    archive, before, tenant = gone
    path = tmp_path / "tenant.zip"
    line = orjson.dumps({**before["tenant_counters"][0], "users": -5, "storage_bytes": -9}) + b"\n"
    path.write_bytes(_changed(archive, "tables/tenant_counters.jsonl", line, tell=True))
    assert _import(app, path, plan="STARTER").plan == "STARTER"
    usage = ok(_fresh(tenant).get("/tenant/usage"))
    assert usage["users"] == {"used": 4, "limit": 25} and usage["storage_bytes"]["used"] > len(PNG)
    history = ok(tenant.api().get("/tenant/subscriptions"))["data"]
    assert [(row["plan_code"], row["ended_at"] is None) for row in history][:2] == [
        ("STARTER", True),
        ("ENTERPRISE", False),
    ]


def _fresh(tenant) -> Api:
    tenant.tokens.clear()
    return tenant.api()


def test_what_waited_is_taken_up_or_left_to_the_other_installation(app, gone, tmp_path):
    archive, before, tenant = gone
    path = tmp_path / "tenant.zip"
    resume = {**before["candidate_resumes"][0], "status": "pending", "parsed": None, "text": None, "parsed_at": None}
    mail = {**before["email_messages"][0], "status": "queued", "sent_at": None}
    changed = _changed(archive, "tables/candidate_resumes.jsonl", orjson.dumps(resume) + b"\n", tell=True)
    path.write_bytes(_changed(changed, "tables/email_messages.jsonl", orjson.dumps(mail) + b"\n", tell=True))
    _import(app, path)
    tenant.run_jobs()
    api = _fresh(tenant)
    assert ok(api.get(f"/candidate-resumes/{resume['id']}"))["status"] == "parsed"
    assert ok(api.get(f"/email-messages?ids={mail['id']}"))["data"][0]["status"] == "cancelled"


def test_a_failed_import_leaves_no_file(app, gone, tmp_path):
    archive, _, tenant = gone
    path = tmp_path / "tenant.zip"
    users = _opened(archive).read("tables/users.jsonl").replace(b'"active"', b'"king"')
    path.write_bytes(_changed(archive, "tables/users.jsonl", users, tell=True))
    with pytest.raises(Invalid):
        _import(app, path)
    assert not [key for key in file_store.keys() if key.startswith(f"{tenant.id}/")]


def test_a_link_of_a_tenant_that_is_shut_since_serves_the_platform_alone(app, full):
    operator, base = make_platform_admin(app).api, app.config["SETTINGS"].public_url
    asked = ok(full.api().post("/tenant/exports"), 202)["id"]
    full.run_jobs()
    own = ok(full.api().get(f"/tenant/exports/{asked}/link"))["url"].removeprefix(base)
    ok(operator.post(f"/platform/tenants/{full.id}/suspend", {"reason": REASON}))
    assert refused(Api(app).get(own), 404) == "not_found"
    theirs = ok(operator.get(f"/platform/tenants/{full.id}/exports/{asked}/link"))["url"].removeprefix(base)
    assert Api(app).get(theirs).status_code == 200


def test_three_archives_are_kept(app, full):
    for _ in range(5):
        _export(app, full)
    full.run_jobs()
    states = [export["status"] for export in ok(full.api().get("/tenant/exports"))["data"]]
    assert states == ["done"] * 3 + ["expired"] * 2
    assert len([key for key in file_store.keys() if key.startswith(f"{full.id}/exports/")]) == 3


def test_who_sees_a_part_exports_nothing(app, full):
    job = ok(full.api().get("/jobs"))["data"][0]["id"]
    body = {"name": "Narrow", "permissions": ["tenant.export", "audit.export"], "job_ids": [job]}
    key = ok(full.api().post("/api-keys", body), 201)
    for refusal in (Api(app, key["secret"]).post("/tenant/exports"), Api(app, key["secret"]).get("/audit/export")):
        assert (refusal.status_code, refusal.get_json()["code"]) == (403, "not_visible")
    role = ok(full.api().post("/roles", {"name": "EXPORTER", "permissions": ["tenant.export"]}), 201)
    assert {"candidates.view_all", "candidates.pii", "compensation.read"} < set(role["permissions"])


def test_no_secret_column_is_in_an_archive():
    secret = {column.key for column in ENCRYPTED} | {"password_hash", "token_hash", "digest", "recovery_codes"}
    held = {column.name for table in tenant_archive.tables() for column in tenant_archive.columns(table)}
    assert not held & secret and not [name for name in held if name.endswith(("_secret", "token_hash"))]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_what_was_touched_or_does_not_fit_is_refused_whole(app, gone, tmp_path):
    archive, _, tenant = gone
    opened, path = _opened(archive), tmp_path / "tenant.zip"
    manifest = json.loads(opened.read("manifest.json"))
    users = opened.read("tables/users.jsonl")
    foreign = users.replace(str(tenant.id).encode(), b"01890000-0000-7000-8000-000000000000")
    for touched, fault in (
        (b"not a zip file", "cannot be read"),
        (archive[: len(archive) // 2], "cannot be read"),
        (_changed(archive, "tables/users.jsonl", users[:-2]), "not what the manifest says"),
        (_changed(archive, "manifest.json", b"{}"), "not an archive"),
        (_changed(archive, "manifest.json", orjson.dumps({**manifest, "schema": "0001"})), "schema"),
        (_changed(archive, "manifest.json", orjson.dumps({**manifest, "members": {}})), "more or less"),
        (_changed(archive, "tables/users.jsonl", foreign, tell=True), "another tenant"),
        (_changed(archive, "tables/users.jsonl", b'{"id": 1}\n', tell=True), "other columns"),
        (_changed(archive, "tenant.json", b'{"tenant": {}, "plan": {}}', tell=True), "cannot be read"),
        *[(_changed(archive, *change, tell=True), fault) for change, fault in _lies(opened, tenant)],
    ):
        path.write_bytes(touched)
        with pytest.raises((Invalid, Conflict), match=fault):
            _import(app, path)
        with app.app_context(), scope.platform("a test"):
            query = sa.text("select count(*) from tenants where slug = :slug")
            assert db.session.scalar(query, {"slug": tenant.slug}) == 0
