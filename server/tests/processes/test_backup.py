"""Backup and restore of a whole installation, on the database in use: all comes back, and nothing that was touched."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import httpx
import pytest

from tests.factories.candidate import candidate_body
from tests.processes import http_client
from tests.processes.live import SERVER, LiveServer

LETTER = b"Dear all, please find my resume in the next letter."

pytestmark = pytest.mark.processes


def _get(live: LiveServer, path: str, headers: dict[str, str]) -> httpx.Response:
    return http_client.get(f"{live.url}/api/v1{path}", headers=headers, timeout=30)


@pytest.fixture
def saved(live, tmp_path):
    """An installation with a person and a file, and its backup, made while the server runs."""
    live.start(EMBEDDED_JOBS="false")
    headers = live.sign_up("safe")
    made = http_client.post(
        f"{live.url}/api/v1/candidates", json=candidate_body(name="Kept"), headers=headers, timeout=30
    )
    address = f"{live.url}/api/v1/candidates/{made.json()['id']}/documents"
    files = {"file": ("letter.txt", LETTER)}
    assert http_client.post(address, files=files, headers=headers, timeout=30).status_code == 201
    path = tmp_path / "backup.tar"
    report = json.loads(live.manage("backup", "--output", str(path), "--json").stdout)
    assert report["files"] == 1 and report["bytes"] > 1000
    return live, headers, path


def test_a_backup_brings_everything_back(saved):
    live, headers, path = saved
    document = _get(live, "/candidate-documents", headers).json()["data"][0]
    assert (
        http_client.delete(f"{live.url}/api/v1/candidate-documents/{document['id']}", headers=headers).status_code
        == 204
    )
    http_client.post(f"{live.url}/api/v1/candidates", json=candidate_body(name="Too late"), headers=headers, timeout=30)
    live.stop()
    for file in (Path(live.environment["DATA_DIR"]) / "files").rglob("*-*-*-*"):
        if file.is_file():
            file.unlink()
    refused = live.manage("restore", str(path), check=False)
    assert refused.returncode == 1 and "--yes" in refused.stderr
    report = json.loads(live.manage("restore", str(path), "--yes", "--json").stdout)
    assert report["files"] == 1
    live.manage("migrate")
    live.start(EMBEDDED_JOBS="false")
    headers = {"Authorization": f"Bearer {live.login('safe')['access_token']}"}
    assert [row["name"] for row in _get(live, "/candidates", headers).json()["data"]] == ["Kept"]
    assert _get(live, "/candidates?q=kept", headers).json()["data"], "triggers and indexes too"
    link = _get(live, f"/candidate-documents/{document['id']}/link", headers).json()["url"]
    assert http_client.get(link, timeout=30).content == LETTER
    assert _get(live, "/audit/verify", headers).json()["valid"]
    other = live.sign_up("new-here")
    assert _get(live, "/candidates", other).json()["data"] == [], "and the walls stand"


def _touched(path: Path, change) -> Path:
    """The backup with each member passed through `change(name, data)`; None drops it."""
    target = path.with_name("touched.tar")
    with tarfile.open(path) as source, tarfile.open(target, "w") as archive:
        for entry in source:
            data = change(entry.name, source.extractfile(entry).read())
            if data is not None:
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
    return target


def test_a_backup_that_was_touched_is_refused_before_anything_changes(saved):
    live, headers, path = saved
    assert json.loads(live.manage("restore", str(path), "--check", "--json").stdout)["version"] == 1
    for change in (
        lambda name, data: data[:-1] + b"!" if name == "database" else data,
        lambda name, data: None if name.startswith("files/") else data,
        lambda name, data: None if name == "manifest.json" else data,
    ):
        refused = live.manage("restore", str(_touched(path, change)), "--yes", check=False)
        assert refused.returncode == 1 and "manifest" in refused.stderr
    cut = path.with_name("cut.tar")
    cut.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert live.manage("restore", str(cut), "--yes", check=False).returncode == 1
    assert [row["name"] for row in _get(live, "/candidates", headers).json()["data"]] == ["Kept"]


def test_a_backup_of_an_older_schema_is_restored_and_of_a_newer_one_refused(live, tmp_path):
    live.start(EMBEDDED_JOBS="false")
    live.sign_up("older")
    live.stop()
    _alembic(live, "downgrade", "0030")
    path = tmp_path / "old.tar"
    live.manage("backup", "--output", str(path))
    assert path.stat().st_mode & 0o077 == 0, "everything is in it"
    live.manage("migrate")
    live.manage("restore", str(path), "--yes")
    live.manage("migrate")
    live.start(EMBEDDED_JOBS="false")
    assert live.login("older")["access_token"]
    newer = _touched(path, lambda name, data: data.replace(b'"0030"', b'"9999"') if name == "manifest.json" else data)
    refused = live.manage("restore", str(newer), "--yes", check=False)
    assert refused.returncode == 1 and "newer release" in refused.stderr


def _alembic(live: LiveServer, *arguments: str) -> None:
    command = [sys.executable, "-m", "flask", "db", *arguments]
    done = subprocess.run(command, cwd=SERVER, env=live.environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
