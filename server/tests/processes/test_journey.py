"""The first journey, against a running server, as `manage.py demo` walks it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from uuid import UUID

import pytest

from tests.processes.live import SERVER

pytestmark = pytest.mark.processes


def test_the_journey_over_http(live):
    live.start(alone=True)  # as README says
    shown = live.manage("demo", "--url", live.url).stdout
    for words in (
        "Signed up",
        "Nadia Lindqvist",
        "Tomas Oliveira",
        "Posted the job",
        "Hired; the job is filled",
        "chain is whole",
    ):
        assert words in shown.replace("\n", " "), shown
    assert "application_hired" in shown and len(live.mails()) >= 2
    assert shown.index("Nadia Lindqvist: ") < shown.index("Tomas Oliveira: ", shown.index("4. Posted"))


def test_the_walkthrough_of_the_readme_runs_as_printed(live):
    live.start()
    section = (SERVER.parent / "README.md").read_text().split("## Walkthrough with curl")[1]
    script = "set -euo pipefail\n" + section.split("```bash\n")[1].split("```")[0]
    environment = {**os.environ, "API": f"{live.url}/api/v1"}
    command = ["timeout", "60", "bash", "-c", script]
    done = subprocess.run(command, cwd=SERVER.parent, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert '"status":"hired"' in done.stdout and "Nadia Lindqvist" in done.stdout


def test_the_commands_have_a_file_of_their_own(live):
    command = [sys.executable, "manage.py", "doctor"]
    done = subprocess.run(command, cwd=SERVER, env=live.environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "ok" in done.stdout


def test_the_commands_of_operators(live):
    assert live.manage("drop", check=False).returncode == 1
    live.manage("migrate")
    live.manage("seed", "--people", "2")
    assert "there already" in live.manage("seed").stdout
    user = ("user", "create", "--tenant", "harbour", "--email", "x@harbour.example", "--name", "X")
    assert "Created" in live.manage(*user, "--password", "a long enough password").stdout
    assert (
        live.manage("user", "create", "--tenant", "nobody", *user[4:], "--password", "x", check=False).returncode == 1
    )
    assert '"openapi": "3.1.0"' in live.manage("openapi").stdout
    (welcome,) = [each for each in json.loads(live.manage("mail", "--json").stdout) if "Welcome" in each["subject"]]
    shown = live.manage("mail", "show", welcome["id"]).stdout
    assert f"To: {welcome['to']}" in shown and "/verify-email#token=" in shown
    assert "no email with this id" in live.manage("mail", "show", str(UUID(int=0)), check=False).stderr
    job, *_ = json.loads(live.manage("jobs", "list", "--json").stdout)
    assert job["id"] in live.manage("jobs", "list").stdout, "whole, though nobody has so narrow a terminal"
    assert "no folder" in live.manage("backup", "--output", "/nowhere/backup", check=False).stderr
    assert live.manage("doctor", "--json").returncode == 0
    _run_tenants(live)
    live.manage("drop", "--yes")
    assert live.manage("doctor", check=False).returncode == 1
    refused = live.manage("jobs", "list", check=False)
    assert refused.returncode == 1 and "not migrated" in refused.stderr and "Traceback" not in refused.stderr


def _run_tenants(live):
    """A platform administrator is made, a tenant listed, shut, opened, condemned; a user gets a new password."""
    admin = ("platform-admin", "create", "--email", "o@platform.example", "--name", "O", "--password")
    assert "at least 15" in live.manage(*admin, "short", check=False).stderr
    assert json.loads(live.manage(*admin, "a long enough password", "--json").stdout)["email"] == "o@platform.example"
    assert [tenant["slug"] for tenant in json.loads(live.manage("tenant", "list", "--json").stdout)] == ["harbour"]
    reset = json.loads(
        live.manage("user", "reset-password", "--tenant", "harbour", "--email", "x@harbour.example", "--json").stdout
    )
    assert reset["user_id"]
    assert live.manage("tenant", "suspend", "harbour", "--reason", "short", check=False).returncode == 1
    reason = ("--reason", "The invoice of August is still open.", "--json")
    assert json.loads(live.manage("tenant", "suspend", "harbour", *reason).stdout)["status"] == "suspended"
    assert json.loads(live.manage("tenant", "reactivate", "harbour", "--json").stdout)["status"] == "active"
    assert live.manage("tenant", "delete", "harbour", "--confirm", "other", *reason, check=False).returncode == 1
    condemned = json.loads(live.manage("tenant", "delete", "harbour", "--confirm", "harbour", *reason).stdout)
    assert condemned["status"] == "inactive" and condemned["delete_after"]


def test_an_audit_export_is_verified_offline(live, tmp_path):
    live.manage("seed", "--people", "2")
    assert json.loads(live.manage("audit", "checkpoint", "--json").stdout)["signed"] == 1
    file = tmp_path / "audit.jsonl"
    live.manage("audit", "export", "--tenant", "harbour", "--output", str(file))
    offline = {**live.environment, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    live.environment, kept = offline, live.environment
    try:
        nameless = live.manage("audit", "verify", str(file), "--public-key", "0" * 64, check=False)
        assert nameless.returncode == 2 and "NAME:HEX" in nameless.stderr
        strange = live.manage("audit", "verify", str(file), "--public-key", f"a:{'0' * 64}", check=False)
        assert strange.returncode == 1 and "No checkpoint" in strange.stderr
        report = json.loads(live.manage("audit", "verify", str(file), "--json").stdout)
        assert report["valid"] and report["checkpoints"] == 1 and report["events"] > 60
        lines = file.read_bytes().splitlines(keepends=True)
        file.write_bytes(b"".join(lines[:50] + lines[51:]))
        refused = live.manage("audit", "verify", str(file), check=False)
        assert refused.returncode == 1 and "breaks at event 50" in refused.stdout
    finally:
        live.environment = kept
