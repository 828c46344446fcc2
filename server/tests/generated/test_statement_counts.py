"""Every list keeps its number of statements as rows grow from 5 to 60."""

from __future__ import annotations

import pytest

from app.middleware.identity.access import PUBLIC
from app.models.job_team_member import JobRole
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.candidate_import import make_import
from tests.factories.candidate_resume import make_resume
from tests.factories.candidate_things import make_note, make_pool, make_task
from tests.factories.client import ok
from tests.factories.email_integration import make_email_integration
from tests.factories.job import make_job
from tests.factories.job_part import join, make_member
from tests.factories.message import make_plan
from tests.factories.statement_counts import count_statements
from tests.factories.tenant import make_tenant
from tests.generated.registry import operations, path_of, query_of

FEW, MANY = 5, 60


@pytest.fixture
def grown(app, tenant):
    """A tenant whose rows grow on demand."""
    job, first = make_job(tenant), make_candidate(tenant)
    state = {"rows": 0}

    def grow(count: int) -> None:
        for _ in range(count - state["rows"]):
            candidate = make_candidate(tenant)
            make_application(tenant, candidate, job)
            make_note(tenant, first)
            make_task(tenant, first)
            make_pool(tenant)
            make_resume(tenant, parsed=False)
        state["rows"] = count

    return tenant, job, first, grow


def _counts(app, tenant, job, candidate, who="TENANT_ADMIN") -> dict[str, int]:
    plan = make_plan(tenant, candidate_ids=None, query={"status": ["active"]})
    known = {
        "mail_plan_id": plan,
        "integration_id": make_email_integration(tenant)[0],
        "owner_id": tenant.users["RECRUITER"],
        "survey_question_id": "",
    }
    api, ids = tenant.api(who), {**known, "job_id": job, "candidate_id": candidate, "import_id": make_import(tenant)}
    paged = (o for o in operations(app) if o.method == "get" and "cursor" in getattr(o.spec.query, "model_fields", {}))
    lists = [o for o in paged if o.spec.permission != PUBLIC]
    counts = {}
    for operation in lists:
        query = {**query_of(operation, ids), "limit": 200}
        if api.get(path_of(operation, ids), query_string=query).status_code in (403, 404) and who != "TENANT_ADMIN":
            continue  # not for everybody's eyes
        counts[operation.name] = count_statements(app, lambda: ok(api.get(path_of(operation, ids), query_string=query)))
    return counts


def test_lists_keep_their_number_of_statements(app, grown):
    tenant, job, first, grow = grown
    grow(FEW)
    few = _counts(app, tenant, job, first)
    grow(MANY)
    many = _counts(app, tenant, job, first)
    assert few == many
    # A dry run reads all that sending reads: contacts, consents, suppressions. On PostgreSQL, a read is two statements.
    assert many.pop("GET /api/v1/mail-plans/<uuid:mail_plan_id>/mails") <= 14
    # Free times of people: hours, holidays, absences, interviews, bookings, calendars.
    assert many.pop("GET /api/v1/interview-slots") <= 12
    assert len(few) >= 8 and max(many.values()) <= 8, many  # savepoints of the test included


def test_what_a_hiring_team_sees_costs_no_statement_per_row(app, grown):
    tenant, job, first, grow = grown
    member = make_member(tenant)
    join(tenant, member, [job], JobRole.RECRUITER)
    make_application(tenant, first, job)
    grow(FEW)
    few = _counts(app, tenant, job, first, member)
    grow(MANY)
    assert _counts(app, tenant, job, first, member) == few


def test_matches_are_one_set_operation(app):
    tenant = make_tenant(app)
    job = make_job(tenant)
    api = tenant.api()
    counts = []
    for total in (3, 12):
        for _ in range(total):
            make_resume(tenant)
        counts.append(count_statements(app, lambda: ok(api.post(f"/jobs/{job}/matches/refresh"))))
    assert counts[0] == counts[1]
