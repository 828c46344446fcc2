"""Commands for backups of the whole installation."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.services.operations import backup_service
from app.utils import scope
from commands.shared import OPERATOR, OutputFile, as_json_option, operating, print_result

REPLACES = "This replaces the existing database. Continue?"


@click.command()
@click.option("--output", required=True, type=OutputFile(), help="File to write.")
@as_json_option
@click.pass_context
def backup(context: click.Context, output: Path, as_json: bool) -> None:
    """Back up the database and files to one file, with checksums. The server can keep running."""
    with operating(context), scope.platform("the operator makes a backup", OPERATOR):
        report = backup_service.create(output, context.obj.sqlalchemy_url)
    print_result(report, as_json, f"Wrote {output}: {report.database}, {report.files} files, {report.bytes} bytes.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Only verify the checksums.")
@click.option("--yes", is_flag=True, help="Replace existing data without asking.")
@as_json_option
@click.pass_context
def restore(context: click.Context, file: Path, only_check: bool, yes: bool, as_json: bool) -> None:
    """Check a backup and replace the existing data with it. Stop the server first, and run `migrate` afterwards."""
    with operating(context), scope.platform("the operator restores a backup", OPERATOR):
        if only_check:
            print_result(backup_service.check(file), as_json, f"{file} is intact.")
            return
        # Without a terminal, nobody can confirm: a script has to pass --yes.
        if not backup_service.is_empty() and not yes and not (sys.stdin.isatty() and click.confirm(REPLACES)):
            raise click.ClickException("Nothing was changed. Use --yes to replace the existing data.")
        report = backup_service.restore(file, context.obj.owner_url)  # only the owner may drop the schema
    print_result(
        report, as_json, f"Restored {report.files} files and the database of {report.made_at:%Y-%m-%d %H:%M} UTC."
    )
