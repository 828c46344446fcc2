"""Runs commands of manage.py and servers, each in a process of its own, forked when all is imported: it saves seconds.

python -m tests.processes.zygote reads a request per line from its input and answers each with a number.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import click

SECONDS = 120
SERVER = Path(__file__).resolve().parents[2]
RUNS = 1000  # the answer about a process that has not ended
GUNICORN = ["gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]


def run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What `python manage.py` with these arguments does in this environment."""
    with tempfile.NamedTemporaryFile("r") as out, tempfile.NamedTemporaryFile("r") as err:
        request = {"arguments": arguments, "environment": environment, "out": out.name, "err": err.name}
        return subprocess.CompletedProcess(arguments, _ask(_zygote(), request), out.read(), err.read())


@dataclass
class Server:
    """A gunicorn in a process group of its own, as far as tests use a Popen."""

    pid: int
    parent: subprocess.Popen[str]

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self, timeout: float = SECONDS) -> int:
        """Its exit code once it ended."""
        deadline = time.monotonic() + timeout
        while (code := _ask(self.parent, {"ended": self.pid})) == RUNS:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(GUNICORN, timeout)
            time.sleep(0.05)
        return code


def serve(environment: dict[str, str], log: Path) -> Server:
    """What `gunicorn -c gunicorn.conf.py wsgi:app` does in this environment; its output is appended to `log`."""
    parent = _zygote()
    pid = _ask(parent, {"arguments": None, "environment": environment, "out": str(log), "err": str(log)})
    deadline = time.monotonic() + 10
    while os.getsid(pid) != pid and time.monotonic() < deadline:  # until it can be killed with all its children
        time.sleep(0.001)
    return Server(pid, parent)


def _ask(pipes: Any, request: dict[str, Any]) -> int:
    pipes.stdin.write(json.dumps(request) + "\n")
    pipes.stdin.flush()
    if not select.select([pipes.stdout], [], [], SECONDS)[0]:
        _zygote.cache_clear()  # its work goes on; the next one asks a zygote of its own
        raise subprocess.TimeoutExpired(str(request.get("arguments", "gunicorn")), SECONDS)
    return int(pipes.stdout.readline())


@cache
def _zygote() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.processes.zygote"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # a process with threads must not fork
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=SERVER, env=environment, stdin=pipe, stdout=pipe, text=True)
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    with process:  # its input ends, and so does it
        pass


def _serve(cli: click.Group) -> None:
    for line in sys.stdin:
        request = json.loads(line)
        print(_ended(request["ended"]) if "ended" in request else _fork(request, cli), flush=True)


def _fork(request: dict[str, Any], cli: click.Group) -> int:
    """The exit code of a command, or the process id of a server."""
    child = os.fork()
    if child == 0:
        _become(request)
        if request["arguments"] is not None:
            cli.main(request["arguments"], prog_name="manage.py")
        os.setsid()
        sys.argv = GUNICORN
        importlib.import_module("gunicorn.app.wsgiapp").run()
    if request["arguments"] is None:
        return child
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _ended(child: int) -> int:
    pid, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if pid else RUNS


def _become(request: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(request["environment"])
    for stream, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(request[name], os.O_WRONLY | os.O_APPEND | os.O_CREAT), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)


if __name__ == "__main__":
    gc.disable()
    commands = importlib.import_module("commands.cli")  # here alone: imports cost seconds
    gc.freeze()  # so that no fork copies what is imported, only to look at it or to free it at its end
    gc.enable()
    _serve(commands.cli)
