"""Export of a tenant's whole audit trail as JSON lines, which can be verified offline (`manage.py audit verify`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

import orjson
import sqlalchemy as sa

from app.extensions import db
from app.models import Event, LedgerCheckpoint, Tenant
from app.schemas.event_schema import ExportReport
from app.services.access import visibility_service
from app.services.core.transaction import end_read, use_case
from app.services.events import event_service, ledger_chain, ledger_checkpoint_service
from app.services.events.ledger_chain import ChainChecker
from app.utils import clock, scope
from app.utils.file_store import Download
from app.utils.ledger_signer import ledger_signer, verify

AT_ONCE = 500
FORMAT = "fairlead-audit"
VERSION = 1
MEDIA_TYPE = "application/octet-stream"


def export() -> Download:
    """Return the audit trail as a stream; its last event is the export itself."""
    visibility_service.require_all("The audit trail")
    tenant = _note_export()
    bound = scope.current()
    assert bound is not None
    # The stream is read after the request has ended, and with it its scope.
    lines = _lines(lambda: scope.tenant(tenant.id, bound.actor))
    return Download(lines, f"audit-{tenant.slug}.jsonl", MEDIA_TYPE, None)


def check(lines: Iterable[bytes], trusted: Mapping[str, str]) -> ExportReport:
    """Verify an export; `trusted` maps key ids to the public keys that may have signed checkpoints."""
    checker, facts = ChainChecker(), _Seen()
    for line in lines:
        try:
            _read(orjson.loads(line), checker, facts, trusted)
        except (ValueError, KeyError, TypeError):
            facts.fault = facts.fault or f"a line after event {checker.seq} cannot be read"
        if checker.broken_at is not None or facts.fault:
            break
    return _report(checker, facts)


@use_case
def _note_export() -> Tenant:
    tenant = db.session.get_one(Tenant, scope.tenant_id())
    event_service.record("audit.exported", tenant)
    return tenant


def _lines(bound: Callable[[], AbstractContextManager[Any]]) -> Iterator[bytes]:
    """Yield header, events, checkpoints and end; each page is read in its own scope, because the reader may be slow."""
    with bound():
        yield _header()
    seq, head = 0, ledger_chain.GENESIS
    while True:
        with bound():
            page = list(db.session.scalars(sa.select(Event).where(Event.seq > seq).order_by(Event.seq).limit(AT_ONCE)))
            text = b"".join(ledger_chain.to_line(vars(event)) for event in page)
            end_read()
        if not page:
            break
        seq, head = page[-1].seq, page[-1].hash
        yield text
    with bound():
        # A checkpoint signed after the last page would refer to an event that is not in the file.
        yield b"".join(_checkpoint_line(row) for row in ledger_checkpoint_service.by_seq().values() if row.seq <= seq)
        end_read()
    yield orjson.dumps({"end": {"events": seq, "head_hash": head}}) + b"\n"


def _header() -> bytes:
    header = {
        "format": FORMAT,
        "version": VERSION,
        "tenant_id": scope.tenant_id(),
        "exported_at": clock.now().isoformat(),
        "public_keys": ledger_signer.public_keys(),
    }
    return orjson.dumps(header) + b"\n"


def _checkpoint_line(row: LedgerCheckpoint) -> bytes:
    facts = {"tenant_id": row.tenant_id, "seq": row.seq, "hash": row.hash, "at": row.created_at.isoformat()}
    return orjson.dumps({"checkpoint": {**facts, "key_id": row.key_id, "signature": row.signature}}) + b"\n"


class _Seen:
    """What has been read of a file so far."""

    def __init__(self) -> None:
        # Of all events, because the checkpoints come after them.
        self.hashes: dict[int, str] = {}
        self.checkpoints = 0
        self.untrusted = 0
        self.ended = False
        self.fault: str | None = None


def _read(line: dict[str, Any], checker: ChainChecker, seen: _Seen, trusted: Mapping[str, str]) -> None:
    if seen.ended:
        seen.fault = "there is data after the end"
    elif "event" in line:
        if checker.add(ledger_chain.from_line(line["event"])):
            seen.hashes[checker.seq] = checker.head
    elif "checkpoint" in line:
        _read_checkpoint(line["checkpoint"], seen, trusted)
    elif "end" in line:
        seen.ended = True
        if (line["end"]["events"], line["end"]["head_hash"]) != (checker.seq, checker.head):
            seen.fault = "the end has another head hash"
    elif line.get("format") != FORMAT or line.get("version") != VERSION:
        seen.fault = "this is not an audit export"


def _read_checkpoint(checkpoint: dict[str, Any], seen: _Seen, trusted: Mapping[str, str]) -> None:
    if seen.hashes.get(checkpoint["seq"]) != checkpoint["hash"]:
        seen.fault = f"the checkpoint at {checkpoint['seq']} does not fit the chain"
        return
    signed = {name: checkpoint[name] for name in ("tenant_id", "seq", "hash", "at")}
    message = orjson.dumps(signed, option=orjson.OPT_SORT_KEYS)
    # Not the header's `public_keys`: whoever forges an export can also name a key of their own there.
    if checkpoint["key_id"] not in trusted:
        seen.untrusted += 1
    elif verify(trusted[checkpoint["key_id"]], message, checkpoint["signature"]):
        seen.checkpoints += 1
    else:
        seen.fault = f"the signature of the checkpoint at {checkpoint['seq']} is wrong"


def _report(checker: ChainChecker, seen: _Seen) -> ExportReport:
    fault = seen.fault
    if checker.broken_at is not None:
        fault = f"the chain breaks at event {checker.broken_at}"
    elif fault is None and not seen.ended:  # e.g. an interrupted download
        fault = "the end is missing"
    return ExportReport(
        valid=fault is None,
        events=checker.seq,
        checkpoints=seen.checkpoints,
        untrusted_checkpoints=seen.untrusted,
        fault=fault,
    )
