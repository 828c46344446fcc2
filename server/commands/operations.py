"""Commands for operating an installation: keys, runs, emails, OpenAPI, demonstration."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import click

from app.middleware.openapi.generator import document
from app.services.events import outbox_service
from app.services.messages import inbound_service
from app.services.operations import encryption_service
from app.utils import scope
from app.utils.errors import NotFound
from commands.shared import OPERATOR, OutputFile, app_of, as_json_option, console, operating, print_result, print_rows
from demo.journey import JourneyFailed, run_journey


@click.group()
def keys() -> None:
    """Keys that encrypt secrets in the database."""


@keys.command("rotate")
@as_json_option
@click.pass_context
def rotate_keys(context: click.Context, as_json: bool) -> None:
    """Re-encrypt every secret with the first of ENCRYPTION_KEYS. You can then remove the other keys."""
    with operating(context), scope.platform("the operator rotates the keys", OPERATOR):
        renewed = encryption_service.rotate()
    print_result({"renewed": renewed}, as_json, f"Re-encrypted {renewed} secrets.")


@click.command("inbound-mail")
@click.argument("recipients", nargs=-1)
@click.pass_context
def inbound_mail(context: click.Context, recipients: tuple[str, ...]) -> None:
    """Take in one email from standard input, for the pipe of a mail server. RECIPIENTS are those of the envelope.

    Exits with 67 (no such user) if the email answers none of ours, so that the mail server refuses it.
    """
    data = sys.stdin.buffer.read()
    with operating(context):
        try:
            result = inbound_service.receive(data, recipients)
        except NotFound as error:
            click.echo(error.detail, err=True)
            context.exit(67)
    click.echo(result)


@click.group()
def jobs() -> None:
    """Background runs in the outbox."""


@jobs.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True)
@as_json_option
@click.pass_context
def list_jobs(context: click.Context, limit: int, as_json: bool) -> None:
    """List unfinished and failed runs, oldest first."""
    with operating(context), scope.platform("the operator looks at the jobs", OPERATOR):
        rows = [
            {
                "id": str(row.id),
                "name": row.name,
                "state": outbox_service.state_of(row),
                "due": f"{row.due_at:%Y-%m-%d %H:%M:%S}",
                "sends": row.sends,
                "error": row.error,
            }
            for row in outbox_service.open_rows(limit)
        ]
        left = outbox_service.count_open() - len(rows)
    print_rows(rows, as_json, ["id", "name", "state", "due", "sends", "error"])
    if left > 0:
        click.echo(f"{left} more are not shown; raise --limit to see them.", err=True)


@jobs.command("retry")
@click.argument("job_id", type=click.UUID, required=False)
@click.option("--lost", is_flag=True, help="Retry all runs that were claimed and have been silent for too long.")
@as_json_option
@click.pass_context
def retry_job(context: click.Context, job_id: UUID | None, lost: bool, as_json: bool) -> None:
    """Retry an unfinished run, whether it failed, was lost or is waiting."""
    if (job_id is None) is not lost:
        raise click.UsageError("Pass either the id of a run or --lost.")
    with operating(context), scope.platform("the operator drives a job again", OPERATOR):
        if lost:
            count = outbox_service.retry_lost()
            return print_result({"retried": count}, as_json, f"Scheduled {count} runs again.")
        if job_id is None or not outbox_service.retry(job_id):
            raise click.ClickException("No unfinished run has this id.")
    print_result({"id": job_id}, as_json, "The run is scheduled again.")


@jobs.command("dismiss")
@click.argument("job_id", type=click.UUID)
@as_json_option
@click.pass_context
def dismiss_job(context: click.Context, job_id: UUID, as_json: bool) -> None:
    """Dismiss a failed run, so that it is neither retried nor counted."""
    with operating(context), scope.platform("the operator lets a job rest", OPERATOR):
        if not outbox_service.dismiss(job_id):
            raise click.ClickException("No failed run has this id.")
    print_result({"id": job_id}, as_json, "The run was dismissed.")


@click.command()
@click.option("--output", type=OutputFile(), default=None, help="File to write. Defaults to standard output.")
@click.pass_context
def openapi(context: click.Context, output: Path | None) -> None:
    """Write the OpenAPI document."""
    text = json.dumps(document(app_of(context)), indent=2)
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n")


@click.group(invoke_without_command=True)
@as_json_option
@click.pass_context
def mail(context: click.Context, as_json: bool) -> None:
    """List the emails in the local mailbox, newest last. `mail show ID` prints one."""
    if context.invoked_subcommand is not None:
        return
    rows = []
    for path in sorted(_mailbox(context).glob("*.eml"), key=lambda path: path.stat().st_mtime):
        message = _read_mail(path)
        when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        told = {"to": str(message["To"]), "subject": str(message["Subject"])}
        rows.append({"id": path.stem, "when": f"{when:%Y-%m-%d %H:%M}", **told})
    print_rows(rows, as_json, ["id", "when", "to", "subject"])


@mail.command("show")
@click.argument("mail_id", type=click.UUID)
@click.option("--html", is_flag=True, help="Print the HTML part instead of the text.")
@click.pass_context
def show_mail(context: click.Context, mail_id: UUID, html: bool) -> None:
    """Print an email of the local mailbox: headers, text and the names of attachments."""
    path = _mailbox(context) / f"{mail_id}.eml"
    if not path.is_file():
        raise click.ClickException("There is no email with this id in the local mailbox. `manage.py mail` lists them.")
    message = _read_mail(path)
    part = message.get_body(("html",) if html else ("plain",))
    for name in ("Date", "From", "Reply-To", "To", "Subject"):
        if message[name]:
            click.echo(f"{name}: {message[name]}")
    click.echo(f"\n{part.get_content() if part else ''}".rstrip())
    for attachment in message.iter_attachments():
        click.echo(f"[{attachment.get_content_type()}: {attachment.get_filename()}]")


def _mailbox(context: click.Context) -> Path:
    folder: Path = context.obj.data_dir / "mail"
    return folder


def _read_mail(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


@click.command()
@click.option("--url", default="http://localhost:5000", show_default=True, help="URL of a running server.")
@click.option("--resumes", type=click.Path(exists=True, path_type=Path), multiple=True, help="Resume files to upload.")
def demo(url: str, resumes: tuple[Path, ...]) -> None:
    """Run the complete demonstration against a running server and print each step."""
    try:
        run_journey(url, lambda line: console.print(line, highlight=False), list(resumes))
    except JourneyFailed as error:
        raise click.ClickException(str(error)) from error
