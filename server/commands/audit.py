"""Commands for the audit trail: export, verify, checkpoint."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from app.services.events import ledger_checkpoint_service
from app.services.tenants import ledger_export_service
from app.utils import scope
from app.utils.ledger_signer import ledger_signer
from commands.shared import OPERATOR, OutputFile, as_json_option, in_tenant, operating, print_result


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("export")
@click.option("--tenant", required=True, help="Slug of the tenant.")
@click.option("--output", required=True, type=OutputFile(), help="File to write.")
@as_json_option
@click.pass_context
def export(context: click.Context, tenant: str, output: Path, as_json: bool) -> None:
    """Export the audit trail of a tenant to a file that can be verified offline."""
    with operating(context), in_tenant(tenant):
        with output.open("wb") as target:
            for chunk in ledger_export_service.export().chunks:
                target.write(chunk)
        print_result({"file": str(output), "bytes": output.stat().st_size}, as_json, f"Wrote {output}.")


@audit.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--public-key", multiple=True, help="NAME:HEX of a trusted key. Defaults to this installation's keys.")
@as_json_option
@click.pass_context
def verify(context: click.Context, file: Path, public_key: tuple[str, ...], as_json: bool) -> None:
    """Verify the chain, the checkpoints and the end of an export, without a database. Exits with 1 if invalid."""
    # No application is created: whoever verifies an export may have no database.
    ledger_signer.init({kid: secret.get_secret_value() for kid, secret in context.obj.ledger_keys.items()})
    named = dict(_public_key(part) for part in public_key)
    with file.open("rb") as lines:
        report = ledger_export_service.check(lines, named or ledger_signer.public_keys())
    if report.valid and report.untrusted_checkpoints and public_key and not report.checkpoints:
        raise click.ClickException("No checkpoint of the export is signed by one of these keys.")
    sentence = f"Verified {report.events} events and {report.checkpoints} checkpoints."
    if report.untrusted_checkpoints:
        sentence += f" {report.untrusted_checkpoints} checkpoints are signed by untrusted keys."
    print_result(report, as_json, sentence if report.valid else f"The export is invalid: {report.fault}.")
    sys.exit(not report.valid)


def _public_key(text: str) -> tuple[str, str]:
    name, _, key = text.partition(":")
    # Not ignored: the export would be verified with the installation's own keys instead.
    if not name or not re.fullmatch(r"[0-9a-f]{64}", key.strip().lower()):
        raise click.BadParameter("must be NAME:HEX, with 64 hexadecimal digits.", param_hint="--public-key")
    return name, key.strip().lower()


@audit.command("checkpoint")
@as_json_option
@click.pass_context
def checkpoint(context: click.Context, as_json: bool) -> None:
    """Sign the head of every ledger that has grown, as the nightly run does."""
    with operating(context), scope.platform("the operator signs the ledgers", OPERATOR):
        signed = ledger_checkpoint_service.sign_all()
    print_result({"signed": signed}, as_json, f"Signed {signed} ledgers.")
