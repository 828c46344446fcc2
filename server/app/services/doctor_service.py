"""What is configured, what is unsafe, which services answer."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.services import health_service
from app.utils import scope
from config import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `level` is ok, warning or error."""

    level: str
    subject: str
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order in which to read them."""
    found = [Finding("ok", "environment", settings.environment.value)]
    found += [Finding("warning", "settings", fault) for fault in settings.unsafe()]
    found += [_service(name, answer) for name, answer in health_service.check()["parts"].items()]
    found.append(_database_role(settings))
    found.append(_redis(settings))
    found.append(_inngest(settings))
    found.append(Finding("ok", "mail", f"{settings.mail_transport} from {settings.mail_from}"))
    return found


def is_superuser() -> bool:
    """Whether the database role bypasses row security."""
    with scope.platform("checking the database role"):
        query = sa.text("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        return bool(db.session.scalar(query))


def _service(name: str, answer: str) -> Finding:
    if name == "jobs" and answer != "ok":
        return Finding("warning", name, f"{answer}; see `manage.py jobs list`")
    return Finding("ok" if answer == "ok" else "error", name, answer)


def _database_role(settings: Settings) -> Finding:
    if settings.is_sqlite:
        return Finding("ok", "row security", "SQLite has none; the first wall stands alone")
    try:
        bypasses = is_superuser()
    except SQLAlchemyError:
        return Finding("error", "row security", "the database does not answer")
    if bypasses:
        return Finding(
            "error", "row security", "the role is a superuser and bypasses row security; use an ordinary role"
        )
    return Finding("ok", "row security", "the role is subject to it")


def _redis(settings: Settings) -> Finding:
    if settings.redis_url:
        return Finding("ok", "rights cache", "epochs in Redis")
    return Finding("ok", "rights cache", "no Redis: rights are read from the database at each request")


def _inngest(settings: Settings) -> Finding:
    if not settings.uses_inngest:
        return Finding("ok", "jobs", "embedded, for one machine")
    try:
        httpx.get(f"{settings.inngest_base_url}/health", timeout=2).raise_for_status()
    except httpx.HTTPError as error:
        return Finding("error", "jobs", f"the Inngest server does not answer: {type(error).__name__}")
    return Finding("ok", "jobs", "the Inngest server answers")
