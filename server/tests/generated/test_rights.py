"""Every role on every operation, from one table."""

from __future__ import annotations

import pytest

from app.middleware.access import AUTHENTICATED, PUBLIC
from app.models.permission import PERMISSIONS, SYSTEM_ROLES
from tests.factories.client import Api
from tests.generated.registry import Operation, body_of, operations, path_of


def _send(api: Api, operation: Operation, place):
    options = body_of(operation, place)
    path = path_of(operation, place.ids)
    if "file" in options:
        return api.upload(path, options["file"])
    return api.call(operation.method.upper(), path, **options)


@pytest.mark.parametrize("role", list(SYSTEM_ROLES))
def test_a_role_may_do_what_its_permissions_say_and_nothing_else(app, world, role):
    own = world.own
    api = own.kit.api(role)
    wrong = []
    for operation in operations(app):
        permission = operation.spec.permission
        if permission == PUBLIC or operation.spec.idempotency == "none":
            continue
        allowed = permission == AUTHENTICATED or permission in SYSTEM_ROLES[role][1]
        status = _send(api, operation, own).status_code
        if (status == 403) == allowed or status >= 500:
            wrong.append((operation.name, permission, status))
    assert not wrong


def test_nobody_gets_in_without_a_token(app, world):
    for operation in operations(app):
        if operation.spec.permission != PUBLIC:
            response = _send(Api(app), operation, world.own)
            assert response.status_code == 401, operation.name
            assert response.headers["WWW-Authenticate"].startswith("Bearer"), operation.name


def test_every_permission_is_asked_for_and_every_one_asked_for_is_known(app):
    asked = {operation.spec.permission for operation in operations(app)} - {PUBLIC, AUTHENTICATED}
    assert asked == set(PERMISSIONS)


def test_system_roles_grow_from_the_lowest_to_the_highest():
    by_level = [permissions for _, permissions in sorted(SYSTEM_ROLES.values(), key=lambda item: item[0])]
    for higher, lower in zip(by_level, by_level[1:], strict=False):
        assert lower < higher
