"""A single-page client in a browser: a work list, a live board and a bell from four calls."""

from __future__ import annotations

import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from tests.factories.job import job_body
from tests.processes import http_client
from tests.processes.live import wait_for

pytestmark = pytest.mark.processes
webdriver = pytest.importorskip("selenium.webdriver", reason="no selenium is installed")
PAGE = Path(__file__).parent / "live_board"
MOST_CALLS = 4
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def page_url():
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=PAGE)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def browser():
    if not (CHROMIUM and DRIVER):
        pytest.skip("no chromium with its driver is installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


def test_the_first_screen_needs_four_calls_and_then_lives(live, page_url, browser):
    live.start(CORS_ORIGINS=page_url, EMBEDDED_JOBS="false")
    headers = live.sign_up("boards")
    client = httpx.Client(base_url=f"{live.url}/api/v1", headers=headers, timeout=60, verify=http_client._CONTEXT)
    with client:
        job = client.post("/jobs", json=job_body()).json()["id"]
        client.post(f"/jobs/{job}/open", json={}).raise_for_status()
        people = [client.post("/candidates", json={"name": name}).json()["id"] for name in ("Ada One", "Bea Two")]
        stages = {each["kind"]: each["id"] for each in client.get(f"/jobs/{job}/stages").json()["data"]}
        first = client.post("/applications", json={"candidate_id": people[0], "job_id": job}).json()
        where = urlencode({"api": live.url, "token": headers["Authorization"].split()[1], "job": job})
        browser.get(f"{page_url}/index.html#{where}")
        wait_for(lambda: _text(browser, "#first"))
        assert int(_text(browser, "#first")) == MOST_CALLS
        assert _text(browser, "#new_applicants") == "new_applicants: 1" and _text(browser, "#bell") == "0"
        assert "(1): Ada One" in _text(browser, "[data-stage=applied]")
        client.post("/applications", json={"candidate_id": people[1], "job_id": job}).raise_for_status()
        wait_for(lambda: "(2)" in _text(browser, "[data-stage=applied]"))
        step = {"from_stage_id": first["stage_id"], "to_stage_id": stages["screen"]}
        client.post(f"/applications/{first['id']}/move", json=step).raise_for_status()
        wait_for(lambda: "(1): Ada One" in _text(browser, "[data-stage=screen]"))
        assert "(1): Bea Two" in _text(browser, "[data-stage=applied]")


def _text(browser, selector):
    found = browser.execute_script("return document.querySelector(arguments[0])?.textContent", selector)
    return found or ""
