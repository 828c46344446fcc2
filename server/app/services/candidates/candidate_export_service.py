"""Candidate export: streamed as CSV without formulas, or as JSON Lines; fields the caller may not see are empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateContact, Tenant, visibility_conditions
from app.models.candidate import pay_of
from app.models.candidate_contact import ContactKind
from app.models.job_access import Opens
from app.models.permission import COMPENSATION, PII
from app.schemas.candidate_export_schema import CandidateExportQuery, ExportFormat
from app.services.access import job_rights
from app.services.candidates import candidate_fields
from app.services.core import tenant_archive
from app.services.core.column_reads import read_rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.search import candidate_filters, candidate_search_sql
from app.utils import clock, csv_table, scope
from app.utils.file_store import Download

AT_ONCE = 500
CANDIDATES, CONTACTS = Candidate.__table__, CandidateContact.__table__
C = CANDIDATES.c
GUARDED = ("emails", "phones", "links", "expected_pay")  # empty without `candidates.pii` or `compensation.read`
OPEN = ["id", *(name for name in candidate_fields.BY_NAME if name not in GUARDED), "created_at", "updated_at"]
COLUMNS = [*OPEN, *GUARDED]
MEDIA_TYPES = {ExportFormat.CSV: "text/csv; charset=utf-8", ExportFormat.JSONL: "application/x-ndjson"}
KINDS = {ContactKind.EMAIL: "emails", ContactKind.PHONE: "phones", ContactKind.LINK: "links"}


def export(query: CandidateExportQuery) -> Download:
    """Export the visible candidates that match the filters, ordered by id, and record an event."""
    values = candidate_filters.values(query)
    node = candidate_filters.tree(query.q, query)
    conditions = [*candidate_filters.conditions(query), *(candidate_filters.condition(name) for name in values)]
    if node is not None:
        conditions.append(candidate_search_sql.holds(node, scope.tenant_id()))
    # Recorded before the first row is sent: the client may stop reading at any time.
    slug = _note(query)
    # Rows are read while the response is sent, when the scope of the request has ended.
    bound, tenant_id = scope.current(), scope.tenant_id()
    assert bound is not None
    pages = _pages(conditions, values, lambda: scope.tenant(tenant_id, bound.actor))
    lines = _csv(pages) if query.format is ExportFormat.CSV else map(_json, pages)
    name = f"candidates-{slug}-{clock.now():%Y-%m-%d}.{query.format}"
    return Download(lines, name, MEDIA_TYPES[query.format], None)


def safe_cell(value: Any) -> str:
    """Return a cell that no spreadsheet interprets as a formula."""
    text = "" if value is None else value if isinstance(value, str) else _plain(value)
    # Numbers and dates cannot be formulas, and a quote would turn -5 into text.
    return csv_table.quoted(text) if isinstance(value, (str, list, dict)) else text


@use_case
def _note(query: CandidateExportQuery) -> str:
    tenant = db.session.get_one(Tenant, scope.tenant_id())
    # Only the names of the filters: their values may be personal data, which the ledger must not contain.
    event_service.record("candidates.exported", tenant, format=query.format, filters=sorted(query.model_fields_set))
    return tenant.slug


def _pages(
    conditions: list[Any], values: Mapping[str, Any], bound: Callable[[], AbstractContextManager[Any]]
) -> Iterator[list[dict[str, Any]]]:
    """Read the pages, each in its own scope, since the client may read slowly."""
    last: UUID | None = None
    while True:
        with bound():
            after = [C.id > last] if last is not None else []  # not OFFSET: rows come and go between pages
            statement = sa.select(CANDIDATES).where(C.tenant_id == scope.tenant_id(), *conditions, *after)
            page = read_rows(
                statement.where(*visibility_conditions.candidates()).order_by(C.id).limit(AT_ONCE), dict(values)
            )
            people = _people(page)
        if not page:
            return
        last = page[-1]["id"]
        yield people


def _people(page: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the exported fields of the rows, with contact points and pay if the actor may see them."""
    permissions = scope.actor().permissions
    points: dict[UUID, dict[str, list[str]]] = {}
    rows = list(page)
    opened = job_rights.opened([row["id"] for row in rows], Opens.CONTACT_POINTS, Opens.PAY)
    if PII in permissions and rows:
        wanted = sa.select(CONTACTS.c.candidate_id, CONTACTS.c.kind, CONTACTS.c.value).where(
            CONTACTS.c.tenant_id == scope.tenant_id(), CONTACTS.c.candidate_id.in_(opened[Opens.CONTACT_POINTS])
        )
        for point in read_rows(wanted.order_by(CONTACTS.c.position), {}):
            points.setdefault(point["candidate_id"], {}).setdefault(KINDS[point["kind"]], []).append(point["value"])
    people = []
    for row in rows:
        own = points.get(row["id"], {})
        has_contacts = PII in permissions and row["id"] in opened[Opens.CONTACT_POINTS]
        contacts = {name: own.get(name, []) if has_contacts else None for name in KINDS.values()}
        pay = pay_of(row) if COMPENSATION in permissions and row["id"] in opened[Opens.PAY] else None
        people.append({**{name: row[name] for name in OPEN}, **contacts, "expected_pay": pay})
    return people


def _csv(pages: Iterator[list[dict[str, Any]]]) -> Iterator[bytes]:
    yield csv_table.written([COLUMNS])
    for page in pages:
        yield csv_table.written([[safe_cell(person[name]) for name in COLUMNS] for person in page])


def _json(page: list[dict[str, Any]]) -> bytes:
    return b"".join(map(tenant_archive.to_line, page))


def _plain(value: Any) -> str:
    """Format a value as a cell: lists of strings separated by semicolons, everything else as JSON."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    if value in ([], {}):
        return ""
    # Dates and ids are strings in JSON; in a cell, they have no quotation marks.
    return orjson.dumps(value, default=tenant_archive.encode, option=orjson.OPT_UTC_Z).decode().strip('"')
