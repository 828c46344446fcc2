"""Sign-in of users: password, second factor and lockout."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Tenant, User
from app.models.tenant import TenantStatus
from app.models.user import UserStatus
from app.schemas.auth_schema import LoginIn, MeOut
from app.services.accounts import auth_session_service, lockout_service, totp_service
from app.services.accounts.auth_session_service import SignIn
from app.services.core.transaction import end_read
from app.utils import avatar_links, passwords, scope
from app.utils.errors import Unauthenticated
from app.utils.scope import Actor

MAX_NAMESAKES = 3  # the password is verified for each, which is slow


def me(user_id: UUID) -> MeOut:
    """Return the signed-in user with tenant, role and permissions."""
    statement = sa.select(User, Tenant).join(Tenant, Tenant.id == User.tenant_id).where(User.id == user_id)
    user, tenant = db.session.execute(statement.options(joinedload(User.role))).one()
    return MeOut(
        id=user.id,
        email=user.email,
        name=user.name,
        title=user.title,
        phone=user.phone,
        time_zone=user.time_zone,
        locale=user.locale,
        signature=user.signature,
        avatar_url=avatar_links.address(user.tenant_id, user.avatar_id),
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        tenant_name=tenant.name,
        role=user.role.name,
        permissions=sorted(scope.actor().permissions),
        email_verified=user.email_verified_at is not None,
        totp_enabled=user.totp_enabled_at is not None,
        version=user.version,
    )


def login(credentials: LoginIn, seconds: int, user_agent: str | None) -> SignIn:
    """Sign in; Unauthenticated otherwise, with the same error and timing for unknown accounts and wrong passwords."""
    found = find_users(credentials.email, credentials.tenant)
    end_read()  # verifying a password is slow
    # All are verified, not only up to the first match: `_only` must notice an ambiguous address.
    right = [user for user in found if passwords.verify(credentials.password, user.password_hash)]
    if not found:
        passwords.verify(credentials.password, None)  # takes as long as for a known account
    user = _only(right)
    # Also if one account matches: with an account of the same address, anyone could guess at the others uncounted.
    missed = [_account(each) for each in found if each not in right]
    if not found:
        missed = [lockout_service.account(credentials.tenant or "", credentials.email)]
    # After the verification and with the same error: during a lock, a right guess looks like a wrong one.
    is_locked = user is not None and lockout_service.is_locked(_account(user))
    for account in [*missed, *([_account(user)] if user is not None and is_locked else [])]:
        lockout_service.note_failure(account)
    if user is None or is_locked:
        raise _refused()
    with scope.tenant(user.tenant_id, Actor("user", user.id)):
        if user.totp_enabled_at is not None:
            _check_second_factor(user, credentials.code)
        forget_failures(user)
        return auth_session_service.open_session(user.id, seconds, user_agent)


def find_users(email: str, tenant: str | None) -> Sequence[User]:
    """Return up to MAX_NAMESAKES active users with this address, in the named tenant or in any."""
    statement = (
        sa.select(User)
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(
            User.email == email,
            User.status == UserStatus.ACTIVE,
            Tenant.status == TenantStatus.ACTIVE,
        )
        .order_by(Tenant.is_sandbox, User.id)  # so that sandboxes do not use up the limit
        .limit(MAX_NAMESAKES)
    )
    if tenant:
        statement = statement.where(Tenant.slug == tenant)
    with scope.platform("sign-in finds the tenant by the address"):
        return db.session.scalars(statement).all()


def _only(right: list[User]) -> User | None:
    """Return the only matching user; of several, the only one outside sandboxes, which copy their tenant's users."""
    if len(right) < 2:
        return right[0] if right else None
    with scope.platform("sign-in tells a sandbox from the tenant that it belongs to"):
        of = sa.select(Tenant.id).where(Tenant.id.in_([user.tenant_id for user in right]), ~Tenant.is_sandbox)
        real = set(db.session.scalars(of))
    meant = [user for user in right if user.tenant_id in real]
    return meant[0] if len(meant) == 1 else None


def forget_failures(user: User) -> None:
    """Unlock the account of a user who has proved to own it."""
    lockout_service.forget_failures(_account(user))


def _account(user: User) -> str:
    """Return the account to count failures for: an address in a tenant, whether or not the caller named the tenant."""
    return lockout_service.account(str(user.tenant_id), user.email)


def _check_second_factor(user: User, code: str | None) -> None:
    """Unauthenticated unless `code` is valid; a wrong code counts as a failed sign-in."""
    # Not counted as a failure: the client asks for a code only after this response.
    if code is None:
        raise Unauthenticated("Send the code from the authenticator app, too.", code="totp_required")
    if not totp_service.accepts(user.id, code):
        lockout_service.note_failure(_account(user))
        raise _refused()


def _refused() -> Unauthenticated:
    return Unauthenticated(
        "The email address or password is wrong. Specify the tenant if the address belongs to several.",
        code="invalid_credentials",
    )
