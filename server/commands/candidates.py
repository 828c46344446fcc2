"""Commands that check the data of candidates."""

from __future__ import annotations

import click

from app.services.duplicates import identity_review_service
from commands.shared import as_json_option, in_each_tenant, operating, print_rows

COLUMNS = ["tenant", "candidate_id", "doubt", "raised_by"]


@click.group()
def candidates() -> None:
    """Candidates of tenants."""


@candidates.command("doubtful")
@click.option("--tenant", default=None, help="Slug of a tenant. Defaults to all tenants.")
@as_json_option
@click.pass_context
def doubtful(context: click.Context, tenant: str | None, as_json: bool) -> None:
    """List candidates that may have the contact point, resume or name of another person. Prints ids only."""
    rows = []
    with operating(context):
        for slug in in_each_tenant(tenant):
            rows += [
                {
                    "tenant": slug,
                    "candidate_id": str(each.candidate_id),
                    "doubt": each.doubt.value,
                    "raised_by": str(each.raised_by),
                }
                for each in identity_review_service.doubtful()
            ]
    print_rows(rows, as_json, COLUMNS)
