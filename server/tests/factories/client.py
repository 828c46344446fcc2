"""An HTTP client for tests."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart


class Api:
    """Calls the API in process, with an optional access token."""

    def __init__(self, app: Flask, token: str | None = None) -> None:
        self._client = app.test_client(use_cookies=False)
        self.token = token

    def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        """Send a request; a path without a prefix such as /api or /health is relative to /api/v1."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = path if path.startswith(("/api/", "/health", "/openapi", "/docs", "/nowhere")) else f"/api/v1{path}"
        return self._client.open(url, method=method, headers={**sent, **(headers or {})}, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        if json is not None:
            options["json"] = json
        return self.call("POST", path, **options)

    def patch(self, path: str, json: Any, **options: Any) -> TestResponse:
        return self.call("PATCH", path, json=json, **options)

    def put(self, path: str, json: Any, **options: Any) -> TestResponse:
        return self.call("PUT", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.call("DELETE", path, **options)

    def upload(self, path: str, data: bytes, filename: str = "resume.txt", **fields: Any) -> TestResponse:
        headers = fields.pop("headers", {})
        boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), filename), **fields})
        return self.call(
            "POST", path, data=body, headers={**headers, "Content-Type": f"multipart/form-data; boundary={boundary}"}
        )


def ok(response: TestResponse, status: int = 200) -> Any:
    """Assert the status of a response and return its JSON."""
    assert response.status_code == status, f"{response.status_code}: {response.get_data(as_text=True)[:800]}"
    return response.get_json(silent=True)


def refused(response: TestResponse | httpx.Response, status: int) -> str:
    """Assert that a response is a problem with `status`, and return its code."""
    assert response.status_code == status, f"{response.status_code}: {response.text[:800]}"
    assert response.headers["Content-Type"] == "application/problem+json", response.text[:800]
    return str(json.loads(response.text)["code"])
