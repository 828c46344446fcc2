"""Every role on every operation, from one table."""

from __future__ import annotations

import pytest

from app.middleware.identity.access import AUTHENTICATED, CANDIDATE, OF_PLATFORM, PLATFORM, PUBLIC
from app.models.permission import PERMISSIONS, WIDENING
from app.models.system_role import SYSTEM_ROLES
from tests.factories.client import Api, refused
from tests.factories.platform import make_platform_admin
from tests.factories.world import Place
from tests.generated.registry import (
    Operation,
    all_operations,
    body_of,
    operations,
    path_of,
    platform_operations,
)


def _send(api: Api, operation: Operation, place):
    options = body_of(operation, place)
    path = path_of(operation, place.ids)
    if "file" in options:
        return api.upload(path, options["file"])
    return api.call(operation.method.upper(), path, buffered=True, **options)


@pytest.mark.parametrize("role", list(SYSTEM_ROLES))
def test_a_role_may_do_what_its_permissions_say_and_nothing_else(app, world, role):
    own = world.own
    api = own.tenant.api(role)
    wrong = []
    for operation in operations(app):
        permission = operation.spec.permission
        if permission == PUBLIC or operation.spec.idempotency == "none":
            continue
        allowed = permission == AUTHENTICATED or permission in SYSTEM_ROLES[role][1]
        response = _send(api, operation, own)
        status, refused = response.status_code, response.status_code == 403
        if refused and allowed:  # a note is its author's, a saved search its owner's
            refused = response.get_json()["code"] not in ("not_the_author", "not_the_owner", "not_visible")
        if refused == allowed or status >= 500:
            wrong.append((operation.name, permission, status))
    assert not wrong


def test_nobody_gets_in_without_a_token(app, world):
    for operation in operations(app):
        if operation.spec.permission != PUBLIC:
            response = _send(Api(app), operation, world.own)
            assert refused(response, 401) == "unauthenticated", operation.name
            assert response.headers["WWW-Authenticate"].startswith("Bearer"), operation.name


def test_platform_and_tenants_do_not_know_each_others_tokens(app, world):
    operator = make_platform_admin(app).api
    place = Place(
        world.own.tenant, {**world.own.ids, "tenant_id": world.own.tenant.id, "admin_id": world.own.tenant.id}
    )
    checked = 0
    for operation in all_operations(app):
        if operation.spec.permission == PUBLIC:
            continue
        strangers = [Api(app), operator]
        if operation.spec.permission in (CANDIDATE, *OF_PLATFORM):
            strangers = [Api(app), world.own.tenant.api()]
        for stranger in strangers:
            assert _send(stranger, operation, place).status_code == 401, operation.name
        checked += 1
    assert checked > 80


def test_without_a_second_factor_a_platform_administrator_does_nothing_to_tenants(app, world):
    newcomer = make_platform_admin(app, second_factor=False)
    place = Place(world.own.tenant, {**world.own.ids, "tenant_id": world.own.tenant.id, "admin_id": newcomer.id})
    for operation in platform_operations(app):
        if operation.spec.permission == PLATFORM:
            response = _send(newcomer.api, operation, place)
            assert (response.status_code, response.get_json()["code"]) == (403, "second_factor_missing"), operation.name


def test_a_platform_administrator_may_do_all_of_it(app, world):
    other = make_platform_admin(app)
    for operation in platform_operations(app):
        if operation.spec.permission == PLATFORM:
            place = Place(world.own.tenant, {**world.own.ids, "tenant_id": world.own.tenant.id, "admin_id": other.id})
            response = _send(make_platform_admin(app).api, operation, place)
            assert response.status_code < 300 or response.status_code == 409, f"{operation.name}: {response.text[:300]}"


def test_every_permission_is_asked_for_and_every_one_asked_for_is_known(app):
    asked = {operation.spec.permission for operation in operations(app)} - {PUBLIC, AUTHENTICATED}
    assert asked == set(PERMISSIONS) - WIDENING


def test_system_roles_grow_from_the_lowest_to_the_highest():
    by_level = [permissions for _, permissions in sorted(SYSTEM_ROLES.values(), key=lambda item: item[0])]
    for higher, lower in zip(by_level, by_level[1:], strict=False):
        assert lower < higher
