"""Runs commands of manage.py, each in a process of its own that is forked once all is imported: imports cost seconds.

python -m tests.processes.zygote reads a request per line from its input and answers each with the exit code.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import select
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import click

SECONDS = 120
SERVER = Path(__file__).resolve().parents[2]


def run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What `python manage.py` with these arguments does in this environment."""
    with tempfile.NamedTemporaryFile("r") as out, tempfile.NamedTemporaryFile("r") as err:
        request = {"arguments": arguments, "environment": environment, "out": out.name, "err": err.name}
        pipes: Any = _zygote()
        pipes.stdin.write(json.dumps(request) + "\n")
        pipes.stdin.flush()
        if not select.select([pipes.stdout], [], [], SECONDS)[0]:
            _zygote.cache_clear()  # its command goes on; the next one gets a zygote of its own
            raise subprocess.TimeoutExpired(arguments, SECONDS)
        code = int(pipes.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


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
        child = os.fork()
        if child == 0:
            _become(request)
            cli.main(request["arguments"], prog_name="manage.py")
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(request: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(request["environment"])
    for stream, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(request[name], os.O_WRONLY), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)


if __name__ == "__main__":
    _serve(importlib.import_module("manage").cli)  # here alone: imports cost seconds
