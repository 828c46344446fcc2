"""What a new password must be, for whom: long enough, and without the names that everyone would try."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.extensions import db
from app.models import Tenant, User
from app.services.core.transaction import end_read
from app.utils import passwords, scope
from app.utils.errors import Conflict, Invalid


def hash_new(password: str, names: Iterable[str], *, has_second_factor: bool = False) -> str:
    """The hash of a password that may be chosen by somebody with these names; Invalid for others. Takes its time."""
    least = passwords.MIN_LENGTH_WITH_SECOND_FACTOR if has_second_factor else passwords.MIN_LENGTH
    if len(password) < least:
        raise _refused("too_short", f"must have at least {least} characters")
    if passwords.contains_name(password, names):
        raise _refused("contains_name", "must not contain the name of the user, the tenant or this product")
    return passwords.hash_password(password)


def hash_for(user: User, password: str) -> str:
    """The same for a user of the bound tenant."""
    names = [*names_of_tenant(), user.name, user.email.partition("@")[0]]
    end_read()  # hashing takes its time
    return hash_new(password, names, has_second_factor=user.totp_enabled_at is not None)


def set_password(user: User, password_hash: str, *, is_short: bool) -> None:
    """Give the user, whose row must be locked, a new password. A short one stands beside a second factor only, which
    may have ended while it was hashed."""
    if is_short and user.totp_enabled_at is None:
        raise Conflict("The second factor was turned off in the meantime. Choose a longer password.", code="try_again")
    user.password_hash, user.is_password_short = password_hash, is_short


def names_of_tenant() -> list[str]:
    """The names that the bound tenant goes by."""
    tenant = db.session.execute(sa.select(Tenant.name, Tenant.slug).where(Tenant.id == scope.tenant_id())).one()
    return [tenant.name, tenant.slug]


def is_short(password: str) -> bool:
    """Whether it is good only beside a second factor."""
    return len(password) < passwords.MIN_LENGTH


def _refused(code: str, detail: str) -> Invalid:
    error = {"pointer": "/password", "code": code, "detail": detail}
    return Invalid(f"The password {detail}.", code=f"password_{code}", errors=[error])
