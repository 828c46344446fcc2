"""The search index of candidates: the words of each profile. Maintained by database triggers."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.base.tenancy import TenantScoped


class CandidateWord(TenantScoped, Model):
    """Derived from `candidates.search_text`. Searched by equality and ranges, so that row security can use the indexes.

    A trigger deletes the words of a deleted candidate, since a foreign key would be checked for every word written.
    `fields` is a bit mask of the fields that contain the word (`services/search/search_query.py`); it determines rank.
    """

    __tablename__ = "candidate_words"
    __table_args__ = (
        sa.PrimaryKeyConstraint("tenant_id", "word", "candidate_id"),
        # Covering: the words of one candidate are read from the index alone.
        sa.Index("ix_candidate_words_of_candidate", "tenant_id", "candidate_id", "word", "fields"),
        # The candidates with a word, by weight: a search reads the first ones and stops.
        sa.Index("ix_candidate_words_rank", "tenant_id", "word", "fields", "candidate_id"),
    )

    # On PostgreSQL with the C collation, so that a prefix is a range.
    word: Mapped[str] = mapped_column(sa.String(60))
    candidate_id: Mapped[UUID]
    fields: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
