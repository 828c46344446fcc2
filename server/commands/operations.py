"""Looking after an installation: keys, jobs, mails, documents."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import click

from app.middleware.openapi.generator import document
from app.services.events import outbox_service
from app.services.operations import encryption_service
from app.utils import scope
from commands.shared import OPERATOR, OutputFile, app_of, as_json_option, console, operating, print_result, print_rows
from demo.journey import run_journey


@click.group()
def keys() -> None:
    """Keys that encrypt secrets in the database."""


@keys.command("rotate")
@as_json_option
@click.pass_context
def rotate_keys(context: click.Context, as_json: bool) -> None:
    """Bring every secret under the first of ENCRYPTION_KEYS; the others may then be removed."""
    with operating(context), scope.platform("the operator rotates the keys", OPERATOR):
        renewed = encryption_service.rotate()
    print_result({"renewed": renewed}, as_json, f"Renewed {renewed} secrets.")


@click.group()
def jobs() -> None:
    """Jobs of the outbox."""


@jobs.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True)
@as_json_option
@click.pass_context
def list_jobs(context: click.Context, limit: int, as_json: bool) -> None:
    """List unfinished and failed jobs, the oldest first."""
    with operating(context), scope.platform("the operator looks at the jobs", OPERATOR):
        rows = [
            {
                "id": str(row.id),
                "name": row.name,
                "state": outbox_service.state_of(row),
                "sends": row.sends,
                "error": row.error,
            }
            for row in outbox_service.open_rows(limit)
        ]
        left = outbox_service.count_open() - len(rows)
    print_rows(rows, as_json, ["id", "name", "state", "sends", "error"])
    if left > 0:
        click.echo(f"{left} more are not shown; raise --limit to see them.", err=True)


@jobs.command("retry")
@click.argument("job_id", type=click.UUID, required=False)
@click.option("--lost", is_flag=True, help="Every job that was taken up and has been silent for too long.")
@as_json_option
@click.pass_context
def retry_job(context: click.Context, job_id: UUID | None, lost: bool, as_json: bool) -> None:
    """Run an unfinished job again, whether it failed, was lost or is waiting."""
    if (job_id is None) is not lost:
        raise click.UsageError("Name one job, or say --lost.")
    with operating(context), scope.platform("the operator drives a job again", OPERATOR):
        if lost:
            count = outbox_service.retry_lost()
            return print_result({"retried": count}, as_json, f"{count} jobs are due again.")
        if job_id is None or not outbox_service.retry(job_id):
            raise click.ClickException("There is no such job, or it is done.")
    print_result({"id": job_id}, as_json, "The job is due again.")


@jobs.command("dismiss")
@click.argument("job_id", type=click.UUID)
@as_json_option
@click.pass_context
def dismiss_job(context: click.Context, job_id: UUID, as_json: bool) -> None:
    """Let a failed job rest: it is neither run nor counted any more."""
    with operating(context), scope.platform("the operator lets a job rest", OPERATOR):
        if not outbox_service.dismiss(job_id):
            raise click.ClickException("There is no such job, or it has not failed.")
    print_result({"id": job_id}, as_json, "The job is dismissed.")


@click.command()
@click.option("--output", type=OutputFile(), default=None, help="File to write; the screen if left out.")
@click.pass_context
def openapi(context: click.Context, output: Path | None) -> None:
    """Write the OpenAPI document."""
    text = json.dumps(document(app_of(context)), indent=2)
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n")


@click.command()
@as_json_option
@click.pass_context
def mail(context: click.Context, as_json: bool) -> None:
    """List the mails of the local mailbox, the newest last."""
    rows = []
    for path in sorted((context.obj.data_dir / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        rows.append({"when": f"{when:%Y-%m-%d %H:%M}", "to": str(message["To"]), "subject": str(message["Subject"])})
    print_rows(rows, as_json, ["when", "to", "subject"])


@click.command()
@click.option("--url", default="http://localhost:5000", show_default=True, help="A running server.")
@click.option("--resumes", type=click.Path(exists=True, path_type=Path), multiple=True, help="Resume files to upload.")
def demo(url: str, resumes: tuple[Path, ...]) -> None:
    """Run the whole journey against a running server and print each step."""
    run_journey(url, lambda line: console.print(line, highlight=False), list(resumes))
