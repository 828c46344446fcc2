"""The benchmark runs, at a tiny scale: its data is built from the models, and must go on fitting them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from bench.dataset import Sizes, load
from tests.factories.database import drop_database, fresh_database

SERVER = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.postgresql


@pytest.fixture
def superuser(database_url, initialised):
    """A migrated database of this test alone, as the benchmark fills it."""
    name = f"{sa.make_url(database_url).database}_bench"
    made = fresh_database(database_url, name, f"{sa.make_url(database_url).database}_like")
    yield made.set(drivername="postgresql", username="postgres").render_as_string(hide_password=False)
    # By the superuser: its connection may still be closing, and nobody else may end it.
    drop_database(sa.make_url(database_url).set(username="postgres"), name)


def test_the_data_set_is_loaded(superuser):
    tenants = load(superuser, Sizes(tenants=2, candidates=20, largest=15, jobs=4, applications=30))
    assert [len(tenant.candidates) for tenant in tenants] == [15, 5]
    with psycopg.connect(superuser) as connection:
        counts = {
            table: connection.execute(f"select count(*) from {table}").fetchone()[0]
            for table in ("candidates", "candidate_contacts", "jobs", "job_stages")
        }
        assert counts == {"candidates": 20, "candidate_contacts": 20, "jobs": 4, "job_stages": 24}
        assert connection.execute("select count(*) > 10 from applications").fetchone()[0]


@pytest.mark.redis
def test_searches_an_import_and_matching_are_measured(database_url, redis_url, tmp_path):
    plain = sa.make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    environment = {**os.environ, "TEST_DATABASE_URL": plain, "TEST_REDIS_URL": redis_url}
    options = [
        "--growth",
        "--sizes",
        "30,60",
        "--repeats",
        "2",
        "--rows",
        "30",
        "--people",
        "40",
        "--output",
        str(tmp_path / "figures"),
    ]
    command = [sys.executable, "-m", "bench", *options]
    done = subprocess.run(command, cwd=SERVER, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads((tmp_path / "figures").read_text())
    assert set(figures) == {"search", "import", "matching"} and figures["matching"]["ratio"] > 0
