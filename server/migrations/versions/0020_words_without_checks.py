"""Words of the search index go with their candidate by a trigger: a foreign key would be checked once per word.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

from alembic import op

from migrations.triggers import kept_triggers

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEY = "fk_candidate_words_tenant_id_candidate_id_candidates"
COLUMNS = (["tenant_id", "candidate_id"], ["tenant_id", "id"])
WRITERS = ("candidate_words_insert", "candidate_words_update")
DELETE = "delete from candidate_words where tenant_id = old.tenant_id and candidate_id = old.id"
SQLITE = (f"create trigger candidate_words_delete after delete on candidates begin {DELETE}; end",)
POSTGRESQL = (
    f"create function forget_candidate_words() returns trigger language plpgsql as $$ begin {DELETE}; return null; end $$",
    """create trigger candidate_words_delete after delete on candidates
    for each row execute function forget_candidate_words()""",
)


def upgrade() -> None:
    if _is_postgresql():
        op.drop_constraint(KEY, "candidate_words", type_="foreignkey")
    else:
        with kept_triggers("candidates"):
            _drop_writers()
            with op.batch_alter_table("candidate_words") as words:
                words.drop_constraint(KEY, type_="foreignkey")
    for statement in POSTGRESQL if _is_postgresql() else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop trigger candidate_words_delete" + (" on candidates" if _is_postgresql() else ""))
    if _is_postgresql():
        op.execute("drop function forget_candidate_words")
        op.create_foreign_key(KEY, "candidate_words", "candidates", *COLUMNS, ondelete="CASCADE")
        return
    with kept_triggers("candidates"):
        _drop_writers()
        with op.batch_alter_table("candidate_words") as words:
            words.create_foreign_key(KEY, "candidates", *COLUMNS, ondelete="CASCADE")


def _drop_writers() -> None:
    """SQLite renames no table while a trigger names one that is not there."""
    for trigger in WRITERS:
        op.execute(f"drop trigger {trigger}")


def _is_postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")
