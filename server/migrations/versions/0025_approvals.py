"""Approvals and their chains, openings as rows, reasons of rejections.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security
from migrations.states import allow

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "rejection_reasons",
    "approval_chains",
    "approvals",
    "job_openings",
    "approval_seats",
)
BEFORE = ("draft", "open", "on_hold", "filled", "closed", "cancelled", "archived")


def upgrade() -> None:
    op.create_table(
        "rejection_reasons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "rejected",
                "withdrawn",
                name=op.f("ck_rejection_reasons_kind"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_rejection_reasons_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejection_reasons")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_rejection_reasons_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_rejection_reasons_tenant_id_key")),
    )
    op.create_table(
        "approval_chains",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "job",
                "offer",
                name=op.f("ck_approval_chains_subject"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("groups", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "department_id"],
            ["departments.tenant_id", "departments.id"],
            name=op.f("fk_approval_chains_tenant_id_department_id_departments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_approval_chains_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_chains")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_approval_chains_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "subject", "department_id", name=op.f("uq_approval_chains_tenant_id_subject_department_id")
        ),
    )
    with op.batch_alter_table("approval_chains", schema=None) as batch_op:
        batch_op.create_index(
            "uq_approval_chains_tenant_id_subject_general",
            ["tenant_id", "subject"],
            unique=True,
            sqlite_where=sa.text("department_id is null"),
            postgresql_where=sa.text("department_id is null"),
        )

    op.create_table(
        "approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "job", "offer", name=op.f("ck_approvals_subject"), native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "approved",
                "rejected",
                "cancelled",
                name=op.f("ck_approvals_status"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_reason", sa.String(length=500), nullable=True),
        sa.Column("group_number", sa.SmallInteger(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["jobs.tenant_id", "jobs.id"],
            name=op.f("fk_approvals_tenant_id_job_id_jobs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "requested_by_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_approvals_tenant_id_requested_by_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_approvals_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_approvals_tenant_id_id")),
    )
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.create_index("ix_approvals_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "uq_approvals_tenant_id_job_id_pending",
            ["tenant_id", "job_id"],
            unique=True,
            sqlite_where=sa.text("status = 'pending' and subject = 'job'"),
            postgresql_where=sa.text("status = 'pending' and subject = 'job'"),
        )

    op.create_table(
        "job_openings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=True),
        sa.Column("target_start_on", sa.Date(), nullable=True),
        sa.Column("filled_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("filled_at is null or closed_at is null", name=op.f("ck_job_openings_one_end")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["jobs.tenant_id", "jobs.id"],
            name=op.f("fk_job_openings_tenant_id_job_id_jobs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_job_openings_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_openings")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_job_openings_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "job_id", "number", name=op.f("uq_job_openings_tenant_id_job_id_number")),
    )
    op.create_table(
        "approval_seats",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("group_number", sa.SmallInteger(), nullable=False),
        sa.Column("group_name", sa.String(length=60), nullable=True),
        sa.Column("quorum", sa.SmallInteger(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "approved",
                "rejected",
                "skipped",
                "delegated",
                name=op.f("ck_approval_seats_status"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "approval_id"],
            ["approvals.tenant_id", "approvals.id"],
            name=op.f("fk_approval_seats_tenant_id_approval_id_approvals"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_approval_seats_tenant_id_user_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_approval_seats_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_seats")),
        sa.UniqueConstraint(
            "tenant_id",
            "approval_id",
            "group_number",
            "user_id",
            name=op.f("uq_approval_seats_tenant_id_approval_id_group_number_user_id"),
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_approval_seats_tenant_id_id")),
    )
    with op.batch_alter_table("approval_seats", schema=None) as batch_op:
        batch_op.create_index(
            "ix_approval_seats_tenant_id_user_id_status", ["tenant_id", "user_id", "status"], unique=False
        )

    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rejection_reason_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("opening_id", sa.Uuid(), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_applications_tenant_id_opening_id"), ["tenant_id", "opening_id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_applications_tenant_id_rejection_reason_id_rejection_reasons"),
            "rejection_reasons",
            ["tenant_id", "rejection_reason_id"],
            ["tenant_id", "id"],
            ondelete="RESTRICT",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_applications_tenant_id_opening_id_job_openings"),
            "job_openings",
            ["tenant_id", "opening_id"],
            ["tenant_id", "id"],
            ondelete="RESTRICT",
        )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        allow(batch_op, "jobs", *BEFORE, "pending_approval", "denied")
    _add_openings()
    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:
    op.execute("update jobs set status = 'draft' where status in ('pending_approval', 'denied')")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        allow(batch_op, "jobs", *BEFORE)
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_applications_tenant_id_opening_id_job_openings"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_applications_tenant_id_rejection_reason_id_rejection_reasons"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("uq_applications_tenant_id_opening_id"), type_="unique")
        batch_op.drop_column("opening_id")
        batch_op.drop_column("rejection_reason_id")

    op.drop_table("approval_seats")
    op.drop_table("job_openings")
    op.drop_table("approvals")
    op.drop_table("approval_chains")
    op.drop_table("rejection_reasons")


def _add_openings() -> None:
    """As many openings as each job says; the hires that there are fill the first ones."""
    bind = op.get_bind()
    meta = sa.MetaData()
    meta.reflect(bind, only=["jobs", "job_openings", "applications"], resolve_fks=False)
    jobs, openings, applications = (meta.tables[name] for name in ("jobs", "job_openings", "applications"))
    hired = sa.select(applications.c.id, applications.c.job_id, applications.c.stage_entered_at)
    hires: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in bind.execute(hired.where(applications.c.status == "hired").order_by(applications.c.stage_entered_at)):
        hires[row.job_id].append(row)
    for job in bind.execute(sa.select(jobs.c.id, jobs.c.tenant_id, jobs.c.openings, jobs.c.created_at)).all():
        times = {"created_at": job.created_at, "updated_at": job.created_at}
        rows = [
            {"id": _same_kind(job.id), "tenant_id": job.tenant_id, "job_id": job.id, "number": number, **times}
            for number in range(1, job.openings + 1)
        ]
        for row, hire in zip(rows, hires[job.id]):
            row["filled_at"] = hire.stage_entered_at
        bind.execute(openings.insert(), [{"filled_at": None, **row} for row in rows])
        for row, hire in zip(rows, hires[job.id]):
            own = sa.update(applications).where(applications.c.id == hire.id)
            bind.execute(own.values(opening_id=row["id"]))


def _same_kind(like: Any) -> Any:
    """A new id as this database gives them back: SQLite's reflected columns hold text."""
    new = uuid4()
    return new if isinstance(like, UUID) else new.hex
