"""What grows with a tenant: searches against those of a small tenant, imports against COPY, matching against numpy.

`make bench BENCH_ARGS=--growth` runs it, on PostgreSQL with row security on, in one process. `--sizes` are the tenants
that are searched, `--rows` those of the import, `--people` the candidates with resumes that are matched.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from app import create_app
from app.models.permission import ALL
from app.schemas.candidate_import_schema import ImportUploadForm
from app.schemas.candidate_search_schema import CandidateSearchQuery
from app.schemas.search_schema import SearchQuery
from app.services.candidates import candidate_search_service
from app.services.imports import candidate_import_service
from app.services.work import search_service
from app.utils import scope
from app.utils.file_store import Upload
from app.utils.scope import Actor
from bench import matching
from bench.dataset import SKILLS, TITLES, BenchTenant, load_sizes
from config import load_settings

SERVER = Path(__file__).resolve().parents[1]
QUERIES = {
    "two words": "python kafka",
    "title and skill": "title:engineer skill:sap",
    "phrase": '"data engineer" -java',
    "or": "(nurse OR triage) welding",
    "beginning": "frontend dev*",
    "name": "name:ada person7",
    "slip": "grecta person13",
}
EVERYTHING = ("python kafka", "ada person7", "frontend dev")  # one search over everything, against that of candidates
PLAIN = """
  select c.id, c.name, c.headline from candidates c
  where c.tenant_id = %(tenant)s
    and exists (select 1 from candidate_words w where w.tenant_id = c.tenant_id and w.candidate_id = c.id and w.word = 'python')
    and exists (select 1 from candidate_words w where w.tenant_id = c.tenant_id and w.candidate_id = c.id and w.word = 'kafka')
  order by c.id desc limit 20
"""
COPIED = (
    "id, tenant_id, name, headline, location, skills, status, provenance, search_text, version, created_at, updated_at"
)
console = Console(width=150)


def run(url: str, environment: dict[str, str], options: argparse.Namespace) -> None:
    """Load the tenants, measure, print."""
    subprocess.run([sys.executable, "manage.py", "migrate"], cwd=SERVER, env=environment, check=True)
    superuser = sa.make_url(url).set(username="postgres").render_as_string(hide_password=False)
    sizes = [int(size) for size in options.sizes.split(",")]
    started = time.monotonic()
    tenants = load_sizes(superuser, sizes)
    console.print(f"loaded {sum(sizes):,} candidates in {time.monotonic() - started:.0f} s")
    app = create_app(load_settings())
    figures: dict[str, Any] = {"search": {}, "import": {}}
    table = Table("search", *(f"{size:,}" for size in sizes), "largest / smallest")
    with app.app_context():
        for name, q in QUERIES.items():
            taken = [_p95(tenant, lambda q=q: _search(q), options.repeats) for tenant in tenants]
            figures["search"][name] = dict(zip(sizes, taken, strict=True))
            table.add_row(name, *(f"{each * 1000:.1f} ms" for each in taken), f"{taken[-1] / taken[0]:.2f}")
        for q in EVERYTHING:
            both = [
                (
                    _p95(tenant, lambda q=q: _everything(q), options.repeats),
                    _p95(tenant, lambda q=q: _search(q), options.repeats),
                )
                for tenant in tenants
            ]
            ratios = [whole / candidates for whole, candidates in both]
            figures["search"][f"everything: {q}"] = dict(zip(sizes, ratios, strict=True))
            table.add_row(f"everything / candidates: {q}", *(f"{each:.2f}" for each in ratios), "")
    plain = [_plain_p95(superuser, tenant, options.repeats) for tenant in tenants]
    figures["search"]["plain SQL, two words"] = dict(zip(sizes, plain, strict=True))
    table.add_row("plain SQL, two words", *(f"{each * 1000:.1f} ms" for each in plain), f"{plain[-1] / plain[0]:.2f}")
    console.print(table)
    with app.app_context():
        figures["import"] = _measure_import(superuser, tenants[0], options.rows)
        figures["matching"] = matching.measure(superuser, tenants[0], options.people)
    if options.output:
        options.output.write_text(json.dumps(figures, indent=2) + "\n")


def _p95(tenant: BenchTenant, search: Callable[[], Any], repeats: int) -> float:
    """The time, in seconds, within which 95 of 100 searches are answered; the first ones warm up."""
    with scope.tenant(tenant.id, Actor("user", tenant.user_id, permissions=ALL)):
        return _percentile([_timed(search) for _ in range(repeats + 5)][5:])


def _search(q: str) -> Any:
    return candidate_search_service.search(CandidateSearchQuery(q=q, limit=20))


def _everything(q: str) -> Any:
    return search_service.search(SearchQuery(q=q))


def _plain_p95(url: str, tenant: BenchTenant, repeats: int) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        read = lambda: connection.execute(PLAIN, {"tenant": tenant.id}).fetchall()  # noqa: E731
        return _percentile([_timed(read) for _ in range(repeats + 5)][5:])


def _timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _percentile(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _measure_import(url: str, tenant: BenchTenant, rows: int) -> dict[str, float]:
    """Rows per second of an import, checked, with events and results, and of COPY of the same candidates."""
    chance = random.Random(2)
    people = [(f"Imported Person{n}", chance.choice(TITLES), chance.sample(SKILLS, 4)) for n in range(rows)]
    lines = [
        "Name,Title,Skills,E-Mail",
        *(f"{a},{b},{'; '.join(c)},i{n}@people.example" for n, (a, b, c) in enumerate(people)),
    ]
    with scope.tenant(tenant.id, Actor("user", tenant.user_id, permissions=ALL)):
        file = Upload(io.BytesIO("\n".join(lines).encode()), "people.csv")
        started = time.perf_counter()
        batch = candidate_import_service.upload(tenant.user_id, file, ImportUploadForm())
        import_id = batch.id
        while candidate_import_service.proceed(import_id):
            pass
        ours = rows / (time.perf_counter() - started)
        done = candidate_import_service.get(import_id)
        assert done.created == rows, (done.created, done.failed, done.skipped, done.reason)
    copied = _copy(url, tenant, rows)
    console.print(f"import {ours:,.0f} rows/s, COPY {copied:,.0f} rows/s: {ours / copied:.2f} (goal 0.3)")
    return {"import_rows_per_second": ours, "copy_rows_per_second": copied, "ratio": ours / copied}


def _copy(url: str, tenant: BenchTenant, rows: int) -> float:
    """COPY of the same candidates and contact points, with the triggers of the search index, in one transaction."""
    with psycopg.connect(url) as connection:
        wanted = connection.execute(
            f"select {COPIED} from candidates where tenant_id = %s and name like 'Imported%%'", (tenant.id,)
        ).fetchall()
        points = connection.execute(
            "select p.* from candidate_contacts p join candidates c on c.tenant_id = p.tenant_id and c.id = p.candidate_id"
            " where c.tenant_id = %s and c.name like 'Imported%%'",
            (tenant.id,),
        ).fetchall()
        assert len(wanted) == len(points) == rows
        connection.execute("delete from candidates where tenant_id = %s and name like 'Imported%%'", (tenant.id,))
        connection.commit()
        started = time.perf_counter()
        with connection.cursor().copy(f"copy candidates ({COPIED}) from stdin") as target:
            for row in wanted:
                target.write_row([json.dumps(cell) if isinstance(cell, (list, dict)) else cell for cell in row])
        with connection.cursor().copy("copy candidate_contacts from stdin") as target:
            for row in points:
                target.write_row(row)
        connection.commit()
        return rows / (time.perf_counter() - started)
