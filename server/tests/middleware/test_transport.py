"""Methods, encryption, documentation: what is settled before anything reads a request."""

from __future__ import annotations

import io
import threading
from types import SimpleNamespace

import pytest

from app import bind_tools, create_app
from app.middleware import transport
from app.middleware.transport import SILENCE
from tests.factories.client import ok, refused

HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory, settings):
    """An application that is served by https behind one proxy, without documentation."""
    changes = {"public_url": "https://jobs.example", "trusted_proxies": 1, "api_docs": False, "database_url": ""}
    folder = tmp_path_factory.mktemp("proxied")
    return create_app(settings.model_copy(update={**changes, "data_dir": folder, "redis_url": ""})).test_client()


@pytest.fixture(autouse=True, scope="module")
def restored(behind_proxy, app, settings):
    """The tools that create_app() binds are those of the other application again."""
    bind_tools(settings)


def test_a_sign_in_in_clear_is_refused(behind_proxy):
    body = {"email": "a@people.example", "password": "x"}
    answer = behind_proxy.post("/api/v1/auth/login", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "https_required")
    other = behind_proxy.post("/api/v1/auth/login", json=body, headers={"X-Forwarded-Proto": "http"})
    assert refused(other, 403) == "https_required"
    assert refused(behind_proxy.get("/api/v1/auth/me", headers=HTTPS), 401) == "unauthenticated"


def test_a_page_in_clear_is_shown_again_encrypted_and_health_is_open(behind_proxy):
    page = behind_proxy.get("/careers/harbour?q=x", headers={"Host": "evil.example"})
    assert (page.status_code, page.headers["Location"]) == (308, page.headers["Location"])
    assert page.headers["Location"].endswith("/careers/harbour?q=x") and "evil" not in page.headers["Location"]
    assert behind_proxy.get("/health/live").status_code == 200


def test_the_documentation_can_be_switched_off(behind_proxy, app):
    for path in ("/docs", "/openapi.json", "/docs/assets/start.js"):
        assert refused(behind_proxy.get(path, headers=HTTPS), 404) == "not_found"
        assert app.test_client().get(path).status_code == 200


def test_options_says_what_may_be_asked(app):
    answer = app.test_client().open("/api/v1/candidates", method="OPTIONS")
    assert (answer.status_code, answer.data, answer.headers["Allow"]) == (204, b"", "GET, HEAD, OPTIONS, POST")
    assert "Content-Type" not in answer.headers
    assert refused(app.test_client().open("/api/v1/nothing", method="OPTIONS"), 404) == "not_found"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "FOO"])
def test_other_methods_are_refused_with_those_that_are_allowed(app, method):
    answer = app.test_client().open("/api/v1/candidates", method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert answer.content_type == "application/problem+json" and answer.get_json()["code"] == "method_not_allowed"


def test_head_answers_as_get_without_a_body(api):
    for path in ("/candidates", "/candidates/01890000-0000-7000-8000-000000000000"):
        got, head = api.get(path), api.call("HEAD", path)
        assert (head.status_code, head.content_type, head.data) == (got.status_code, got.content_type, b"")


def test_a_tenant_may_take_no_change_without_if_match(tenant, api):
    candidate = ok(api.post("/candidates", {"name": "Ada Horn"}), 201)
    path = f"/candidates/{candidate['id']}"
    assert ok(api.patch(path, {"headline": "one"}))["version"] == 2, "the last writer wins, where nothing was settled"
    ok(api.put("/tenant/settings", {"require_if_match": True}))
    answer = api.patch(path, {"headline": "two"})
    assert (answer.status_code, answer.get_json()["code"]) == (428, "if_match_required")
    assert ok(api.patch(path, {"headline": "two"}, headers={"If-Match": '"2"'}))["version"] == 3
    assert refused(api.patch(path, {"headline": "three"}, headers={"If-Match": '"2"'}), 412) == "version_mismatch"
    ok(api.post("/candidates", {"name": "Bea Lis"}), 201)


def test_a_body_that_is_refused_is_read_to_its_end(app):
    """Else a proxy that still sends it meets a closed connection, and its client a 502."""
    body = io.BytesIO(b"x" * 3_000_000)
    answer = _upload(app, body)
    assert refused(answer, 401) == "unauthenticated" and body.read() == b""


def test_no_server_that_leaves_the_stream_open_is_waited_for(app):
    """As `flask run` does: its stream ends with the connection, not with the body."""
    body = io.BytesIO(b"x" * 3_000_000)
    answer = _upload(app, body, ended=False)
    assert refused(answer, 401) == "unauthenticated" and len(body.read()) == 3_000_000


def test_a_client_that_goes_away_changes_no_answer(app):
    class Reset(io.BytesIO):
        def read(self, size=-1):
            raise ConnectionResetError

    assert refused(_upload(app, Reset()), 401) == "unauthenticated"


def test_a_client_is_waited_for_while_it_reads_but_not_while_it_sends(app):
    waits = []
    sock = SimpleNamespace(settimeout=waits.append)
    app.test_client().get("/health/live", environ_overrides={"gunicorn.socket": sock})
    assert waits == [SILENCE, None]


def test_what_is_refused_for_plain_http_is_not_waited_for_either(make_app):
    log = []

    class Body(io.BytesIO):
        def read(self, size=-1):
            log.append("read")
            return super().read(size)

    app = make_app(public_url="https://jobs.example", trusted_proxies=1)
    sock = SimpleNamespace(settimeout=log.append, shutdown=log.append)
    environ = {"wsgi.input_terminated": True, "gunicorn.socket": sock}
    form = {"content_length": 10, "content_type": "application/json", "environ_overrides": environ}
    answer = app.test_client().post("/api/v1/auth/login", input_stream=Body(b"x" * 10), **form)
    assert (answer.status_code, log[0], log[-1]) == (403, SILENCE, None) and "read" in log


def test_a_refused_body_that_drips_is_cut_off(app, monkeypatch):
    """The socket is shut for reading: the next read finds its end."""
    monkeypatch.setattr(transport, "SILENCE", 0.1)
    ends = threading.Event()

    class Drip(io.BytesIO):
        def read(self, size=-1):
            return b"" if ends.wait(5) else b"x"

    sock = SimpleNamespace(settimeout=lambda seconds: None, shutdown=lambda how: ends.set())
    environ = {"wsgi.input_terminated": True, "gunicorn.socket": sock}
    form = {"content_length": 10, "content_type": "application/json", "environ_overrides": environ}
    answer = app.test_client().post("/api/v1/candidates", input_stream=Drip(b"x" * 10), **form)
    assert refused(answer, 401) == "unauthenticated" and ends.is_set()


def _upload(app, body, ended=True):
    form = {"content_length": 3_000_000, "content_type": "multipart/form-data; boundary=x"}
    environ = {"wsgi.input_terminated": True} if ended else {}
    return app.test_client().post("/api/v1/candidate-imports", input_stream=body, environ_overrides=environ, **form)


@pytest.mark.parametrize(
    ("path", "accept", "is_page"),
    [
        ("/nowhere", "text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("/nowhere", "*/*", False),
        ("/nowhere", "application/json", False),
        ("/api/v1/nowhere", "text/html", False),
        ("/health/nowhere", "text/html", False),
        ("/api", "text/html", False),
        ("/nowhere", "application/json, text/html;q=0.9", False),
    ],
)
def test_a_browser_gets_a_page_for_an_unknown_address_outside_the_api(app, path, accept, is_page):
    answer = app.test_client().get(path, headers={"Accept": accept, "Accept-Language": "de"})
    assert answer.status_code == 404
    if is_page:
        assert answer.content_type.startswith("text/html") and "Diese Seite gibt es nicht." in answer.text
    else:
        assert refused(answer, 404) == "not_found"
