"""A real server process on a database of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from tests.factories.tenant import PASSWORD
from tests.processes import http_client, zygote
from tools.with_services import free_port

SERVER = Path(__file__).resolve().parents[2]
START_SECONDS = 40
MANY = "1000000/60"


class LiveServer:
    """Starts, kills and restarts gunicorn; everything it keeps lies in one folder and one database."""

    def __init__(self, folder: Path, database_url: str, like: Path | None = None, **environment: str) -> None:
        self.port = free_port()
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
            "DATA_DIR": str(folder),
            **_roles(database_url),
            "PORT": str(self.port),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "LOG_LEVEL": "WARNING",
            "RATE_LIMIT_PRINCIPAL": MANY,
            "RATE_LIMIT_TENANT": MANY,
            "RATE_LIMIT_LOGIN": MANY,
            "RATE_LIMIT_SIGNUP": MANY,
            "RATE_LIMIT_APPLY": MANY,
            "MAIL_HOLD_MINUTES": "0",
            "PARSER_CHARACTERS": "10000000",  # so that a file can keep the parser busy
            "WEB_THREADS": "24",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | zygote.Server | None = None
        if like is None:
            self.manage("init")
        else:
            shutil.copytree(like, folder, dirs_exist_ok=True)  # what `init` has made once for all

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py."""
        done = zygote.run(list(arguments), self.environment)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def start(self, *, alone: bool = False, module: str = "", **environment: str) -> None:
        """Start and wait until it is ready; `alone` where what is imported depends on the environment.

        `module` is another server than gunicorn.
        """
        log = self.folder / "server.log"
        whole = {**self.environment, **environment}
        command = [module] if module else zygote.GUNICORN
        self.process = _run(command, whole, log) if alone or module else zygote.serve(whole, log)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if http_client.get(f"{self.url}/health/ready", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "server.log").read_text()[-3000:])

    def kill(self) -> None:
        """kill -9 of the whole process group: nothing can be tidied up."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign_up(self, slug: str) -> dict[str, str]:
        """A tenant; the headers of its administrator."""
        body = {
            "name": slug,
            "slug": slug,
            "admin_name": "Ann",
            "admin_email": f"ann@{slug}.example",
            "password": PASSWORD,
        }
        assert http_client.post(f"{self.url}/api/v1/tenants/signup", json=body, timeout=30).status_code == 201
        return {"Authorization": f"Bearer {self.login(slug)['access_token']}"}

    def login(self, slug: str) -> dict[str, Any]:
        body = {"email": f"ann@{slug}.example", "password": PASSWORD}
        return http_client.post(f"{self.url}/api/v1/auth/login", json=body, timeout=30).json()

    def mails(self) -> list[Path]:
        return sorted((self.folder / "mail").glob("*.eml"))


def _run(module: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=SERVER,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _roles(database_url: str) -> dict[str, str]:
    """The addresses of the database: where there is a role that owns nothing, the application has that one."""
    role = os.environ.get("TEST_APPLICATION_ROLE", "")
    if not database_url or not role:
        return {"DATABASE_URL": database_url}
    application = sa.make_url(database_url).set(username=role).render_as_string(hide_password=False)
    return {"DATABASE_URL": application, "DATABASE_OWNER_URL": database_url}


def wait_for(condition: Any, seconds: float = 40, pause: float = 0.1) -> Any:
    """The first true answer of `condition`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(pause)
    raise AssertionError("it did not come to pass")
