"""Search: the index knows the fields of a word; the text is kept in its order, for phrases.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.promises import enqueue_for_each_tenant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TRIGGERS = ("candidate_words_insert", "candidate_words_update")
# A line of search_text per field, in the order of their weights: 16 name, 8 title, 4 skill, 2 location, 1 text, 0 marks.
POSTGRESQL = """
  create or replace function index_candidate_words() returns trigger language plpgsql as $$
  begin
    if tg_op = 'UPDATE' then
      delete from candidate_words where tenant_id = old.tenant_id and candidate_id = old.id;
    end if;
    insert into candidate_words (tenant_id, word, candidate_id, fields)
    select new.tenant_id, word, new.id, sum(distinct 16 >> (number - 1)::int)
    from unnest(string_to_array(new.search_text, E'\\n')) with ordinality as lines (line, number),
         unnest(string_to_array(line, ' ')) as word
    where word not in ('', '|') group by word;
    return null;
  end $$
"""
POSTGRESQL_BEFORE = """
  create or replace function index_candidate_words() returns trigger language plpgsql as $$
  begin
    if tg_op = 'UPDATE' then
      delete from candidate_words where tenant_id = old.tenant_id and candidate_id = old.id;
    end if;
    insert into candidate_words (tenant_id, word, candidate_id)
    select distinct new.tenant_id, word, new.id
    from unnest(string_to_array(new.search_words, ' ')) as word where word <> '';
    return null;
  end $$
"""
POSTGRESQL_TRIGGERS = (
    "create trigger candidate_words_insert after insert on candidates for each row execute function index_candidate_words()",
    """create trigger candidate_words_update after update of {column} on candidates
    for each row when (old.{column} is distinct from new.{column}) execute function index_candidate_words()""",
)
SQLITE = """
  insert into candidate_words (tenant_id, word, candidate_id, fields)
  select new.tenant_id, word.value, new.id, sum(distinct 16 >> line.key)
  from json_each('[["' || replace(replace(new.search_text, char(10), '"],["'), ' ', '","') || '"]]') as line,
       json_each(line.value) as word
  where word.value not in ('', '|') group by word.value;
"""
SQLITE_BEFORE = """
  insert or ignore into candidate_words (tenant_id, word, candidate_id)
  select new.tenant_id, value, new.id
  from json_each('["' || replace(new.search_words, ' ', '","') || '"]') where value <> '';
"""
SQLITE_TRIGGERS = (
    "create trigger candidate_words_insert after insert on candidates begin {insert} end",
    """create trigger candidate_words_update after update of {column} on candidates
    when old.{column} is not new.{column} begin
      delete from candidate_words where tenant_id = old.tenant_id and candidate_id = old.id;
      {insert}
    end""",
)


def upgrade() -> None:
    _drop_triggers()
    op.execute("alter table candidates rename column search_words to search_text")
    op.add_column("candidate_words", sa.Column("fields", sa.SmallInteger(), nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute('alter table candidate_words alter column word type varchar(60) collate "C"')
    op.create_index("ix_candidate_words_rank", "candidate_words", ["tenant_id", "word", "fields", "candidate_id"])
    _create_triggers("search_text", POSTGRESQL, SQLITE)
    # What was there are words without fields: as text until the jobs promised here derive them anew.
    op.execute(f"update candidates set search_text = {_newlines()} || ' ' || search_text || ' ' || {_newline()}")
    enqueue_for_each_tenant("candidate_search/outdated")


def _newline() -> str:
    return "chr(10)" if op.get_bind().dialect.name == "postgresql" else "char(10)"


def _newlines() -> str:
    return " || ".join([_newline()] * 4)


def _drop_triggers() -> None:
    for trigger in TRIGGERS:
        suffix = " on candidates" if op.get_bind().dialect.name == "postgresql" else ""
        op.execute(f"drop trigger {trigger}{suffix}")


def _create_triggers(column: str, function: str, insert: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(function)
        statements = POSTGRESQL_TRIGGERS
    else:
        statements = SQLITE_TRIGGERS
    for statement in statements:
        op.get_bind().exec_driver_sql(statement.format(column=column, insert=insert).replace("%", "%%"))


def downgrade() -> None:
    op.execute("delete from outbox where name = 'candidate_search/outdated'")
    _drop_triggers()
    op.execute("delete from candidate_words where word like '~%' or word like '@%'")
    op.drop_index("ix_candidate_words_rank", table_name="candidate_words")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("alter table candidate_words alter column word type varchar(60)")
    with op.batch_alter_table("candidate_words") as words:
        words.drop_column("fields")
    op.execute("alter table candidates rename column search_text to search_words")
    op.execute(f"update candidates set search_words = trim(replace(search_words, {_newline()}, ' '))")
    _create_triggers("search_words", POSTGRESQL_BEFORE, SQLITE_BEFORE)
