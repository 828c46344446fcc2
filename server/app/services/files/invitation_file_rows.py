"""The rows of files that candidates sent with the form of an invitation."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateInvitation, InvitationFile
from app.services.events import outbox_service, quota


def remove_of(condition: Any) -> None:
    """Delete the files of invitations that meet a condition, before a cascade deletes their rows. Inside a use case."""
    own = sa.select(InvitationFile).join(
        CandidateInvitation,
        sa.and_(
            CandidateInvitation.tenant_id == InvitationFile.tenant_id,
            CandidateInvitation.id == InvitationFile.invitation_id,
        ),
    )
    for file in db.session.scalars(own.where(condition)):
        remove(file)
    db.session.flush()


def remove(file: InvitationFile) -> None:
    """Delete a row now and the file by a function. Inside a use case."""
    outbox_service.enqueue("file/deleted", storage_key=file.storage_key)
    forget(file)


def forget(file: InvitationFile) -> None:
    """Delete a row, but not the file, which is another row's by now. Inside a use case."""
    quota.release("storage_bytes", file.size)
    db.session.delete(file)
