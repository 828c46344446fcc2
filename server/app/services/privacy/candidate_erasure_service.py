"""Erasure: deletes everything about a person; a signed certificate of what was deleted remains."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from app.extensions import db
from app.models import (
    Candidate,
    CandidateDocument,
    CandidateMerge,
    CandidateResume,
    Event,
    IdempotencyKey,
    PrivacyRequest,
)
from app.models.privacy_request import PrivacyKind, PrivacyStatus
from app.services.candidates import candidate_redirects
from app.services.core.transaction import mark_deleted, use_case
from app.services.duplicates import candidate_merge_rows
from app.services.events import event_service, ledger_owner, outbox_service, quota
from app.services.imports import candidate_import_service
from app.services.invitations import candidate_invitation_service
from app.services.privacy import subject_export_service
from app.services.tenants import tenant_export_service
from app.utils import clock, scope
from app.utils.ledger_signer import ledger_signer


@use_case
def erase(candidate_id: UUID, reason: str) -> PrivacyRequest:
    """Erase a candidate with all rows, files, archives and stored responses.

    The audit trail records the erasure and its reason. A function deletes the files right after the commit. Earlier
    backups contain the person until they expire.
    """
    # Blocks new rows that refer to the candidate, which this erasure would miss.
    candidate = candidate_redirects.lock_for_delete(candidate_id)
    ids = [candidate_id, *candidate_redirects.losers(candidate_id)]  # read before the merges are deleted
    # Before the rows: their ids are needed to find the stored responses, their storage keys to delete the files.
    counts = {"kept_answers": _forget_answers([*ids, *_belongings(candidate_id)]), "files": _delete_files(candidate_id)}
    counts["invitations"] = candidate_invitation_service.forget(candidate_id)
    counts["archives"] = tenant_export_service.expire_all() + subject_export_service.expire_of(ids)
    counts["tables"] = candidate_import_service.forget_tables()  # all of the tenant: any may contain the person
    counts["reasons"] = _forget_reasons(ids)
    # Their snapshots contain the merged candidates. They have a `winner_id`, so they are not among the children below.
    counts["merges"] = _count(
        db.session.execute(sa.delete(CandidateMerge).where(CandidateMerge.winner_id == candidate_id))
    )
    for table in reversed(candidate_merge_rows.children()):
        # Tables, unlike models, get no condition on the tenant from the session.
        own = sa.and_(table.c.tenant_id == scope.tenant_id(), table.c.candidate_id == candidate_id)
        counts[str(table.name)] = _count(db.session.execute(sa.delete(table).where(own)))
    quota.release("candidates")
    db.session.execute(sa.delete(Candidate).where(Candidate.id == candidate_id))
    mark_deleted()
    counts["requests"] = _count(
        db.session.execute(
            sa.delete(PrivacyRequest).where(
                PrivacyRequest.subject_id.in_(ids), PrivacyRequest.status == PrivacyStatus.REQUESTED
            )
        )
    )
    request = _certify(candidate_id, counts)
    event_service.record("candidate.erased", candidate, reason=reason, privacy_request_id=request.id)
    return request


def _belongings(candidate_id: UUID) -> list[UUID]:
    """Return the ids of documents and resumes, by which a stored response may identify the person."""
    found = [
        sa.select(each.id).where(each.candidate_id == candidate_id) for each in (CandidateDocument, CandidateResume)
    ]
    return [row_id for statement in found for row_id in db.session.scalars(statement)]


def _delete_files(candidate_id: UUID) -> int:
    statement = sa.select(CandidateDocument).where(CandidateDocument.candidate_id == candidate_id)
    documents = db.session.scalars(statement).all()
    for document in documents:
        quota.release("storage_bytes", document.size)
        outbox_service.enqueue("file/deleted", storage_key=document.storage_key)
    return len(documents)


def _forget_answers(ids: list[UUID]) -> int:
    """Delete the stored responses of idempotency keys that mention one of the ids."""
    names = [str(each).encode() for each in ids]
    kept = db.session.execute(sa.select(IdempotencyKey.id, IdempotencyKey.body).where(IdempotencyKey.body.is_not(None)))
    named = [key_id for key_id, body in kept.yield_per(500) if body and any(name in body for name in names)]
    return _count(db.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.id.in_(named)))) if named else 0


def _forget_reasons(ids: list[UUID]) -> int:
    """Delete the free-text reasons and their salts; the digests remain, so the hash chain stays valid."""
    # The hash of events older than digests covers the text itself, which must stay.
    has_reason = sa.and_(Event.candidate_id.in_(ids), Event.reason.is_not(None), Event.reason_digest.is_not(None))
    return ledger_owner.forget_reasons(db.session.scalars(sa.select(Event.id).where(has_reason)).all())


def _certify(candidate_id: UUID, counts: dict[str, int]) -> PrivacyRequest:
    facts = {
        "tenant_id": str(scope.tenant_id()),
        "subject_id": str(candidate_id),
        "erased_at": clock.now().isoformat(),
        "deleted": {name: count for name, count in sorted(counts.items()) if count},
    }
    # Sorted keys: a verifier must arrive at the same bytes from the stored JSON.
    key_id, signature = ledger_signer.sign(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS))
    request = PrivacyRequest(
        kind=PrivacyKind.ERASURE,
        status=PrivacyStatus.DONE,
        subject_id=candidate_id,
        requested_by_id=scope.user_id(),
        certificate=facts,
        key_id=key_id,
        signature=signature,
    )
    db.session.add(request)
    db.session.flush()  # the event needs the id
    return request


def _count(result: Any) -> int:
    return int(result.rowcount)
