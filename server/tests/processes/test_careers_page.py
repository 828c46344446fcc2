"""The careers page in a browser, where there is one: found, read, filled in and sent, with scripts switched off."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from tests.factories.job import job_body

pytestmark = pytest.mark.processes
webdriver = pytest.importorskip("selenium.webdriver", reason="no selenium is installed")
PATIENCE = 30  # seconds
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


@pytest.fixture
def browser():
    if not (CHROMIUM and DRIVER):
        pytest.skip("no chromium with its driver is installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    # After a click, a page may still be on its way.
    driver.implicitly_wait(PATIENCE)
    yield driver
    driver.quit()


def test_somebody_finds_a_job_and_applies_without_scripts(shared, browser, tmp_path):
    headers = shared.sign_up("quayside")
    client = httpx.Client(base_url=f"{shared.url}/api/v1", headers=headers, timeout=60)
    with client:
        job = client.post("/jobs", json=job_body(title="Wharf Warden")).json()["id"]
        client.post(f"/jobs/{job}/open", json={}).raise_for_status()
        question = {"kind": "yes_no", "label": "May you work here?", "is_required": True, "passes": {"any_of": ["yes"]}}
        client.post(f"/jobs/{job}/questions", json=question).raise_for_status()
        posting = client.post(f"/jobs/{job}/postings", json={}).json()["id"]
        client.post(f"/job-postings/{posting}/publish", json={}).raise_for_status()
        browser.get(f"{shared.url}/careers/quayside")
        browser.find_element("link text", "Wharf Warden").click()
        assert browser.find_element("xpath", "//main[contains(., 'You build the pipelines')]")
        _fill_in(browser, tmp_path / "resume.txt")
        browser.find_element("css selector", "form button").click()
        assert browser.find_element("xpath", "//h1[contains(., 'Thank you')]")
        (application,) = client.get(f"/applications?job_id={job}").json()["data"]
        assert (application["candidate_name"], application["status"]) == ("Ida Browser", "active")
        assert len(client.get(f"/candidate-resumes?candidate_id={application['candidate_id']}").json()["data"]) == 1


def _fill_in(browser, resume: Path) -> None:
    resume.write_text("Ida Browser\nWharf Warden\n")
    for name, text in (("name", "Ida Browser"), ("email", "ida@browsers.example"), ("file", str(resume))):
        browser.find_element("name", name).send_keys(text)
    browser.find_element("css selector", "input[type=radio][value=yes]").click()
    browser.find_element("name", "consent").click()
