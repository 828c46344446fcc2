"""Imports: a tenant moves in from the archive that another installation made, whole or not at all."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import ValidationError

from app.extensions import db
from app.models import CandidateDocument, SubscriptionPlan, Tenant, TenantCounter, User
from app.models.tenancy import columns_to_itself
from app.schemas.tenant_export_schema import ArchivedTenant, ImportReport, Manifest, Member
from app.services import (
    event_service,
    platform_event_service,
    schema_revision,
    subscription_plan_service,
    tenant_archive,
)
from app.services.column_reads import snapshot
from app.services.transaction import on_rollback, use_case
from app.utils import ids, scope
from app.utils.errors import Conflict, Invalid
from app.utils.file_store import CHUNK, file_store

AT_ONCE = 500
MAX_FACTS = 16 * 1024**2  # bytes of the manifest and of the tenant's row


def import_archive(path: Path, slug: str | None = None) -> ImportReport:
    """Bring the tenant of an archive in, under its own ids; `slug` is its new name where the old one is taken.

    Invalid where the archive is not whole, Conflict where the tenant is here already or the schemas differ.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _checked(archive)
            with scope.tenant(manifest.tenant_id, scope.actor()):
                return _Reader(archive, manifest).read(slug)
    except (zipfile.BadZipFile, EOFError, KeyError, ValueError) as error:
        raise Invalid(f"The archive cannot be read: {error}.", code="bad_archive") from error


def _checked(archive: zipfile.ZipFile) -> Manifest:
    """The manifest, once every member was found to be what it says."""
    try:
        manifest = Manifest.model_validate_json(_facts(archive, tenant_archive.MANIFEST))
    except ValidationError as error:
        raise Invalid("This is not an archive of a tenant, or one of another version.", code="bad_archive") from error
    with snapshot() as connection:
        here = schema_revision.current(connection)
    if manifest.schema_revision != here:
        detail = f"The archive has the schema {manifest.schema_revision}, this installation {here}."
        raise Conflict(detail, code="other_schema")
    names = set(archive.namelist()) - {tenant_archive.MANIFEST}
    if names != set(manifest.members):
        raise Invalid("The archive has more or less in it than its manifest says.", code="bad_archive")
    for name, member in manifest.members.items():
        _check_member(archive, name, member)
    return manifest


def _check_member(archive: zipfile.ZipFile, name: str, member: Member) -> None:
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as source:
        for chunk in iter(lambda: source.read(CHUNK), b""):
            digest.update(chunk)
            size += len(chunk)
            if size > member.size:
                break
    if (size, digest.hexdigest()) != (member.size, member.sha256):
        raise Invalid(f"{name} is not what the manifest says.", code="bad_archive")


def _facts(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as source:
        facts = source.read(MAX_FACTS + 1)
    if len(facts) > MAX_FACTS:
        raise Invalid(f"{name} is too large.", code="bad_archive")
    return facts


class _Reader:
    """Writes what a checked archive holds, in the scope of its tenant."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self._manifest = manifest
        self._tenant_id = scope.tenant_id()
        self._rows = 0

    @use_case
    def read(self, slug: str | None) -> ImportReport:
        facts = ArchivedTenant.model_validate_json(_facts(self._archive, tenant_archive.TENANT))
        tenant = self._add_tenant(facts, slug)
        for table in tenant_archive.tables():
            self._add_rows(table)
        files = self._add_files()
        plan = db.session.get_one(SubscriptionPlan, tenant.plan_id)
        subscription_plan_service.copy_limits(plan, db.session.scalars(sa.select(TenantCounter)).one())
        event_service.record("tenant.imported", tenant, exported_at=self._manifest.exported_at.isoformat())
        platform_event_service.record("tenant.imported", tenant, rows=self._rows)
        return ImportReport(tenant_id=tenant.id, slug=tenant.slug, rows=self._rows, files=files)

    def _add_tenant(self, facts: ArchivedTenant, slug: str | None) -> Tenant:
        if db.session.get(Tenant, self._tenant_id) is not None:
            raise Conflict("This tenant is here already.", code="tenant_exists")
        known = {column.name: column for column in Tenant.__table__.columns if column.name != "plan_id"}
        if set(facts.tenant) != set(known) or facts.tenant["id"] != str(self._tenant_id):
            raise ValueError("the tenant's row does not fit")
        values = {name: tenant_archive.decode(known[name], value) for name, value in facts.tenant.items()}
        values |= {"slug": slug or values["slug"], "delete_after": None}
        plan, custom = self._plan(facts.plan)
        db.session.execute(sa.insert(Tenant.__table__).values(**values, plan_id=plan))
        if custom is not None:  # a custom plan refers to its tenant, which must be there
            db.session.execute(sa.insert(SubscriptionPlan.__table__).values(custom))
            own = sa.update(Tenant.__table__).where(Tenant.__table__.c.id == self._tenant_id)
            db.session.execute(own.values(plan_id=custom["id"]))
        return db.session.get_one(Tenant, self._tenant_id)

    def _plan(self, facts: dict[str, Any]) -> tuple[UUID, dict[str, Any] | None]:
        """The id of the standard plan of that code; for a custom one the largest, for a moment, and its row."""
        if facts["for_tenant_id"] is None:
            return subscription_plan_service.by_code(facts["code"]).id, None
        columns = SubscriptionPlan.__table__.columns
        custom = {name: tenant_archive.decode(columns[name], value) for name, value in facts.items()}
        custom |= {"id": ids.new_id(), "for_tenant_id": self._tenant_id}
        return subscription_plan_service.by_code("ENTERPRISE").id, custom

    def _add_rows(self, table: sa.Table) -> None:
        """Insert in chunks; what refers to rows of the same table is set afterwards."""
        to_itself = columns_to_itself(table)
        later: list[dict[str, Any]] = []
        for chunk in self._chunks(table):
            for row in chunk:
                if own := {name: row[name] for name in to_itself if row[name] is not None}:
                    later.append({"of_id": row["id"], **dict.fromkeys(to_itself), **own})
                    row.update(dict.fromkeys(own))
            db.session.execute(sa.insert(table), chunk)
            self._rows += len(chunk)
        if later:
            mine = sa.update(table).where(table.c.tenant_id == self._tenant_id, table.c.id == sa.bindparam("of_id"))
            values = {name: sa.bindparam(name) for name in to_itself} | {"updated_at": table.c.updated_at}
            db.session.connection().execute(mine.values(values), later)

    def _chunks(self, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
        chunk: list[dict[str, Any]] = []
        with self._archive.open(f"tables/{table.name}.jsonl") as lines:
            for line in lines:
                row = tenant_archive.from_line(table, line)
                if row["tenant_id"] != self._tenant_id:
                    raise ValueError(f"a row of {table.name} belongs to another tenant")
                chunk.append(row | _instead_of_omitted(table))
                if len(chunk) == AT_ONCE:
                    yield chunk
                    chunk = []
        if chunk:
            yield chunk

    def _add_files(self) -> int:
        """Store the files that rows speak of, under keys of this tenant whatever the archive says."""
        kept = {*db.session.scalars(sa.select(CandidateDocument.storage_key)), *self._logo()}
        count = 0
        for name in self._manifest.members:
            if not name.startswith("files/"):
                continue
            key = f"{self._tenant_id}/{name.removeprefix('files/')}"
            if key not in kept:
                raise ValueError(f"no row speaks of {name}")
            with self._archive.open(name) as source:
                _store(key, source)
            count += 1
        return count

    def _logo(self) -> list[str]:
        key = db.session.scalar(sa.select(Tenant.logo_key).where(Tenant.id == self._tenant_id))
        return [key] if key else []


def _store(key: str, source: IO[bytes]) -> None:
    on_rollback(lambda: file_store.delete(key))
    file_store.save(key, source)


def _instead_of_omitted(table: sa.Table) -> dict[str, Any]:
    """Values for columns that an archive leaves out: nobody of an imported tenant has a password yet."""
    if table is User.__table__:
        return {**dict.fromkeys(tenant_archive.OMITTED_COLUMNS["users"]), "recovery_codes": []}
    return {}
