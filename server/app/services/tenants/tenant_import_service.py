"""Imports: create a tenant from the archive of another installation, completely or not at all.

The operator must trust the archive: its rows define who has which role. Its content is validated against the rules of
the database and the plan, and cannot reach beyond its own tenant.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.models import Candidate, CandidateDocument, CandidateResume, EmailMessage, InvitationFile, Job, Role
from app.models import SubscriptionPlan as Plan
from app.models import Tenant, TenantCounter, User
from app.models.base.tenancy import columns_to_itself
from app.models.candidate_resume import ResumeStatus
from app.models.email_message import EmailStatus
from app.models.job import JobStatus
from app.models.subscription_plan import BillingPeriod
from app.models.system_role import SYSTEM_ROLES
from app.schemas.parsed_resume_schema import ParsedResume
from app.schemas.subscription_plan_schema import PlanCreate
from app.schemas.tenant_export_schema import ArchivedTenant, ImportReport, Manifest
from app.schemas.tenant_schema import Color, LocaleTag, Slug, TimeZone
from app.schemas.tenant_settings_schema import TenantSettings
from app.services.core import schema_revision, tenant_archive
from app.services.core.column_reads import snapshot
from app.services.core.transaction import end_read, is_unavailable, use_case
from app.services.events import event_service, outbox_service, platform_event_service
from app.services.settings import subscription_plan_service, tenant_subscription_service
from app.services.settings.tenant_branding_service import LOGO_TYPES
from app.utils import ids, scope
from app.utils.digest import counted
from app.utils.errors import Conflict, Invalid
from app.utils.file_store import file_store

AT_ONCE = 500  # rows per statement
MANY_ROWS = 1000
MAX_MANIFEST = 512 * 1024**2  # bytes; read into memory
MAX_LINE = 64 * 1024**2  # bytes; one row, read into memory
MAX_ARCHIVE = 1024**4  # bytes, all members uncompressed
# KeyError: a member is missing; RuntimeError: it is encrypted; NotImplementedError: its compression is unknown;
# ValueError: a row breaks a rule of this module.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError, NotImplementedError)
LATER = "It was queued when the tenant was exported. The original installation sends it."


def import_archive(path: Path, slug: str | None = None, plan: str | None = None) -> ImportReport:
    """Import the tenant of an archive, with its original ids.

    `slug` replaces the slug, if it is taken; `plan` is a standard plan to use instead of the archived one. Invalid if
    the archive is damaged or breaks a rule, Conflict if the tenant exists or the schemas differ.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _checked(archive)
            with scope.tenant(manifest.tenant_id, scope.actor()):
                return _Reader(archive, manifest).read(slug, plan)
    except ValidationError as error:
        raise Invalid("The tenant data in the archive is not valid.", code="bad_archive") from error
    except BROKEN as error:
        raise Invalid(f"The archive cannot be read: {error}.", code="bad_archive") from error
    except SQLAlchemyError as error:
        # Not the archive's fault: a retry may succeed.
        if is_unavailable(error):
            raise
        raise Invalid("A row of the archive does not fit the database.", code="bad_archive") from error


def _checked(archive: zipfile.ZipFile) -> Manifest:
    """Return the manifest, after checking every member against it."""
    try:
        manifest = Manifest.model_validate_json(_facts(archive, tenant_archive.MANIFEST))
    except ValidationError as error:
        raise Invalid(
            "This is not an archive of a tenant, or its version is not supported.", code="bad_archive"
        ) from error
    with snapshot() as connection:
        here = schema_revision.current(connection)
    if manifest.schema_revision != here:
        detail = f"The archive has schema {manifest.schema_revision}, but this installation has {here}."
        raise Conflict(detail, code="other_schema")
    names = archive.namelist()
    # Of two members with one name, the one that is checked might not be the one that is read.
    if len(names) != len(set(names)) or set(names) - {tenant_archive.MANIFEST} != set(manifest.members):
        raise Invalid("The archive contains more or less than its manifest lists.", code="bad_archive")
    if sum(member.size for member in manifest.members.values()) > MAX_ARCHIVE:
        raise Invalid("The archive is too large when unpacked.", code="bad_archive")
    for name, member in manifest.members.items():
        with archive.open(name) as source:
            # Stops beyond the listed size, so that a zip bomb is not unpacked.
            found = counted(source, member.size)
        if (found.size, found.sha256) != (member.size, member.sha256):
            raise Invalid(f"{name} is not what the manifest says.", code="bad_archive")
    return manifest


def _facts(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as source:
        facts = source.read(MAX_MANIFEST + 1)
    if len(facts) > MAX_MANIFEST:
        raise Invalid(f"{name} is too large.", code="bad_archive")
    return facts


class _Reader:
    """Imports a checked archive in the scope of its tenant: first the files, then the rows."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self._manifest = manifest
        self._tenant_id = scope.tenant_id()
        facts = ArchivedTenant.model_validate_json(_facts(archive, tenant_archive.TENANT))
        self._tenant, self._plan = self._tenant_row(facts.tenant), facts.plan

    def read(self, slug: str | None, plan: str | None) -> ImportReport:
        """Import everything or nothing: an error leaves no row and no file."""
        if db.session.get(Tenant, self._tenant_id) is not None:  # before its files would be overwritten
            raise Conflict("This tenant is here already.", code="tenant_exists")
        # Codes are unique in the installation. The last digits of a UUIDv7 are random.
        if self._plan["for_tenant_id"] is not None and subscription_plan_service.is_taken(self._plan["code"]):
            self._plan["code"] = f"{self._plan['code'][:30]}_{ids.new_id().hex[-8:].upper()}"
        # Copying files is slow.
        end_read()
        stored: list[str] = []
        try:
            for key, name in self._files():
                stored.append(key)  # before the copy, so that a partial file is deleted, too
                with self._archive.open(name) as source:
                    file_store.save(key, source)
            return self._add(slug, plan, len(stored))
        # Also if the operator interrupts the command.
        except BaseException:
            for key in stored:
                file_store.delete(key)
            raise

    @use_case(retries=0)
    def _add(self, slug: str | None, plan: str | None, files: int) -> ImportReport:
        tenant = self._add_tenant(slug, plan)
        rows = sum(self._add_rows(table) for table in tenant_archive.tables())
        _count_anew(db.session.get_one(Plan, tenant.plan_id))
        if plan is not None or not tenant_subscription_service.has_live():
            tenant_subscription_service.replace_live(db.session.get_one(Plan, tenant.plan_id), BillingPeriod.MONTHLY)
        if not event_service.verify().valid:
            raise Invalid("The ledger in the archive is not intact.", code="bad_archive")
        _take_up_work()
        event_service.record("tenant.imported", tenant, exported_at=self._manifest.exported_at.isoformat())
        platform_event_service.record("tenant.imported", tenant, rows=rows)
        given = db.session.get_one(Plan, tenant.plan_id).code
        return ImportReport(tenant_id=tenant.id, slug=tenant.slug, plan=given, rows=rows, files=files)

    def _tenant_row(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Return the tenant's row, validated like input from its administrators."""
        known = {column.name: column for column in Tenant.__table__.columns if column.name != "plan_id"}
        if set(facts) != set(known) or facts["id"] != str(self._tenant_id):
            raise ValueError("the tenant row does not fit: it has other columns or another id")
        # These end up in URLs, style sheets and formats, so a hostile value must not get in.
        kinds: dict[str, Any] = {"slug": Slug, "time_zone": TimeZone, "locale": LocaleTag, "brand_color": Color | None}
        for name, kind in kinds.items():
            TypeAdapter(kind).validate_python(facts[name])
        # The logo is served with this type: text/html would run scripts on our domain.
        if facts["logo_media_type"] not in (None, *LOGO_TYPES) or (facts["logo_key"] is None) != (
            facts["logo_size"] is None
        ):
            raise ValueError("the logo is not a valid image")
        settings = TenantSettings.model_validate(facts["settings"]).model_dump(mode="json", exclude_defaults=True)
        # An archive made for a deletion contains its date, but the imported tenant stays.
        return {**tenant_archive.decode_all(known, facts), "settings": settings, "delete_after": None}

    def _files(self) -> Iterator[tuple[str, str]]:
        """Yield key and member of each file; only keys of this tenant that a row refers to are accepted."""
        with_files = tenant_archive.tables_with_files()
        keys = {row["storage_key"] for table in with_files for chunk in self._chunks(table) for row in chunk}
        keys |= {self._tenant["logo_key"]} - {None}
        # "TENANT/../OTHER/file" starts with the tenant's id, too.
        if not all(str(key).startswith(f"{self._tenant_id}/") and ".." not in key for key in keys):
            raise ValueError("a row refers to a file of another tenant")
        for name in self._manifest.members:
            if name.startswith("files/"):
                key = f"{self._tenant_id}/{name.removeprefix('files/')}"
                if key not in keys:
                    raise ValueError(f"no row refers to {name}")
                yield key, name

    def _add_tenant(self, slug: str | None, plan: str | None) -> Tenant:
        given = TypeAdapter(Slug).validate_python(slug or self._tenant["slug"])
        custom = plan is None and self._plan["for_tenant_id"] is not None
        standard = subscription_plan_service.by_code("ENTERPRISE" if custom else plan or self._plan["code"])
        db.session.execute(sa.insert(Tenant.__table__).values({**self._tenant, "slug": given, "plan_id": standard.id}))
        tenant = db.session.get_one(Tenant, self._tenant_id)
        if custom:  # the custom plan refers to the tenant, which must exist first
            tenant.plan_id = self._add_custom_plan()
            db.session.flush()
        return tenant

    def _add_custom_plan(self) -> UUID:
        new = PlanCreate.model_validate({name: self._plan[name] for name in PlanCreate.model_fields})
        plan = Plan(**new.model_dump(mode="json"), for_tenant_id=self._tenant_id)
        db.session.add(plan)
        db.session.flush()  # the tenant needs the id
        return plan.id

    def _add_rows(self, table: sa.Table) -> int:
        """Insert in chunks; references to rows of the same table are set afterwards."""
        to_itself = columns_to_itself(table)
        later: list[dict[str, Any]] = []
        added = 0
        for chunk in self._chunks(table):
            for row in chunk:
                if own := {name: row[name] for name in to_itself if row[name] is not None}:
                    # All parameter sets of one statement need the same names, hence the nulls.
                    later.append({"of_id": row["id"], **dict.fromkeys(to_itself), **own})
                    row.update(dict.fromkeys(own))
            db.session.execute(sa.insert(table), chunk)
            added += len(chunk)
        # Autovacuum does not see uncommitted rows, so PostgreSQL would plan for an empty table.
        if added >= MANY_ROWS and db.session.get_bind().dialect.name == "postgresql":
            self._analyze(table)
        if later:
            mine = sa.update(table).where(table.c.tenant_id == self._tenant_id, table.c.id == sa.bindparam("of_id"))
            # Otherwise, `onupdate` would set `updated_at` to now.
            values: dict[str, Any] = {name: sa.bindparam(name) for name in to_itself} | {
                "updated_at": table.c.updated_at
            }
            db.session.connection().execute(mine.values(values), later)
        return added

    @staticmethod
    def _analyze(table: sa.Table) -> None:
        """Update the statistics, from which PostgreSQL plans the foreign key checks of later tables."""
        analyze = sa.DDL(f"analyze {table.name}")  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
        db.session.execute(analyze)

    def _chunks(self, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
        chunk: list[dict[str, Any]] = []
        with self._archive.open(f"tables/{table.name}.jsonl") as lines:
            for line in _short_lines(lines):
                row = tenant_archive.from_line(table, line)
                if row["tenant_id"] != self._tenant_id:
                    raise ValueError(f"a row of {table.name} belongs to another tenant")
                _hold_to_schema(table, row)
                chunk.append(row | _instead_of_omitted(table))
                if len(chunk) == AT_ONCE:
                    yield chunk
                    chunk = []
        if chunk:
            yield chunk


def _hold_to_schema(table: sa.Table, row: dict[str, Any]) -> None:
    """Validate what the database cannot: the system roles and the format of parsed resumes."""
    if table is Role.__table__ and row["is_system"] and SYSTEM_ROLES.get(row["name"], (0,))[0] != row["level"]:
        raise ValueError("a system role is unknown or has the wrong level")
    if table is CandidateResume.__table__ and row["parsed"] is not None:
        ParsedResume.model_validate(row["parsed"])


def _short_lines(source: IO[bytes]) -> Iterator[bytes]:
    while line := source.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise ValueError("a line is too long")
        yield line


def _count_anew(plan: Plan) -> None:
    """Recount the usage from the rows, whatever the archive says, and enforce and copy the plan's limits."""
    counter = db.session.scalars(sa.select(TenantCounter)).one_or_none()
    if counter is None:
        raise ValueError("the usage counter of the tenant is missing")
    for name, what in (
        ("users", sa.func.count(User.id)),
        ("candidates", sa.func.count(Candidate.id)),
        ("jobs", sa.func.count(Job.id)),
        ("storage_bytes", sa.func.coalesce(sa.func.sum(CandidateDocument.size), 0)),
    ):
        setattr(counter, name, int(db.session.scalar(sa.select(what)) or 0))
    counter.storage_bytes += db.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(InvitationFile.size), 0))) or 0
    counter.storage_bytes += db.session.get_one(Tenant, scope.tenant_id()).logo_size or 0
    db.session.flush()
    subscription_plan_service.copy_limits(plan, subscription_plan_service.enforce_usage(plan))
    db.session.flush()


def _take_up_work() -> None:
    """Enqueue the ranking of jobs and pending resumes; cancel queued mails, which the original installation sends."""
    waiting = CandidateResume.status.in_((ResumeStatus.PENDING, ResumeStatus.PARSING))
    for resume_id in db.session.scalars(sa.select(CandidateResume.id).where(waiting)):
        outbox_service.enqueue("candidate_resume/uploaded", resume_id=resume_id)
    for job_id in db.session.scalars(sa.select(Job.id).where(Job.status.in_((JobStatus.OPEN, JobStatus.ON_HOLD)))):
        outbox_service.enqueue("job/changed", job_id=job_id)
    queued = sa.update(EmailMessage).where(EmailMessage.status == EmailStatus.QUEUED)
    db.session.execute(queued.values(status=EmailStatus.CANCELLED, error=LATER))


def _instead_of_omitted(table: sa.Table) -> dict[str, Any]:
    """Return values for columns that archives omit: imported users have no password yet."""
    if table is User.__table__:
        return {**dict.fromkeys(tenant_archive.OMITTED_COLUMNS["users"]), "recovery_codes": []}
    return {}
