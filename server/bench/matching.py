"""Matching all candidates of a tenant for one job, against one read of the same columns and one product of numpy."""

from __future__ import annotations

import hashlib
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import psycopg
from rich.console import Console

from app.models import CandidateDocument, CandidateResume
from app.models.permission import ALL
from app.services.matching import candidate_match_service
from app.services.resumes import resume_embedding
from app.services.search.text_encoders import text_encoders
from app.utils import scope
from app.utils.ids import new_id
from app.utils.scope import Actor
from bench.dataset import START, BenchTenant, add_candidates, add_jobs, copy_rows

GOAL = 3.0
ROUNDS = 5
COLUMNS = """
  select c.id, c.headline, c.skills, c.years_experience, r.embedding from candidates c
  left join candidate_resumes r on r.tenant_id = c.tenant_id and r.candidate_id = c.id and r.is_primary
  where c.tenant_id = %s and c.status = 'active' order by c.id
"""
console = Console(width=150)


def measure(url: str, tenant: BenchTenant, people: int) -> dict[str, Any]:
    """Give the tenant `people` candidates with resumes, and rank all of its candidates for a job."""
    with psycopg.connect(url) as connection:
        (job, _), *_ = add_jobs(connection, tenant, 1)
        added = add_candidates(connection, tenant, people)
        _add_resumes(connection, tenant, added)
        connection.commit()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
        with scope.tenant(tenant.id, Actor("user", tenant.user_id, permissions=ALL)):
            ours = _median(lambda: candidate_match_service.refresh(job))
        least = _median(lambda: _read_and_multiply(connection, tenant.id))
    console.print(
        f"matching {people:,} candidates {ours:.2f} s, a read and a product {least:.2f} s: {ours / least:.2f}"
    )
    return {"people": people, "seconds": ours, "read_and_product_seconds": least, "ratio": ours / least, "goal": GOAL}


def _read_and_multiply(connection: psycopg.Connection, tenant_id: uuid.UUID) -> Any:
    rows = connection.execute(COLUMNS, (tenant_id,)).fetchall()
    dimensions = text_encoders.active[0].dimensions
    empty = bytes(2 * dimensions * 4)
    vectors = np.frombuffer(b"".join(row[4] or empty for row in rows), dtype="<f4").reshape(-1, dimensions)
    return np.argsort(vectors @ np.ones(dimensions, dtype=np.float32))


def _median(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS + 1):  # the first one warms up
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def _add_resumes(connection: psycopg.Connection, tenant: BenchTenant, candidates: list[uuid.UUID]) -> None:
    documents = [new_id() for _ in candidates]
    copy_rows(connection, CandidateDocument, _document_rows(tenant, candidates, documents))
    copy_rows(connection, CandidateResume, _resume_rows(tenant, candidates, documents))


def _document_rows(
    tenant: BenchTenant, candidates: list[uuid.UUID], documents: list[uuid.UUID]
) -> Iterator[dict[str, Any]]:
    for candidate, document in zip(candidates, documents, strict=True):
        digest = hashlib.sha256(document.bytes).hexdigest()
        file = {"filename": "resume.txt", "media_type": "text/plain", "size": 1, "sha256": digest}
        keys = {"id": document, "tenant_id": tenant.id, "candidate_id": candidate, "storage_key": f"bench/{document}"}
        yield {**keys, **file, "created_at": START, "updated_at": START}


def _resume_rows(
    tenant: BenchTenant, candidates: list[uuid.UUID], documents: list[uuid.UUID]
) -> Iterator[dict[str, Any]]:
    chance = np.random.default_rng(1)
    size = sum(2 * encoder.dimensions for encoder in text_encoders.active)
    for candidate, document in zip(candidates, documents, strict=True):
        vector = chance.standard_normal(size).astype("<f4")
        facts = {"embedding": (vector / 16).tobytes(), "embedding_form": resume_embedding.form(), "status": "parsed"}
        keys = {"tenant_id": tenant.id, "candidate_id": candidate, "document_id": document, "is_primary": True}
        yield {**keys, **facts, "text": "Data Engineer with Python.", "created_at": START, "updated_at": START}
