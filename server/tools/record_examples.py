"""Record the examples of the OpenAPI document from the demonstration tenant: `python -m tools.record_examples`.

Needs a database that `manage.py init` and `manage.py seed` have filled. Writes `app/data/examples.json`: one answer for
each schema that a GET of the administrator returns, cut to one row and short texts. A test holds them to their schemas.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from app.factory import create_app
from app.middleware.openapi.generator import document
from app.services.platform import seed_service

FILE = Path(__file__).resolve().parents[1] / "app/data/examples.json"
SECRET = {"access_token": "eyJhbGciOiJIUzI1NiIs...", "refresh_token": "rt_3b9f...", "url": "http://localhost:5000/..."}
# What a request needs besides the ids of its path.
QUERIES = {
    "authz_explain": {"action": "jobs.read"},
    "skills_list": {"q": "pyth"},
    "search": {"q": "engineer"},
    "jobs_get": {"explain": "actions"},
    "candidates_search": {"q": "engineer", "facets": "status,skill"},
}
LONGEST, MOST = 160, 2  # characters of a text, members of a list


def main() -> None:
    """Walk all GET operations: lists first, whose rows give the ids for the others."""
    app = create_app()
    client = app.test_client()
    admin = seed_service.logins()[0]
    tokens = client.post("/api/v1/auth/login", json={"email": admin.email, "password": admin.password}).get_json()
    found: dict[str, Any] = {"TokenPair": _short(tokens)}
    ids: dict[str, str] = {}
    operations = [
        (path, methods["get"])
        for path, methods in document(app)["paths"].items()
        if "get" in methods and "platform" not in path
    ]
    for path, operation in sorted(operations, key=lambda each: each[0].count("{")):
        schema = _schema(operation)
        names = re.findall(r"{(\w+)}", path)
        if schema is None or schema in found or not all(name in ids for name in names):
            continue
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        query = QUERIES.get(operation["operationId"], {})
        answer = client.get(path.format(**ids), headers=headers, query_string=query)
        body = answer.get_json(silent=True)
        if answer.status_code != 200 or not isinstance(body, dict) or body.get("data") == []:
            continue
        found[schema] = _short(body)
        if rows := body.get("data"):
            _note(ids, operation["operationId"], rows[0])
    FILE.write_text(json.dumps(dict(sorted(found.items())), indent=1, ensure_ascii=False) + "\n")


def _schema(operation: dict[str, Any]) -> str | None:
    content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    reference = content.get("schema", {}).get("$ref", "")
    return reference.rsplit("/", 1)[-1] or None


def _note(ids: dict[str, str], operation_id: str, row: dict[str, Any]) -> None:
    """Keep the id of a row under the name that paths give it: `job_postings_list` gives `posting_id`."""
    words = operation_id.removesuffix("_list").split("_")
    singular = "_".join(words)[:-1]
    for name in {f"{singular}_id", f"{singular.rsplit('_', 1)[-1]}_id"}:
        if isinstance(row.get("id"), str):
            ids.setdefault(name, row["id"])


def _short(value: Any, key: str = "") -> Any:
    if key in SECRET and isinstance(value, str):
        return SECRET[key]
    if isinstance(value, dict):
        return {name: _short(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_short(each) for each in value[: 1 if key == "data" else MOST]]
    return value[:LONGEST] if isinstance(value, str) else value


if __name__ == "__main__":
    main()
