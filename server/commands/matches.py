"""Commands that keep matches up to date."""

from __future__ import annotations

import click

from app.services.matching import match_rebuild_service
from app.services.tenants import tenant_service
from app.utils import scope
from commands.shared import OPERATOR, as_json_option, in_tenant, operating, print_result


@click.group()
def matches() -> None:
    """Matches of candidates and jobs."""


@matches.command("rebuild")
@click.option("--tenant", default=None, help="Slug of a tenant. Defaults to all tenants.")
@as_json_option
@click.pass_context
def rebuild(context: click.Context, tenant: str | None, as_json: bool) -> None:
    """Rank all candidates anew, in the background. Needed after a change of MATCH_ENCODER."""
    with operating(context):
        with scope.platform("the operator asks about all tenants", OPERATOR):
            slugs = [tenant] if tenant else tenant_service.slugs()
        for slug in slugs:
            with in_tenant(slug):
                match_rebuild_service.request()
    print_result(
        {"tenants": len(slugs)}, as_json, f"Tenants whose matches are rebuilt in the background: {len(slugs)}."
    )
