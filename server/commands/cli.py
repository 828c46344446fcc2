"""The command line of `manage.py`."""

from __future__ import annotations

import os
import sys

import click
from flask import Flask
from pydantic import ValidationError

from app import create_app
from app.inngest import worker
from commands import audit, backups, candidates, database, environment, matches, operations, people, tenants
from config import Settings, load_settings

WORKER_OPTIONS = {
    "--workers": "1",
    "--threads": "16",
    "--timeout": "120",
    "--graceful-timeout": "30",
    "--max-requests": "0",
}

WITHOUT_SETTINGS = ("doctor", "env")  # usable with invalid settings


def _settings() -> Settings:
    try:
        return load_settings()
    except ValidationError as error:
        told = ((each["loc"], each["msg"].removeprefix("Value error, ")) for each in error.errors())
        faults = (f"{'.'.join(map(str, where)).upper()} {said}".strip() for where, said in told)
        raise click.ClickException(f"{'; '.join(faults)}. See `manage.py doctor`.") from error


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """Operate a Fairlead installation."""
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    if context.invoked_subcommand not in WITHOUT_SETTINGS:
        context.obj = _settings()


@cli.command("worker")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.pass_context
def run_worker(context: click.Context, host: str) -> None:
    """Serve functions to the Inngest server and relay the outbox. Replaces this process with gunicorn."""
    if not context.obj.uses_inngest:
        raise click.ClickException("INNGEST_BASE_URL is not set. The API process runs the functions itself.")
    options = {**WORKER_OPTIONS, "--bind": f"{host}:{context.obj.worker_port}", "-c": "gunicorn.conf.py"}
    words = [word for pair in options.items() for word in pair]
    os.execvp(sys.executable, [sys.executable, "-m", "gunicorn", *words, "commands.cli:worker_app()"])


def worker_app() -> Flask:
    """Return the worker's application, for gunicorn."""
    app = create_app()
    worker.start_relay(app, worker.mount(app))
    return app


COMMANDS = (
    database.init,
    database.migrate,
    database.create_migration,
    database.drop,
    database.seed,
    database.logins,
    people.user,
    people.platform_admin,
    tenants.tenant,
    candidates.candidates,
    matches.matches,
    audit.audit,
    backups.backup,
    backups.restore,
    environment.doctor,
    environment.env,
    operations.keys,
    operations.inbound_mail,
    operations.jobs,
    operations.openapi,
    operations.mail,
    operations.demo,
)
for command in COMMANDS:
    cli.add_command(command)
