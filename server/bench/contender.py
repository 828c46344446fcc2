"""What Python can do at all: a bare WSGI callable with psycopg and orjson, the same work without walls."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import jwt
import orjson
import psycopg
from psycopg.rows import dict_row

from app.utils.ids import new_id
from app.utils.jwt_codec import ALGORITHM, ISSUER, TENANT_AUDIENCE

KEY = os.environ.get("BENCH_JWT_KEY", "")
PERMISSIONS = {"candidates.view_all", "candidates.create"}
local = threading.local()

ONE = """
select c.id, c.name, c.headline, c.location, c.years_experience, c.skills, c.source, c.status, c.owner_id, c.provenance,
  c.version, c.created_at, c.updated_at, k.kind, k.value, k.raw
from candidates c left join candidate_contacts k on k.tenant_id = c.tenant_id and k.candidate_id = c.id
where c.tenant_id = %s and c.id = %s
"""
ITEM = "c.id, c.name, c.headline, c.location, c.years_experience, c.skills, c.status, c.owner_id, c.version, c.created_at, c.updated_at"
COUNT = "(select count(*) from applications a where a.tenant_id = c.tenant_id and a.candidate_id = c.id) as application_count"
LIST = f"""
select {ITEM}, {COUNT} from candidates c where c.tenant_id = %s and c.status = %s
order by c.created_at desc, c.id desc limit 51
"""
HAS = (
    "exists (select 1 from candidate_words w where w.tenant_id = c.tenant_id and w.candidate_id = c.id and w.word = %s)"
)
SEARCH = f"""
select {ITEM}, {COUNT} from candidates c where c.tenant_id = %s and {HAS} and {HAS}
order by c.created_at desc, c.id desc limit 21
"""
INSERT = """
insert into candidates (id, tenant_id, name, headline, skills, status, provenance, search_text, version, created_at, updated_at)
values (%s, %s, %s, %s, %s, 'active', '{}', %s, 1, now(), now()) returning created_at
"""
CONTACT = """
insert into candidate_contacts (id, tenant_id, candidate_id, kind, value, raw, position, created_at, updated_at)
values (%s, %s, %s, 'email', %s, %s, 0, now(), now())
"""


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The four requests of the benchmark."""
    token = environ.get("HTTP_AUTHORIZATION", "")[7:]
    claims = jwt.decode(token, KEY, [ALGORITHM], audience=TENANT_AUDIENCE, issuer=ISSUER)
    tenant = UUID(claims["tenant_id"])
    needed = "candidates.create" if environ["REQUEST_METHOD"] == "POST" else "candidates.view_all"
    assert needed in PERMISSIONS
    status, body = "200 OK", b""
    connection = _connection()
    path = environ["PATH_INFO"].removeprefix("/api/v1/candidates")
    if environ["REQUEST_METHOD"] == "POST":
        status, body = "201 Created", _create(connection, tenant, orjson.loads(environ["wsgi.input"].read()))
    elif path:
        body = _one(connection, tenant, UUID(path[1:]))
    else:
        body = _list(connection, tenant, parse_qs(environ["QUERY_STRING"]))
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _connection() -> psycopg.Connection[dict[str, Any]]:
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row)
    return local.connection


def _one(connection: psycopg.Connection[dict[str, Any]], tenant: UUID, candidate: UUID) -> bytes:
    rows = connection.execute(ONE, (tenant, candidate)).fetchall()
    found = dict(rows[0])
    found["contacts"] = [{"kind": row["kind"], "value": row["value"], "raw": row["raw"]} for row in rows]
    return orjson.dumps(found, default=str)


def _list(connection: psycopg.Connection[dict[str, Any]], tenant: UUID, query: dict[str, list[str]]) -> bytes:
    if "q" in query:
        rows = connection.execute(SEARCH, (tenant, *query["q"][0].split())).fetchall()
    else:
        rows = connection.execute(LIST, (tenant, query["status"][0])).fetchall()
    size = 20 if "q" in query else 50
    return orjson.dumps({"data": rows[:size], "has_more": len(rows) > size}, default=str)


def _create(connection: psycopg.Connection[dict[str, Any]], tenant: UUID, body: dict[str, Any]) -> bytes:
    candidate, email = new_id(), body["emails"][0].lower()
    found = " ".join([*body["name"].lower().split(), *(skill.lower() for skill in body["skills"])])
    with connection.transaction():
        values = (candidate, tenant, body["name"], body["headline"], orjson.dumps(body["skills"]).decode(), found)
        at = connection.execute(INSERT, values).fetchone()
        connection.execute(CONTACT, (new_id(), tenant, candidate, email, email))
    return orjson.dumps({"id": candidate, **body, "created_at": at and at["created_at"]}, default=str)
