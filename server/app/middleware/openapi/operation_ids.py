"""Operation ids: the words of the path and a verb, such as `candidates_list` or `applications_move`.

| request | id |
|---|---|
| GET a list | `..._list` |
| GET one thing | `..._get` |
| POST to a list | `..._create` |
| POST to an action | the words of the path: `jobs_hold` |
| PUT, PATCH, DELETE | `..._set`, `..._update`, `..._delete` |
"""

from __future__ import annotations

from typing import Any

from app.middleware.openapi.responses import is_page

PREFIX = "/api/v1/"
VERBS = {"put": "set", "patch": "update", "delete": "delete"}
ACTIONS_OF_GET = ("search", "export", "verify", "explain")  # a path that ends in a verb needs no other


def operation_id(method: str, path: str, out: Any) -> str:
    """Return the id of the operation at a path of the document, such as `/api/v1/jobs/{job_id}/hold`."""
    words = [word.replace("-", "_") for word in path.removeprefix(PREFIX).split("/") if not word.startswith("{")]
    return "_".join([*words, *_verb(method, words[-1], path.endswith("}"), out)])


def _verb(method: str, last: str, is_one: bool, out: Any) -> list[str]:
    if method in VERBS:
        return [VERBS[method]]
    if method == "post":
        return ["create"] if last.endswith("s") and not last.endswith("ss") else []
    if not is_one and last in ACTIONS_OF_GET:
        return []
    return ["list"] if is_page(out) else ["get"]
