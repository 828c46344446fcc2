"""Second factors: authenticator codes (RFC 6238) and recovery codes, for users and platform administrators.

No database access: the caller locks and stores the row.
"""

from __future__ import annotations

import hmac
import secrets

import pyotp

from app.models.second_factor import SecondFactor
from app.schemas.account_schema import RecoveryCodes, TotpSecret
from app.utils import clock, tokens
from app.utils.encryption import cipher
from app.utils.errors import Conflict, Forbidden

ISSUER = "Fairlead"
STEP_SECONDS = 30  # recommended by RFC 6238 (5.2), and the default of pyotp
DRIFT_STEPS = 1  # a clock may be one step off, either way (RFC 6238, 5.2)
RECOVERY_CODES = 10


def begin(holder: SecondFactor, account: str) -> TotpSecret:
    """Return a new secret, effective once `confirm` accepts a code; Conflict if the second factor is on already.

    `account` is the label shown in the app.
    """
    if holder.totp_enabled_at is not None:
        raise Conflict("The second factor is already on.", code="totp_enabled")
    secret = pyotp.random_base32()
    holder.totp_secret = cipher.encrypt(secret)  # replaces one that was never confirmed
    return TotpSecret(secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER))


def confirm(holder: SecondFactor, code: str) -> RecoveryCodes:
    """Turn the second factor on with a code from the app; the recovery codes are returned only here.

    Conflict if there is nothing to confirm, Forbidden if the code is wrong.
    """
    if holder.totp_enabled_at is not None or holder.totp_secret is None:
        raise Conflict("There is no second factor to confirm. Set one up first.", code="totp_not_begun")
    if not accepts_code(holder, code):
        raise Forbidden("The code is wrong.", code="wrong_code")
    codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]  # short to type; wrong ones lead to a lock
    holder.totp_enabled_at = clock.now()
    holder.recovery_codes = [tokens.digest(each) for each in codes]
    return RecoveryCodes(recovery_codes=codes)


def clear(holder: SecondFactor) -> None:
    """Turn the second factor off and delete the secret and recovery codes."""
    holder.totp_secret = holder.totp_enabled_at = holder.totp_last_step = None
    holder.recovery_codes = []


def accepts_code(holder: SecondFactor, code: str) -> bool:
    """Return whether this is an unused code of the app, and mark it used."""
    app = pyotp.TOTP(cipher.decrypt(holder.totp_secret or ""))
    now = int(clock.now().timestamp()) // STEP_SECONDS
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        # Neither the last code used nor an earlier one is accepted again.
        fresh = holder.totp_last_step is None or step > holder.totp_last_step
        # Bytes, because compare_digest raises TypeError for text that is not ASCII.
        if fresh and hmac.compare_digest(app.generate_otp(step).encode(), code.encode()):
            holder.totp_last_step = step
            return True
    return False


def accepts_recovery(holder: SecondFactor, code: str) -> bool:
    """Return whether this is an unused recovery code, and mark it used."""
    digest = tokens.digest(code.lower())
    if digest not in holder.recovery_codes:
        return False
    # A new list, because SQLAlchemy does not notice a change inside a JSON value.
    holder.recovery_codes = [kept for kept in holder.recovery_codes if kept != digest]
    return True
