"""A caller of a live server, over real sockets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.factories.tenant import PASSWORD
from tests.processes import http_client
from tests.processes.live import LiveServer

ROLES = ("TENANT_ADMIN", "MANAGER", "TEAM_LEAD", "RECRUITER")


class Caller:
    """Calls the API with one token, or without."""

    def __init__(self, url: str, token: str | None = None, **headers: str) -> None:
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        self.token = token or ""
        self._base, self._headers = f"{url}/api/v1", {**sent, **headers}

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self._headers, **options.pop("headers", {})}
        return http_client.request(method, f"{self._base}{path}", headers=headers, timeout=60, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.call("POST", path, **({"json": json} if json is not None else {}), **options)

    def patch(self, path: str, json: Any) -> httpx.Response:
        return self.call("PATCH", path, json=json)

    def delete(self, path: str) -> httpx.Response:
        return self.call("DELETE", path)


@dataclass
class Target:
    """A tenant of a live server with a user of each role."""

    live: LiveServer
    slug: str
    users: dict[str, str] = field(default_factory=dict)

    def email(self, role: str) -> str:
        return f"{'ann' if role == 'TENANT_ADMIN' else role.lower()}@{self.slug}.example"

    def login(self, role: str, password: str = PASSWORD) -> dict[str, Any]:
        answer = self.nobody().post("/auth/login", {"email": self.email(role), "password": password})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sign_in(self, role: str = "TENANT_ADMIN") -> Caller:
        """A new session of this role's user."""
        return Caller(self.live.url, self.login(role)["access_token"])

    def nobody(self, **headers: str) -> Caller:
        return Caller(self.live.url, **headers)


def make_target(live: LiveServer, slug: str) -> Target:
    """A new tenant, its users added over HTTP."""
    target = Target(live, slug)
    live.sign_up(slug)
    admin = target.sign_in()
    target.users["TENANT_ADMIN"] = admin.get("/auth/me").json()["id"]
    manager = target.users["TENANT_ADMIN"]
    for role in ROLES[1:]:
        body = {"email": target.email(role), "name": role, "role": role, "manager_id": manager, "password": PASSWORD}
        added = admin.post("/users", body)
        assert added.status_code == 201, added.text
        target.users[role] = manager = added.json()["id"]
    return target
