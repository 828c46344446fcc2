"""Rotation of the encryption keys over every tenant."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from cryptography.fernet import MultiFernet

from app.extensions import db
from app.models import User
from app.services.operations import encryption_service
from app.utils import scope
from app.utils.encryption import Cipher, cipher
from tests.factories.client import ok
from tests.factories.tenant import make_tenant

OLD, NEW = "o" * 32, "n" * 32


@pytest.fixture
def keys(app):
    """Set the keys of the application; the ones of before come back."""
    before = cipher._fernet

    def init(names, besides=False):
        cipher.init(names)
        if besides:  # those of before, with which rows of other tests are encrypted
            cipher._fernet = MultiFernet([*cipher._fernet._fernets, *before._fernets])

    yield init
    cipher._fernet = before


def _kept(tenant):
    with tenant.bound():
        return db.session.scalar(sa.select(User.totp_secret).where(User.id == tenant.users["RECRUITER"]))


def test_every_secret_of_every_tenant_comes_under_the_first_key(app, tenant, keys):
    keys([OLD])
    tenants = [tenant, make_tenant(app)]
    secrets = [ok(each.api("RECRUITER").post("/auth/totp"))["secret"] for each in tenants]
    keys([NEW, OLD], besides=True)
    with app.app_context(), scope.platform("the operator rotates the keys"):
        assert encryption_service.rotate() >= 2
    alone = Cipher()
    alone.init([NEW])
    assert [alone.decrypt(_kept(each)) for each in tenants] == secrets


def test_a_secret_without_its_key_stops_the_rotation(app, tenant, keys):
    keys([OLD])
    ok(tenant.api("RECRUITER").post("/auth/totp"))
    before = _kept(tenant)
    keys([NEW])
    with app.app_context(), scope.platform("the operator rotates the keys"), pytest.raises(ValueError, match="no key"):
        encryption_service.rotate()
    assert _kept(tenant) == before
