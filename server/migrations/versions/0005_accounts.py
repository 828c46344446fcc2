"""Accounts: invitations, verified addresses, second factor, preferences.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = ("active", "suspended")
NOW = (*BEFORE, "invited")


JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    _drop_check()
    with op.batch_alter_table("users") as users:
        users.alter_column("password_hash", existing_type=sa.String(length=200), nullable=True)
        users.add_column(sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True))
        users.add_column(sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True))
        users.add_column(sa.Column("totp_secret", sa.String(length=400), nullable=True))
        users.add_column(sa.Column("totp_enabled_at", sa.DateTime(timezone=True), nullable=True))
        users.add_column(sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
        users.add_column(sa.Column("recovery_codes", JSON, nullable=False, server_default="[]"))
        users.add_column(sa.Column("muted_mails", JSON, nullable=False, server_default="[]"))
        users.create_check_constraint(op.f("ck_users_status"), sa.column("status").in_(NOW))


def downgrade() -> None:
    op.execute("update users set status = 'suspended' where status = 'invited'")
    op.execute("update users set password_hash = '' where password_hash is null")
    _drop_check()
    with op.batch_alter_table("users") as users:
        for name in (
            "muted_mails",
            "recovery_codes",
            "totp_last_step",
            "totp_enabled_at",
            "totp_secret",
            "email_verified_at",
            "invited_at",
        ):
            users.drop_column(name)
        users.alter_column("password_hash", existing_type=sa.String(length=200), nullable=False)
        users.create_check_constraint(op.f("ck_users_status"), sa.column("status").in_(BEFORE))


def _drop_check() -> None:
    """On SQLite the table is made anew, without its checks."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_users_status"), "users", type_="check")
