"""Commands that check the data of candidates."""

from __future__ import annotations

import click

from app.services.duplicates import identity_review_service
from app.services.tenants import tenant_service
from app.utils import scope
from commands.shared import OPERATOR, as_json_option, in_tenant, operating, print_rows

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
        with scope.platform("the operator asks about all tenants", OPERATOR):
            slugs = [tenant] if tenant else tenant_service.slugs()
        for slug in slugs:
            with in_tenant(slug):
                found = list(identity_review_service.doubtful())
            rows += [
                {
                    "tenant": slug,
                    "candidate_id": str(each.candidate_id),
                    "doubt": each.doubt.value,
                    "raised_by": str(each.raised_by),
                }
                for each in found
            ]
    print_rows(rows, as_json, COLUMNS)
