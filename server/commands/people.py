"""Commands for users and platform administrators."""

from __future__ import annotations

from typing import Any

import click

from app.schemas.platform_schema import PlatformAdminCreate
from app.schemas.user_schema import UserCreate
from app.services.platform import platform_admin_service
from app.services.users import user_service
from app.utils import scope
from commands.shared import OPERATOR, as_json_option, in_tenant, operating, print_result


@click.group()
def user() -> None:
    """Users of a tenant."""


@user.command("create")
@click.option("--tenant", required=True, help="Slug of the tenant.")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", default="TENANT_ADMIN", show_default=True)
@click.option("--manager", default=None, help="Id of the manager, for TEAM_LEAD and RECRUITER.")
@click.password_option()
@as_json_option
@click.pass_context
def create_user(context: click.Context, /, tenant: str, password: str, as_json: bool, **fields: Any) -> None:
    """Add a user to a tenant."""
    with operating(context), in_tenant(tenant):
        fields["manager_id"] = fields.pop("manager")
        created = user_service.create(UserCreate.model_validate({**fields, "password": password}))
        print_result(created, as_json, f"Created {created.email} ({created.role}) in {tenant}.")


@user.command("reset-password")
@click.option("--tenant", required=True, help="Slug of the tenant.")
@click.option("--email", required=True)
@click.option("--second-factor", is_flag=True, help="Also remove the second factor.")
@as_json_option
@click.pass_context
def reset_password(context: click.Context, tenant: str, email: str, second_factor: bool, as_json: bool) -> None:
    """Sign a user out everywhere and email a link to set a new password."""
    with operating(context), in_tenant(tenant):
        user_id = user_service.force_new_password(email, second_factor)
        print_result({"user_id": user_id}, as_json, f"Signed {email} out and sent an email with a link.")


@click.group("platform-admin")
def platform_admin() -> None:
    """Platform administrators."""


@platform_admin.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.password_option()
@as_json_option
@click.pass_context
def create_platform_admin(context: click.Context, email: str, name: str, password: str, as_json: bool) -> None:
    """Add a platform administrator, who must set up a second factor after the first sign-in."""
    with operating(context), scope.platform("the operator adds an administrator", OPERATOR):
        new = PlatformAdminCreate(email=email, name=name, password=password)
        created = platform_admin_service.create(new)
        print_result(
            {"id": created.id, "email": created.email}, as_json, f"Created the platform administrator {email}."
        )
