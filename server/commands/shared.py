"""Helpers of the commands: application context, error messages, output as tables or JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from flask import Flask
from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.table import Column, Table
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import create_app
from app.services.tenants import tenant_service
from app.utils import scope
from app.utils.errors import DomainError
from app.utils.scope import Actor

console = Console()
WIDE = 1000  # characters per line of piped output, so that tables are not wrapped
OPERATOR = Actor("cli")


class OutputFile(click.Path):
    """The path of a file to write, in an existing folder."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path; fails if its folder does not exist."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"there is no folder {path.parent}", param, ctx)
        return path


as_json_option: Callable[[Any], Any] = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def app_of(context: click.Context) -> Flask:
    """Return the application with the settings of this command."""
    return create_app(context.obj)


@contextmanager
def operating(context: click.Context) -> Iterator[Flask]:
    """Yield the application in its context; domain errors end the command with their message."""
    app = app_of(context)
    with app.app_context():
        try:
            yield app
        except DomainError as error:
            raise click.ClickException(error.detail) from error
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
            raise click.ClickException("; ".join(faults)) from error
        except (OperationalError, ProgrammingError) as error:  # its text may contain a password
            cause = type(error.orig).__name__
            raise click.ClickException(
                f"The database is unreachable, busy or not migrated ({cause}). Run `manage.py doctor`."
            ) from error
        except OSError as error:  # for example a full disk, or a folder that may not be written
            raise click.ClickException(f"{error.filename or 'The file'}: {error.strerror or error}.") from error


def tenant_id_of(slug: str) -> UUID:
    """Return the id of a tenant by its slug; fails if there is none."""
    with scope.platform("the operator names the tenant by its slug", OPERATOR):
        tenant = tenant_service.find_by_slug(slug)
    if tenant is None:
        raise click.ClickException(f"There is no tenant {slug}.")
    return tenant.id


@contextmanager
def in_tenant(slug: str, permissions: frozenset[str] = frozenset()) -> Iterator[UUID]:
    """Bind a tenant with the operator as the actor, which its audit trail records; yield the tenant's id."""
    tenant_id = tenant_id_of(slug)
    with scope.tenant(tenant_id, Actor("cli", permissions=permissions)):
        yield tenant_id


def in_each_tenant(slug: str | None) -> Iterator[str]:
    """Bind the tenant of a slug, or all tenants one after the other, as `in_tenant` does; yield their slugs."""
    with scope.platform("the operator asks about all tenants", OPERATOR):
        slugs = [slug] if slug else tenant_service.slugs()
    for each in slugs:
        with in_tenant(each):
            yield each


def print_result(answer: BaseModel | dict[str, Any], as_json: bool, sentence: str) -> None:
    """Print a result as JSON, or as a sentence."""
    if not as_json:
        console.print(sentence, highlight=False)
        return
    click.echo(answer.model_dump_json() if isinstance(answer, BaseModel) else json.dumps(answer, default=str))


def print_rows(rows: list[dict[str, Any]], as_json: bool, columns: list[str]) -> None:
    """Print rows as JSON, or as a table with these columns."""
    if as_json:
        click.echo(json.dumps(rows, default=str))
        return
    table = Table(*(Column(column, overflow="fold", no_wrap=column == "id") for column in columns))  # ids can be copied
    for row in rows:
        table.add_row(*("" if row[column] is None else str(row[column]) for column in columns))
    console.print(table, width=None if console.is_terminal else WIDE)
