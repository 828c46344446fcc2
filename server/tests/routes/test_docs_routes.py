"""The documentation page and the start page."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from app.services.platform import seed_service
from config.settings import Environment


def test_the_page_loads_nothing_from_elsewhere(app):
    client = app.test_client()
    page = client.get("/docs")
    scripts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert all(client.get(path).status_code == 200 for path in scripts) and "/docs/assets/scalar.js" in scripts
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "http" not in policy
    settings = json.loads(re.search(r'"#reference", (.*)\);', client.get("/docs/assets/start.js").text)[1])
    assert settings["withDefaultFonts"] is settings["telemetry"] is False and settings["persistAuth"] is True
    assert client.get("/docs/assets/../../secret").status_code == client.get("/docs/assets/js/x.js").status_code == 404


@pytest.mark.parametrize("path", ["/openapi.json", "/docs/assets/scalar.js"])
def test_large_answers_are_compressed_for_who_takes_it(app, path):
    client = app.test_client()
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers and packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data and len(packed.data) < len(plain.data) / 3
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_the_guides_come_before_the_operations(app):
    text = app.test_client().get("/openapi.json").get_json()["info"]["description"]
    for guide in ("First call", "Lists", "Errors", "Safe retries", "Versions", "States", "Following changes"):
        assert f"\n# {guide}\n" in text


def test_the_start_page_shows_logins_in_development_alone(app, monkeypatch):
    client, settings = app.test_client(), app.config["SETTINGS"]
    assert (client.get("/").status_code, client.get("/").headers["Location"]) == (302, "/docs")
    monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"environment": Environment.DEVELOPMENT}))
    assert "manage.py seed" in client.get("/").text and seed_service.PASSWORD not in client.get("/").text
    monkeypatch.setattr(seed_service, "is_seeded", lambda: True)
    assert "recruiter@harbour.example" in client.get("/").text and seed_service.PASSWORD in client.get("/").text
