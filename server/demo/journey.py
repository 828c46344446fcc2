"""The whole journey over HTTP: sign up, upload resumes, post a job, see matches, move an application, mail."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

PASSWORD = "a quiet harbour at dawn"
WAIT_SECONDS = 90
SAMPLES = {path.name: path.read_text() for path in sorted(Path(__file__).parent.glob("*.txt"))}

Say = Callable[[str], None]


class JourneyFailed(Exception):
    """A step did not do what it should."""


class Client:
    """A thin JSON client that remembers its token."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self.token = ""

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The answer's JSON; JourneyFailed on a problem."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= options.pop("headers", {})
        if method == "POST" and self.token:
            headers.setdefault("Idempotency-Key", secrets.token_hex(16))
        try:
            response = self._http.request(method, f"/api/v1{path}", headers=headers, **options)
        except httpx.TransportError as error:
            reason = f"{self._http.base_url} does not answer ({type(error).__name__}). Start the server, or pass --url."
            raise JourneyFailed(reason) from error
        if response.status_code >= 400:
            raise JourneyFailed(f"{method} {path}: {response.status_code} {response.text}")
        return response.json() if response.content else None

    def wait(self, path: str, done: Callable[[Any], bool], idle: Callable[[], None]) -> Any:
        """Ask again until `done`; `idle` runs in between."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            answer = self.call("GET", path)
            if done(answer):
                return answer
            idle()
        raise JourneyFailed(f"{path} did not come to its end in {WAIT_SECONDS} seconds")


def run_journey(url: str, say: Say, resumes: list[Path]) -> None:
    """Walk the journey against a running server."""
    files = {path.name: path.read_bytes() for path in resumes} or {k: v.encode() for k, v in SAMPLES.items()}
    with httpx.Client(base_url=url, timeout=30) as http:
        walk(http, say, files, idle=lambda: time.sleep(0.3))


def walk(http: httpx.Client, say: Say, files: dict[str, bytes], idle: Callable[[], None]) -> dict[str, Any]:
    """Each step with what it showed; `idle` passes the time while jobs run. What was made, by name."""
    client = Client(http)
    sign_up(client, say)
    candidates = upload(client, say, files, idle)
    job = post_job(client, say)
    matches = see_matches(client, say, job, idle)
    application = move(client, say, job, matches[0]["candidate_id"])
    mails = read_mails(client, say, application["candidate_id"], idle)
    chain = client.call("GET", "/audit/verify")
    say(f"8. The ledger holds {chain['events']} events, its chain is {'whole' if chain['valid'] else 'BROKEN'}.")
    return {
        "candidates": candidates,
        "job": job,
        "matches": matches,
        "application": application,
        "mails": mails,
        "chain": chain,
    }


def sign_up(client: Client, say: Say) -> None:
    """A new tenant and its administrator."""
    slug = f"demo-{secrets.token_hex(4)}"
    email = f"ada@{slug}.example"
    body = {"name": "Demo Agency", "slug": slug, "admin_name": "Ada Demo", "admin_email": email, "password": PASSWORD}
    client.call("POST", "/tenants/signup", json=body)
    say(f"1. Signed up the tenant {slug} with its administrator {email}.")
    client.token = client.call("POST", "/auth/login", json={"email": email, "password": PASSWORD, "tenant": slug})[
        "access_token"
    ]
    me = client.call("GET", "/auth/me")
    # The journey waits for no hold, in which emails to candidates could be taken back.
    client.call("PUT", "/tenant/settings", json={"mail_hold_minutes": 0})
    say(f"2. Signed in as {me['name']}, {me['role']}, with {len(me['permissions'])} permissions.")


def upload(client: Client, say: Say, files: dict[str, bytes], idle: Callable[[], None]) -> list[dict[str, Any]]:
    """Resume files become candidates."""
    candidates = []
    for name, data in files.items():
        resume = client.call("POST", "/candidate-resumes", files={"file": (name, data)})
        path = f"/candidate-resumes/{resume['id']}"
        resume = client.wait(path, lambda answer: answer["status"] in ("parsed", "failed"), idle)
        if resume["status"] == "failed":
            say(f"3. {name}: not parsed, {resume['failure_reason']}.")
            continue
        candidate = client.call("GET", f"/candidates/{resume['candidate_id']}")
        say(
            f"3. {name}: {candidate['name']}, {candidate['headline']}, {candidate['location']}, "
            f"{candidate['years_experience']} years, {len(candidate['skills'])} skills."
        )
        candidates.append(candidate)
    return candidates


def post_job(client: Client, say: Say) -> dict[str, Any]:
    """A job, opened."""
    body = {
        "title": "Data Engineer",
        "description": "You build and run our data pipelines in Python and SQL.",
        "required_skills": ["Python", "SQL"],
        "preferred_skills": ["Kafka"],
        "min_years": 3,
    }
    job: dict[str, Any] = client.call("POST", "/jobs", json=body)
    job = client.call("POST", f"/jobs/{job['id']}/open", json={}, headers={"If-Match": f'"{job["version"]}"'})
    say(
        f"4. Posted the job {job['title']}: {job['status']}, {len(job['stages'])} stages, "
        f"may {', '.join(job['allowed_actions'])}."
    )
    return job


def see_matches(client: Client, say: Say, job: dict[str, Any], idle: Callable[[], None]) -> list[dict[str, Any]]:
    """The ranking with its reasons."""
    client.call("POST", f"/jobs/{job['id']}/matches/refresh")
    matches: list[dict[str, Any]] = client.wait(
        f"/jobs/{job['id']}/matches", lambda answer: bool(answer["data"]), idle
    )["data"]
    for match in matches[:5]:
        say(f"5. {match['candidate_name']}: {match['score']} ({match['grade']}), confidence {match['confidence']} %.")
        for criterion in match["criteria"]:
            quotes = "; ".join(repr(evidence["quote"]) for evidence in criterion["evidence"][:2])
            say(f"     {criterion['name']:<10} {criterion['score']:>6}  {criterion['detail']}  {quotes}".rstrip())
    return matches


def move(client: Client, say: Say, job: dict[str, Any], candidate_id: str) -> dict[str, Any]:
    """The best candidate moves through the stages."""
    application: dict[str, Any] = client.call(
        "POST", "/applications", json={"candidate_id": candidate_id, "job_id": job["id"], "source": "demo"}
    )
    say(f"6. {application['candidate_name']} applied and stands at {application['stage_name']}.")
    for stage in job["stages"]:
        if stage["kind"] not in ("screen", "interview", "offer"):
            continue
        step = {"from_stage_id": application["stage_id"], "to_stage_id": stage["id"]}
        application = client.call("POST", f"/applications/{application['id']}/move", json=step)
        say(f"6. Moved on to {application['stage_name']}.")
    application = client.call("POST", f"/applications/{application['id']}/hire", json={})
    say(f"6. {application['status'].title()}; the job is {client.call('GET', '/jobs/' + job['id'])['status']}.")
    return application


def read_mails(client: Client, say: Say, candidate_id: str, idle: Callable[[], None]) -> list[dict[str, Any]]:
    """The candidate's mails have left."""
    path = f"/email-messages?candidate_id={candidate_id}&sort=created_at"
    mails: list[dict[str, Any]] = client.wait(
        path, lambda answer: answer["data"] and all(m["status"] == "sent" for m in answer["data"]), idle
    )["data"]
    for mail in mails:
        say(f"7. Mailed {mail['template']} to {mail['recipient']}.")
    return mails
