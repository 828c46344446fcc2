"""Diagnosis of an installation: configuration, unsafe settings, and whether each service responds as needed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import httpx
from sqlalchemy.exc import SQLAlchemyError

from app.services.mail.mail_transport import mail_transport
from app.services.operations import database_checks, health_service
from app.services.resumes.resume_parser import missing_programs
from app.services.search.text_encoders import text_encoders
from app.utils.errors import DomainError
from app.utils.llm_client import LlmFailed, llm_client
from app.utils.virus_scanner import ScannerUnreachable, virus_scanner
from config import Settings
from config.settings import Environment, MailTransport

SECONDS = 5  # per service, so that a diagnosis with several dead ones ends soon
ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the report; `level` is `ok`, `warning` or `error`."""

    level: str
    subject: str
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Return all findings, in the order to read them."""
    level = "error" if settings.environment is Environment.PRODUCTION else "warning"
    found = [Finding("ok", "environment", settings.environment.value)]
    found += [Finding(level, "settings", fault) for fault in settings.unsafe()]
    found += [_part(name, answer) for name, answer in health_service.check()["parts"].items()]
    found += _database(settings)
    found.append(_redis(settings))
    found += _inngest(settings)
    found.append(_mail(settings))
    found += [check(settings) for check in (_scanner, _model, _programs, _encoder, _public_url)]
    found += _proxies(settings)
    return found


def _part(name: str, answer: str) -> Finding:
    if name == "jobs" and answer != "ok":
        return Finding("warning", name, f"{answer}; see `manage.py jobs list`")
    if answer in ("not migrated", "outdated"):
        answer += "; run `manage.py migrate`"
    return Finding("ok" if answer == "ok" else "error", name, answer)


def _database(settings: Settings) -> list[Finding]:
    if settings.is_sqlite:
        return [Finding("ok", "row security", "SQLite has none; the tenant guards stand alone")]
    try:
        facts = database_checks.facts()
    except (SQLAlchemyError, DomainError):
        return [Finding("error", "row security", "the database does not answer, or is not migrated")]
    return [_row_security(facts), _ledger(facts), _timeouts(settings, facts)]


def _row_security(facts: database_checks.DatabaseFacts) -> Finding:
    if facts.bypasses_row_security:
        detail = "the role is a superuser and bypasses row security; use an ordinary role"
        return Finding("error", "row security", detail)
    return Finding("ok", "row security", "the role is subject to it")


def _ledger(facts: database_checks.DatabaseFacts) -> Finding:
    if facts.owned_tables:
        detail = f"the role owns {facts.owned_tables} tables and could rewrite the ledger; set DATABASE_OWNER_URL"
        return Finding("warning", "ledger", detail)
    if facts.may_change_ledger:
        return Finding("error", "ledger", "the role may change the ledger; run `manage.py migrate` as the owner")
    return Finding("ok", "ledger", "the role may add to it and read it, and owns no table")


def _timeouts(settings: Settings, facts: database_checks.DatabaseFacts) -> Finding:
    if facts.missing_timeouts:
        pooled = settings.database_pooler == "transaction"
        cure = "; set them on the role (README, PgBouncer)" if pooled else ""
        return Finding("warning", "time-outs", f"{facts.missing_timeouts}: no limit{cure}")
    return Finding("ok", "time-outs", "locks, statements and idle transactions are limited")


def _redis(settings: Settings) -> Finding:
    if settings.redis_url:
        return Finding("ok", "rights cache", "epochs in Redis")
    return Finding("ok", "rights cache", "no Redis: rights are read from the database at each request")


def _inngest(settings: Settings) -> list[Finding]:
    if not settings.uses_inngest:
        return [Finding("ok", "job server", "none: jobs are embedded, for one machine")]
    base = settings.inngest_base_url.rstrip("/")
    findings = [_asked("job server", lambda: httpx.get(f"{base}/health", timeout=SECONDS))]
    # A development server checks no keys.
    if findings[0].level != "ok" or settings.inngest_dev:
        return findings
    event = {"name": "fairlead/doctor", "data": {}}  # no function listens to it
    path = quote(settings.inngest_event_key.get_secret_value(), safe="")
    findings.append(_asked("event key", lambda: httpx.post(f"{base}/e/{path}", json=event, timeout=SECONDS)))
    headers = {"Authorization": f"Bearer {_hashed(settings.inngest_signing_key.get_secret_value())}"}
    findings.append(
        _asked("signing key", lambda: httpx.get(f"{base}/v1/events?limit=1", headers=headers, timeout=SECONDS))
    )
    return findings


def _hashed(signing_key: str) -> str:
    """Return the key as it is sent: SHA-256 of its bytes (Inngest SDK specification, 4.1.2)."""
    try:
        # "signkey-prod-0123abcd": the prefix is not part of the key.
        return hashlib.sha256(bytes.fromhex(signing_key.rpartition("-")[2])).hexdigest()
    except ValueError:
        return ""


def _mail(settings: Settings) -> Finding:
    if settings.mail_transport is MailTransport.FILE:
        return Finding("ok", "mail", f"files in {settings.data_dir / 'mail'}; no mail leaves")
    try:
        mail_transport.check()
    except DomainError as error:
        return Finding("error", "mail", f"{settings.smtp_host}:{settings.smtp_port}: {error.detail}")
    return Finding("ok", "mail", f"{settings.smtp_host}:{settings.smtp_port} {ANSWERS}, from {settings.mail_from}")


def _scanner(settings: Settings) -> Finding:
    if not virus_scanner.configured:
        return Finding("ok", "virus scanner", "none: uploads are not scanned")
    try:
        virus_scanner.finds([b"hello"])  # any harmless content: only the answer counts
    except (ScannerUnreachable, ValueError) as error:
        return Finding("error", "virus scanner", f"does not answer ({error}): uploads stay in quarantine")
    return Finding("ok", "virus scanner", ANSWERS)


def _model(settings: Settings) -> Finding:
    if not llm_client.configured:
        return Finding("ok", "language model", "none: resumes are read by rules")
    try:
        llm_client.check()
    except LlmFailed as error:
        return Finding("warning", "language model", f"does not answer ({error}): resumes are read by rules")
    return Finding("ok", "language model", ANSWERS)


def _programs(settings: Settings) -> Finding:
    missing = [f"no {name}: {reads} are kept unread" for name, reads in missing_programs().items()]
    return Finding("ok", "resumes", "; ".join(missing) or "scans, photographs and DOC files are read")


def _encoder(settings: Settings) -> Finding:
    return Finding("ok", "matching", " and ".join(encoder.name for encoder in text_encoders.active))


def _public_url(settings: Settings) -> Finding:
    """Check the public URL; only a warning, because it may be unreachable from inside the network."""
    url = f"{settings.public_url.rstrip('/')}/health/live"
    found = _asked("PUBLIC_URL", lambda: httpx.get(url, timeout=SECONDS))
    return found if found.level == "ok" else Finding("warning", found.subject, f"{url} from here: {found.detail}")


def _asked(subject: str, ask: Callable[[], httpx.Response]) -> Finding:
    try:
        status = ask().status_code
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Finding("error", subject, f"does not answer: {type(error).__name__}")
    if status in (401, 403):
        return Finding("error", subject, "is refused")
    return Finding("ok", subject, ANSWERS) if status < 400 else Finding("error", subject, f"answers {status}")


def _proxies(settings: Settings) -> list[Finding]:
    # The server itself speaks plain HTTP, so https means that a proxy is in front.
    if not settings.public_url.startswith("https://") or settings.trusted_proxies:
        return []
    detail = "is 0: who calls by TLS comes through a proxy, which is not believed; all have its address"
    return [Finding("warning", "TRUSTED_PROXIES", detail)]
