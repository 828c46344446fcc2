"""Password policy: a minimum length, and no names that an attacker would try first."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.extensions import db
from app.models import Tenant, User
from app.services.core.transaction import end_read
from app.utils import passwords, scope
from app.utils.errors import Conflict, Invalid


def hash_new(password: str, names: Iterable[str], *, has_second_factor: bool = False) -> str:
    """Hash a new password; Invalid if it is too short or contains one of the names. Slow."""
    least = passwords.MIN_LENGTH_WITH_SECOND_FACTOR if has_second_factor else passwords.MIN_LENGTH
    if len(password) < least:
        raise _refused("too_short", f"must have at least {least} characters")
    # The schema has refused guessable passwords already; only here are the names known.
    if passwords.contains_name(password, names):
        raise _refused("contains_name", "must not contain the name of the user, the tenant or this product")
    return passwords.hash_password(password)


def hash_for(user: User, password: str) -> str:
    """Like `hash_new`, for a user of the bound tenant."""
    names = [*names_of_tenant(), user.name, user.email.partition("@")[0]]
    end_read()  # hashing is slow
    return hash_new(password, names, has_second_factor=user.totp_enabled_at is not None)


def set_password(user: User, password_hash: str, *, is_short: bool) -> None:
    """Set the password of a user, whose row must be locked.

    Conflict if it is short and the second factor that it requires was turned off while it was hashed.
    """
    if is_short and user.totp_enabled_at is None:
        raise Conflict("The second factor was turned off in the meantime. Choose a longer password.", code="try_again")
    user.password_hash, user.is_password_short = password_hash, is_short


def names_of_tenant() -> list[str]:
    """Return the name and slug of the bound tenant."""
    tenant = db.session.execute(sa.select(Tenant.name, Tenant.slug).where(Tenant.id == scope.tenant_id())).one()
    return [tenant.name, tenant.slug]


def is_short(password: str) -> bool:
    """Return whether the password is only long enough with a second factor."""
    return len(password) < passwords.MIN_LENGTH


def _refused(code: str, detail: str) -> Invalid:
    error = {"pointer": "/password", "code": code, "detail": detail}
    return Invalid(f"The password {detail}.", code=f"password_{code}", errors=[error])
