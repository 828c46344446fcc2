"""Commands for tenants."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress

from app.models.tenant import PLATFORM
from app.schemas.platform_tenant_schema import PlatformTenantQuery, TenantAction, TenantDeletion
from app.services.platform import platform_tenant_service
from app.services.tenants import tenant_export_service, tenant_import_service
from app.utils import scope
from commands.shared import (
    OPERATOR,
    OutputFile,
    as_json_option,
    console,
    in_tenant,
    operating,
    print_result,
    print_rows,
)

COLUMNS = ["slug", "name", "status", "plan", "users", "candidates", "storage_bytes", "delete_after"]
RIGHTS = frozenset({PLATFORM})  # the state machine of tenants asks for this permission


@click.group()
def tenant() -> None:
    """Tenants of this installation."""


@tenant.command("list")
@click.option("--q", default=None, help="Part of the name or slug.")
@click.option("--status", default=None)
@as_json_option
@click.pass_context
def list_tenants(context: click.Context, q: str | None, status: str | None, as_json: bool) -> None:
    """List tenants with their plan and usage."""
    found, cursor = [], None
    with operating(context), scope.platform("the operator lists the tenants", OPERATOR):
        while True:
            query = PlatformTenantQuery.model_validate({"q": q, "status": status, "limit": 200, "cursor": cursor})
            page = platform_tenant_service.list_tenants(query)
            found += [row.model_dump(mode="json") for row in page.data]
            cursor = page.next_cursor
            if cursor is None:
                break
    print_rows(found, as_json, COLUMNS)


@tenant.command("suspend")
@click.argument("slug")
@click.option("--reason", required=True, help="10 to 500 characters.")
@as_json_option
@click.pass_context
def suspend(context: click.Context, slug: str, reason: str, as_json: bool) -> None:
    """Suspend a tenant. Nobody can sign in to it until it is reactivated."""
    with operating(context), in_tenant(slug, RIGHTS):
        changed = platform_tenant_service.act("suspend", TenantAction(reason=reason), None)
        print_result(changed, as_json, f"{slug} is {changed.status}.")


@tenant.command("reactivate")
@click.argument("slug")
@as_json_option
@click.pass_context
def reactivate(context: click.Context, slug: str, as_json: bool) -> None:
    """Reactivate a suspended or inactive tenant."""
    with operating(context), in_tenant(slug, RIGHTS):
        changed = platform_tenant_service.act("reactivate", TenantAction(), None)
        print_result(changed, as_json, f"{slug} is {changed.status}.")


@tenant.command("delete")
@click.argument("slug")
@click.option("--reason", required=True, help="10 to 500 characters.")
@click.option("--confirm", required=True, help="The slug again, to confirm.")
@as_json_option
@click.pass_context
def delete(context: click.Context, slug: str, reason: str, confirm: str, as_json: bool) -> None:
    """Block access to a tenant now, and delete all of its data in 30 days."""
    with operating(context), in_tenant(slug, RIGHTS):
        changed = platform_tenant_service.schedule_deletion(TenantDeletion(slug=confirm, reason=reason))
        print_result(
            changed, as_json, f"{slug} is {changed.status}. Its data will be deleted after {changed.delete_after}."
        )


@tenant.command("export")
@click.argument("slug")
@click.option("--output", required=True, type=OutputFile(), help="Archive to write.")
@as_json_option
@click.pass_context
def export(context: click.Context, slug: str, output: Path, as_json: bool) -> None:
    """Export all data of a tenant to an archive, except passwords and keys."""
    with operating(context), in_tenant(slug, RIGHTS):
        with Progress(BarColumn(), MofNCompleteColumn(), console=console, disable=as_json) as bars:
            task = bars.add_task("export")
            tenant_export_service.write_file(output, lambda done, total: bars.update(task, completed=done, total=total))
        print_result({"file": str(output), "bytes": output.stat().st_size}, as_json, f"Wrote {output}.")


@tenant.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--slug", default=None, help="A new slug, if the old one is taken.")
@click.option("--plan", default=None, help="Code of a standard plan. Defaults to the plan in the archive.")
@as_json_option
@click.pass_context
def import_(context: click.Context, file: Path, slug: str | None, plan: str | None, as_json: bool) -> None:
    """Import a tenant from a trusted archive with the same schema. Users must then set new passwords."""
    with operating(context), scope.platform("the operator brings a tenant in", OPERATOR):
        report = tenant_import_service.import_archive(file, slug, plan)
    print_result(report, as_json, f"Imported {report.slug} ({report.plan}): {report.rows} rows, {report.files} files.")
