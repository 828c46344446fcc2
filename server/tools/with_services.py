"""Run a command next to a throw-away PostgreSQL and Redis: `python tools/with_services.py COMMAND...`.

Sets TEST_DATABASE_URL and TEST_REDIS_URL for the command; servers that these variables already name are used as
they are. TEST_APPLICATION_ROLE is a role that owns nothing. Both servers live in a temporary folder and end with it.
"""

from __future__ import annotations

import glob
import itertools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROLE = "fairlead"
APPLICATION = "fairlead_app"  # owns nothing
SUPERUSER = "postgres"
DATABASE = "fairlead_test"
# Tests hardly ever commit: statistics taken meanwhile call tables empty, and a join of 10 000 rows then takes a minute.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
RANGES, RANGE = 20, 1_000  # of ports, from 12 000
_ports = itertools.count(secrets.randbelow(RANGE))
SIZES = "-c max_connections=300 -c shared_buffers=256MB"


def main() -> int:
    """Start what is missing, run the command, end what was started."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fairlead-", ignore_cleanup_errors=True)))
        folder.chmod(0o755)
        environment = dict(os.environ)
        if "TEST_DATABASE_URL" not in environment:
            environment["TEST_DATABASE_URL"] = _postgresql(folder, stack)
            environment["TEST_APPLICATION_ROLE"] = APPLICATION
        if "TEST_REDIS_URL" not in environment:
            environment["TEST_REDIS_URL"] = _redis(folder, stack)
        return subprocess.run(sys.argv[1:], env=environment).returncode


def _postgresql(folder: Path, stack: ExitStack) -> str:
    durable = os.environ.get("FAIRLEAD_DURABLE") == "1"
    port, _ = start_postgresql(folder / "postgresql", stack, f"{SIZES} {'' if durable else FAST}", ["-A", "trust"])
    roles = (f"create role {ROLE} login createdb", f"create role {APPLICATION} login")
    for statement in (*roles, f"create database {DATABASE} owner {ROLE}"):
        _run([_tool("psql"), "-h", "127.0.0.1", "-p", str(port), "-U", SUPERUSER, "-qc", statement], None)
    return f"postgresql://{ROLE}@127.0.0.1:{port}/{DATABASE}"


def start_postgresql(data: Path, stack: ExitStack, options: str, authentication: list[str]) -> tuple[int, Path]:
    """A server that ends with `stack`: its port on 127.0.0.1, and the folder of its socket."""
    port, user = free_port(), server_user()
    data.mkdir()
    if user:
        shutil.chown(data, user)
    flags = f"-p {port} -k {data} -h 127.0.0.1 {options}"
    _run([_tool("initdb"), "-D", str(data), *authentication, "-U", SUPERUSER, "-E", "UTF8", "--no-sync"], user)
    _run([_tool("pg_ctl"), "-D", str(data), "-o", flags, "-l", str(data / "log"), "-w", "start"], user)
    stack.callback(_run, [_tool("pg_ctl"), "-D", str(data), "-m", "immediate", "stop"], user)
    return port, data


def _redis(folder: Path, stack: ExitStack) -> str:
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    stack.callback(server.wait)
    stack.callback(server.terminate)
    _wait_for(port)
    return f"redis://127.0.0.1:{port}/0"


def _run(command: list[str], user: str | None) -> None:
    if user:
        command = [shutil.which("runuser") or "/usr/sbin/runuser", "-u", user, "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def server_user() -> str | None:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam("postgres").pw_name


def _tool(name: str) -> str:
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    return found[-1] if found else shutil.which(name) or name


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens, and which no other call of this run gets.

    The kernel's own choice (port 0) is no use here: it may give one port twice before a server has bound it. These
    ports lie below those that the kernel chooses from, and each process of a parallel test run has a range of its own.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")
    first = 12_000 + (int(worker) + 1) % RANGES * RANGE
    for _ in range(RANGE):
        port = first + next(_ports) % RANGE
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port from {first} to {first + RANGE - 1}")


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nothing listens on port {port}")


if __name__ == "__main__":
    sys.exit(main())
