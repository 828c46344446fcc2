"""`create_app()` wires the layers; only `app/__init__.py` imports it, on first use."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import app.models  # noqa: F401  (registers every table)
from app import routes
from app.extensions import cors, db, migrate
from app.middleware import handoff, problems, request_log, security_headers, transport
from app.middleware.endpoint import validation
from app.middleware.endpoint.words import WordsConverter
from app.models import row_visibility
from app.models.base import engine, tenancy
from app.services.core.child_process import child_limits
from app.services.lifecycles import state_rules  # noqa: F401  (binds guards and effects)
from app.services.mail.mail_transport import FileTransport, SmtpTransport, Transport, mail_transport
from app.services.search.text_encoders import text_encoders
from app.utils import tracing
from app.utils.addresses import addresses
from app.utils.encryption import cipher
from app.utils.file_store import FileStore, file_store
from app.utils.json_provider import OrjsonProvider, dump_json
from app.utils.jwt_codec import jwt_codec
from app.utils.ledger_signer import ledger_signer
from app.utils.llm_client import llm_client
from app.utils.local_file_store import LocalFileStore
from app.utils.mail_oauth import mail_oauth
from app.utils.metrics import metrics
from app.utils.outbound import outbound
from app.utils.redis_client import redis_client
from app.utils.reply_addresses import reply_addresses
from app.utils.s3_file_store import S3FileStore
from app.utils.signing import signer
from app.utils.virus_scanner import virus_scanner
from config import Settings, load_settings
from config.settings import Environment, MailTransport

# Response headers that browser apps of other origins may read.
EXPOSED = [
    *("ETag", "Link", "Location", "Content-Disposition", "X-Request-Id", "Idempotency-Replayed"),
    *("RateLimit", "RateLimit-Policy", "Retry-After", "Allow", "WWW-Authenticate"),
]
# Requests that wait longer get 503, so that a locked row cannot block every thread.
DATABASE_OPTIONS = (
    "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
)


class _Application(Flask):
    """Flask that works out once, not in each request, whether a view or hook is a coroutine."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._synchronous: dict[Any, Any] = {}
        super().__init__(*args, **options)

    def ensure_sync(self, func: Any) -> Any:
        found = self._synchronous.get(func)
        if found is None:
            found = self._synchronous[func] = super().ensure_sync(func)
        return found


def create_app(settings: Settings | None = None) -> Flask:
    """Create the application with `settings`, or with those of the environment."""
    settings = settings or load_settings()
    flask_app = _Application("app", static_folder=None)
    flask_app.config["SETTINGS"] = settings
    flask_app.config["MAX_CONTENT_LENGTH"] = (  # each endpoint sets a lower limit of its own
        max(settings.max_upload_bytes, settings.max_import_bytes) + validation.MULTIPART_OVERHEAD
    )
    flask_app.json = OrjsonProvider(flask_app)
    flask_app.url_map.converters["words"] = WordsConverter
    flask_app.url_map.strict_slashes = False
    flask_app.url_map.merge_slashes = False  # the redirect would lead to whatever Host was sent
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        # X-Forwarded-Host is not believed (x_host=0): links are made from PUBLIC_URL.
        behind_proxy = ProxyFix(flask_app.wsgi_app, x_for=count, x_proto=count, x_host=0)
        flask_app.wsgi_app = behind_proxy  # type: ignore[method-assign]  # as Flask documents it
    request_log.configure_logging(
        settings.log_level, settings.log_json or settings.environment is Environment.PRODUCTION
    )
    _bind_database(flask_app, settings)
    bind_tools(settings)
    _bind_edge(flask_app, settings)
    return flask_app


def _bind_database(flask_app: Flask, settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    # hide_parameters keeps personal data out of the text of errors, and thus out of the log.
    options: dict[str, Any] = {"json_serializer": dump_json, "json_deserializer": orjson.loads, "hide_parameters": True}
    if settings.is_sqlite:
        # The pool hands connections from thread to thread.
        options["connect_args"] = {"timeout": 30, "check_same_thread": False}
    else:
        options |= {
            "pool_size": settings.database_pool_size,
            "max_overflow": 5,
            "pool_timeout": 5,  # afterwards, the request gets 503
            "pool_recycle": 1800,
        }
        options["connect_args"] = {"connect_timeout": 3, **_session_options(settings)}
    flask_app.config["SQLALCHEMY_DATABASE_URI"] = settings.sqlalchemy_url
    flask_app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(flask_app)
    migrate.init_app(flask_app, db, directory="migrations")
    tenancy.install()
    row_visibility.install()
    with flask_app.app_context():
        engine.configure(db.engine, settings.environment is Environment.PRODUCTION)
        if settings.otel_endpoint:
            tracing.install(flask_app, db.engine, settings.otel_endpoint)


def _session_options(settings: Settings) -> dict[str, Any]:
    """Return the connection options of a database session.

    A pooler in transaction mode supports neither options nor prepared statements; there, the database role must set the
    time-outs (README, PgBouncer).
    """
    if settings.database_pooler == "transaction":
        return {"prepare_threshold": None}
    return {"options": DATABASE_OPTIONS}


def bind_tools(settings: Settings) -> None:
    """Configure the process-wide tools with these settings, replacing those of an earlier application."""
    signer.init(settings.secret_key.get_secret_value())
    cipher.init([key.get_secret_value() for key in settings.encryption_keys])
    addresses.init(settings.public_url, settings.app_url)
    keys = {kid: key.get_secret_value() for kid, key in settings.jwt_keys.items()}
    jwt_codec.init(keys, settings.access_token_seconds)
    ledger_signer.init({kid: key.get_secret_value() for kid, key in settings.ledger_keys.items()})
    redis_client.init(settings.redis_url)
    file_store.init(_file_store(settings), settings.max_upload_bytes)
    mail_transport.init(_mail_transport(settings), settings.mail_from, settings.mail_hold_minutes)
    outbound.init(settings.outbound_private_addresses)
    mail_oauth.init(
        {
            "gmail": (settings.gmail_client_id, settings.gmail_client_secret.get_secret_value()),
            "outlook": (settings.outlook_client_id, settings.outlook_client_secret.get_secret_value()),
        }
    )
    reply_addresses.init(settings.inbound_mail_domain, settings.secret_key.get_secret_value())
    metrics.init(settings.metrics_port > 0)
    virus_scanner.init(settings.virus_scanner)
    key = settings.llm_api_key.get_secret_value()
    llm_client.init(settings.llm_base_url, key, settings.llm_model, settings.llm_seconds, settings.llm_monthly_tokens)
    text_encoders.init(with_sentences=settings.match_encoder == "minilm")
    child_limits.init(settings.parser_seconds, settings.parser_memory_mb, settings.parser_characters)


def _bind_edge(flask_app: Flask, settings: Settings) -> None:
    # Published jobs are for any site, such as that of the tenant, and never for cookies.
    resources: dict[Any, Any] = {r"/api/v1/public/careers/*": {"origins": "*", "send_wildcard": True}}
    if settings.cors_origins:
        resources[r"/api/*"] = {"origins": settings.cors_origins, "supports_credentials": True}  # the refresh cookie
    cors.init_app(flask_app, resources=resources, expose_headers=EXPOSED, max_age=600)
    # Hooks run in the order of their registration: the log begins first, so that refused requests have a line, too.
    request_log.install(flask_app)
    security_headers.install(flask_app)
    problems.install(flask_app)
    transport.install(flask_app)
    validation.install(flask_app)
    routes.register(flask_app)
    handoff.install(flask_app)  # last, so that it sees all headers


def _file_store(settings: Settings) -> FileStore:
    if settings.s3_bucket:
        return S3FileStore.connect(settings.s3_bucket, settings.s3_endpoint_url)
    return LocalFileStore(settings.data_dir / "files")


def _mail_transport(settings: Settings) -> Transport:
    if settings.mail_transport == MailTransport.FILE:
        return FileTransport(settings.data_dir / "mail")
    return SmtpTransport(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_username,
        settings.smtp_password.get_secret_value(),
        settings.smtp_starttls,
    )
