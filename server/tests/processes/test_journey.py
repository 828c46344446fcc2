"""The first journey, against a running server, as `manage.py demo` walks it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.processes


def test_the_journey_over_http(live):
    live.start()
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
    assert "application_hired" in shown and len(live.mails()) >= 6
    assert shown.index("Nadia Lindqvist: ") < shown.index("Tomas Oliveira: ", shown.index("4. Posted"))


def test_the_commands_of_operators(live):
    assert live.manage("drop", check=False).returncode == 1
    live.manage("migrate")
    live.manage("seed")
    assert "there already" in live.manage("seed").stdout
    user = ("user", "create", "--tenant", "harbour", "--email", "x@harbour.example", "--name", "X")
    assert "Created" in live.manage(*user, "--password", "a long enough password").stdout
    assert (
        live.manage("user", "create", "--tenant", "nobody", *user[4:], "--password", "x", check=False).returncode == 1
    )
    assert '"openapi": "3.1.0"' in live.manage("openapi").stdout
    assert "Welcome" in live.manage("mail").stdout
    assert live.manage("jobs", "list", "--json").stdout.strip().startswith("[")
    assert live.manage("doctor", "--json").returncode == 0
    live.manage("drop", "--yes")
    assert live.manage("doctor", check=False).returncode == 1
