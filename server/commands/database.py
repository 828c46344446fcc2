"""Commands for the database: create, migrate, drop, demonstration data."""

from __future__ import annotations

import logging
import sys

import click
import flask_migrate
import sqlalchemy as sa
from alembic.migration import MigrationContext
from flask import Flask
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from app.extensions import db
from app.inngest.client import build_client
from app.inngest.embedded_runner import EmbeddedRunner
from app.services.platform import seed_service
from commands.shared import app_of, console
from config import Settings

SEED_BARS = {"jobs": 6, "applications": 48}  # how many seed_service adds, for the progress bars


@click.command()
@click.pass_context
def init(context: click.Context) -> None:
    """Create the database and apply all migrations."""
    _migrate(app_of(context))
    console.print(f"The database is ready: {_database_name(context.obj)}")


@click.command()
@click.pass_context
def migrate(context: click.Context) -> None:
    """Apply pending migrations."""
    before, after = _migrate(app_of(context))
    console.print("The database is up to date." if before == after else f"The database is now at migration {after}.")


@click.command("create-migration")
@click.argument("message")
@click.pass_context
def create_migration(context: click.Context, message: str) -> None:
    """Generate a migration from the difference between the models and the database."""
    with app_of(context).app_context():
        flask_migrate.migrate(message=message)


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.pass_context
def drop(context: click.Context, yes: bool) -> None:
    """Delete all tables and their rows."""
    name = _database_name(context.obj)
    if not yes and not (sys.stdin.isatty() and click.confirm(f"Delete everything in {name}?")):
        raise click.ClickException("Nothing was deleted. Use --yes to delete without confirmation.")
    app = app_of(context)
    with app.app_context():
        # Not drop_all(): migrations have also created functions, triggers and policies.
        flask_migrate.downgrade(revision="base")
    console.print(f"Deleted all tables of {name}.")


@click.command()
@click.option(
    "--people",
    default=seed_service.PEOPLE,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="Number of candidates with a resume.",
)
@click.pass_context
def seed(context: click.Context, people: int) -> None:
    """Create the demonstration tenant, unless it already exists."""
    app = app_of(context)
    with app.app_context():
        if seed_service.is_seeded():
            console.print("The demonstration tenant is there already.")
            _print_logins()
            return
    _seed(app, people)
    _print_logins()


@click.command()
def logins() -> None:
    """Print the demonstration logins."""
    _print_logins()


def _migrate(app: Flask) -> tuple[str | None, str | None]:
    """Apply the migrations; return the revisions before and after."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = app.config["SETTINGS"]
    with app.app_context():
        before = _revision(settings)
        flask_migrate.upgrade()
        return before, _revision(settings)


def _revision(settings: Settings) -> str | None:
    engine = db.engine
    # As the owner: the application's role may read nothing before the first migration with both roles grants it.
    if settings.database_owner_url:
        engine = sa.create_engine(settings.owner_url, poolclass=sa.NullPool, connect_args={"connect_timeout": 3})
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _seed(app: Flask, people: int) -> None:
    columns = (TextColumn("{task.description:>13}"), BarColumn(), MofNCompleteColumn())
    runner = EmbeddedRunner(app, build_client(app.config["SETTINGS"], is_embedded=True))
    with Progress(*columns, console=console) as bars:
        totals = {**SEED_BARS, "resumes": people}
        tasks = {name: bars.add_task(name, total=total) for name, total in totals.items()}
        running = bars.add_task("functions", total=None)

        def progress(name: str, amount: int) -> None:
            bars.advance(tasks[name], amount)

        with app.app_context():
            tenant_id = seed_service.seed_tenant()
            seed_service.seed_jobs(tenant_id, progress)
            seed_service.seed_people(tenant_id, progress, people)
        runner.drain()
        with app.app_context():
            # Only now: `drain` has parsed the resumes, so there are candidates who can apply.
            seed_service.seed_applications(tenant_id, progress)
            seed_service.seed_hiring_of(tenant_id)
        runner.drain()
        bars.update(running, total=1, completed=1)


def _print_logins() -> None:
    table = Table("role", "email", "password", title="Demonstration logins")
    for login in seed_service.logins():
        table.add_row(login.role, login.email, login.password)
    console.print(table)


def _database_name(settings: Settings) -> str:
    return sa.make_url(settings.sqlalchemy_url).render_as_string(hide_password=True)
