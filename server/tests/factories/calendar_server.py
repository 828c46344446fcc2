"""A CalDAV server with one calendar, in a process of its own."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.processes.live import free_port

USER, PASSWORD = "grace", "between the piers"


@dataclass(frozen=True)
class CalendarServer:
    """Its address, that of the calendar, and what writes to it."""

    url: str

    def put(self, name: str, text: str) -> None:
        """Store an event."""
        answer = httpx.put(f"{self.url}{name}.ics", content=text, auth=(USER, PASSWORD), trust_env=False)
        assert answer.status_code in (201, 204), answer.text

    def delete(self, name: str) -> None:
        """Delete an event."""
        httpx.delete(f"{self.url}{name}.ics", auth=(USER, PASSWORD), trust_env=False).raise_for_status()


@contextmanager
def calendar_server(folder: Path) -> Iterator[CalendarServer]:
    """Run radicale with an empty calendar."""
    port = free_port()
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    options = [f"--server-hosts=127.0.0.1:{port}", f"--storage-filesystem-folder={folder}/data"]
    options += ["--auth-type=htpasswd", f"--auth-htpasswd-filename={folder}/users", "--auth-htpasswd-encryption=plain"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "radicale", *options], stdout=log, stderr=log)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_for(base)
        token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        made = httpx.request(
            "MKCALENDAR", f"{base}/{USER}/work/", headers={"Authorization": f"Basic {token}"}, trust_env=False
        )
        assert made.status_code == 201, made.text
        yield CalendarServer(f"{base}/{USER}/work/")
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            httpx.get(url, trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the calendar server does not start")
