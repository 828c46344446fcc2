"""Writes the archive of the current tenant: rows from one snapshot of the database, then files, then the manifest."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import IO, Any

import orjson
import sqlalchemy as sa

from app.models import SubscriptionPlan, Tenant
from app.services.core import schema_revision, tenant_archive
from app.services.core.column_reads import snapshot
from app.utils import clock, scope
from app.utils.digest import Counted
from app.utils.errors import NotFound
from app.utils.file_store import file_store

AT_ONCE = 500

Progress = Callable[[int, int], None]


def write(target: IO[bytes], progress: Progress) -> None:
    """Write the archive to a seekable stream; `progress` is called with the work done and the total.

    Files are copied after the connection is released, so that no transaction stays open for them.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        writer = _Writer(archive, progress)
        with snapshot() as connection:
            writer.add_rows(connection)
        writer.add_files()
        # Last, because it holds the digests of all other members.
        archive.writestr(tenant_archive.MANIFEST, orjson.dumps(writer.manifest(), option=orjson.OPT_INDENT_2))


class _Writer:
    def __init__(self, archive: zipfile.ZipFile, progress: Progress) -> None:
        self._archive = archive
        self._progress = progress
        self._tenant_id = scope.tenant_id()
        self._schema = ""
        self._files: list[str] = []
        self._members: dict[str, dict[str, Any]] = {}
        self._missing: list[str] = []
        self._done = self._total = 0

    def add_rows(self, connection: sa.Connection) -> None:
        tables = tenant_archive.tables()
        self._schema = schema_revision.current(connection)
        tenant, plan = self._tenant(connection)
        self._files = self._keys(connection, tenant["logo_key"])
        # In the same snapshot, so that `done` ends at exactly this total.
        self._total = sum(self._count(connection, table) for table in tables) + len(self._files)
        facts = {"tenant": tenant, "plan": plan}
        self._add(tenant_archive.TENANT, iter([orjson.dumps(facts, default=tenant_archive.encode)]))
        for table in tables:
            self._add(f"tables/{table.name}.jsonl", self._lines(connection, table))

    def add_files(self) -> None:
        """Add the files; those missing from storage are listed in the manifest."""
        for key in self._files:
            name = key.partition("/")[2]  # without the tenant's id: all keys start with it
            try:
                chunks = file_store.open(key)
            except NotFound:
                self._missing.append(name)
            else:
                self._add(f"files/{name}", self._with_progress(chunks))
            self._report_progress(1)

    def manifest(self) -> dict[str, Any]:
        return {
            "format": tenant_archive.FORMAT,
            "version": tenant_archive.VERSION,
            "schema": self._schema,
            "tenant_id": self._tenant_id,
            "exported_at": clock.now().isoformat(),
            "members": self._members,
            "missing_files": self._missing,
        }

    def _add(self, name: str, chunks: Iterator[bytes]) -> None:
        passed = Counted()
        # The size is unknown when the member begins, and may exceed 4 GB.
        with self._archive.open(name, "w", force_zip64=True) as member:
            for chunk in passed.through(chunks):
                member.write(chunk)
        self._members[name] = {"size": passed.size, "sha256": passed.sha256}

    def _lines(self, connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
        wanted = sa.select(*tenant_archive.columns(table)).where(table.c.tenant_id == self._tenant_id)
        wanted = wanted.order_by(*table.primary_key.columns).execution_options(yield_per=AT_ONCE)
        # Close the server-side cursor also if writing fails.
        with closing(connection.execute(wanted)) as found:
            for part in found.mappings().partitions():
                yield b"".join(tenant_archive.to_line(row) for row in part)
                self._report_progress(len(part))

    def _with_progress(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield chunk
            self._report_progress(0)  # a large file must show signs of life, too

    def _report_progress(self, more: int) -> None:
        self._done += more
        self._progress(self._done, self._total)

    def _count(self, connection: sa.Connection, table: sa.Table) -> int:
        counted = sa.select(sa.func.count()).select_from(table).where(table.c.tenant_id == self._tenant_id)
        return connection.execute(counted).scalar_one()

    def _keys(self, connection: sa.Connection, logo: str | None) -> list[str]:
        keys = [logo] if logo else []
        for table in tenant_archive.tables_with_files():
            kept = sa.select(table.c.storage_key).where(table.c.tenant_id == self._tenant_id)
            keys += connection.scalars(kept.order_by(table.c.id))
        return keys

    def _tenant(self, connection: sa.Connection) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the rows of the tenant and its plan."""
        tenants, plans = Tenant.__table__, SubscriptionPlan.__table__
        tenant = dict(connection.execute(sa.select(tenants).where(tenants.c.id == self._tenant_id)).mappings().one())
        # By content: the same plan has another id in another installation.
        plan = connection.execute(sa.select(plans).where(plans.c.id == tenant.pop("plan_id"))).mappings().one()
        return tenant, dict(plan)
