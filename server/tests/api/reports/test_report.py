"""Reports: the figures, what they count, and who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from app.services.interviews import interview_service
from app.services.reports import report_service
from app.utils import clock
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import Api, ok, refused
from tests.factories.department import make_department
from tests.factories.interview import in_days, make_interview
from tests.factories.job import make_job
from tests.factories.offer import make_offer
from tests.factories.pipeline import make_reason
from tests.factories.statement_counts import count_statements
from tests.factories.tenant import SampleTenant, make_tenant

REASON = {"reason": "The position is filled."}
NAMES = ("funnel", "time_to_hire", "time_in_stage", "sources", "interviewers", "offers", "rejections")


def _report(api: Api, name: str, **query: Any) -> dict[str, Any]:
    return ok(api.get(f"/reports/{name.replace('_', '-')}", query_string=query))


def _values(line: dict[str, Any]) -> dict[str, Any]:
    return {name: figure["value"] for name, figure in line["figures"].items()}


def _lines(report: dict[str, Any]) -> dict[str | None, dict[str, Any]]:
    return {line["label"]: _values(line) for line in report["lines"]}


def _drilled(api: Api, address: str) -> list[dict[str, Any]]:
    """All rows behind a figure, page by page."""
    rows: list[dict[str, Any]] = []
    path, cursor = address[address.index("/api/v1") :], None
    while True:
        page = ok(api.get(path + "&limit=2" + (f"&cursor={cursor}" if cursor else "")))
        rows += page["data"]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            return rows


def _stages(api: Api, job: UUID) -> dict[str, str]:
    return {stage["name"]: stage["id"] for stage in ok(api.get(f"/jobs/{job}"))["stages"]}


def _move(api: Api, application: UUID, *stages: str) -> None:
    for stage in stages:
        shown = ok(api.get(f"/applications/{application}"))
        body = {"from_stage_id": shown["stage_id"], "to_stage_id": stage}
        ok(api.post(f"/applications/{application}/move", body))


class History:
    """A tenant in which people were hired, rejected, interviewed and made offers over some weeks."""

    def __init__(self, tenant: SampleTenant) -> None:
        self.tenant, self.start = tenant, clock.now() - timedelta(days=40)
        with self.after(0):
            self.department = make_department(tenant, "Data")
            self.job = make_job(tenant, openings=2, department_id=self.department)
            self.other = make_job(tenant)
            self.stages = _stages(self.api, self.job)
        with self.after(1):
            self.hired, self.rejected, self.withdrawn, self.moved_back, self.waiting = (
                make_application(tenant, make_candidate(tenant, name=f"Ada {place}"), self.job) for place in range(5)
            )
            self.elsewhere = make_application(tenant, job_id=self.other)
        self._go_on()

    @property
    def api(self) -> Api:
        return self.tenant.api()

    @contextmanager
    def after(self, days: float) -> Iterator[None]:
        """A later day, with tokens of that day."""
        self.tenant.tokens.clear()
        with time_machine.travel(self.start + timedelta(days=days), tick=False):
            yield
        self.tenant.tokens.clear()

    def _go_on(self) -> None:
        stages = self.stages
        with self.after(3):
            for application in (self.hired, self.rejected, self.moved_back):
                _move(self.api, application, stages["Screening"])
            ok(self.api.post(f"/applications/{self.withdrawn}/withdraw", {}))
        with self.after(8):
            for application in (self.hired, self.moved_back):
                _move(self.api, application, stages["Interview"])
            ok(self.api.post(f"/applications/{self.rejected}/reject", REASON))
            self.interview = make_interview(self.tenant, self.hired, "RECRUITER", "MANAGER")
        with self.after(10):
            _move(self.api, self.moved_back, stages["Screening"])
            ok(self.api.post(f"/applications/{self.moved_back}/reject", REASON))
            self.offer = make_offer(self.tenant, self.hired)
        with self.after(21):
            ok(self.api.post(f"/applications/{self.hired}/hire", {}))


@pytest.fixture
def history(tenant: SampleTenant) -> History:
    return History(tenant)


def test_the_funnel_counts_the_furthest_stage_that_each_application_reached(history):
    report = _report(history.api, "funnel", job_id=history.job)
    lines = _lines(report)
    assert report["total"] is None and list(lines) == list(history.stages)
    assert lines["Applied"] == {
        "reached": 5,
        "advanced": 3,
        "active": 1,
        "hired": 0,
        "rejected": 0,
        "withdrawn": 1,
        "transferred": 0,
        "conversion": "0.6000",
    }
    assert lines["Screening"]["reached"] == 3 and lines["Screening"]["rejected"] == 1
    assert lines["Interview"]["reached"] == 2 and lines["Interview"]["rejected"] == 1  # moved back, then rejected
    assert lines["Hired"]["reached"] == lines["Hired"]["hired"] == 1


def test_every_step_of_a_funnel_adds_up(history):
    for query in ({}, {"job_id": history.job}, {"department_id": history.department}):
        lines = list(_lines(_report(history.api, "funnel", **query)).values())
        for here, following in zip(lines, lines[1:], strict=False):
            assert here["advanced"] == following["reached"]
        for each in lines:
            ends = ("advanced", "active", "hired", "rejected", "withdrawn", "transferred")
            assert each["reached"] == sum(each[name] for name in ends)


def test_a_hire_that_was_taken_back_is_none(history):
    ok(history.api.post(f"/applications/{history.hired}/unhire", {}))
    assert _lines(_report(history.api, "funnel", job_id=history.job))["Hired"]["reached"] == 0
    assert _report(history.api, "time_to_hire")["total"]["figures"]["hires"]["value"] == 0


def test_a_stage_that_was_taken_out_keeps_its_place_in_the_funnel(history):
    ok(history.api.post(f"/jobs/{history.job}/stages", {"name": "Test", "kind": "screen", "position": 3}), 201)
    ok(history.api.delete(f"/jobs/{history.job}/stages/{history.stages['Screening']}"), 204)
    lines = _lines(_report(history.api, "funnel", job_id=history.job))
    assert list(lines) == ["Lead", "Applied", "Screening", "Test", "Interview", "Offer", "Hired"]
    assert lines["Screening"]["reached"] == 3 and lines["Screening"]["rejected"] == 1
    assert lines["Test"]["reached"] == 2


def test_time_to_hire(history):
    report = _report(history.api, "time_to_hire", by="job")
    (line,) = report["lines"]
    assert line["key"] == str(history.job)
    values = _values(line)
    assert values["hires"] == 1 and values["median_to_hire"] == "20.00" and values["median_to_fill"] == "21.00"
    assert _values(report["total"]) == values
    months = _report(history.api, "time_to_hire")["lines"]
    assert sum(line["figures"]["hires"]["value"] for line in months) == 1 and len(months) in (3, 4)
    assert (
        next(line for line in months if not line["figures"]["hires"]["row_count"])["figures"]["p90_to_hire"]["value"]
        is None
    )


def test_middle_values(tenant):
    job, days = make_job(tenant, openings=10), (1, 2, 4, 10)
    start = clock.now() - timedelta(days=30)
    with time_machine.travel(start, tick=False):
        applications = [make_application(tenant, job_id=job) for _ in days]
    for application, after in zip(applications, days, strict=True):
        with time_machine.travel(start + timedelta(days=after), tick=False):
            tenant.tokens.clear()
            ok(tenant.api().post(f"/applications/{application}/hire", {}))
    tenant.tokens.clear()
    values = _values(_report(tenant.api(), "time_to_hire")["total"])
    assert (values["hires"], values["median_to_hire"], values["p90_to_hire"]) == (4, "3.00", "10.00")


def test_time_in_stage(history):
    lines = _lines(_report(history.api, "time_in_stage", job_id=history.job))
    assert lines["Applied"]["left"] == 4 and lines["Applied"]["median_days"] == "2.00"
    assert lines["Applied"]["standing"] == 1
    assert lines["Screening"]["left"] == 4 and lines["Screening"]["p90_days"] == "5.00"
    assert lines["Interview"]["median_days"] == "7.50"  # 13 days and 2 days


def test_sources(history):
    report = _report(history.api, "sources", by="job")
    first, second = report["lines"]
    values = _values(first)
    assert (first["label"], first["key"]) == ("Data Engineer", str(history.job))
    assert values["applications"] == 5 and values["screened"] == 3 and values["interviewed"] == 2
    assert values["hire_rate"] == "0.2000" and values["median_to_hire"] == "20.00"
    assert _values(second)["median_to_hire"] is None and _values(report["total"])["applications"] == 6
    (nobody,) = _report(history.api, "sources")["lines"]
    assert nobody["key"] is None and len(_drilled(history.api, nobody["figures"]["applications"]["drill"])) == 6


def test_interviewers(history):
    report = _report(history.api, "interviewers")
    assert {line["key"] for line in report["lines"]} == {
        str(history.tenant.users[role]) for role in ("RECRUITER", "MANAGER")
    }
    assert _values(report["total"])["hours"] == "1.50" and _values(report["total"])["scheduled"] == 2


def test_offers(history):
    report = _report(history.api, "offers", by="department")
    (line,) = report["lines"]
    assert line["label"] == "Data" and _values(line)["offers"] == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_counts_exactly_the_rows_behind_it(history, name):
    assert history.elsewhere
    for query in ({}, {"job_id": history.job}, *({"by": by} for by in ("job", "department", "owner", "month"))):
        answer = history.api.get(f"/reports/{name.replace('_', '-')}", query_string=query)
        if answer.status_code == 400 and answer.get_json()["code"] == "bad_group":
            continue
        report = ok(answer)
        for line in [*report["lines"], *([report["total"]] if report["total"] else [])]:
            for column in report["columns"]:
                figure = line["figures"][column["name"]]
                rows = _drilled(history.api, figure["drill"])
                assert len(rows) == len({row["id"] for row in rows}) == figure["row_count"], (name, query, column)
                if column["unit"] == "count":
                    assert figure["value"] == figure["row_count"]
        if report["total"]:
            first = report["columns"][0]["name"]
            total = report["total"]["figures"][first]["value"]
            assert total == sum(line["figures"][first]["value"] for line in report["lines"]) > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_report_of_a_tenant_has_nothing_of_another(app: Flask, history, name):
    stranger = make_tenant(app).api()
    report = _report(stranger, name)
    counts = [column["name"] for column in report["columns"] if column["unit"] == "count"]
    for line in [*report["lines"], *([report["total"]] if report["total"] else [])]:
        assert all(line["figures"][each]["value"] == 0 for each in counts)
    first = next(iter(_report(history.api, name)["lines"]))["figures"][counts[0]]
    assert _drilled(stranger, first["drill"]) == []


def test_a_report_counts_what_its_reader_sees(history):
    mine = make_application(history.tenant, make_candidate(history.tenant, owner_id=history.tenant.users["RECRUITER"]))
    lead = history.tenant.api("TEAM_LEAD")
    total = _report(lead, "sources")["total"]["figures"]["applications"]
    assert total["value"] == 1 and [row["application_id"] for row in _drilled(lead, total["drill"])] == [str(mine)]
    assert _lines(_report(lead, "funnel"))["Applied"]["reached"] == 1
    assert _report(lead, "time_in_stage")["total"]["figures"]["standing"]["value"] == 1
    assert _report(lead, "interviewers")["total"]["figures"]["seats"]["value"] == 0
    assert _report(lead, "offers")["total"]["figures"]["offers"]["value"] == 0


def test_reports_need_their_right_and_rows_that_of_what_they_list(history):
    assert refused(history.tenant.api("RECRUITER").get("/reports/funnel"), 403) == "permission_missing"
    role = ok(history.api.post("/roles", {"name": "FIGURES", "permissions": ["reports.read"]}), 201)["id"]
    ok(history.api.put(f"/users/{history.tenant.users['RECRUITER']}/roles", {"role_ids": [role]}))
    reader = history.tenant.api("RECRUITER")
    figure = _report(reader, "offers")["total"]["figures"]["offers"]
    assert ok(reader.get(figure["drill"][figure["drill"].index("/api") :]))["data"] == []
    key = {"name": "Dashboard", "permissions": ["reports.read"]}
    board = Api(history.tenant.app, ok(history.api.post("/api-keys", key), 201)["secret"])
    report = _report(board, "offers")
    address = report["total"]["figures"]["offers"]["drill"]
    answer = board.get(address[address.index("/api") :])
    assert ok(answer, 403)["code"] == "permission_missing"


def test_filters(history):
    def total(**query: Any) -> int:
        return _report(history.api, "sources", **query)["total"]["figures"]["applications"]["value"]

    start = history.start.date()
    assert total(job_id=history.other) == 1 and total(department_id=history.department) == 5
    assert total(source="referral") == 0 and total(owner_id=history.tenant.users["MANAGER"]) == 0
    assert total(since=start + timedelta(days=3)) == 0 and total(until=start) == 0
    assert total(since=start, until=start + timedelta(days=2)) == 6


@pytest.mark.parametrize(
    "query, code",
    [
        ({"since": "2026-02-01", "until": "2026-01-01"}, "bad_period"),
        ({"since": "1980-01-01"}, "bad_period"),
        ({"by": "interviewer"}, "bad_group"),
        ({"until": "9999-12-31"}, None),
        ({"by": "colour"}, None),
        ({"job_id": "x"}, None),
    ],
)
def test_what_makes_no_sense_is_refused(api, query, code):
    answer = ok(api.get("/reports/sources", query_string=query), 400)
    assert code is None or answer["code"] == code


def test_rows_of_a_figure_or_a_line_that_is_none(api):
    assert ok(api.get("/reports/offers/rows?figure=x"), 400)["code"] == "bad_figure"
    assert ok(api.get("/reports/offers/rows?figure=offers&by=job&key=x"), 400)["code"] == "bad_key"
    assert ok(api.get("/reports/offers/rows?figure=offers&by=month&key=x"))["data"] == []
    job = "01890a5d-ac96-774b-bcce-b302099a8057"
    assert ok(api.get(f"/reports/funnel?job_id={job}"), 404)


def test_the_table_has_the_lines_and_no_formulas(history):
    ok(history.api.patch(f"/jobs/{history.job}", {"title": "=HYPERLINK(1)"}))
    answer = history.api.get("/reports/sources/export", query_string={"by": "job"})
    lines = answer.get_data(as_text=True).splitlines()
    assert answer.mimetype == "text/csv" and lines[0].startswith("line,key,label,applications,")
    assert lines[1].startswith(f"line,{history.job},'=HYPERLINK(1),5,") and lines[-1].startswith("total,,,6,")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_table_needs_a_plan_that_has_it(app):
    api = make_tenant(app, "STARTER").api()
    assert ok(api.get("/reports/funnel/export"), 402)["code"] == "feature_missing"
    assert ok(api.get("/reports/funnel"))["report"] == "funnel"


@pytest.mark.parametrize("name", NAMES)
def test_a_report_has_a_constant_number_of_statements(app, tenant, name):
    job, api = make_job(tenant, openings=50), tenant.api()

    def count() -> int:
        return count_statements(
            app, lambda: ok(api.get(f"/reports/{name.replace('_', '-')}", query_string={"job_id": job}))
        )

    make_application(tenant, job_id=job)
    few = count()
    for place in range(12):
        application = make_application(tenant, job_id=job)
        make_interview(tenant, application, time={"starts_at": in_days(3 + place)})
        make_offer(tenant, application)
        ok(api.post(f"/applications/{application}/hire", {}))
    assert count() == few <= 16  # on PostgreSQL, the settings precede each query and count too


def test_rejections_by_reason(tenant, api):
    reason = make_reason(tenant)
    for body in ({"reason_id": str(reason)}, {"reason_id": str(reason)}, REASON):
        ok(api.post(f"/applications/{make_application(tenant)}/reject", body))
    reopened = make_application(tenant)
    ok(api.post(f"/applications/{reopened}/reject", REASON))
    ok(api.post(f"/applications/{reopened}/reopen", {}))
    lines = _lines(_report(api, "rejections"))
    assert {label: each["rejections"] for label, each in lines.items()} == {"Not enough experience": 2, None: 1}
    assert lines[None]["before_interview"] == 1


@pytest.mark.parametrize("name", NAMES)
def test_what_no_database_holds_is_refused(api, name):
    assert refused(api.get(f"/reports/{name.replace('_', '-')}?source=%00"), 400) == "invalid_parameters"
    assert refused(api.get(f"/reports/{name.replace('_', '-')}/rows?key=%00"), 400) == "invalid_parameters"


def test_a_cursor_serves_its_own_report(history):
    page = ok(history.api.get("/reports/funnel/rows?limit=1"))
    answer = history.api.get("/reports/sources/rows", query_string={"limit": 1, "cursor": page["next_cursor"]})
    assert ok(answer, 400)["code"] == "bad_cursor"


def test_many_lines_end_somewhere(history, monkeypatch):
    monkeypatch.setattr(report_service, "MAX_LINES", 1)
    report = _report(history.api, "sources", by="job")
    assert len(report["lines"]) == 1 and report["has_more"] is True
    assert report["total"]["figures"]["applications"]["value"] == 6


class Outcomes:
    """An interview that took place with one of two scorecards, and an offer of each end."""

    def __init__(self, history: History) -> None:
        self.tenant, self.history = history.tenant, history
        with history.after(12):
            api = self.tenant.api()
            self.interview = make_interview(self.tenant, history.waiting, "TEAM_LEAD", "MANAGER")
        with history.after(14.5):
            with self.tenant.bound():
                interview_service.settle_due()
            card = {"recommendation": "yes", "ratings": [], "submit": True}
            ok(self.tenant.api("MANAGER").put(f"/interviews/{self.interview}/scorecard", card))
        for place, answer in enumerate(("record-acceptance", "record-decline", None)):
            with history.after(30 + place):
                api = self.tenant.api()
                candidate = make_candidate(self.tenant, emails=[f"outcome{place}.{self.tenant.slug}@people.example"])
                offer = make_offer(self.tenant, make_application(self.tenant, candidate, history.other))
                ok(api.post(f"/offers/{offer}/send", {}, headers={"Idempotency-Key": f"send-{offer}"}))
            with history.after(33 + place):
                if answer:
                    ok(self.tenant.api().post(f"/offers/{offer}/{answer}", REASON))


def test_what_came_of_interviews_and_offers(history):
    Outcomes(history)
    total = _values(_report(history.api, "interviewers")["total"])
    assert (total["held"], total["scorecards"], total["missing"], total["scorecard_rate"]) == (4, 1, 3, "0.2500")
    lines = {line["key"]: _values(line) for line in _report(history.api, "interviewers")["lines"]}
    assert lines[str(history.tenant.users["MANAGER"])]["scorecards"] == 1
    assert lines[str(history.tenant.users["TEAM_LEAD"])]["missing"] == 1
    assert 0 < float(total["median_to_scorecard"]) < 48
    offers = _values(_report(history.api, "offers")["total"])
    found = {name: offers[name] for name in ("offers", "out", "accepted", "declined", "answered")}
    assert found == {"offers": 4, "out": 1, "accepted": 1, "declined": 1, "answered": 2}
    assert (offers["acceptance_rate"], offers["median_to_accept"]) == ("0.5000", "3.00")
    for name in ("interviewers", "offers"):
        report = _report(history.api, name)
        for column in report["columns"]:
            figure = report["total"]["figures"][column["name"]]
            assert len(_drilled(history.api, figure["drill"])) == figure["row_count"], column
