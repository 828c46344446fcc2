"""The deployment as the README prints it, without a Docker engine: each service of docker-compose.yml is started with
its own command, environment and configuration, on this machine's addresses, with the .env that `env new` writes.

Inngest is started where INNGEST_BIN names its binary; else everything that needs no job server is tried.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from aiosmtpd.controller import Controller
from dotenv import dotenv_values

from tests.factories.tenant import PASSWORD
from tests.processes import http_client, zygote
from tests.processes.live import SERVER, wait_for
from tools.with_services import free_port, start_postgresql

ROOT = SERVER.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
INNGEST = os.environ.get("INNGEST_BIN", "")
VARIABLE = re.compile(r"\$\{([A-Z_0-9]+)(?::([-?])((?:[^{}]|\{[^}]*\})*))?\}")
HTTPS = {"X-Forwarded-Proto": "https"}

pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.processes,
    pytest.mark.postgresql,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]


class Mailbox:
    """What stands in for Mailpit: it counts."""

    def __init__(self) -> None:
        self.recipients: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@dataclass
class Deployment:
    """The running services; `url` is the TLS proxy's, which stands in front of ours."""

    url: str
    proxy: str
    mailbox: Mailbox
    environments: dict[str, dict[str, str]]
    addresses: dict[str, str]

    def health(self, service: str) -> subprocess.CompletedProcess[bytes]:
        """Run the health check of a service as compose would."""
        command = _here(COMPOSE[service]["healthcheck"]["test"][1:], self.addresses)
        return subprocess.run(command, env=self.environments[service], capture_output=True, timeout=30)


def interpolated(text: str, values: dict[str, str]) -> str:
    """What compose makes of `${NAME:-usual}` and `${NAME:?message}`, one inside another too."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if values.get(name):
            return values[name]
        assert kind != "?", f"{name}: {rest}"
        return interpolated(rest or "", values)

    return VARIABLE.sub(value, text)


def _here(command: list[str], addresses: dict[str, str]) -> list[str]:
    for there, here in addresses.items():
        command = [part.replace(there, here) for part in command]
    return [
        sys.executable if part == "python" else INNGEST if part == "inngest" and INNGEST else part for part in command
    ]


@pytest.fixture(scope="module")
def deployment(open_folder):
    with ExitStack() as stack:
        yield _deploy(open_folder, stack)


def _deploy(folder: Path, stack: ExitStack) -> Deployment:
    _make_env(folder / ".env")
    values = {name: value or "" for name, value in dotenv_values(folder / ".env").items()}
    ports = {
        name: str(free_port()) for name in ("api", "worker", "inngest", "gateway", "redis", "proxy", "front", "metrics")
    }
    postgresql, socket_folder = _postgresql(folder, stack, values)
    mailbox = Mailbox()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    smtp.start()
    stack.callback(smtp.stop)
    addresses = {
        "@postgres:5432": f"@127.0.0.1:{postgresql}",
        "redis:6379": f"127.0.0.1:{ports['redis']}",
        "api:5000": f"127.0.0.1:{ports['api']}",
        "127.0.0.1:5000": f"127.0.0.1:{ports['api']}",
        "127.0.0.1:5001": f"127.0.0.1:{ports['worker']}",
        "worker:5001": f"127.0.0.1:{ports['worker']}",
        "inngest:8288": f"127.0.0.1:{ports['inngest']}",
        "127.0.0.1:8080": f"127.0.0.1:{ports['proxy']}",
        "/data": str(folder),
        "0.0.0.0": "127.0.0.1",
    }
    environments = {name: _environment(name, values, addresses) for name in COMPOSE}
    here = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp.port), "WORKER_PORT": ports["worker"], "METRICS_PORT": "0"}
    for name in ("api", "worker", "migrate"):
        environments[name] |= {**here, "PORT": ports["api"], "WEB_CONCURRENCY": "2"}
    environments["postgres"] |= {"PGPORT": str(postgresql)}
    environments["inngest"] |= {
        "INNGEST_PORT": ports["inngest"],
        "INNGEST_CONNECT_GATEWAY_PORT": ports["gateway"],
        "INNGEST_CONNECT_GATEWAY_GRPC_PORT": str(free_port()),
        "INNGEST_CONNECT_EXECUTOR_GRPC_PORT": str(free_port()),
    }
    deployed = Deployment(
        f"http://127.0.0.1:{ports['front']}", f"http://127.0.0.1:{ports['proxy']}", mailbox, environments, addresses
    )
    _start("redis", stack, environments, addresses, folder, ["--port", ports["redis"], "--bind", "127.0.0.1"])
    migrate = subprocess.run(_here(COMPOSE["migrate"]["command"], addresses), cwd=SERVER, env=environments["migrate"])
    assert migrate.returncode == 0
    _start("worker", stack, environments, addresses, SERVER)
    wait_for(lambda: _answers(f"http://127.0.0.1:{ports['worker']}/health/ready"), 90)
    if INNGEST:
        _start("inngest", stack, environments, addresses, folder)
    _start("api", stack, environments, addresses, SERVER)
    _nginx("proxy", stack, folder, ports["proxy"], (ROOT / "server/docker/nginx.conf").read_text(), addresses)
    _nginx("front", stack, folder, ports["front"], FRONT.format(proxy=ports["proxy"]), {})
    wait_for(lambda: _answers(f"{deployed.url}/health/ready"), 90)
    return deployed


# What an operator puts in front for TLS: it tells the client's address and that the client came by https.
FRONT = """
events {{}}
http {{
  client_max_body_size 100m;
  large_client_header_buffers 4 32k;
  server {{
    listen 8080;
    location / {{
      proxy_pass http://127.0.0.1:{proxy};
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For "$http_x_client";
      proxy_set_header X-Forwarded-Proto "https";
    }}
    location /in-clear/ {{
      proxy_pass http://127.0.0.1:{proxy}/;
      proxy_set_header X-Forwarded-For "$http_x_client";
      proxy_set_header X-Forwarded-Proto "http";
    }}
  }}
}}
"""


def _make_env(path: Path) -> None:
    arguments = ["env", "new", "--public-url", "https://jobs.example", "--output", str(path)]
    assert zygote.run(arguments, {"PATH": os.environ["PATH"]}).returncode == 0
    assert zygote.run(["doctor", "--env", str(path)], {"PATH": os.environ["PATH"]}).returncode == 0
    assert path.stat().st_mode & 0o077 == 0, "nobody else reads the secrets"


def test_the_lines_of_the_readme_make_an_env_file_once(tmp_path):
    lines = [
        line for line in (ROOT / "README.md").read_text().splitlines() if "--env -" in line or "env new --p" in line
    ]
    here = f"{sys.executable} {SERVER / 'manage.py'}"
    make, check = (re.sub(r"docker run --rm (-i )?fairlead-server python manage.py", here, line) for line in lines)
    environment = {"PATH": os.environ["PATH"]}
    assert subprocess.run(["bash", "-c", make], cwd=tmp_path, env=environment).returncode == 0
    text = (tmp_path / ".env").read_text()
    subprocess.run(["bash", "-c", make], cwd=tmp_path, env=environment)  # of coreutils some say 0 here and some 1
    assert (tmp_path / ".env").read_text() == text, "never over one that is there"
    done = subprocess.run(["bash", "-c", check], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "is good" in done.stdout
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def _postgresql(folder: Path, stack: ExitStack, values: dict[str, str]) -> tuple[int, Path]:
    """A server as the image starts one: the script that makes the databases uses the socket, all else passwords."""
    authentication = ["--auth-local=trust", "--auth-host=scram-sha-256"]
    port, socket_folder = start_postgresql(folder / "postgresql", stack, "-c fsync=off", authentication)
    environment = {**_environment("postgres", values, {}), "PGHOST": str(socket_folder), "PGPORT": str(port)}
    subprocess.run(["sh", str(ROOT / "server/docker/create-databases.sh")], env=environment, check=True)
    return port, socket_folder


def _environment(service: str, values: dict[str, str], addresses: dict[str, str]) -> dict[str, str]:
    """What compose gives a container, and what the image brings."""
    told = {name: interpolated(str(value), values) for name, value in COMPOSE[service].get("environment", {}).items()}
    for there, here in addresses.items():
        told = {name: value.replace(there, here) for name, value in told.items()}
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", **told}


def _start(name: str, stack: ExitStack, environments: Any, addresses: Any, cwd: Path, more: Any = ()) -> None:
    command = [*_here(COMPOSE[name]["command"], addresses), *more]
    if command[0] == "gunicorn":
        command = [sys.executable, "-m", *command]
    process = subprocess.Popen(command, cwd=cwd, env=environments[name], stdout=sys.stderr)
    stack.callback(process.wait, 30)
    stack.callback(process.terminate)


def _nginx(name: str, stack: ExitStack, folder: Path, port: str, text: str, addresses: dict[str, str]) -> None:
    for there, here in addresses.items():
        text = text.replace(there, here)
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};").replace("/tmp/", f"{folder}/{name}-")
    path = folder / f"{name}.conf"
    path.write_text(f"pid {folder}/{name}.pid;\n{text}" if "pid " not in text else text)
    subprocess.run([str(NGINX), "-t", "-q", "-c", str(path)], check=True)
    process = subprocess.Popen([str(NGINX), "-c", str(path), "-g", "daemon off;"], stdout=sys.stderr)
    stack.callback(process.wait, 30)
    stack.callback(process.terminate)


def _answers(url: str) -> bool:
    try:
        return http_client.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _sign_up(deployed: Deployment) -> dict[str, str]:
    slug = f"quay{secrets.token_hex(4)}"
    body = {"name": slug, "slug": slug, "admin_name": "Ann", "admin_email": f"ann@{slug}.example", "password": PASSWORD}
    client = {"X-Client": f"198.51.100.{secrets.randbelow(250)}"}
    assert (
        http_client.post(f"{deployed.url}/api/v1/tenants/signup", json=body, headers=client, timeout=60).status_code
        == 201
    )
    login = {"email": body["admin_email"], "password": PASSWORD}
    pair = http_client.post(f"{deployed.url}/api/v1/auth/login", json=login, headers=client, timeout=60).json()
    return {"Authorization": f"Bearer {pair['access_token']}"}


def test_each_health_check_passes(deployment):
    for service in ("api", "worker", "postgres", *(("inngest",) if INNGEST else ())):
        done = deployment.health(service)
        assert done.returncode == 0, (service, done.stderr[-400:])


def test_the_journey_goes_through_both_proxies(deployment):
    headers = _sign_up(deployment)
    if INNGEST:
        wait_for(lambda: deployment.mailbox.recipients, 120)
        done = zygote.run(["demo", "--url", deployment.url], {"PATH": os.environ["PATH"]})
        assert done.returncode == 0, done.stdout + done.stderr
        assert "chain is whole" in done.stdout.replace("\n", " ")
        wait_for(lambda: len(deployment.mailbox.recipients) >= 6, 90)
        return
    url = f"{deployment.url}/api/v1"
    made = http_client.post(f"{url}/candidates", json={"name": "Ada Horn"}, headers=headers, timeout=30)
    assert made.status_code == 201
    assert (
        http_client.get(f"{url}/candidates/{made.json()['id']}", headers=headers, timeout=30).json()["name"]
        == "Ada Horn"
    )
    listed = zygote.run(["jobs", "list", "--json"], deployment.environments["api"])
    assert "email_message/queued" in listed.stdout, "kept until the job server answers"


def test_the_doctor_finds_the_deployment_in_order(deployment):
    done = zygote.run(["doctor", "--json"], deployment.environments["worker"])
    wrong = [line for line in yaml.safe_load(done.stdout) if line["level"] == "error"]
    assert [line["subject"] for line in wrong] == ([] if INNGEST else ["job server"]), wrong
    levels = {line["subject"]: line["level"] for line in yaml.safe_load(done.stdout)}
    assert (levels["ledger"], levels["row security"], levels["time-outs"], levels["mail"]) == ("ok",) * 4


def test_clients_behind_two_proxies_are_told_apart(deployment):
    """Twelve people of one installation sign in at once; one person with twelve made-up addresses does not."""
    url, body = f"{deployment.url}/api/v1/auth/login", {"email": "nobody@people.example", "password": "wrong"}

    def sign_in(number: int, forged: str = "") -> int:
        client = f"{forged}203.0.113.{number}"
        who = {**body, "email": f"nobody{number}{secrets.token_hex(4)}@people.example"}
        return http_client.post(url, json=who, headers={"X-Client": client}, timeout=60).status_code

    statuses = Counter(sign_in(number) for number in range(12))
    assert statuses == {401: 12}
    forged = Counter(sign_in(200, f"192.0.2.{number}, ") for number in range(14))
    assert forged[429] >= 3, forged


def test_a_sign_in_that_reached_the_outer_proxy_in_clear_is_refused(deployment):
    body = {"email": "a@people.example", "password": "x"}
    for url in (f"{deployment.url}/in-clear/api/v1/auth/login", f"{deployment.proxy}/api/v1/auth/login"):
        answer = http_client.post(url, json=body, timeout=30)
        assert (answer.status_code, answer.json()["code"]) == (403, "https_required"), url
    forged = http_client.post(f"{deployment.proxy}/api/v1/auth/login", json=body, headers=HTTPS, timeout=30)
    assert forged.status_code in (401, 403)


def test_what_the_proxy_refuses_is_a_problem(deployment):
    long = http_client.get(f"{deployment.proxy}/api/v1/candidates?q={'x' * 20_000}", timeout=30)
    large = http_client.post(f"{deployment.proxy}/api/v1/candidate-imports", content=b"x" * 54_000_000, timeout=60)
    for answer, status, code in ((long, 414, "uri_too_long"), (large, 413, "payload_too_large")):
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
        assert (answer.json()["status"], answer.json()["code"]) == (status, code)
    middle = http_client.get(f"{deployment.proxy}/api/v1/candidates?q={'x' * 9_000}", timeout=30)
    assert middle.json()["code"] == "uri_too_long", "what only the server refuses too"
    assert http_client.get(f"{deployment.proxy}/api/inngest", timeout=30).status_code == 404


def test_a_large_table_passes(deployment):
    headers = {**_sign_up(deployment), "Idempotency-Key": secrets.token_hex(8)}
    row = "Person {n},person{n}@large.example," + "x" * 900 + "\n"
    table = "name,email,headline\n" + "".join(row.format(n=n) for n in range(13_000))
    files = {"file": ("people.csv", table.encode(), "text/csv")}
    answer = http_client.post(f"{deployment.url}/api/v1/candidate-imports", files=files, headers=headers, timeout=120)
    assert len(table) > 12_000_000 and answer.status_code == 202, answer.text[:300]
    unknown = http_client.post(f"{deployment.url}/api/v1/candidate-imports", files=files, timeout=120)
    assert (unknown.status_code, unknown.json()["code"]) == (401, "unauthenticated"), "not the proxy's 502"


@pytest.mark.skipif(not INNGEST, reason="INNGEST_BIN names no Inngest server")
def test_the_history_of_the_job_server_is_emptied(deployment):
    environment = {**deployment.environments["inngest-retention"], "ONCE": "1", "KEEP_DAYS": "0"}
    postgres = deployment.environments["migrate"]["DATABASE_OWNER_URL"].rsplit("@", 1)[1]
    environment |= {"PGHOST": "127.0.0.1", "PGPORT": postgres.split(":")[1].split("/")[0]}
    command = ["sh", str(ROOT / "server/docker/inngest-retention.sh")]
    count = ["psql", "-Atc", "select count(*) from function_finishes"]
    wait_for(lambda: int(subprocess.run(count, env=environment, capture_output=True, text=True).stdout or 0) > 5, 60)
    assert subprocess.run(command, env=environment, capture_output=True).returncode == 0
    assert int(subprocess.run(count, env=environment, capture_output=True, text=True).stdout) == 0
