#!/usr/bin/env python
"""Commands for operators: `python manage.py --help`."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import flask_migrate
import sqlalchemy as sa
from flask import Flask
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from app import create_app
from app.inngest import worker
from app.inngest.client import build_client
from app.inngest.embedded_runner import EmbeddedRunner
from app.middleware.openapi import document
from app.schemas.user_schema import UserCreate
from app.services import doctor_service, encryption_service, outbox_service, seed_service, tenant_service, user_service
from app.utils import scope
from app.utils.errors import DomainError
from app.utils.scope import Actor
from config import Settings, load_settings
from demo.journey import run_journey

console = Console()
SEED_BARS = {"jobs": 6, "resumes": seed_service.PEOPLE, "applications": 48}


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """Operate a Fairlead installation."""
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    context.obj = load_settings()


def _app(context: click.Context) -> Flask:
    return create_app(context.obj)


@cli.command()
@click.pass_context
def init(context: click.Context) -> None:
    """Create the database and bring it up to date."""
    _migrate(_app(context))
    console.print(f"The database is ready: {_database_name(context.obj)}")


@cli.command()
@click.pass_context
def migrate(context: click.Context) -> None:
    """Apply the migrations that are missing."""
    _migrate(_app(context))
    console.print("The database is up to date.")


@cli.command("create-migration")
@click.argument("message")
@click.pass_context
def create_migration(context: click.Context, message: str) -> None:
    """Write a migration from the difference between models and database."""
    with _app(context).app_context():
        flask_migrate.migrate(message=message)


@cli.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def drop(context: click.Context, yes: bool) -> None:
    """Delete every table with all its rows."""
    name = _database_name(context.obj)
    if not yes and not (sys.stdin.isatty() and click.confirm(f"Delete everything in {name}?")):
        raise click.ClickException("Nothing was deleted. Say --yes to delete without being asked.")
    app = _app(context)
    with app.app_context():
        flask_migrate.downgrade(revision="base")
    console.print(f"Deleted every table of {name}.")


@cli.command()
@click.pass_context
def seed(context: click.Context) -> None:
    """Create the demonstration tenant, unless it is there."""
    app = _app(context)
    with app.app_context():
        if seed_service.is_seeded():
            console.print("The demonstration tenant is there already.")
            _print_logins()
            return
    _seed(app)
    _print_logins()


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Tell what is configured, what is unsafe, which services answer; ends with 1 on an error."""
    with _app(context).app_context():
        found = doctor_service.examine(context.obj)
    if as_json:
        click.echo(json.dumps([{"level": f.level, "subject": f.subject, "detail": f.detail} for f in found]))
    else:
        table = Table("", "subject", "finding")
        for finding in found:
            table.add_row(finding.level, finding.subject, finding.detail)
        console.print(table)
    sys.exit(any(finding.level == "error" for finding in found))


@cli.group()
def user() -> None:
    """Users of a tenant."""


@user.command("create")
@click.option("--tenant", required=True, help="Slug of the tenant.")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", default="TENANT_ADMIN", show_default=True)
@click.option("--manager", default=None, help="Id of the manager, for TEAM_LEAD and RECRUITER.")
@click.password_option()
@click.pass_context
def create_user(
    context: click.Context, tenant: str, email: str, name: str, role: str, manager: str, password: str
) -> None:
    """Add a user to a tenant."""
    with _app(context).app_context():
        with scope.platform("the operator names the tenant by its slug"):
            found = tenant_service.find_by_slug(tenant)
        if found is None:
            raise click.ClickException(f"There is no tenant {tenant}.")
        try:
            body: dict[str, Any] = {
                "email": email,
                "name": name,
                "role": role,
                "manager_id": manager,
                "password": password,
            }
            new = UserCreate.model_validate(body)
            with scope.tenant(found.id, Actor("cli")):
                created = user_service.create(new)
        except (DomainError, ValueError) as error:
            raise click.ClickException(str(error)) from error
    console.print(f"Created {created.email} ({created.role}) in {tenant}.")


@cli.group()
def keys() -> None:
    """Keys that encrypt secrets in the database."""


@keys.command("rotate")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def rotate_keys(context: click.Context, as_json: bool) -> None:
    """Bring every secret under the first of ENCRYPTION_KEYS; the others may then be removed."""
    with _app(context).app_context(), scope.platform("the operator rotates the keys"):
        renewed = encryption_service.rotate()
    click.echo(json.dumps({"renewed": renewed}) if as_json else f"Renewed {renewed} secrets.")


@cli.command()
@click.option("--output", type=click.Path(path_type=Path), default=None, help="File to write; the screen if left out.")
@click.pass_context
def openapi(context: click.Context, output: Path | None) -> None:
    """Write the OpenAPI document."""
    text = json.dumps(document(_app(context)), indent=2)
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n")


@cli.command()
@click.pass_context
def mail(context: click.Context) -> None:
    """List the mails of the local mailbox, the newest last."""
    folder = context.obj.data_dir / "mail"
    table = Table("when", "to", "subject")
    for path in sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        table.add_row(f"{when:%Y-%m-%d %H:%M}", str(message["To"]), str(message["Subject"]))
    console.print(table)


@cli.group()
def jobs() -> None:
    """Jobs of the outbox."""


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def list_jobs(context: click.Context, as_json: bool) -> None:
    """List what is promised and not yet done, and what failed."""
    with _app(context).app_context(), scope.platform("the operator looks at the jobs"):
        rows = [
            {
                "id": str(row.id),
                "name": row.name,
                "failed": row.failed_at is not None,
                "sends": row.sends,
                "error": row.error,
            }
            for row in outbox_service.open_rows()
        ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    table = Table("id", "job", "failed", "sends", "error")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console.print(table)


@jobs.command("retry")
@click.argument("job_id", type=click.UUID)
@click.pass_context
def retry_job(context: click.Context, job_id: UUID) -> None:
    """Drive a failed job again."""
    with _app(context).app_context(), scope.platform("the operator drives a job again"):
        if not outbox_service.retry(job_id):
            raise click.ClickException("There is no such failed job.")
    console.print("The job is due again.")


@cli.command("worker")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.pass_context
def run_worker(context: click.Context, host: str) -> None:
    """Serve the Inngest server and relay the outbox; replaces this process by gunicorn."""
    if not context.obj.uses_inngest:
        raise click.ClickException("INNGEST_BASE_URL is not set: the API process runs the jobs itself.")
    bind = f"{host}:{context.obj.worker_port}"
    options = [
        "--bind",
        bind,
        "--workers",
        "1",
        "--threads",
        "16",
        "--timeout",
        "120",
        "--graceful-timeout",
        "30",
        "--no-control-socket",
    ]
    os.execvp(sys.executable, [sys.executable, "-m", "gunicorn", "-c", "/dev/null", *options, "manage:worker_app()"])


def worker_app() -> Flask:
    """The worker's application, for gunicorn."""
    app = create_app()
    worker.start_relay(app, worker.mount(app))
    return app


@cli.command()
@click.option("--url", default="http://localhost:5000", show_default=True, help="A running server.")
@click.option("--resumes", type=click.Path(exists=True, path_type=Path), multiple=True, help="Resume files to upload.")
def demo(url: str, resumes: tuple[Path, ...]) -> None:
    """Run the whole journey against a running server and print each step."""
    run_journey(url, lambda line: console.print(line, highlight=False), list(resumes))


def _migrate(app: Flask) -> None:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with app.app_context():
        flask_migrate.upgrade()


def _seed(app: Flask) -> None:
    columns = (TextColumn("{task.description:>13}"), BarColumn(), MofNCompleteColumn())
    runner = EmbeddedRunner(app, build_client(app.config["SETTINGS"]))
    with Progress(*columns, console=console) as bars:
        tasks = {name: bars.add_task(name, total=total) for name, total in SEED_BARS.items()}
        running = bars.add_task("running jobs", total=None)

        def progress(name: str, amount: int) -> None:
            bars.advance(tasks[name], amount)

        with app.app_context():
            tenant_id = seed_service.seed_tenant()
            seed_service.seed_people(tenant_id, progress)
        runner.drain()
        with app.app_context():
            seed_service.seed_applications(tenant_id, progress)
        runner.drain()
        bars.update(running, total=1, completed=1)


def _print_logins() -> None:
    table = Table("role", "email", "password", title="Demonstration logins")
    for login in seed_service.logins():
        table.add_row(login.role, login.email, login.password)
    console.print(table)


@cli.command()
def logins() -> None:
    """Print the demonstration logins."""
    _print_logins()


def _database_name(settings: Settings) -> str:
    return sa.make_url(settings.sqlalchemy_url).render_as_string(hide_password=True)


if __name__ == "__main__":
    cli()
