"""The data of the benchmark: many tenants, one of them large, loaded by COPY."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import psycopg
import sqlalchemy as sa

from app.models import (
    Application,
    AuthSession,
    Candidate,
    CandidateContact,
    Job,
    JobStage,
    Role,
    Tenant,
    TenantCounter,
    User,
)
from app.models.job_stage import DEFAULT_PIPELINE, StageKind
from app.utils.ids import new_id
from app.utils.text import words

START = datetime(2025, 1, 1, tzinfo=UTC)
SKILLS = "Python SQL Java Go Rust React Kafka Spark Excel SAP CAD Nursing Triage Sales Welding Logistics".split()
TITLES = ("Data Engineer", "Nurse", "Accountant", "Welder", "Sales Manager", "Frontend Developer", "Driver", "Planner")
NAMES = "Ada Bela Carla Dario Elif Farid Greta Hugo Ines Jonas Kira Liam Mona Nils Olga Pablo Rosa Sami".split()


@dataclass
class BenchTenant:
    """A tenant, a session that may be used as a token, and ids to ask for."""

    id: uuid.UUID
    user_id: uuid.UUID
    session_id: uuid.UUID
    candidates: list[uuid.UUID] = field(default_factory=list)


@dataclass(frozen=True)
class Sizes:
    """How many rows; `scale` 1.0 is the full data set."""

    tenants: int
    candidates: int
    largest: int
    jobs: int
    applications: int

    @classmethod
    def of(cls, scale: float) -> Sizes:
        return cls(50, int(200_000 * scale), int(50_000 * scale), int(5_000 * scale), int(300_000 * scale))


def load(url: str, sizes: Sizes) -> list[BenchTenant]:
    """Fill an empty, migrated database; the largest tenant comes first. `url` names a superuser: COPY and row security
    exclude each other."""
    chance = random.Random(1)
    with psycopg.connect(url) as connection:
        plan = connection.execute("select id from subscription_plans where code = 'ENTERPRISE'").fetchone()
        connection.execute("update subscription_plans set max_candidates = 2000000000")
        assert plan is not None
        tenants = [_tenant(connection, number, plan[0]) for number in range(sizes.tenants)]
        rest = (sizes.candidates - sizes.largest) // (sizes.tenants - 1)
        for number, tenant in enumerate(tenants):
            _candidates(connection, tenant, sizes.largest if number == 0 else rest, chance)
            stages = add_jobs(connection, tenant, sizes.jobs // sizes.tenants)
            share = sizes.applications * len(tenant.candidates) // sizes.candidates
            _applications(connection, tenant, stages, share, chance)
        connection.commit()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return tenants


def load_sizes(url: str, sizes: list[int]) -> list[BenchTenant]:
    """A tenant of each size, with candidates only."""
    chance = random.Random(1)
    with psycopg.connect(url) as connection:
        plan = connection.execute("select id from subscription_plans where code = 'ENTERPRISE'").fetchone()
        assert plan is not None
        tenants = [_tenant(connection, number, plan[0]) for number in range(len(sizes))]
        for tenant, size in zip(tenants, sizes, strict=True):
            _candidates(connection, tenant, size, chance)
        connection.commit()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return tenants


def _tenant(connection: psycopg.Connection, number: int, plan: uuid.UUID) -> BenchTenant:
    tenant = BenchTenant(new_id(), new_id(), new_id())
    role, soon = new_id(), datetime.now(UTC) + timedelta(days=7)
    own = {"tenant_id": tenant.id}
    user = {"email": f"bench{number}@people.example", "name": "Bench", "password_hash": "x", "role_id": role}
    session = {"user_id": tenant.user_id, "token_hash": "x", "rotated_at": START, "expires_at": soon}
    limits = {"users": 1, "max_users": 999, "max_candidates": 1_000_000, "max_storage_bytes": 10**12}
    named = {"slug": f"bench-{number}", "name": f"Bench {number}", "plan_id": plan}
    copy_rows(connection, Tenant, [{"id": tenant.id, **named}])
    copy_rows(connection, Role, [{"id": role, "name": "TENANT_ADMIN", "is_system": True, "level": 1, **own}])
    copy_rows(connection, User, [{"id": tenant.user_id, "status": "active", **user, **own}])
    copy_rows(connection, AuthSession, [{"id": tenant.session_id, **session, **own}])
    copy_rows(connection, TenantCounter, [{"head_hash": "0" * 64, **limits, **own}])
    return tenant


def copy_rows(connection: psycopg.Connection, model: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    """COPY rows of a model with the defaults that the model has: a new column needs nothing here."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    columns = [column for column in model.__table__.columns if column.name in first or column.default is not None]
    names = ", ".join(column.name for column in columns)
    with connection.cursor().copy(f"copy {model.__tablename__} ({names}) from stdin") as target:
        for row in chain([first], rows):
            target.write_row([_stored(column, row) for column in columns])


def _stored(column: sa.Column[Any], row: dict[str, Any]) -> Any:
    if column.name in row:
        value = row[column.name]
    else:
        value = column.default.arg(None) if column.default.is_callable else column.default.arg  # type: ignore[union-attr]
    return json.dumps(value) if isinstance(column.type, sa.JSON) and value is not None else value


def _candidates(connection: psycopg.Connection, tenant: BenchTenant, count: int, chance: random.Random) -> None:
    tenant.candidates = [new_id() for _ in range(count)]
    copy_rows(connection, Candidate, _candidate_rows(tenant, chance))
    connection.execute("analyze candidates")  # so that the check of each contact's key takes the index made for it
    copy_rows(connection, CandidateContact, _contact_rows(tenant))


def add_candidates(connection: psycopg.Connection, tenant: BenchTenant, count: int) -> list[uuid.UUID]:
    """Add further candidates to a tenant, and return their ids."""
    before = tenant.candidates
    _candidates(connection, tenant, count, random.Random(2))
    added, tenant.candidates = tenant.candidates, before + tenant.candidates
    return added


def _contact_rows(tenant: BenchTenant) -> Iterator[dict[str, Any]]:
    for candidate in tenant.candidates:
        email = f"{candidate.hex}@people.example"
        facts = {"kind": "email", "value": email, "raw": email, "position": 0}
        yield {"tenant_id": tenant.id, "candidate_id": candidate, "created_at": START, "updated_at": START, **facts}


def _candidate_rows(tenant: BenchTenant, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number, candidate in enumerate(tenant.candidates):
        name = f"{chance.choice(NAMES)} Person{number % 997}"
        title = chance.choice(TITLES)
        skills = chance.sample(SKILLS, 4)
        found = "\n".join(f" {' '.join(words(line))} " for line in (name, title, " ".join(skills), "Hamburg")) + "\n\n"
        status = "active" if chance.random() < 0.8 else "archived"
        at = START + timedelta(seconds=number)
        facts = {"name": name, "headline": title, "location": "Hamburg", "skills": skills, "status": status}
        keys = {"id": candidate, "tenant_id": tenant.id, "created_at": at, "updated_at": at}
        yield {**keys, **facts, "search_text": found}


def add_jobs(connection: psycopg.Connection, tenant: BenchTenant, count: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """The jobs with the standard pipeline; each with the stage that applications come in at."""
    own = {"tenant_id": tenant.id, "created_at": START, "updated_at": START}
    jobs = [new_id() for _ in range(count)]
    titles = (f"{TITLES[number % len(TITLES)]} {number}" for number in range(count))
    facts = {"required_skills": ["Python"], "openings": 5, "status": "open"}
    copy_rows(connection, Job, ({"id": job, "title": title, **facts, **own} for job, title in zip(jobs, titles)))
    stages = [
        {"id": new_id(), "job_id": job, "name": name, "kind": str(kind), "position": position, **own}
        for job in jobs
        for position, (name, kind) in enumerate(DEFAULT_PIPELINE)
    ]
    copy_rows(connection, JobStage, stages)
    return [(stage["job_id"], stage["id"]) for stage in stages if stage["kind"] == StageKind.APPLIED]


def _applications(
    connection: psycopg.Connection,
    tenant: BenchTenant,
    stages: list[tuple[uuid.UUID, uuid.UUID]],
    count: int,
    chance: random.Random,
) -> None:
    at = {"stage_entered_at": START, "created_at": START, "updated_at": START, "applied_at": START}
    chosen = ((chance.choice(tenant.candidates), chance.choice(stages)) for _ in range(count if stages else 0))
    rows = (
        {"tenant_id": tenant.id, "candidate_id": candidate, "job_id": job, "stage_id": stage, "status": "active", **at}
        for candidate, (job, stage) in dict.fromkeys(chosen)
    )
    copy_rows(connection, Application, rows)
