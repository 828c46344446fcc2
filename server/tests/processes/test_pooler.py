"""Behind PgBouncer in transaction mode no answer is wrong: two tenants at once over few shared sessions."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import sqlalchemy as sa

from tests.factories.candidate import candidate_body
from tests.processes.live import LiveServer, wait_for
from tools.with_services import free_port, server_user

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
ROUNDS, THREADS, SESSIONS = 8, 8, 4
CONFIGURATION = """[databases]
{database} = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 500
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""

pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.processes,
    pytest.mark.postgresql,
    pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed"),
]


@pytest.fixture
def pooled(live, open_folder, request):
    """A server whose database lies behind a pooler that lends a session for one transaction."""
    folder, listen = open_folder, free_port()
    url = sa.make_url(live.environment["DATABASE_URL"])
    facts = {"database": url.database, "host": url.host, "port": url.port, "folder": folder}
    (folder / "users").write_text(f'"{url.username}" ""\n')
    (folder / "pgbouncer.ini").write_text(CONFIGURATION.format(**facts, listen=listen, sessions=SESSIONS))
    command = [str(PGBOUNCER), "-q", str(folder / "pgbouncer.ini")]
    if user := server_user():
        shutil.chown(folder, user)
        command = [shutil.which("runuser") or "/usr/sbin/runuser", "-u", user, "--", *command]
    pooler = subprocess.Popen(command, stdout=sys.stderr)
    request.addfinalizer(lambda: (live.stop(), pooler.terminate(), pooler.wait()))
    live.environment["DATABASE_URL"] = url.set(host="127.0.0.1", port=listen).render_as_string(hide_password=False)
    live.environment["DATABASE_POOLER"] = "transaction"
    wait_for(
        lambda: "listening" in (folder / "pgbouncer.log").read_text() if (folder / "pgbouncer.log").exists() else 0
    )
    live.start(EMBEDDED_JOBS="false")
    return live


def _work(live: LiveServer, slug: str, headers: dict[str, str]) -> Counter[str]:
    """Add, read, list and search; whose row an answer holds is told by its name."""
    seen: Counter[str] = Counter()
    with httpx.Client(base_url=f"{live.url}/api/v1", headers=headers, timeout=60) as client:
        for _ in range(ROUNDS):
            made = client.post("/candidates", json=candidate_body(name=f"Person Of {slug}"))
            answers = [made, client.get("/candidates?limit=50"), client.get("/candidates?q=person")]
            if made.status_code == 201:
                answers.append(client.get(f"/candidates/{made.json()['id']}"))
            for answer in answers:
                seen[f"status {answer.status_code // 100}xx"] += 1
                body = answer.json()
                for row in body.get("data", [body]):
                    seen["right" if row.get("name") == f"Person Of {slug}" else "wrong"] += 1
    return seen


def test_two_tenants_behind_a_pooler_see_their_own_rows_and_no_error(pooled):
    headers = {slug: pooled.sign_up(slug) for slug in ("first", "second")}
    with sa.create_engine(_owner(pooled), poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql("select set_config('app.platform', 'on', true)")
        connection.exec_driver_sql("update tenant_counters set max_candidates = 100000")
    work = [(slug, headers[slug]) for slug in headers for _ in range(THREADS)]
    with ThreadPoolExecutor(len(work)) as pool:
        total = sum(pool.map(lambda each: _work(pooled, *each), work), Counter())
    assert total["wrong"] == 0 and set(total) == {"status 2xx", "right"}, total
    assert total["status 2xx"] == 2 * THREADS * ROUNDS * 4


def _owner(live: LiveServer) -> str:
    url = live.environment.get("DATABASE_OWNER_URL") or live.environment["DATABASE_URL"]
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
