"""The rows of two candidates that are merged: stored in a snapshot, moved to the winner, and moved back.

These are the rows of every tenant table with a `candidate_id`; derived tables are excluded and rebuilt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from app.extensions import db
from app.models import (
    Application,
    Candidate,
    CandidateAssignment,
    CandidateContact,
    CandidateResume,
    EmailMessage,
    EmailThread,
    Interview,
    InterviewBooking,
    PortalSession,
    PrivacyRequest,
)
from app.models.base.tenancy import tenant_tables
from app.models.candidate_contact import NOBODY
from app.services.core import tenant_archive
from app.utils import scope

# The statements below bypass the ORM and its visibility rules: rows that the actor cannot see move as well.
CANDIDATES = Candidate.__table__
CONTACTS = CandidateContact.__table__
RESUMES = CandidateResume.__table__
# Matches are recomputed, and a trigger writes the words. Events never change and keep the loser's id.
# Sessions on the portal end: whoever has one person's link must not see the other's data.
DERIVED = frozenset({"candidate_matches", "candidate_words", "events", "portal_sessions"})
# Unique per candidate and these columns: the loser's duplicates are deleted.
ONCE = {
    "candidate_taggings": ("tag_id",),
    "talent_pool_members": ("pool_id",),
    "candidate_bookmarks": ("user_id", "kind"),
    "candidate_marks": ("job_id",),
    "mail_plan_recipients": ("plan_id",),
    "candidate_contacts": ("kind", "value"),
}
# Columns that a merge changes besides `candidate_id`.
CHANGED = {"candidate_resumes": ("is_primary",), "candidate_contacts": ("shared_by",)}
Row = Mapping[str, Any]


def children() -> list[sa.Table]:
    """Return the tables with rows of candidates, referenced tables first."""
    # Not `candidate_duplicates`, which name two candidates: they are deleted with the loser.
    return [table for table in tenant_tables() if "candidate_id" in table.columns and table.name not in DERIVED]


def row_of(candidate_id: UUID) -> dict[str, Any]:
    """Return the row of a candidate."""
    return dict(db.session.connection().execute(_where(CANDIDATES, CANDIDATES.c.id == candidate_id)).mappings().one())


def rows_of(table: sa.Table, candidate_id: UUID) -> list[dict[str, Any]]:
    """Return the rows of a table that belong to a candidate."""
    statement = _where(table, table.c.candidate_id == candidate_id).order_by(table.c.id)
    return [dict(row) for row in db.session.connection().execute(statement).mappings()]


def snapshot(winner: Row, loser: Row) -> dict[str, Any]:
    """Return both candidates and all rows of the loser, as JSON."""
    whole = {
        "winner": dict(winner),
        "loser": dict(loser),
        "children": {str(table.name): rows_of(table, loser["id"]) for table in children()},
        "gave_way": _standing_twice(loser["id"], winner["id"]),
        "assignments": rows_of(CandidateAssignment.__table__, winner["id"]),  # the merge may end one of them
    }
    line = orjson.dumps(whole, default=tenant_archive.encode, option=orjson.OPT_UTC_Z)
    return dict(orjson.loads(line))


def hand_over(loser_id: UUID, winner_id: UUID) -> dict[str, int]:
    """Move all rows of the loser to the winner, and return their number per table."""
    moved = {}
    for table in children():
        if table.name in ONCE:
            # Before the update, which would violate the unique key.
            db.session.connection().execute(sa.delete(table).where(_stands_twice(table, loser_id, winner_id)))
        # A unique index allows one primary resume: the winner's, if it has one, stays primary.
        is_second = table is RESUMES and _is_there(table, table.c.candidate_id == winner_id)
        moved[table.name] = _point(table, loser_id, winner_id, **({"is_primary": False} if is_second else {}))
    _settle_contacts(loser_id, winner_id)
    _end_sessions(winner_id)
    _follow_requests(loser_id, winner_id)
    return {name: count for name, count in moved.items() if count}


def give_back(kept: Mapping[str, Any], winner_id: UUID) -> None:
    """Move the rows of the snapshot back to the loser.

    Rows deleted as duplicates by the merge are restored; rows deleted since then are not.
    """
    loser_id, gave_way = UUID(kept["loser"]["id"]), _gave_way(kept)
    for table in children():
        for line in kept["children"].get(table.name, []):
            row = decode(table, line)
            is_gone = line["id"] in gave_way
            mine = sa.and_(table.c.id == row["id"], table.c.candidate_id == winner_id)  # not deleted or moved on since
            if not (_is_whole(table, row) if is_gone else _is_there(table, mine)):
                continue
            if table is CONTACTS and row["shared_by"] == NOBODY:  # it may identify somebody else by now
                row["shared_by"] = _named_again(winner_id, row)
            if is_gone:
                db.session.connection().execute(sa.insert(table).values(row))
                continue
            back = {name: row[name] for name in ("candidate_id", *CHANGED.get(table.name, ()))}
            db.session.connection().execute(_update(table, mine, **back))
    follow_applications(loser_id, winner_id)
    _end_sessions(winner_id)


def _end_sessions(candidate_id: UUID) -> None:
    sessions = PortalSession.__table__
    own = sa.and_(sessions.c.tenant_id == scope.tenant_id(), sessions.c.candidate_id == candidate_id)
    db.session.connection().execute(sa.delete(sessions).where(own))


def _follow_requests(loser_id: UUID, winner_id: UUID) -> None:
    """Have the open privacy requests of the loser be about the winner, who is the same person."""
    requests = PrivacyRequest.__table__
    own = sa.and_(requests.c.subject_id == loser_id, requests.c.status.in_(("requested", "pending")))
    db.session.connection().execute(_update(requests, own, subject_id=winner_id))


def follow_applications(loser_id: UUID, winner_id: UUID) -> None:
    """Move what was added to the loser's applications and threads since the merge back with them."""
    applications = Application.__table__
    own = sa.select(applications.c.id).where(
        applications.c.tenant_id == scope.tenant_id(), applications.c.candidate_id == loser_id
    )
    for table in children():
        if "application_id" in table.columns:
            added = sa.and_(table.c.candidate_id == winner_id, table.c.application_id.in_(own))
            db.session.connection().execute(_update(table, added, candidate_id=loser_id))
    interviews, bookings = Interview.__table__, InterviewBooking.__table__
    held = sa.select(interviews.c.id).where(
        interviews.c.tenant_id == scope.tenant_id(), interviews.c.candidate_id == loser_id
    )
    booked = sa.and_(bookings.c.candidate_id == winner_id, bookings.c.interview_id.in_(held))
    db.session.connection().execute(_update(bookings, booked, candidate_id=loser_id))
    threads, messages = EmailThread.__table__, EmailMessage.__table__
    theirs = sa.select(threads.c.id).where(threads.c.tenant_id == scope.tenant_id(), threads.c.candidate_id == loser_id)
    written = sa.and_(messages.c.candidate_id == winner_id, messages.c.thread_id.in_(theirs))
    db.session.connection().execute(_update(messages, written, candidate_id=loser_id))


def restore(line: Mapping[str, Any], **values: Any) -> None:
    """Write a candidate's row as it was; `values` take precedence."""
    row = {**decode(CANDIDATES, line), **values}
    # The winner's row still exists; the loser's was deleted.
    exists = db.session.connection().execute(_where(CANDIDATES, CANDIDATES.c.id == row["id"])).first()
    statement = (
        _update(CANDIDATES, CANDIDATES.c.id == row["id"], **row) if exists else sa.insert(CANDIDATES).values(row)
    )
    db.session.connection().execute(statement)


def decode(table: sa.Table, line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row from JSON, without columns that no longer exist."""
    known = {column.name: column for column in table.columns}
    return tenant_archive.decode_all(known, {name: value for name, value in line.items() if name in known})


def _where(table: sa.Table, *conditions: Any) -> sa.Select[Any]:
    return sa.select(table).where(table.c.tenant_id == scope.tenant_id(), *conditions)


def _update(table: sa.Table, condition: Any, **values: Any) -> Any:
    """Return an update that preserves `updated_at` unless it is given."""
    kept = {"updated_at": table.c.updated_at, **values}
    return sa.update(table).where(table.c.tenant_id == scope.tenant_id(), condition).values(kept)


def _point(table: sa.Table, loser_id: UUID, winner_id: UUID, **values: Any) -> int:
    update = _update(table, table.c.candidate_id == loser_id, candidate_id=winner_id, **values)
    return int(db.session.connection().execute(update).rowcount)


def _is_there(table: sa.Table, condition: Any) -> bool:
    return db.session.connection().execute(_where(table, condition).limit(1)).first() is not None


def count(table: sa.Table, candidate_id: UUID) -> int:
    """Return the number of a table's rows that belong to a candidate."""
    own = sa.and_(table.c.tenant_id == scope.tenant_id(), table.c.candidate_id == candidate_id)
    return db.session.connection().execute(sa.select(sa.func.count()).select_from(table).where(own)).scalar_one()


def _standing_twice(loser_id: UUID, winner_id: UUID) -> list[UUID]:
    """Return the ids of the loser's rows that duplicate rows of the winner."""
    tables = [table for table in children() if table.name in ONCE]
    found = [sa.select(table.c.id).where(_stands_twice(table, loser_id, winner_id)) for table in tables]
    return list(db.session.connection().execute(sa.union_all(*found)).scalars())


def _stands_twice(table: sa.Table, loser_id: UUID, winner_id: UUID) -> sa.ColumnElement[bool]:
    other = table.alias()
    same = [other.c[name] == table.c[name] for name in ONCE[table.name]]
    both = sa.exists().where(other.c.tenant_id == table.c.tenant_id, other.c.candidate_id == winner_id, *same)
    return sa.and_(table.c.tenant_id == scope.tenant_id(), table.c.candidate_id == loser_id, both)


def _gave_way(kept: Mapping[str, Any]) -> set[str]:
    """Return the ids of the rows that the merge deleted; for snapshots of earlier releases, of those that are gone."""
    if "gave_way" in kept:
        return set(kept["gave_way"])
    found: set[str] = set()
    for table in (each for each in children() if each.name in ONCE):
        there = sa.select(table.c.id).where(table.c.tenant_id == scope.tenant_id())
        known = {line["id"] for line in kept["children"].get(table.name, [])}
        left = db.session.connection().execute(there.where(table.c.id.in_(map(UUID, known)))).scalars()
        found |= known - {str(each) for each in left}
    return found


def _settle_contacts(loser_id: UUID, winner_id: UUID) -> None:
    """Update shared contact points: the winner takes the loser's place, and what only the two shared is its own."""
    came = sa.and_(CONTACTS.c.candidate_id == winner_id, CONTACTS.c.shared_by == loser_id)
    db.session.connection().execute(_update(CONTACTS, came, shared_by=winner_id))
    other = CONTACTS.alias()
    same = [other.c[name] == CONTACTS.c[name] for name in ("tenant_id", "kind", "value")]
    named = sa.exists().where(*same, other.c.shared_by == NOBODY)  # it still identifies a third person
    shared = sa.and_(CONTACTS.c.candidate_id == winner_id, CONTACTS.c.shared_by == winner_id, sa.not_(named))
    db.session.connection().execute(_update(CONTACTS, shared, shared_by=NOBODY))


def _named_again(winner_id: UUID, contact: Row) -> UUID:
    """Return the `shared_by` of a restored contact point that identified the loser.

    It is `NOBODY` again, and the winner's copy becomes shared; or the loser, if it identifies a third person by now.
    """
    same = [CONTACTS.c[name] == contact[name] for name in ("kind", "value")]
    named = sa.and_(CONTACTS.c.shared_by == NOBODY, CONTACTS.c.id != contact["id"], *same)
    db.session.connection().execute(
        _update(CONTACTS, sa.and_(named, CONTACTS.c.candidate_id == winner_id), shared_by=winner_id)
    )
    return contact["candidate_id"] if _is_there(CONTACTS, named) else NOBODY


def _is_whole(table: sa.Table, row: Row) -> bool:
    """Return whether everything the row refers to still exists."""
    for key in table.foreign_key_constraints:  # such as the tag of a tagging, which may be deleted since
        names = [name for name in key.column_keys if name not in ("tenant_id", "candidate_id")]
        target = key.referred_table
        for name in names:
            there = sa.select(target.c.id).where(target.c.id == row[name])
            if row[name] is not None and not db.session.connection().execute(there).first():
                return False
    return True
