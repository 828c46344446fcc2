"""The index of a candidate's words holds the words, so that nothing reads the words of all for those of one.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLE = "candidate_words"
BEFORE, AFTER = "ix_candidate_words_tenant_id_candidate_id", "ix_candidate_words_of_candidate"


def upgrade() -> None:
    op.create_index(AFTER, TABLE, ["tenant_id", "candidate_id", "word", "fields"])
    op.drop_index(BEFORE, table_name=TABLE)


def downgrade() -> None:
    op.create_index(BEFORE, TABLE, ["tenant_id", "candidate_id"])
    op.drop_index(AFTER, table_name=TABLE)
