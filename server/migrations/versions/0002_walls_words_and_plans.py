"""Row security on every tenant table, the triggers of the word index, the standard plans."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "applications",
    "auth_sessions",
    "candidate_contacts",
    "candidate_documents",
    "candidate_matches",
    "candidate_resumes",
    "candidate_words",
    "candidates",
    "email_messages",
    "events",
    "idempotency_keys",
    "job_stages",
    "jobs",
    "outbox",
    "roles",
    "tenant_counters",
    "users",
)
POLICY = "{column} = nullif(current_setting('app.tenant_id', true), '')::uuid or current_setting('app.platform', true) = 'on'"

POSTGRESQL_WORDS = (
    """
    create function index_candidate_words() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' then
        delete from candidate_words where tenant_id = old.tenant_id and candidate_id = old.id;
      end if;
      insert into candidate_words (tenant_id, word, candidate_id)
      select distinct new.tenant_id, word, new.id
      from unnest(string_to_array(new.search_words, ' ')) as word where word <> '';
      return null;
    end $$
    """,
    """
    create trigger candidate_words_insert after insert on candidates
    for each row execute function index_candidate_words()
    """,
    """
    create trigger candidate_words_update after update of search_words on candidates
    for each row when (old.search_words is distinct from new.search_words) execute function index_candidate_words()
    """,
)
SQLITE_INSERT = """
  insert or ignore into candidate_words (tenant_id, word, candidate_id)
  select new.tenant_id, value, new.id
  from json_each('["' || replace(new.search_words, ' ', '","') || '"]') where value <> '';
"""
SQLITE_WORDS = (
    f"create trigger candidate_words_insert after insert on candidates begin {SQLITE_INSERT} end",
    f"""
    create trigger candidate_words_update after update of search_words on candidates
    when old.search_words is not new.search_words begin
      delete from candidate_words where tenant_id = old.tenant_id and candidate_id = old.id;
      {SQLITE_INSERT}
    end
    """,
)
GIGABYTE = 1024**3
PLANS = (
    ("FREE", 5, 50, 1, 0),
    ("STARTER", 25, 500, 10, 49),
    ("PROFESSIONAL", 100, 5_000, 100, 149),
    ("ENTERPRISE", 999, 99_999, 1_000, 499),
)
FEATURES = {
    "FREE": [],
    "STARTER": ["api_access"],
    "PROFESSIONAL": ["api_access", "advanced_reports"],
    "ENTERPRISE": ["api_access", "advanced_reports", "custom_branding", "priority_support"],
}


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        for table in TENANT_TABLES:
            _row_security(table, "tenant_id")
        _row_security("tenants", "id")
    for statement in POSTGRESQL_WORDS if postgresql else SQLITE_WORDS:
        op.execute(sa.text(statement.replace(":", "\\:")))
    _seed_plans()


def downgrade() -> None:
    op.execute("drop trigger candidate_words_insert" + _on("candidates"))
    op.execute("drop trigger candidate_words_update" + _on("candidates"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function index_candidate_words")
        for table in (*TENANT_TABLES, "tenants"):
            op.execute(f"drop policy tenant_wall on {table}")
            op.execute(f"alter table {table} no force row level security")
            op.execute(f"alter table {table} disable row level security")


def _row_security(table: str, column: str) -> None:
    policy = POLICY.format(column=column)
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        sa.text(f"create policy tenant_wall on {table} using ({policy}) with check ({policy})".replace(":", "\\:"))
    )


def _on(table: str) -> str:
    return f" on {table}" if op.get_bind().dialect.name == "postgresql" else ""


def _seed_plans() -> None:
    plans = sa.table(
        "subscription_plans",
        sa.column("id", sa.Uuid),
        sa.column("code", sa.String),
        sa.column("max_users", sa.Integer),
        sa.column("max_candidates", sa.Integer),
        sa.column("max_storage_bytes", sa.BigInteger),
        sa.column("monthly_usd", sa.Integer),
        sa.column("features", sa.JSON),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
    now = sa.func.current_timestamp()
    present = set(op.get_bind().scalars(sa.select(plans.c.code)))
    for code, users, candidates, gigabytes, usd in PLANS:
        if code in present:
            continue
        op.execute(
            plans.insert().values(
                id=uuid.uuid5(uuid.NAMESPACE_URL, f"urn:fairlead:plan:{code}"),
                code=code,
                max_users=users,
                max_candidates=candidates,
                max_storage_bytes=gigabytes * GIGABYTE,
                monthly_usd=usd,
                features={name: name in FEATURES[code] for name in FEATURES["ENTERPRISE"]},
                created_at=now,
                updated_at=now,
            )
        )
