"""Load the data, run each request against both servers in interleaved rounds, print the ratios."""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from app.utils.jwt_codec import Claims, jwt_codec
from bench import growth
from bench.dataset import BenchTenant, Sizes, load
from config.settings import DEFAULT_SECRET
from tools.with_services import free_port

SERVER = Path(__file__).resolve().parents[1]
GOALS = {"W1 one": 2.0, "W2 list": 2.0, "W3 create": 3.2, "W4 search": 2.0}  # CPU per request, in units of `limit`
FASTAPI_GOALS = {"W1 one": 1.0, "W2 list": 1.0, "W3 create": 1.4, "W4 search": 1.0}
TICKS = os.sysconf("SC_CLK_TCK")
REQUESTS = 2_000
console = Console(width=150)


@dataclass(frozen=True)
class Figure:
    """One measurement, per request."""

    cpu: float  # of the server's processes, microseconds
    database_cpu: float  # of PostgreSQL's processes, microseconds
    rate: float  # requests per second
    statements: float | None


@dataclass
class Contender:
    """A server under test."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    figures: dict[str, list[Figure]] = field(default_factory=dict)

    def cpu_seconds(self) -> float:
        """User and system time of the server's processes so far."""
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        return sum(_cpu_seconds(int(pid)) for pid in children)

    def median(self, request: str, name: str) -> float:
        return statistics.median(getattr(figure, name) for figure in self.figures[request])


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _database_seconds() -> float:
    return sum(
        _cpu_seconds(int(pid)) for pid in subprocess.check_output(["pgrep", "-x", "postgres"], text=True).split()
    )


def main() -> None:
    """Run the benchmark; the figures are also written as JSON."""
    options = _options()
    url = _fresh_database(os.environ["TEST_DATABASE_URL"])
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(url, folder)
        if options.growth:
            os.environ.update(environment)
            growth.run(url, environment, options)
            return
        subprocess.run([sys.executable, "manage.py", "migrate"], cwd=SERVER, env=environment, check=True)
        started = time.monotonic()
        superuser = sa.make_url(url).set(username="postgres").render_as_string(hide_password=False)
        tenants = load(superuser, Sizes.of(options.scale))
        console.print(
            f"loaded {sum(len(t.candidates) for t in tenants):,} candidates in {time.monotonic() - started:.0f} s"
        )
        gunicorn = ["gunicorn", "-k", "gthread", "-w", "2", "--threads", "8", "--max-requests", "0", "-b"]
        uvicorn = ["uvicorn", "--workers", "2", "--no-access-log", "--port"]
        bare = {**environment, "DATABASE_URL": superuser}  # a superuser does not meet row security
        contenders = [
            _start("limit", [*gunicorn, "127.0.0.1:{port}", "bench.contender:application"], bare),
            _start("fairlead", [*gunicorn, "127.0.0.1:{port}", "wsgi:app"], environment),
            _start("granian", ["granian_server"], {**environment, "WEB_CONCURRENCY": "2", "WEB_THREADS": "4"}),
            _start("no row security", [*gunicorn, "127.0.0.1:{port}", "wsgi:app"], bare),
            _start("fastapi", [*uvicorn, "{port}", "bench.fastapi_contender:app"], bare),
        ]
        try:
            if options.ledger:
                _measure_ledger(contenders[1], tenants, Path(folder), options)
                return
            scripts = _scripts(tenants, Path(folder), options.only.split(","))
            for name, script in scripts.items():
                for contender in contenders:
                    _measure(contender, name, script, 1)  # a warm-up
                    contender.figures.clear()
            for round_number in range(options.rounds):
                for name, script in scripts.items():
                    for contender in contenders[:: 1 if round_number % 2 else -1]:
                        _measure(contender, name, script, options.seconds)
            _report(contenders, options.output)
        finally:
            for contender in contenders:
                contender.process.terminate()
                contender.process.wait()


def _measure_ledger(ours: Contender, tenants: list[BenchTenant], folder: Path, options: argparse.Namespace) -> None:
    """Writes per second of one tenant, whose events wait for each other, and of all tenants at once."""
    for count in (1, len(tenants)):
        (folder / str(count)).mkdir()
        script = _scripts(tenants[-count:], folder / str(count))["W3 create"]
        ours.figures.clear()
        for _ in range(options.rounds + 1):
            _measure(ours, "W3 create", script, options.seconds)
        rates = [figure.rate for figure in ours.figures["W3 create"][1:]]  # the first is a warm-up
        console.print(
            f"{count:>3} tenants: {statistics.median(rates):.0f} writes/s ({min(rates):.0f}-{max(rates):.0f})"
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full data set")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="length of one measurement")
    parser.add_argument("--only", default="W", help="the requests to measure, such as W1,W3")
    parser.add_argument("--ledger", action="store_true", help="measure writes per second of one tenant and of all")
    parser.add_argument(
        "--growth", action="store_true", help="measure searches in tenants of growing size, an import, and matching"
    )
    parser.add_argument("--sizes", default="1000,50000,200000", help="candidates of each tenant, for --growth")
    parser.add_argument("--repeats", type=int, default=100, help="searches of a kind, for --growth")
    parser.add_argument("--rows", type=int, default=20_000, help="rows of the import, for --growth")
    parser.add_argument("--people", type=int, default=50_000, help="candidates that are matched, for --growth")
    parser.add_argument("--output", type=Path, default=None, help="file for the figures as JSON")
    return parser.parse_args()


def _fresh_database(url: str) -> str:
    name = "fairlead_bench"
    base = sa.make_url(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)")
        connection.execute(f"create database {name}")
    return base.set(database=name, drivername="postgresql").render_as_string(hide_password=False)


def _environment(url: str, folder: str) -> dict[str, str]:
    many = "100000000/60"
    jwt_codec.init({"dev": DEFAULT_SECRET}, 86_400)
    return {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": os.environ["TEST_REDIS_URL"],
        "DATA_DIR": folder,
        "BENCH_JWT_KEY": DEFAULT_SECRET,
        "EMBEDDED_JOBS": "false",
        "LOG_LEVEL": "INFO",
        "LOG_JSON": "true",
        "RATE_LIMIT_PRINCIPAL": many,
        "RATE_LIMIT_TENANT": many,
        "PYTHONPATH": str(SERVER),
    }


def _start(name: str, command: list[str], environment: dict[str, str]) -> Contender:
    port = free_port()
    arguments = [sys.executable, "-m", *(part.format(port=port) for part in command)]
    log = Path(environment["DATA_DIR"]) / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            arguments, cwd=SERVER, env={**environment, "PORT": str(port)}, stdout=out, stderr=out
        )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=1)
            break
        except httpx.HTTPError:
            time.sleep(0.2)
    return Contender(name, port, process, log)


def _scripts(tenants: list[BenchTenant], folder: Path, wanted: Sequence[str] = ("W",)) -> dict[str, Path]:
    """A wrk script per request, with many tokens and targets in a random order."""
    tokens = [(tenant, jwt_codec.encode(Claims(tenant.id, tenant.user_id, tenant.session_id))[0]) for tenant in tenants]
    targets: dict[str, list[dict[str, Any]]] = {name: [] for name in GOALS}
    for number in range(REQUESTS):
        tenant, token = tokens[number % len(tokens)]
        candidate = tenant.candidates[(number * 7919) % len(tenant.candidates)]
        body = {
            "name": f"New Person{number}",
            "headline": "Data Engineer",
            "skills": ["Python", "SQL"],
            "emails": ["EMAIL"],
        }
        targets["W1 one"].append({"token": token, "path": f"/{candidate}"})
        targets["W2 list"].append({"token": token, "path": "?status=active"})
        targets["W3 create"].append({"token": token, "path": "", "body": json.dumps(body)})
        targets["W4 search"].append({"token": token, "path": "?q=python+kafka&limit=20"})
    return {
        name: _write_script(folder / f"{name.split()[0]}.lua", requests)
        for name, requests in targets.items()
        if name.startswith(tuple(wanted))
    }


def _write_script(path: Path, targets: list[dict[str, Any]]) -> Path:
    lines = ["local requests = {"]
    for target in targets:
        body = json.dumps(target["body"]) if "body" in target else "nil"
        lines.append(f'  {{"{target["path"]}", "{target["token"]}", {body}}},')
    lines += [
        "}",
        "local n = 0",
        "local run = os.time() .. '-' .. math.floor(os.clock() * 1e6)",
        "request = function()",
        "  n = n + 1",
        "  local r = requests[(n - 1) % #requests + 1]",
        '  local h = {["Authorization"] = "Bearer " .. r[2], ["Host"] = "bench"}',
        '  if not r[3] then return wrk.format("GET", "/api/v1/candidates" .. r[1], h) end',
        '  h["Content-Type"] = "application/json"',
        '  h["Idempotency-Key"] = run .. "-" .. n',
        '  local body = r[3]:gsub("EMAIL", "e" .. run .. "." .. n .. "@people.example")',
        '  return wrk.format("POST", "/api/v1/candidates", h, body)',
        "end",
    ]
    path.write_text("\n".join(lines))
    return path


def _measure(contender: Contender, name: str, script: Path, seconds: int) -> None:
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{contender.port}"]
    logged = contender.log.stat().st_size
    before, database_before = contender.cpu_seconds(), _database_seconds()
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used, database_used = contender.cpu_seconds() - before, _database_seconds() - database_before
    total = int(re.search(r"(\d+) requests in", output)[1])  # type: ignore[index]
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    if failed:
        raise SystemExit(f"{contender.name} {name}: {failed[0]}")
    figure = Figure(
        used / total * 1e6, database_used / total * 1e6, total / seconds, _statements(contender.log, logged)
    )
    contender.figures.setdefault(name, []).append(figure)


def _statements(log: Path, offset: int) -> float | None:
    """The median number of statements that the server's own log tells; a cold request has more."""
    with log.open("rb") as lines:
        lines.seek(offset)
        counts = [int(found) for found in re.findall(rb'"statements":(\d+)', lines.read())]
    return statistics.median(counts) if counts else None


def _report(contenders: list[Contender], output: Path | None) -> None:
    limit, ours, granian, unguarded, fastapi = contenders
    table = Table("request", "limit us", "fairlead us", "ratio", "granian us", "ratio", "goal", "fastapi us")
    table.add_column("gunicorn, granian / fastapi")
    table.add_column("goal")
    table.add_column("statements")
    table.add_column("rps limit/gunicorn/granian/fastapi")
    figures: dict[str, Any] = {}
    for name, goal in GOALS.items():
        if name not in ours.figures:
            continue
        cpu = {contender.name: contender.median(name, "cpu") for contender in contenders}
        rate = {contender.name: contender.median(name, "rate") for contender in contenders}
        ratios = [cpu[each.name] / cpu[limit.name] for each in (ours, granian)]
        beside = [cpu[each.name] / cpu[fastapi.name] for each in (ours, granian)]
        against = FASTAPI_GOALS[name]
        count = ours.median(name, "statements")
        figures[name] = {"cpu_us": cpu, "ratio": ratios[0], "granian_ratio": ratios[1], "goal": goal}
        figures[name] |= {"to_fastapi": beside[0], "granian_to_fastapi": beside[1], "to_fastapi_goal": against}
        figures[name] |= {"rps": rate, "statements": count}
        table.add_row(
            name,
            f"{cpu[limit.name]:.0f}",
            f"{cpu[ours.name]:.0f}",
            f"{ratios[0]:.2f}",
            f"{cpu[granian.name]:.0f}",
            f"{ratios[1]:.2f}",
            str(goal),
            f"{cpu[fastapi.name]:.0f}",
            f"{beside[0]:.2f}, {beside[1]:.2f}",
            str(against),
            str(count),
            "/".join(f"{rate[contender.name]:.0f}" for contender in (limit, ours, granian, fastapi)),
        )
    console.print(table)
    if "W1 one" in figures:
        _report_row_security(ours, unguarded, figures)
    if output:
        output.write_text(json.dumps(figures, indent=2) + "\n")


def _report_row_security(ours: Contender, unguarded: Contender, figures: dict[str, Any]) -> None:
    whole = [sum(each.median("W1 one", part) for part in ("cpu", "database_cpu")) for each in (ours, unguarded)]
    figures["row_security"] = {"with_us": whole[0], "without_us": whole[1], "cost": whole[0] / whole[1] - 1}
    console.print(
        f"row security, W1, server and database: {whole[0]:.0f} us, without {whole[1]:.0f} us "
        f"({whole[0] / whole[1] - 1:+.0%}, goal under 15 %)"
    )


if __name__ == "__main__":
    main()
