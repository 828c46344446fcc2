"""What a good developer writes with FastAPI and asyncpg: the same four requests, without our walls, ledger and jobs.

The user and the role are read at each request, so that a suspension holds on the next one, as ours does.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import jwt
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, EmailStr

from app.models.system_role import SYSTEM_ROLES
from app.utils.ids import new_id
from app.utils.jwt_codec import ALGORITHM, ISSUER, TENANT_AUDIENCE

KEY = os.environ.get("BENCH_JWT_KEY", "")
COLUMNS = """c.id, c.name, c.headline, c.location, c.years_experience, c.skills, c.status, c.owner_id, c.version,
  c.created_at, c.updated_at"""
COUNT = (
    "(select count(*) from applications a where a.tenant_id = c.tenant_id and a.candidate_id = c.id) application_count"
)
ONE = f"select {COLUMNS}, c.source, c.provenance from candidates c where c.tenant_id = $1 and c.id = $2"
CONTACTS = (
    "select kind, value, raw from candidate_contacts where tenant_id = $1 and candidate_id = $2 order by position"
)
RIGHTS = """select r.name from auth_sessions s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
  join roles r on r.tenant_id = u.tenant_id and r.id = u.role_id join tenants t on t.id = u.tenant_id
  where s.tenant_id = $1 and s.id = $2 and s.revoked_at is null and u.status = 'active' and t.status = 'active'"""
LIST = f"""select {COLUMNS}, {COUNT} from candidates c where c.tenant_id = $1 and c.status = $2
  order by c.created_at desc, c.id desc limit 51"""
HAS = (
    "exists (select 1 from candidate_words w where w.tenant_id = c.tenant_id and w.candidate_id = c.id and w.word = {})"
)
SEARCH = f"""select {COLUMNS}, {COUNT} from candidates c where c.tenant_id = $1 and {HAS.format("$2")} and {HAS.format("$3")}
  order by c.created_at desc, c.id desc limit 21"""
INSERT = """insert into candidates (id, tenant_id, name, headline, skills, status, provenance, search_text, version,
  created_at, updated_at) values ($1, $2, $3, $4, $5, 'active', '{}', $6, 1, now(), now()) returning created_at"""
CONTACT = """insert into candidate_contacts (id, tenant_id, candidate_id, kind, value, raw, position, created_at, updated_at)
  values ($1, $2, $3, 'email', $4, $4, 0, now(), now())"""


class Contact(BaseModel):
    kind: str
    value: str
    raw: str


class Item(BaseModel):
    id: UUID
    name: str
    headline: str | None
    location: str | None
    years_experience: float | None
    skills: list[str]
    status: str
    owner_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime
    application_count: int = 0


class Candidate(Item):
    source: str | None
    provenance: dict[str, str]
    contacts: list[Contact]


class Page(BaseModel):
    data: list[Item]
    has_more: bool


class New(BaseModel):
    name: str
    headline: str | None = None
    skills: list[str] = []
    emails: list[EmailStr] = []


class Created(New):
    id: UUID
    created_at: datetime


@asynccontextmanager
async def lifespan(application: FastAPI) -> AsyncIterator[None]:
    async def prepare(connection: Any) -> None:
        await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")

    dsn = os.environ["DATABASE_URL"]
    application.state.pool = await asyncpg.create_pool(dsn, min_size=4, max_size=8, init=prepare)
    yield
    await application.state.pool.close()


app = FastAPI(lifespan=lifespan)


class User(BaseModel):
    tenant_id: UUID
    permissions: set[str]


async def current_user(authorization: Annotated[str, Header()]) -> User:
    """The user of the token as the database knows them now, as FastAPI's own tutorial on security has it."""
    claims = jwt.decode(authorization[7:], KEY, [ALGORITHM], audience=TENANT_AUDIENCE, issuer=ISSUER)
    async with app.state.pool.acquire() as connection:
        role = await connection.fetchval(RIGHTS, UUID(claims["tenant_id"]), UUID(claims["sid"]))
    if role is None:
        raise HTTPException(401)
    return User(tenant_id=claims["tenant_id"], permissions=SYSTEM_ROLES[role][1])


def may(permission: str) -> Any:
    def check(user: Annotated[User, Depends(current_user)]) -> UUID:
        if permission not in user.permissions:
            raise HTTPException(403)
        return user.tenant_id

    return Depends(check)


@app.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/api/v1/candidates/{candidate_id}")
async def one(candidate_id: UUID, of: Annotated[UUID, may("candidates.view_all")]) -> Candidate:
    async with app.state.pool.acquire() as connection:
        row = await connection.fetchrow(ONE, of, candidate_id)
        if row is None:
            raise HTTPException(404)
        contacts = await connection.fetch(CONTACTS, of, candidate_id)
    return Candidate(**row, contacts=[Contact(**contact) for contact in contacts])


@app.get("/api/v1/candidates")
async def many(
    of: Annotated[UUID, may("candidates.view_all")], status: str = "active", q: str | None = None, limit: int = 50
) -> Page:
    async with app.state.pool.acquire() as connection:
        rows = await (connection.fetch(SEARCH, of, *q.split()) if q else connection.fetch(LIST, of, status))
    return Page(data=[Item(**row) for row in rows[:limit]], has_more=len(rows) > limit)


@app.post("/api/v1/candidates", status_code=201)
async def create(body: New, of: Annotated[UUID, may("candidates.create")]) -> Created:
    words = " ".join([*body.name.lower().split(), *(skill.lower() for skill in body.skills)])
    candidate = new_id()
    async with app.state.pool.acquire() as connection, connection.transaction():
        at = await connection.fetchval(INSERT, candidate, of, body.name, body.headline, body.skills, words)
        for email in body.emails:
            await connection.execute(CONTACT, new_id(), of, candidate, email.lower())
    return Created(**body.model_dump(), id=candidate, created_at=at)
