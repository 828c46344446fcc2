"""The data of the benchmark: many tenants, one of them large, loaded by COPY."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg

from app.utils.ids import new_id
from app.utils.text import words

START = datetime(2025, 1, 1, tzinfo=UTC)
SKILLS = "Python SQL Java Go Rust React Kafka Spark Excel SAP CAD Nursing Triage Sales Welding Logistics".split()
TITLES = ("Data Engineer", "Nurse", "Accountant", "Welder", "Sales Manager", "Frontend Developer", "Driver", "Planner")
NAMES = "Ada Bela Carla Dario Elif Farid Greta Hugo Ines Jonas Kira Liam Mona Nils Olga Pablo Rosa Sami".split()
STAGES = ("lead", "applied", "screen", "interview", "offer", "hired")


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
            stages = _jobs(connection, tenant, sizes.jobs // sizes.tenants)
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
    role = new_id()
    now = datetime.now(UTC)
    connection.execute(
        "insert into tenants (id, slug, name, status, time_zone, plan_id, version, created_at, updated_at)"
        " values (%s, %s, %s, 'active', 'UTC', %s, 1, %s, %s)",
        (tenant.id, f"bench-{number}", f"Bench {number}", plan, now, now),
    )
    connection.execute(
        "insert into roles (id, tenant_id, name, is_system, level, custom_permissions, version, created_at, updated_at)"
        " values (%s, %s, 'TENANT_ADMIN', true, 1, '[]', 1, %s, %s)",
        (role, tenant.id, now, now),
    )
    connection.execute(
        "insert into users (id, tenant_id, email, name, password_hash, status, role_id, version, created_at, updated_at)"
        " values (%s, %s, %s, 'Bench', 'x', 'active', %s, 1, %s, %s)",
        (tenant.user_id, tenant.id, f"bench{number}@people.example", role, now, now),
    )
    connection.execute(
        "insert into auth_sessions (id, tenant_id, user_id, token_hash, rotated_at, expires_at, created_at, updated_at)"
        " values (%s, %s, %s, 'x', %s, %s, %s, %s)",
        (tenant.session_id, tenant.id, tenant.user_id, now, now + timedelta(days=7), now, now),
    )
    connection.execute(
        "insert into tenant_counters (id, tenant_id, seq, head_hash, users, candidates, storage_bytes, jobs, max_users,"
        " max_candidates, max_storage_bytes, created_at, updated_at)"
        " values (%s, %s, 0, repeat('0', 64), 1, 0, 0, 0, 999, 1000000, 1000000000000, %s, %s)",
        (new_id(), tenant.id, now, now),
    )
    return tenant


def _candidates(connection: psycopg.Connection, tenant: BenchTenant, count: int, chance: random.Random) -> None:
    tenant.candidates = [new_id() for _ in range(count)]
    columns = "id, tenant_id, name, headline, location, skills, status, provenance, search_text, version, created_at, updated_at"
    copy = f"copy candidates ({columns}) from stdin"
    with connection.cursor().copy(copy) as rows:
        for row in _candidate_rows(tenant, chance):
            rows.write_row(row)
    connection.execute("analyze candidates")  # so that the check of each contact's key takes the index made for it
    contacts = "id, tenant_id, candidate_id, kind, value, raw, position, created_at, updated_at"
    with connection.cursor().copy(f"copy candidate_contacts ({contacts}) from stdin") as rows:
        for number, candidate in enumerate(tenant.candidates):
            email = f"p{number}@people.example"
            rows.write_row((new_id(), tenant.id, candidate, "email", email, email, 0, START, START))


def _candidate_rows(tenant: BenchTenant, chance: random.Random) -> Iterator[tuple[object, ...]]:
    for number, candidate in enumerate(tenant.candidates):
        name = f"{chance.choice(NAMES)} Person{number % 997}"
        title = chance.choice(TITLES)
        skills = chance.sample(SKILLS, 4)
        found = "\n".join(f" {' '.join(words(line))} " for line in (name, title, " ".join(skills), "Hamburg")) + "\n\n"
        status = "active" if chance.random() < 0.8 else "archived"
        at = START + timedelta(seconds=number)
        yield (candidate, tenant.id, name, title, "Hamburg", json.dumps(skills), status, "{}", found, 1, at, at)


def _jobs(connection: psycopg.Connection, tenant: BenchTenant, count: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    stages = []
    with connection.cursor() as cursor:
        for number in range(count):
            job = new_id()
            cursor.execute(
                "insert into jobs (id, tenant_id, title, required_skills, preferred_skills, openings, hired, status, version,"
                " created_at, updated_at) values (%s, %s, %s, '[\"Python\"]', '[]', 5, 0, 'open', 1, %s, %s)",
                (job, tenant.id, f"{TITLES[number % len(TITLES)]} {number}", START, START),
            )
            for position, kind in enumerate(STAGES):
                stage = new_id()
                stages.append((job, stage)) if kind == "applied" else None
                cursor.execute(
                    "insert into job_stages (id, tenant_id, job_id, name, kind, position, created_at, updated_at)"
                    " values (%s, %s, %s, %s, %s, %s, %s, %s)",
                    (stage, tenant.id, job, kind.title(), kind, position, START, START),
                )
    return stages


def _applications(
    connection: psycopg.Connection,
    tenant: BenchTenant,
    stages: list[tuple[uuid.UUID, uuid.UUID]],
    count: int,
    chance: random.Random,
) -> None:
    columns = "id, tenant_id, candidate_id, job_id, stage_id, status, stage_entered_at, version, created_at, updated_at"
    with connection.cursor().copy(f"copy applications ({columns}) from stdin") as rows:
        seen = set()
        for _ in range(count if stages else 0):
            candidate = chance.choice(tenant.candidates)
            job, stage = chance.choice(stages)
            if (candidate, job) in seen:
                continue
            seen.add((candidate, job))
            rows.write_row((new_id(), tenant.id, candidate, job, stage, "active", START, 1, START, START))
