"""The `.env` of a deployment with docker-compose.yml: a new one, and what is wrong with one that is there."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from dotenv import dotenv_values
from pydantic import ValidationError

from config.settings import Environment, MailTransport, Settings

# A database's password stands in an address: what it holds must mean nothing there.
PLAIN = re.compile(r"[A-Za-z0-9._~-]{12,}")
PASSWORDS = ("DATABASE_PASSWORD", "DATABASE_OWNER_PASSWORD", "INNGEST_DATABASE_PASSWORD", "POSTGRES_ADMIN_PASSWORD")
SECRETS = ("SECRET_KEY", "ENCRYPTION_KEYS", "JWT_KEYS", "LEDGER_KEYS", "INNGEST_EVENT_KEY", "INNGEST_SIGNING_KEY")
REQUIRED = ("PUBLIC_URL", *SECRETS, *PASSWORDS)
# What docker-compose.yml reads besides the settings of the server.
OF_COMPOSE = frozenset(
    """EXTRAS HTTP_BIND HTTP_PORT INNGEST_KEEP_DAYS POSTGRES_IMAGE REDIS_IMAGE INNGEST_IMAGE MAILPIT_IMAGE NGINX_IMAGE
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION COMPOSE_PROJECT_NAME COMPOSE_FILE COMPOSE_PROFILES""".split()
)
HEAD = "# Secrets of this installation: keep a copy in a safe place, a backup holds none of them."
TEXT = """{head}
PUBLIC_URL={public_url}
MAIL_FROM={mail_from}
# Mails stay in the Mailpit of docker-compose.yml until a mail server is named here.
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


def new(public_url: str, mail_from: str) -> str:
    """The text of a `.env` with fresh secrets, in which every value is good for where it is used."""
    names = ("secret", "encryption", "jwt", "ledger", "event", "signing", "application", "owner", "inngest", "admin")
    fresh = {name: secrets.token_hex(32) for name in names}
    return TEXT.format(head=HEAD, public_url=public_url, mail_from=mail_from, **fresh)


def faults(path: Path) -> list[str]:
    """What would keep the deployment from starting or would be ignored, a sentence each."""
    values = {name: value or "" for name, value in dotenv_values(path, interpolate=False).items()}
    return list(_faults(values))


def _faults(values: dict[str, str]) -> Iterator[str]:
    yield from (f"{name} is missing" for name in REQUIRED if not values.get(name))
    known = {name.upper() for name in Settings.model_fields} | OF_COMPOSE | set(REQUIRED)
    yield from (f"{name} is no setting: it is ignored" for name in values if name not in known)
    for name in PASSWORDS:
        if values.get(name) and not PLAIN.fullmatch(values[name]):
            yield f"{name} must be 12 or more letters, digits and . _ ~ -: it stands in an address"
    given = [values[name] for name in PASSWORDS if values.get(name)]
    if len(set(given)) < len(given):
        yield "two roles of the database have the same password"
    yield from setting_faults({name.lower(): value for name, value in values.items() if value})


def setting_faults(values: dict[str, str]) -> Iterator[str]:
    """What the server itself would refuse in production."""
    given = {name: value for name, value in values.items() if name in Settings.model_fields}
    given |= {"environment": Environment.PRODUCTION, "inngest_base_url": "http://inngest:8288"}
    given |= {"inngest_serve_origin": "http://worker:5001"}
    given.setdefault("mail_transport", MailTransport.SMTP)
    try:
        Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]
    except ValidationError as error:
        for each in error.errors():
            where = ".".join(str(part) for part in each["loc"]).upper()
            yield f"{where}: {each['msg']}" if where else each["msg"].removeprefix("Value error, ")
