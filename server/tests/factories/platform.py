"""Platform administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pyotp
from flask import Flask

from app.schemas.platform_schema import PlatformAdminCreate, PlatformLogin
from app.services.platform import platform_admin_service, platform_auth_service
from app.utils import clock, ids
from tests.factories.client import Api
from tests.factories.tenant import PASSWORD


@dataclass
class Operator:
    """A platform administrator with an authenticator and a signed-in client."""

    id: UUID
    email: str
    totp: pyotp.TOTP | None
    api: Api

    def code(self) -> str:
        """Return a code that was not used at enrolment."""
        assert self.totp is not None
        return self.totp.at(clock.now() + timedelta(seconds=30))


def make_platform_admin(app: Flask, second_factor: bool = True) -> Operator:
    """Create a signed-in administrator, by default with a second factor."""
    email = f"operator-{ids.new_id().hex[-12:]}@platform.example"
    with app.app_context():
        admin = platform_admin_service.create(PlatformAdminCreate(email=email, name="Olga Operator", password=PASSWORD))
        signed_in = platform_auth_service.login(PlatformLogin(email=email, password=PASSWORD), None)
        totp = None
        if second_factor:
            totp = pyotp.TOTP(platform_auth_service.begin_totp(admin.id).secret)
            platform_auth_service.confirm_totp(admin.id, totp.at(clock.now()))
        return Operator(admin.id, email, totp, Api(app, signed_in.access_token))
