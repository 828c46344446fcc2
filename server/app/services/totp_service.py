"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes for a lost one."""

from __future__ import annotations

import hmac
import secrets
from uuid import UUID

import pyotp

from app.extensions import db
from app.models import Tenant, User
from app.schemas.account_schema import RecoveryCodes, TotpEnd, TotpSecret
from app.services import event_service, rows
from app.services.transaction import end_read, use_case
from app.utils import clock, passwords, scope, tokens
from app.utils.encryption import cipher
from app.utils.errors import Conflict, Forbidden

ISSUER = "Fairlead"
STEP_SECONDS = 30
DRIFT_STEPS = 1  # a clock may be one step off, either way (RFC 6238, 5.2)
RECOVERY_CODES = 10


@use_case
def begin(user_id: UUID) -> TotpSecret:
    """A new secret for the authenticator app; it counts once a code of it is confirmed."""
    user = rows.lock(User, user_id)
    if user.totp_enabled_at is not None:
        raise Conflict("The second factor is on already.", code="totp_enabled")
    secret = pyotp.random_base32()
    user.totp_secret = cipher.encrypt(secret)
    event_service.record("user.totp_begun", user)
    tenant = db.session.get_one(Tenant, scope.tenant_id())
    return TotpSecret(
        secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(name=f"{tenant.slug}:{user.email}", issuer_name=ISSUER)
    )


@use_case
def confirm(user_id: UUID, code: str) -> RecoveryCodes:
    """Turn the second factor on by a code of the app; the recovery codes are shown here and never again."""
    user = rows.lock(User, user_id)
    if user.totp_enabled_at is not None or user.totp_secret is None:
        raise Conflict("There is no second factor to confirm.", code="totp_not_begun")
    if not _accepts_code(user, code):
        raise Forbidden("The code is wrong.", code="wrong_code")
    codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
    user.totp_enabled_at = clock.now()
    user.recovery_codes = [tokens.digest(each) for each in codes]
    event_service.record("user.totp_enabled", user)
    return RecoveryCodes(recovery_codes=codes)


def end(user_id: UUID, end_of: TotpEnd) -> None:
    """Turn the second factor off, by the password and a code."""
    user = rows.get(User, user_id)
    end_read()  # the check of the password takes its time
    if not passwords.verify(end_of.current_password, user.password_hash) or not accepts(user_id, end_of.code):
        raise Forbidden("The password or the code is wrong.", code="wrong_code")
    clear(user_id)


@use_case
def clear(user_id: UUID) -> None:
    """Take the second factor from a user, who may then sign in by password alone."""
    user = rows.lock(User, user_id)
    user.totp_secret = user.totp_enabled_at = user.totp_last_step = None
    user.recovery_codes = []
    event_service.record("user.totp_disabled", user)


@use_case
def accepts(user_id: UUID, code: str) -> bool:
    """Whether this is a code of the app or a recovery code, not used before; it is used up by this."""
    user = rows.hold(User, user_id)
    return user.totp_enabled_at is not None and (_accepts_code(user, code) or _accepts_recovery(user, code))


def _accepts_code(user: User, code: str) -> bool:
    app = pyotp.TOTP(cipher.decrypt(user.totp_secret or ""))
    now = int(clock.now().timestamp()) // STEP_SECONDS
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        fresh = user.totp_last_step is None or step > user.totp_last_step
        if fresh and hmac.compare_digest(app.generate_otp(step).encode(), code.encode()):
            user.totp_last_step = step
            return True
    return False


def _accepts_recovery(user: User, code: str) -> bool:
    digest = tokens.digest(code.lower())
    if digest not in user.recovery_codes:
        return False
    user.recovery_codes = [kept for kept in user.recovery_codes if kept != digest]
    event_service.record("user.recovery_code_used", user, left=len(user.recovery_codes))
    return True
