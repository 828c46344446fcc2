"""Commands that keep matches up to date."""

from __future__ import annotations

import click

from app.services.matching import match_rebuild_service
from commands.shared import as_json_option, in_each_tenant, operating, print_result


@click.group()
def matches() -> None:
    """Matches of candidates and jobs."""


@matches.command("rebuild")
@click.option("--tenant", default=None, help="Slug of a tenant. Defaults to all tenants.")
@as_json_option
@click.pass_context
def rebuild(context: click.Context, tenant: str | None, as_json: bool) -> None:
    """Rank all candidates anew, in the background. Needed after a change of MATCH_ENCODER."""
    count = 0
    with operating(context):
        for count, _ in enumerate(in_each_tenant(tenant), start=1):
            match_rebuild_service.request()
    print_result({"tenants": count}, as_json, f"Tenants whose matches are rebuilt in the background: {count}.")
