"""Notes on candidates, applications and jobs; mentioned users are notified."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Note, User, visibility_conditions
from app.models.note import NoteVisibility
from app.models.notification import NotificationKind
from app.models.permission import VIEW_ALL
from app.schemas.lists import Page
from app.schemas.note_schema import NoteCreate, NoteListed, NoteQuery, NoteUpdate
from app.services.access import active_users, user_expansions
from app.services.collaboration import subjects
from app.services.core import listing, rows
from app.services.core.expansion import Expansion
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About, Notice
from app.utils import scope
from app.utils.errors import Forbidden, Invalid, NotFound

DELETE_OTHERS = "notes.delete"
EXPANSIONS: dict[str, Expansion] = {"author": ("author_id", user_expansions.users, None), **subjects.EXPANSIONS}


def list_notes(query: NoteQuery) -> Page[NoteListed]:
    """List the notes that the actor may read, filtered."""
    statement = sa.select(Note).where(_readable())
    if query.q is not None:
        statement = statement.where(listing.contains(query.q, Note.body))
    return listing.page_with(NoteListed, listing.paginate(statement, Note, query), query, EXPANSIONS)


def get(note_id: UUID) -> Note:
    """Return a note; NotFound if there is none or the actor may not read it."""
    statement = sa.select(Note).where(Note.id == note_id, _readable())
    note = db.session.scalars(statement).one_or_none()
    if note is None:
        raise NotFound("There is no such note.")
    return note


@use_case
def create(new: NoteCreate) -> Note:
    """Create a note and notify the users it mentions."""
    subject = subjects.columns(new)
    # A key is not a user: without an author, there is nobody, and no team, that the note could be restricted to.
    if scope.actor().kind == "api_key" and new.visibility != NoteVisibility.PUBLIC:
        raise Invalid("Notes written with an API key must be public.", code="public_only")
    mentioned = _users(new.mentions)
    note = Note(
        **subject,
        author_id=scope.user_id(),
        body=new.body,
        visibility=new.visibility,
        mentions=[str(user.id) for user in mentioned],
    )
    db.session.add(note)
    db.session.flush()  # the event needs the id
    event_service.record("note.created", note, visibility=note.visibility)
    _notify(note, mentioned)
    return note


@use_case
def update(note_id: UUID, changes: NoteUpdate, if_match: int | None) -> Note:
    """Change a note; users mentioned for the first time are notified. Forbidden unless the actor is the author."""
    # NotFound if the actor may not read the note, which the lock does not check.
    get(note_id)
    note = rows.lock_for_update(Note, note_id, if_match)
    # Notes of API keys have no author, and scope.user_id() is None for a key: None must not match None.
    if note.author_id is None or note.author_id != scope.user_id():
        raise Forbidden("Only the author can change a note.", code="not_the_author")
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    if changes.mentions is not None:
        values["mentions"] = [str(user.id) for user in _users(changes.mentions)]
    changed = rows.apply_changes(note, values)
    event_service.record("note.updated", note, changed=changed, visibility=note.visibility)
    _notify(note, _users(UUID(one) for one in note.mentions))  # each user is notified once, by the delivery key
    return note


@use_case
def delete(note_id: UUID) -> None:
    """Delete a note; Forbidden for another user's note without the permission."""
    get(note_id)
    note = rows.lock_for_update(Note, note_id)
    own = note.author_id is not None and note.author_id == scope.user_id()
    if not own and DELETE_OTHERS not in scope.actor().permissions:
        raise Forbidden(f"Deleting others' notes requires the {DELETE_OTHERS} permission.", code="permission_missing")
    event_service.record("note.deleted", note, visibility=note.visibility)
    db.session.delete(note)


def _readable() -> Any:
    """Return the condition for the notes that the actor may read; functions, operators and the platform read all."""
    actor = scope.actor()
    if not actor.is_caller:
        return sa.true()
    public = Note.visibility == NoteVisibility.PUBLIC
    if actor.kind != "user" or actor.id is None:
        return public & subjects.of_readable_jobs(Note)
    own = Note.author_id == actor.id
    # A text search in the JSON works on both databases; an id is never part of another one.
    named = sa.cast(Note.mentions, sa.Text).contains(str(actor.id))
    team: Any = Note.visibility == NoteVisibility.TEAM
    if VIEW_ALL not in actor.permissions:
        of_team: Any = (
            sa.true() if actor.visibility is None else Note.author_id.in_(sorted(actor.visibility.owners or ()))
        )
        team = team & (of_team | visibility_conditions.opened_notes(Note))
    return subjects.of_readable_jobs(Note) & (
        public | own | team | ((Note.visibility != NoteVisibility.PRIVATE) & named)
    )


def _users(ids: Iterable[UUID]) -> list[User]:
    """Return the users with these ids, each once; Invalid if one does not exist or is not active."""
    wanted = list(dict.fromkeys(ids))
    found = active_users.among(wanted)
    if len(found) != len(wanted):
        unknown = {"pointer": "/mentions", "code": "unknown_user", "detail": "must contain only active users"}
        raise Invalid("Only active users can be mentioned.", code="unknown_user", errors=[unknown])
    return list(found)


def _notify(note: Note, mentioned: list[User]) -> None:
    """Email the mentioned users, without the note's text, since they may not be allowed to see the candidate."""
    if note.visibility == NoteVisibility.PRIVATE:
        return
    author = rows.get(User, note.author_id).name if note.author_id else None
    link, about = subjects.link(note), About(note, note.candidate_id, note.job_id)
    notification_service.notify_all(
        [
            Notice(
                user,
                NotificationKind.NOTE_MENTION,
                f"note_mention:{note.id}",
                {"author": author, "link": link},
                about,
            )
            for user in mentioned
        ]
    )
