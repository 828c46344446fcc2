"""Notes and tasks about applications and jobs, too.

Revision ID: 0054
Revises: 0053
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
NAMES = ("notes", "tasks")
OF_NOTES = "author_id body visibility mentions".split()
OF_TASKS = "title due_at assignee_id created_by_id done_at reminded_at".split()
COMMON = "id tenant_id candidate_id version created_at updated_at".split()
GRANTS = (("roles", "custom_permissions"), ("api_keys", "permissions"))


def upgrade() -> None:
    for table, own, users in (
        ("notes", _note_columns("notes"), ("author_id",)),
        ("tasks", _task_columns(), ("assignee_id", "created_by_id")),
    ):
        subjects = ("candidate_id", "application_id", "job_id")
        _create(table, own, users, subjects)
        _index(table, *(f"{column} created_at id" for column in subjects), "created_at id")
    _index("tasks", "assignee_id due_at id", "due_at id")
    _move("candidate_notes", "notes", OF_NOTES)
    _move("candidate_tasks", "tasks", OF_TASKS)
    _rename_subjects("candidate_", "")
    _rename_permissions("candidate_", "")
    _rename_in_snapshots("candidate_", "")


def downgrade() -> None:
    """Go back; notes and tasks about jobs are lost, those about applications are about the candidate."""
    for table, own, users in (
        ("candidate_notes", _note_columns("candidate_notes"), ("author_id",)),
        ("candidate_tasks", _task_columns(), ("assignee_id", "created_by_id")),
    ):
        _create(table, own, users, ("candidate_id",))
    _index("candidate_notes", "candidate_id created_at id", "created_at id")
    _index("candidate_tasks", "candidate_id", "assignee_id due_at id", "due_at id", "created_at id")
    _move("notes", "candidate_notes", OF_NOTES)
    _move("tasks", "candidate_tasks", OF_TASKS)
    _rename_subjects("", "candidate_")
    _rename_permissions("", "candidate_")
    _rename_in_snapshots("", "candidate_")


def _note_columns(table: str) -> list[sa.Column[Any]]:
    choice = sa.Enum(
        "public",
        "team",
        "private",
        name=op.f(f"ck_{table}_visibility"),
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    return [
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("visibility", choice, nullable=False),
        sa.Column("mentions", JSON, nullable=False),
    ]


def _task_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
    ]


def _create(table: str, own: list[sa.Column[Any]], users: tuple[str, ...], subjects: tuple[str, ...]) -> None:
    one = "(candidate_id is null) <> (job_id is null) and (application_id is null or candidate_id is not null)"
    several = len(subjects) > 1
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=several) for column in subjects),
        *own,
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id_tenants"), ondelete="CASCADE"
        ),
        *(_within(table, column, f"{column[:-3]}s", "CASCADE") for column in subjects),
        *(_within(table, column, "users", "RESTRICT") for column in users),
        *([sa.CheckConstraint(one, name=op.f(f"ck_{table}_one_subject"))] if several else []),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    )
    enable_row_security(table)


def _within(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}_{target}"),
        ondelete=ondelete,
    )


def _index(table: str, *keys: str) -> None:
    for columns in (["tenant_id", *key.split()] for key in keys):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def _move(source: str, target: str, own: list[str]) -> None:
    listed = ", ".join([*COMMON, *own])
    op.execute(f"insert into {target} ({listed}) select {listed} from {source} where candidate_id is not null")
    op.drop_table(source)


def _rename_subjects(old: str, new: str) -> None:
    for name in NAMES:
        op.execute(f"update notifications set subject_type = '{new}{name}' where subject_type = '{old}{name}'")


def _rename_permissions(old: str, new: str) -> None:
    """Rename the permissions of custom roles and API keys, such as `candidate_notes.read`."""
    bind = op.get_bind()
    for table, column in GRANTS:
        rows = sa.table(table, sa.column("id", sa.Uuid()), sa.column(column, JSON))
        for row_id, held in bind.execute(sa.select(rows.c.id, rows.c[column])).all():
            renamed = [_renamed(name, old, new) for name in held or ()]
            if held and renamed != held:
                bind.execute(sa.update(rows).where(rows.c.id == row_id).values({column: renamed}))


def _renamed(permission: str, old: str, new: str) -> str:
    noun, _, verb = permission.partition(".")
    known = {f"{old}{name}": f"{new}{name}" for name in NAMES}
    return f"{known.get(noun, noun)}.{verb}"


def _rename_in_snapshots(old: str, new: str) -> None:
    """Rename the tables in what merges need to be undone."""
    bind = op.get_bind()
    merges = sa.table("candidate_merges", sa.column("id", sa.Uuid()), sa.column("snapshot", JSON))
    known = {f"{old}{name}": f"{new}{name}" for name in NAMES}
    for row_id, snapshot in bind.execute(sa.select(merges.c.id, merges.c.snapshot)).all():
        children = (snapshot or {}).get("children")
        if children:
            snapshot["children"] = {known.get(name, name): lines for name, lines in children.items()}
            bind.execute(sa.update(merges).where(merges.c.id == row_id).values(snapshot=snapshot))
