"""Imports: dry run, mapping, a result for each row, exactly once whatever happens in between."""

from __future__ import annotations

import io
import itertools
import tempfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.models import Candidate, TenantCounter
from app.services.core.child_process import Unreadable
from app.services.imports import candidate_import_file, candidate_import_mapping, candidate_import_service
from app.utils import csv_table
from tests.factories.candidate import make_candidate
from tests.factories.candidate_import import make_import, people, table
from tests.factories.candidate_things import make_field
from tests.factories.client import ok, refused
from tests.factories.raw_writes import raw_writes

_keys = itertools.count(1)


def _upload(api, data, status=202, name="people.csv", **form):
    headers = {"Idempotency-Key": f"import-{next(_keys)}"}
    return ok(api.upload("/candidate-imports", data, name, headers=headers, **form), status)


def _imported(tenant, api, data, **form):
    made = _upload(api, data, **form)
    tenant.run_jobs()
    return ok(api.get(f"/candidate-imports/{made['id']}"))


def _counts(batch):
    return {name: batch[name] for name in ("created", "updated", "skipped", "failed")}


ROWS = [
    {
        "Full Name": "Ada Horn",
        "E-mail": "ada@people.example; horn@people.example",
        "City": "Bremen",
        "Years": "7,5",
        "Size": "L",
    },
    {"Full Name": "", "E-mail": "nobody@people.example", "City": "", "Years": "", "Size": ""},
    {"Full Name": "Bad Years", "E-mail": "not an address", "City": "", "Years": "many", "Size": "XXXL"},
    {"Full Name": "Horn, Ada", "E-mail": "ADA@people.example", "City": "", "Years": "", "Size": ""},
]


def test_each_row_has_a_result(tenant, api):
    make_field(tenant, "choice", key="size", choices=["S", "L"])
    batch = _imported(tenant, api, table(ROWS))
    assert batch["status"] == "done" and _counts(batch) == {"created": 1, "updated": 0, "skipped": 1, "failed": 2}
    assert batch["mapping"]["Size"] == "custom.size"
    rows = ok(api.get(f"/candidate-imports/{batch['id']}/rows"))["data"]
    assert [(row["number"], row["result"]) for row in rows] == [
        (1, "created"),
        (2, "failed"),
        (3, "failed"),
        (4, "skipped"),
    ]
    assert {error["pointer"] for error in rows[2]["errors"]} == {"/emails/0", "/years_experience"}
    assert "many" not in str(rows) and "not an address" not in str(rows), "what was in the cells is not kept"
    made = ok(api.get(f"/candidates/{rows[0]['candidate_id']}"))
    assert (made["years_experience"], made["location"], made["custom_fields"]) == (7.5, "Bremen", {"size": "L"})
    assert len(made["contacts"]) == 2
    failed = ok(api.get(f"/candidate-imports/{batch['id']}/rows?result=failed"))["data"]
    assert [row["number"] for row in failed] == [2, 3]


def test_a_dry_run_writes_nothing_and_may_be_run(tenant, api):
    batch = _imported(tenant, api, table(people(3)), dry_run="true")
    assert batch["is_dry_run"] and batch["created"] == 3
    assert ok(api.get("/candidates"))["data"] == []
    ok(api.post(f"/candidate-imports/{batch['id']}/run"), 202)
    tenant.run_jobs()
    after = ok(api.get(f"/candidate-imports/{batch['id']}"))
    assert (after["is_dry_run"], after["created"], after["status"]) == (False, 3, "done")
    assert len(ok(api.get("/candidates"))["data"]) == 3
    assert len(ok(api.get(f"/candidate-imports/{batch['id']}/rows"))["data"]) == 3
    assert refused(api.post(f"/candidate-imports/{batch['id']}/run"), 409) == "not_runnable"


def test_who_is_known_is_skipped_or_updated(tenant, api):
    known = make_candidate(tenant, name="Known", emails=["known@people.example"], headline="Old")
    row = {"name": "Known Better", "email": "known@people.example", "title": "New", "phone": "+494030080555"}
    assert _counts(_imported(tenant, api, table([row])))["skipped"] == 1
    assert ok(api.get(f"/candidates/{known}"))["headline"] == "Old"
    assert _counts(_imported(tenant, api, table([row]), on_duplicate="update"))["updated"] == 1
    shown = ok(api.get(f"/candidates/{known}"))
    assert (shown["name"], shown["headline"], len(shown["contacts"])) == ("Known Better", "New", 2)


def test_those_who_are_out_of_sight_are_told_apart_from_nobody(tenant, api):
    make_candidate(tenant, name="X", emails=["hidden@people.example"])
    recruiter = tenant.api("TEAM_LEAD")
    batch = _imported(
        tenant, recruiter, table([{"name": "X", "email": "hidden@people.example"}]), on_duplicate="update"
    )
    rows = ok(recruiter.get(f"/candidate-imports/{batch['id']}/rows"))["data"]
    assert [(row["result"], row["candidate_id"]) for row in rows] == [("skipped", None)]
    made = _imported(tenant, recruiter, table(people(1)))
    assert ok(recruiter.get("/candidates"))["data"][0]["owner_id"] == str(tenant.users["TEAM_LEAD"])
    assert ok(tenant.api("MANAGER").get(f"/candidate-imports/{made['id']}"))["created"] == 1
    assert refused(tenant.api("RECRUITER").get(f"/candidate-imports/{made['id']}"), 403) == "permission_missing"


def test_an_xlsx_is_read_like_a_csv(tenant, api):
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Vorname", "Nachname", "E-Mail", "Years"])
    book.active.append(["Ada", "Horn", "xlsx@people.example", 7])
    book.save(target)
    batch = _imported(tenant, api, target.getvalue(), name="people.xlsx")
    assert _counts(batch)["created"] == 1
    shown = ok(api.get("/candidates"))["data"][0]
    assert (shown["name"], shown["years_experience"]) == ("Ada Horn", 7.0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"name,name\nA,B\n", "same name"),
        (b"name\n", "no rows"),
        (b"\n\n", "no column names"),
        (b"foo,bar\n1,2\n", "Map a column to name"),
    ],
)
def test_tables_that_cannot_be_read_stop_with_a_reason(tenant, api, data, reason):
    batch = _imported(tenant, api, data)
    assert batch["status"] == "stopped" and reason in batch["reason"]


@pytest.mark.parametrize("data", [b"%PDF-1.7 ...", b"PK\x03\x04 nothing"])
def test_other_files_are_refused(api, data):
    assert _upload(api, data, status=415)["code"] == "unsupported_file_type"


def test_a_workbook_with_a_row_far_below_is_refused_at_once(tenant, api):
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Name"])
    book.active.cell(row=1_048_576, column=1, value="Far Below")
    book.save(target)
    assert "more than" in _imported(tenant, api, target.getvalue(), name="far.xlsx")["reason"]


def test_a_mapping_must_fit(tenant, api):
    data = table([{"A": "Ada", "B": "x"}])
    assert _counts(_imported(tenant, api, data, mapping='{"A": "name", "B": null}'))["created"] == 1
    for mapping in ('{"A": "salary"}', '{"C": "name"}', '{"A": "name", "B": "name"}', '{"B": null}'):
        batch = _imported(tenant, api, data, mapping=mapping)
        assert batch["status"] == "stopped" and batch["created"] == 0, mapping
    for mapping in ("{", "[]"):
        _upload(api, data, status=422, mapping=mapping)


def _allow(tenant, candidates):
    with tenant.bound(), raw_writes():
        db.session.execute(sa.update(TenantCounter).values(max_candidates=candidates))
        db.session.commit()


def test_the_plan_stops_an_import_which_goes_on_later(tenant, api):
    _allow(tenant, 2)
    batch = _imported(tenant, api, table(people(3)))
    assert (batch["status"], batch["created"]) == ("stopped", 0) and "limited to 2 candidates" in batch["reason"]
    _allow(tenant, 50)
    ok(api.post(f"/candidate-imports/{batch['id']}/run"), 202)
    tenant.run_jobs()
    assert ok(api.get(f"/candidate-imports/{batch['id']}"))["created"] == 3


def test_batches_are_written_once_whatever_comes_between(tenant, api, monkeypatch):
    monkeypatch.setattr(candidate_import_service, "BATCH", 4)
    import_id = make_import(tenant, table(people(10)))
    failing = itertools.count()
    honest = candidate_import_service._write_once

    def break_now_and_then(*arguments):
        done = honest(*arguments)
        if next(failing) == 1:
            raise RuntimeError("the process dies after a batch was written")
        return done

    with tenant.bound():
        monkeypatch.setattr(candidate_import_service, "_write_once", break_now_and_then)
        with pytest.raises(RuntimeError):
            candidate_import_service.proceed(import_id)
        assert candidate_import_service.proceed(import_id) is False
        assert candidate_import_service.proceed(import_id) is False, "a second delivery does nothing"
        assert candidate_import_service.get(import_id).created == 10
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Candidate)) == 10
    assert ok(api.get("/audit/verify"))["valid"]


def test_rows_have_the_numbers_that_people_see(tenant, api):
    batch = _imported(tenant, api, "name,email\nAnn Known,\n,\nBad,notmail\n,\n".encode())
    found = ok(api.get(f"/candidate-imports/{batch['id']}/rows"))["data"]
    assert [(row["number"], row["result"]) for row in found] == [(1, "created"), (2, "skipped"), (3, "failed")]
    assert found[1]["errors"][0]["code"] == "blank"


Cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs"]), max_size=30)
Tables = st.lists(st.lists(Cells, min_size=3, max_size=3), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(rows=Tables, delimiter=st.sampled_from(",;\t|"), chunk=st.integers(1, 50))
def test_a_table_comes_through_as_it_was(rows, delimiter, chunk):
    target = io.StringIO()
    writer = __import__("csv").writer(target, delimiter=delimiter)
    writer.writerow(["name", "b", "c"])
    writer.writerows(rows)
    wanted = [tuple(csv_table.unquoted(cell.strip()) for cell in row) for row in rows]
    while wanted and not any(wanted[-1]):
        wanted.pop()
    with tempfile.TemporaryDirectory() as folder:
        source, plain = Path(folder) / "source", Path(folder) / "plain"
        source.write_bytes(target.getvalue().encode())
        try:
            header, count = candidate_import_file.normalise(str(source), str(plain))
        except Unreadable:
            assert not wanted
            return
        data = plain.read_bytes()
    chunks = (data[at : at + chunk] for at in range(0, len(data), chunk))
    read = [tuple(row.values())[:-1] for row in candidate_import_file.rows_of(chunks)]
    assert (header, count) == (["name", "b", "c"], len(wanted)) and read == wanted  # the last column tells of faults


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.text("abcdefghij äöü'-", min_size=1, max_size=20), min_size=1, max_size=8))
def test_no_row_is_lost_or_doubled(tenant, names):
    data = table([{"name": name, "headline": "Row"} for name in names])
    with tenant.bound():
        before = db.session.scalar(sa.select(sa.func.count()).select_from(Candidate)) or 0
        import_id = make_import(tenant, data)
        candidate_import_service.proceed(import_id)
        after = db.session.scalar(sa.select(sa.func.count()).select_from(Candidate)) or 0
        done = candidate_import_service.get(import_id)
        assert (done.total, done.done) == (len(names), len(names))
        assert after - before == done.created and done.created + done.failed == len(names)


def test_columns_are_told_by_their_names():
    mapping = candidate_import_mapping.suggest(
        ["E-Mail", "First Name", "custom.size", "Foo", "Email address"], {"size": "text"}
    )
    assert list(mapping.values()) == ["emails", "given_name", "custom.size", None, None]


def test_a_later_row_meets_an_earlier_one(tenant, api):
    make_candidate(tenant, name="Ann Known", emails=["known@people.example"])
    rows = [
        {"name": "Known", "email": "known@people.example", "phone": "+494030080601"},
        {"name": "Ann B. Known", "email": "", "phone": "+494030080601"},
        {"name": "Twice", "email": "twice@people.example", "phone": "+494030080602"},
        {"name": "Twice", "email": "twice@people.example", "phone": "+494030080602"},
    ]
    updating = _imported(tenant, api, table(rows), on_duplicate="update")
    assert _counts(updating) == {"created": 1, "updated": 3, "skipped": 0, "failed": 0}
    again = _imported(tenant, api, table(rows))
    assert _counts(again) == {"created": 0, "updated": 0, "skipped": 4, "failed": 0}


def test_a_link_names_nobody(tenant, api):
    anna = make_candidate(tenant, name="Anna Alpha", links=["https://company.example"])
    row = {"name": "Bert Beta", "email": "bert@people.example", "url": "https://company.example"}
    assert _counts(_imported(tenant, api, table([row]), on_duplicate="update"))["created"] == 1
    assert ok(api.get(f"/candidates/{anna}"))["name"] == "Anna Alpha"


def test_an_import_goes_by_the_rights_and_the_sight_of_its_user(tenant, api):
    hidden = make_candidate(tenant, name="Hidden", emails=["hidden@people.example"])
    lead = tenant.api("TEAM_LEAD")
    data = table([{"name": "Renamed", "email": "hidden@people.example"}])
    made = _upload(lead, data, on_duplicate="update")
    ok(api.patch(f"/users/{tenant.users['TEAM_LEAD']}", {"status": "suspended"}))
    tenant.run_jobs()
    assert ok(api.get(f"/candidate-imports/{made['id']}"))["status"] == "stopped"
    assert ok(api.get(f"/candidates/{hidden}"))["name"] == "Hidden"
    key = ok(api.post("/api-keys", {"name": "k", "permissions": ["candidates.import", "candidates.view_all"]}), 201)
    api.token = key["secret"]
    _upload(api, data, status=403)


def test_an_import_stops_when_its_user_loses_a_permission_that_it_needs(tenant, api):
    role = ok(api.post("/roles", {"name": "IMPORTS", "permissions": ["candidates.import"]}), 201)["id"]
    roles = f"/users/{tenant.users['RECRUITER']}/roles"
    ok(api.put(roles, {"role_ids": [role]}))
    made = _upload(tenant.api("RECRUITER"), table(ROWS[:1]))
    ok(api.put(roles, {"role_ids": []}))
    tenant.run_jobs()
    batch = ok(api.get(f"/candidate-imports/{made['id']}"))
    assert batch["status"] == "stopped" and "permissions" in batch["reason"] and batch["created"] == 0
    ok(api.put(roles, {"role_ids": [role]}))
    ok(api.post(f"/candidate-imports/{made['id']}/run"), 202)
    tenant.run_jobs()
    assert ok(api.get(f"/candidate-imports/{made['id']}"))["created"] == 1


def test_those_who_came_in_are_looked_at_for_duplicates(tenant, api):
    make_candidate(tenant, name="Mona Costa", emails=["mona.costa@one.example"], location="Bremen")
    row = {"name": "Mona Costa", "email": "mona.costa@two.example", "city": "Bremen"}
    _imported(tenant, api, table([row]))
    assert len(ok(api.get("/candidate-duplicates"))["data"]) == 1


def test_dates_and_numbers_of_a_workbook_fit_their_fields(tenant, api):
    make_field(tenant, "date")
    make_field(tenant, "number")
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Name", "date", "number"])
    book.active.append(["Ada Horn", datetime(2026, 1, 31), 7.0])
    book.save(target)
    assert _counts(_imported(tenant, api, target.getvalue(), name="x.xlsx"))["created"] == 1
    found = ok(api.get("/candidates?custom_field=number:7"))["data"]
    assert ok(api.get(f"/candidates/{found[0]['id']}"))["custom_fields"] == {"date": "2026-01-31", "number": 7}
    assert ok(api.get("/candidates?custom_field=number:70"))["data"] == []
