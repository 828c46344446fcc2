"""Candidates with all their fields; tags, pools, notes, tasks, assignments, bookmarks, saved searches, custom fields.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.utils import ids
from migrations.row_security import enable_row_security
from migrations.triggers import kept_triggers

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
TABLES = (
    "candidate_assignments",
    "candidate_bookmarks",
    "candidate_notes",
    "candidate_taggings",
    "candidate_tags",
    "candidate_tasks",
    "custom_fields",
    "saved_searches",
    "talent_pool_members",
    "talent_pools",
)
BATCH = 1000


def _create_tables() -> None:
    op.create_table(
        "candidate_tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("color", sa.String(length=7), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_tags_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_tags")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_tags_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_candidate_tags_tenant_id_key")),
    )
    op.create_table(
        "custom_fields",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "number",
                "date",
                "choice",
                "multi_choice",
                "boolean",
                "url",
                name=op.f("ck_custom_fields_kind"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_custom_fields_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_custom_fields_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_custom_fields_tenant_id_key")),
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column(
            "alert",
            sa.Enum(
                "never",
                "daily",
                "weekly",
                name=op.f("ck_saved_searches_alert"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_saved_searches_tenant_id_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_saved_searches_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_saved_searches_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "user_id", "name", name=op.f("uq_saved_searches_tenant_id_user_id_name")),
    )
    with op.batch_alter_table("saved_searches", schema=None) as batch_op:
        batch_op.create_index(
            "ix_saved_searches_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False
        )

    op.create_table(
        "talent_pools",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_talent_pools_tenant_id_owner_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_talent_pools_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_pools")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_talent_pools_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_talent_pools_tenant_id_key")),
    )
    with op.batch_alter_table("talent_pools", schema=None) as batch_op:
        batch_op.create_index(
            "ix_talent_pools_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False
        )

    op.create_table(
        "candidate_assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "completed",
                "cancelled",
                name=op.f("ck_candidate_assignments_status"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_candidate_assignments_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_candidate_assignments_tenant_id_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_assignments_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_assignments")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_assignments_tenant_id_id")),
    )
    with op.batch_alter_table("candidate_assignments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidate_assignments_tenant_id_candidate_id", ["tenant_id", "candidate_id"], unique=False
        )
        batch_op.create_index(
            "ix_candidate_assignments_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            "uq_candidate_assignments_tenant_id_candidate_id_active",
            ["tenant_id", "candidate_id"],
            unique=True,
            sqlite_where=sa.text("status = 'active'"),
            postgresql_where=sa.text("status = 'active'"),
        )

    op.create_table(
        "candidate_bookmarks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "favorite",
                "recent",
                name=op.f("ck_candidate_bookmarks_kind"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_candidate_bookmarks_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_candidate_bookmarks_tenant_id_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_bookmarks_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_bookmarks")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_bookmarks_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "user_id",
            "kind",
            "candidate_id",
            name=op.f("uq_candidate_bookmarks_tenant_id_user_id_kind_candidate_id"),
        ),
    )
    with op.batch_alter_table("candidate_bookmarks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidate_bookmarks_tenant_id_candidate_id", ["tenant_id", "candidate_id"], unique=False
        )
        batch_op.create_index(
            "ix_candidate_bookmarks_tenant_id_user_id_kind_marked_at",
            ["tenant_id", "user_id", "kind", "marked_at"],
            unique=False,
        )

    op.create_table(
        "candidate_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "public",
                "team",
                "private",
                name=op.f("ck_candidate_notes_visibility"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("mentions", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "author_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_candidate_notes_tenant_id_author_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_candidate_notes_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_notes_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_notes")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_notes_tenant_id_id")),
    )
    with op.batch_alter_table("candidate_notes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidate_notes_tenant_id_candidate_id_created_at_id",
            ["tenant_id", "candidate_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_candidate_notes_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False
        )

    op.create_table(
        "candidate_taggings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_candidate_taggings_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tag_id"],
            ["candidate_tags.tenant_id", "candidate_tags.id"],
            name=op.f("fk_candidate_taggings_tenant_id_tag_id_candidate_tags"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_taggings_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_taggings")),
        sa.UniqueConstraint(
            "tenant_id", "candidate_id", "tag_id", name=op.f("uq_candidate_taggings_tenant_id_candidate_id_tag_id")
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_taggings_tenant_id_id")),
    )
    with op.batch_alter_table("candidate_taggings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidate_taggings_tenant_id_tag_id_candidate_id", ["tenant_id", "tag_id", "candidate_id"], unique=False
        )

    op.create_table(
        "candidate_tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assignee_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_candidate_tasks_tenant_id_assignee_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_candidate_tasks_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_candidate_tasks_tenant_id_created_by_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_tasks_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_tasks")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_tasks_tenant_id_id")),
    )
    with op.batch_alter_table("candidate_tasks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidate_tasks_tenant_id_assignee_id_due_at_id",
            ["tenant_id", "assignee_id", "due_at", "id"],
            unique=False,
        )
        batch_op.create_index("ix_candidate_tasks_tenant_id_candidate_id", ["tenant_id", "candidate_id"], unique=False)
        batch_op.create_index(
            "ix_candidate_tasks_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index("ix_candidate_tasks_tenant_id_due_at_id", ["tenant_id", "due_at", "id"], unique=False)

    op.create_table(
        "talent_pool_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_talent_pool_members_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pool_id"],
            ["talent_pools.tenant_id", "talent_pools.id"],
            name=op.f("fk_talent_pool_members_tenant_id_pool_id_talent_pools"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_talent_pool_members_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talent_pool_members")),
        sa.UniqueConstraint(
            "tenant_id", "candidate_id", "pool_id", name=op.f("uq_talent_pool_members_tenant_id_candidate_id_pool_id")
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_talent_pool_members_tenant_id_id")),
    )
    with op.batch_alter_table("talent_pool_members", schema=None) as batch_op:
        batch_op.create_index(
            "ix_talent_pool_members_tenant_id_pool_id_candidate_id",
            ["tenant_id", "pool_id", "candidate_id"],
            unique=False,
        )


def _widen_candidates() -> None:
    with kept_triggers("candidates"), op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("given_name", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("family_name", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("preferred_name", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("skill_use", JSON, server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("languages", JSON, server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("work_authorizations", JSON, server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("notice_days", sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column("available_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("preferred_roles", JSON, server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("preferred_locations", JSON, server_default="[]", nullable=False))
        batch_op.add_column(
            sa.Column(
                "preferred_workplace",
                sa.Enum(
                    "onsite",
                    "hybrid",
                    "remote",
                    name=op.f("ck_candidates_preferred_workplace"),
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("source_detail", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("source_url", sa.String(length=400), nullable=True))
        batch_op.add_column(sa.Column("custom_fields", JSON, server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("is_broadcast", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_check_constraint(op.f("ck_candidates_notice_days"), "notice_days between 0 and 730")


def _widen_events() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("candidate_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            "ix_events_tenant_id_candidate_id_seq", ["tenant_id", "candidate_id", "seq"], unique=False
        )


def upgrade() -> None:
    _create_tables()
    _widen_candidates()
    _widen_events()
    for table in TABLES:
        enable_row_security(table)
    _name_the_candidates_of_events()
    _note_who_works_with_whom()


def _name_the_candidates_of_events() -> None:
    op.execute("update events set candidate_id = subject_id where subject_type = 'candidates'")


def _note_who_works_with_whom() -> None:
    """Whoever owns a candidate is assigned to the candidate."""
    bind = op.get_bind()
    candidates = sa.table(
        "candidates",
        *(sa.column(n, sa.Uuid()) for n in ("id", "tenant_id", "owner_id")),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    names = ("id", "tenant_id", "candidate_id", "user_id")
    times = ("created_at", "updated_at")
    assignments = sa.table(
        "candidate_assignments",
        *(sa.column(n, sa.Uuid()) for n in names),
        sa.column("status"),
        *(sa.column(n, sa.DateTime(timezone=True)) for n in times),
    )
    owned = bind.execute(sa.select(candidates).where(candidates.c.owner_id.is_not(None))).all()
    for start in range(0, len(owned), BATCH):
        rows = [
            {
                "id": ids.new_id(),
                "tenant_id": row.tenant_id,
                "candidate_id": row.id,
                "user_id": row.owner_id,
                "status": "active",
                **dict.fromkeys(times, row.created_at),
            }
            for row in owned[start : start + BATCH]
        ]
        bind.execute(sa.insert(assignments), rows)


def downgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_tenant_id_candidate_id_seq")
        batch_op.drop_column("candidate_id")

    with kept_triggers("candidates"), op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_candidates_notice_days"), type_="check")
        batch_op.drop_constraint(op.f("ck_candidates_preferred_workplace"), type_="check")
        batch_op.drop_column("is_broadcast")
        batch_op.drop_column("custom_fields")
        batch_op.drop_column("source_url")
        batch_op.drop_column("source_detail")
        batch_op.drop_column("preferred_workplace")
        batch_op.drop_column("preferred_locations")
        batch_op.drop_column("preferred_roles")
        batch_op.drop_column("available_from")
        batch_op.drop_column("notice_days")
        batch_op.drop_column("work_authorizations")
        batch_op.drop_column("languages")
        batch_op.drop_column("skill_use")
        batch_op.drop_column("preferred_name")
        batch_op.drop_column("family_name")
        batch_op.drop_column("given_name")

    with op.batch_alter_table("talent_pool_members", schema=None) as batch_op:
        batch_op.drop_index("ix_talent_pool_members_tenant_id_pool_id_candidate_id")

    op.drop_table("talent_pool_members")
    with op.batch_alter_table("candidate_tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_candidate_tasks_tenant_id_due_at_id")
        batch_op.drop_index("ix_candidate_tasks_tenant_id_created_at_id")
        batch_op.drop_index("ix_candidate_tasks_tenant_id_candidate_id")
        batch_op.drop_index("ix_candidate_tasks_tenant_id_assignee_id_due_at_id")

    op.drop_table("candidate_tasks")
    with op.batch_alter_table("candidate_taggings", schema=None) as batch_op:
        batch_op.drop_index("ix_candidate_taggings_tenant_id_tag_id_candidate_id")

    op.drop_table("candidate_taggings")
    with op.batch_alter_table("candidate_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_candidate_notes_tenant_id_created_at_id")
        batch_op.drop_index("ix_candidate_notes_tenant_id_candidate_id_created_at_id")

    op.drop_table("candidate_notes")
    with op.batch_alter_table("candidate_bookmarks", schema=None) as batch_op:
        batch_op.drop_index("ix_candidate_bookmarks_tenant_id_user_id_kind_marked_at")
        batch_op.drop_index("ix_candidate_bookmarks_tenant_id_candidate_id")

    op.drop_table("candidate_bookmarks")
    with op.batch_alter_table("candidate_assignments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_candidate_assignments_tenant_id_candidate_id_active",
            sqlite_where=sa.text("status = 'active'"),
            postgresql_where=sa.text("status = 'active'"),
        )
        batch_op.drop_index("ix_candidate_assignments_tenant_id_created_at_id")
        batch_op.drop_index("ix_candidate_assignments_tenant_id_candidate_id")

    op.drop_table("candidate_assignments")
    with op.batch_alter_table("talent_pools", schema=None) as batch_op:
        batch_op.drop_index("ix_talent_pools_tenant_id_created_at_id")

    op.drop_table("talent_pools")
    with op.batch_alter_table("saved_searches", schema=None) as batch_op:
        batch_op.drop_index("ix_saved_searches_tenant_id_created_at_id")

    op.drop_table("saved_searches")
    op.drop_table("custom_fields")
    op.drop_table("candidate_tags")
