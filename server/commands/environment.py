"""Commands for the settings: create a `.env`, and diagnose problems, even if the server does not start."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.services.operations import doctor_service
from app.services.operations.doctor_service import Finding
from app.utils.validation_errors import field_errors
from commands.shared import OutputFile, as_json_option, operating, print_rows
from config import Settings, env_file, load_settings
from config.settings import Environment

EXISTING = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
COLUMNS = ["level", "subject", "detail"]


@click.group()
def env() -> None:
    """The settings of a deployment."""


@env.command("new")
@click.option("--public-url", default="https://fairlead.example", show_default=True, help="Public URL of the API.")
@click.option("--mail-from", default="no-reply@fairlead.example", show_default=True, help="Sender of all emails.")
@click.option("--output", type=OutputFile(), default=None, help="File to write. Defaults to standard output.")
def new(public_url: str, mail_from: str, output: Path | None) -> None:
    """Write a .env for docker-compose.yml with fresh secrets. Never overwrites an existing file."""
    try:
        text = env_file.new(public_url, mail_from)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        # The file contains secrets: private from the start, and never written through a planted link.
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"{output} already exists. Nothing was changed.") from error
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    click.echo(f"Wrote {output}.", err=True)


@click.command()
@click.option("--env", "path", type=EXISTING, help="Check only this .env file; - reads it from standard input.")
@as_json_option
@click.pass_context
def doctor(context: click.Context, path: Path | None, as_json: bool) -> None:
    """Report what is configured, what is unsafe and which services respond. Exits with 1 on an error."""
    found = [Finding("error", str(path), fault) for fault in _faults(path)] if path else _examine(context)
    rows = [{"level": f.level, "subject": f.subject, "detail": f.detail} for f in found]
    if path and not rows and not as_json:
        click.echo(f"{path} is good.")
    else:
        print_rows(rows, as_json, COLUMNS)
    sys.exit(any(finding.level == "error" for finding in found))


def _faults(path: Path) -> list[str]:
    try:
        return env_file.faults(env_file.read(path))
    except ValueError as error:
        return [str(error)]


def _examine(context: click.Context) -> list[Finding]:
    settings, found = readable_settings()
    found += [Finding("warning", name, detail) for name, detail in env_file.misspelt().items()]
    context.obj = settings
    try:
        with operating(context):
            return found + doctor_service.examine(settings)
    except click.ClickException as error:
        detail = error.message
    except (OSError, ImportError) as error:
        detail = str(error)
    except (ValueError, RuntimeError, SQLAlchemyError) as error:  # its text may contain a password
        detail = type(error).__name__
    return [*found, Finding("error", "application", f"it does not start: {detail}")]


def readable_settings() -> tuple[Settings, list[Finding]]:
    """Return the settings, with the default of each invalid one, and a finding per invalid setting."""
    overrides: dict[str, object] = {}
    found: list[Finding] = []
    # Each round replaces the settings that are invalid, until the others load.
    while True:
        try:
            return load_settings(**overrides), found
        except ValidationError as error:
            for each in field_errors(error):
                name = each["pointer"].strip("/").split("/")[0]  # empty for the settings as a whole
                if name in Settings.model_fields and name not in overrides:
                    found.append(Finding("error", name.upper(), each["detail"]))
                    overrides[name] = Settings.model_fields[name].get_default(call_default_factory=True)
                else:  # refused as a whole: the doctor reports what is unsafe
                    overrides["environment"] = Environment.DEVELOPMENT
                    found.append(Finding("error", "ENVIRONMENT", each["detail"]))
