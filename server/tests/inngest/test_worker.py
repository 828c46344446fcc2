"""The worker's door: signed, young and new calls only."""

from __future__ import annotations

import hashlib
import hmac
import time

import pytest
from flask import Flask

from app.inngest import worker
from app.inngest.embedded_runner import PATH
from app.utils import rate_limiter
from tests.factories.client import refused
from tests.factories.database import fill_memory

KEY = "0123456789abcdef" * 4
BODY = b'{"ctx":{"attempt":0,"disable_immediate_execution":false,"run_id":"r","stack":{"stack":[]}},"event":{"data":{},"id":"e","name":"inngest/scheduled.timer","ts":0},"events":[{"data":{},"id":"e","name":"x","ts":0}],"steps":{},"use_api":false}'  # noqa: E501


@pytest.fixture
def door(make_app, migrated) -> Flask:
    rate_limiter.forget_local()
    inngest = {
        "inngest_base_url": "http://127.0.0.1:9",
        "inngest_signing_key": f"signkey-prod-{KEY}",
        "inngest_event_key": "event-key",
        "inngest_serve_origin": "http://worker:5001",
    }
    app = make_app(**inngest, redis_url="")
    worker.mount(app)
    if app.config["SETTINGS"].is_sqlite:
        fill_memory(app, migrated)
    return app


def _sign(body: bytes, at: float | None = None) -> dict[str, str]:
    stamp = str(int(at or time.time()))
    digest = hmac.new(KEY.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
    return {"X-Inngest-Signature": f"t={stamp}&s={digest}", "Content-Type": "application/json"}


def _post(app: Flask, headers: dict[str, str], body: bytes = BODY):
    return app.test_client().post(f"{PATH}?fnId=fairlead-purge-expired&stepId=step", data=body, headers=headers)


def test_unsigned_calls_are_refused(door):
    assert refused(_post(door, {"Content-Type": "application/json"}), 401) == "bad_signature"
    assert refused(door.test_client().put(PATH, json={}, headers={"Host": "evil.example"}), 401) == "bad_signature"


def test_old_calls_are_refused(door):
    assert refused(_post(door, _sign(BODY, time.time() - 330)), 401) == "bad_signature"
    assert refused(_post(door, _sign(BODY, time.time() + 330)), 401) == "bad_signature"


def test_a_wrong_signature_is_refused(door):
    headers = _sign(BODY + b" ")
    assert (
        _post(door, {**headers, "X-Inngest-Signature": headers["X-Inngest-Signature"][:-1] + "x"}).status_code == 401
    )  # by the SDK


def test_the_api_is_there_but_the_callbacks_are_the_workers_alone(app, door):
    assert refused(app.test_client().get(PATH), 404) == "not_found"
    assert door.test_client().get(PATH).status_code in (200, 401)


def test_a_signed_call_runs_the_function_once(door):
    headers = _sign(BODY)
    answer = _post(door, headers)
    assert answer.status_code == 206 and answer.get_json()[0]["op"] == "StepRun", answer.text
    assert answer.headers["X-Inngest-Signature"].startswith("t=")
    again = _post(door, headers)
    assert (again.status_code, again.get_json()["code"]) == (401, "replayed")
