"""A language model proposes; what is not literally in the text is dropped; it may fail, and costs no more than set."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.services.settings import llm_budget_service
from app.utils.llm_client import llm_client
from tests.factories.candidate import resume_text
from tests.factories.client import ok

PROPOSED = {
    "name": "Mona Costa",
    "headline": "Chief Dreamer",  # stands nowhere in the text
    "skills": ["Airflow", "Kubernetes", "Pyth"],  # the second is invented, the third no whole word
    "work": [
        {
            "company": "Castellan Software",
            "title": "Senior Data Engineer",
            "start_date": "03/2018",
            "end_date": "05/2024",
        },
        {"company": "Invented Inc", "title": "Boss", "start_date": "2001", "end_date": "2002"},
    ],
    "education": "nonsense",
    "links": [1, None, {}],
}


class _Model(BaseHTTPRequestHandler):
    """A stand-in of the API."""

    def do_POST(self):
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.asked.append((self.path, self.headers["Authorization"], body))
        time.sleep(server.delay)
        answer = {"choices": [{"message": {"content": server.content}}], "usage": {"total_tokens": 1234}}
        data = json.dumps(answer).encode()
        self.send_response(server.status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture
def model():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Model)
    server.asked, server.delay, server.status, server.content = [], 0.0, 200, json.dumps(PROPOSED)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    llm_client.init(f"http://127.0.0.1:{server.server_port}/v1/", "sesame", "small", 1.0, 100_000)
    yield server
    llm_client.init("", "", "", 30, 0)
    server.shutdown()
    server.server_close()


def _parsed(tenant, api, name="Mona Costa"):
    resume = ok(api.upload("/candidate-resumes", resume_text(name)), 202)
    tenant.run_jobs()
    return ok(api.get(f"/candidate-resumes/{resume['id']}"))


def _wanted(api):
    ok(api.put("/tenant/settings", {"llm_parsing": True}))


def test_nothing_is_sent_unless_the_tenant_asks_for_it(tenant, api, model):
    assert _parsed(tenant, api)["status"] == "parsed"
    assert model.asked == []


def test_only_what_is_literally_there_is_taken(tenant, api, model):
    _wanted(api)
    resume = _parsed(tenant, api)
    path, key, body = model.asked[0]
    assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer sesame", "small")
    parsed, text = resume["parsed"], resume["text"]
    assert [skill["value"] for skill in parsed["skills"]] == ["Airflow"]
    assert [item["company"]["value"] for item in parsed["work"]] == ["Castellan Software"]
    dates = [parsed["work"][0][name] for name in ("start_date", "end_date")]
    assert [date["value"] for date in dates] == ["2018-03", "2024-05"]
    assert [text[date["start"] : date["end"]] for date in dates] == ["03/2018", "05/2024"]
    assert parsed["headline"]["value"] != "Chief Dreamer" and parsed["education"], "the rules stand in"
    facts = [parsed["name"], *parsed["skills"], parsed["work"][0]["company"], parsed["work"][0]["title"]]
    assert all(text[fact["start"] : fact["end"]] == fact["value"] for fact in facts)


@pytest.mark.parametrize("fault", ["slow", "down", "error", "nonsense", "list", "huge"])
def test_a_model_that_fails_leaves_the_rules(tenant, api, model, fault):
    _wanted(api)
    model.delay = 1.5 if fault == "slow" else 0
    model.status = 500 if fault == "error" else 200
    model.content = {"nonsense": "I think", "list": "[]", "huge": "x" * 2_000_000}.get(fault, model.content)
    if fault == "down":
        llm_client.init("http://127.0.0.1:1", "", "small", 1.0, 100_000)
    parsed = _parsed(tenant, api)["parsed"]
    assert len(parsed["work"]) == 2 and len(parsed["skills"]) == 4


def test_the_budget_of_a_tenant_is_never_passed(tenant, api, model):
    _wanted(api)
    _parsed(tenant, api)
    with tenant.bound():
        assert llm_budget_service.this_month() == 1234
    llm_client.init(f"http://127.0.0.1:{model.server_port}/v1", "", "small", 1.0, 2000)
    assert len(_parsed(tenant, api, "Ada Horn")["parsed"]["work"]) == 2
    assert len(model.asked) == 1
