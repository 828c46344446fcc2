"""The `.env` of a deployment with docker-compose.yml: creation and validation."""

from __future__ import annotations

import re
import secrets
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv.parser import Binding, parse_stream
from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from config.settings import Environment, MailTransport, Settings

# Database passwords are part of a URL, so they must not contain characters with a meaning there.
PLAIN = re.compile(r"[A-Za-z0-9._~-]{12,}")
PASSWORDS = ("DATABASE_PASSWORD", "DATABASE_OWNER_PASSWORD", "INNGEST_DATABASE_PASSWORD", "POSTGRES_ADMIN_PASSWORD")
SECRETS = ("SECRET_KEY", "ENCRYPTION_KEYS", "JWT_KEYS", "LEDGER_KEYS", "INNGEST_EVENT_KEY", "INNGEST_SIGNING_KEY")
REQUIRED = ("PUBLIC_URL", *SECRETS, *PASSWORDS)
# Variables of docker-compose.yml that are not settings of the server.
OF_COMPOSE = frozenset(
    """EXTRAS PROGRAMS HTTP_BIND HTTP_PORT INNGEST_KEEP_DAYS POSTGRES_IMAGE REDIS_IMAGE INNGEST_IMAGE MAILPIT_IMAGE
    NGINX_IMAGE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION COMPOSE_PROJECT_NAME COMPOSE_FILE
    COMPOSE_PROFILES""".split()
)
# Settings that docker-compose.yml sets itself or does not pass on.
NOT_TAKEN = frozenset(
    """ENVIRONMENT DATA_DIR INNGEST_SERVE_ORIGIN METRICS_HOST EMBEDDED_JOBS WORKER_PORT LOG_JSON INNGEST_DEV""".split()
)
NEAR = 0.75  # least similarity of a name that is taken for a misspelt one
PROXY_TAKES = 50 * 1024 * 1024  # client_max_body_size of nginx.conf, without the rest of the form
HEAD = "# Secrets of this installation. Keep a copy in a safe place: backups do not contain them."
TEXT = """{head}
PUBLIC_URL={public_url}
MAIL_FROM={mail_from}
# Emails stay in the Mailpit of docker-compose.yml until you set a mail server here.
#SMTP_HOST=
#SMTP_PORT=587
#SMTP_USERNAME=
#SMTP_PASSWORD=
#SMTP_STARTTLS=true

SECRET_KEY={secret}
ENCRYPTION_KEYS={encryption}
JWT_KEYS=first:{jwt}
LEDGER_KEYS=first:{ledger}
INNGEST_EVENT_KEY={event}
INNGEST_SIGNING_KEY={signing}

DATABASE_PASSWORD={application}
DATABASE_OWNER_PASSWORD={owner}
INNGEST_DATABASE_PASSWORD={inngest}
POSTGRES_ADMIN_PASSWORD={admin}
"""


class _OfFile(Settings):
    """Settings from the given values only, ignoring the environment."""

    @classmethod
    def settings_customise_sources(  # type: ignore[override]  # the other sources are what it leaves out
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, **others: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def new(public_url: str, mail_from: str) -> str:
    """Return a valid `.env` with new secrets; ValueError if an argument is invalid."""
    names = ("secret", "encryption", "jwt", "ledger", "event", "signing", "application", "owner", "inngest", "admin")
    fresh = {name: secrets.token_hex(32) for name in names}  # valid in URLs, as a signing key, and unquoted in .env
    text = TEXT.format(head=HEAD, public_url=public_url, mail_from=mail_from, **fresh)
    # Parse the result: a line break or a quote in a value could have added or changed lines.
    lines = _lines(text)
    values, given = _values(lines), {"PUBLIC_URL": public_url, "MAIL_FROM": mail_from}
    if any(values.get(name) != value for name, value in given.items()):
        raise ValueError("PUBLIC_URL and MAIL_FROM must each be a single line without surrounding quotes")
    if found := _faults_of(lines):
        raise ValueError("; ".join(found))
    return text


def read(path: Path) -> str:
    """Return the text of a file, or of standard input for `-`; ValueError if it is not UTF-8."""
    try:
        # utf-8-sig: editors on Windows may write a byte order mark.
        return (sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("the file is not UTF-8 text") from error


def faults(text: str) -> list[str]:
    """Return what prevents the deployment from starting or is ignored, one sentence each."""
    return _faults_of(_lines(text))


def _faults_of(lines: list[Binding]) -> list[str]:
    return [*_lines_misread(lines), *_faults(_values(lines))]


def _lines(text: str) -> list[Binding]:
    return list(parse_stream(StringIO(text)))


def _values(lines: list[Binding]) -> dict[str, str]:
    return {line.key: line.value or "" for line in lines if line.key is not None}


def _lines_misread(lines: list[Binding]) -> Iterator[str]:
    """Find lines that Docker Compose does not read as they appear."""
    names = Counter(line.key for line in lines if line.key)
    yield from (f"{name} is set more than once" for name, count in names.items() if count > 1)
    for line in lines:
        if line.error:
            yield f"line {line.original.line} cannot be read"
        elif line.key and "$" in (line.value or "") and not _is_quoted(line):
            yield f"{line.key} contains a $, which Docker Compose expands: use single quotes to prevent it"


def _is_quoted(line: Binding) -> bool:
    # Compose expands nothing in single quotes: SMTP_PASSWORD='pa$word'.
    return line.original.string.partition("=")[2].lstrip().startswith("'")


def _faults(values: dict[str, str]) -> Iterator[str]:
    missing = [name for name in REQUIRED if not values.get(name)]
    yield from (f"{name} is missing" for name in missing)
    yield from (f"{name} is ignored: docker-compose.yml does not pass it on" for name in values if name in NOT_TAKEN)
    known = {name.upper() for name in Settings.model_fields} | OF_COMPOSE | set(REQUIRED)
    yield from (f"{name} is not a setting and is ignored" for name in values if name not in known)
    for name in PASSWORDS:
        if values.get(name) and not PLAIN.fullmatch(values[name]):
            yield f"{name} must be 12 or more letters, digits and . _ ~ - as it is part of a URL"
    given = [values[name] for name in PASSWORDS if values.get(name)]
    if len(set(given)) < len(given):
        yield "two database roles have the same password"
    yield from _of_compose(values)
    passed = {name.lower(): value for name, value in values.items() if value and name not in NOT_TAKEN}
    # If secrets are missing, their unsafe defaults would be reported as well: once is enough.
    yield from (fault for fault in setting_faults(passed) if not (missing and fault.startswith("refusing to start")))


def _of_compose(values: dict[str, str]) -> Iterator[str]:
    """Find combinations that the services of docker-compose.yml do not support."""
    for name, most in {"HTTP_PORT": 65_535, "INNGEST_KEEP_DAYS": 36_500}.items():
        value = values.get(name) or "1"  # unset or empty: the default of docker-compose.yml applies
        if not (value.isdecimal() and 1 <= int(value) <= most):
            yield f"{name} must be a number from 1 to {most}"
    if values.get("METRICS_PORT", "").lstrip("0") in ("5000", "5001"):  # 05000 is 5000, too
        yield "METRICS_PORT is already used by the API or the worker"
    if bool(values.get("DATABASE_URL")) is not bool(values.get("DATABASE_OWNER_URL")):
        yield "DATABASE_URL and DATABASE_OWNER_URL must be set together: `migrate` uses the second"
    if values.get("DATABASE_URL", "").startswith("sqlite"):
        yield "DATABASE_URL must point to PostgreSQL, because several containers use the database"
    if values.get("SMTP_HOST") and not values.get("SMTP_PORT"):
        yield "SMTP_PORT is missing: without it, emails go to port 1025 of SMTP_HOST"
    if values.get("S3_BUCKET") and "boto3" not in values.get("EXTRAS", ""):
        yield "S3_BUCKET needs EXTRAS=boto3"
    for name in ("MAX_IMPORT_BYTES", "MAX_UPLOAD_BYTES"):
        size = values.get(name) or "0"
        if size.isdecimal() and int(size) > PROXY_TAKES:
            yield f"{name} exceeds the {PROXY_TAKES} bytes that nginx.conf allows (client_max_body_size)"


def setting_faults(values: dict[str, str]) -> Iterator[str]:
    """Yield the faults for which the server would refuse to start in production."""
    given: dict[str, Any] = {name: value for name, value in values.items() if name in Settings.model_fields}
    # What docker-compose.yml sets itself, or by default.
    given |= {"environment": Environment.PRODUCTION, "inngest_serve_origin": "http://worker:5001"}
    given.setdefault("inngest_base_url", "http://inngest:8288")
    given.setdefault("mail_transport", MailTransport.SMTP)
    try:
        _OfFile(**given)
    except ValidationError as error:
        for each in error.errors():
            where = ".".join(str(part) for part in each["loc"]).upper()
            said = each["msg"].removeprefix("Value error, ")
            yield f"{where}: {said}" if where else said


def misspelt(paths: Iterable[Path] | None = None) -> dict[str, str]:
    """Return names in the server's own `.env` files that are no setting but nearly one, with what they may mean."""
    known = [*(name.upper() for name in Settings.model_fields), *PASSWORDS, *OF_COMPOSE]
    found: dict[str, str] = {}
    for path in Settings.model_config["env_file"] if paths is None else paths:  # type: ignore[union-attr]  # a tuple
        names = _values(_lines(Path(path).read_text(errors="replace"))) if Path(path).is_file() else {}
        for name in names:
            near = get_close_matches(name.upper(), known, 1, NEAR)
            if name.upper() not in known and near:
                found[name] = f"This is not a setting. Did you mean {near[0]}?"
    return found
