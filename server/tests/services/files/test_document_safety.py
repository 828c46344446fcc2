"""Files are looked at before they are handed out or parsed; first pages; orphans of the store."""

from __future__ import annotations

import io
import socket
import struct
import threading
from contextlib import contextmanager

import pytest
import time_machine
from PIL import Image

from app.services.candidates import candidate_document_service
from app.services.core.child_process import Unreadable
from app.services.files import document_thumbnail, file_sweep_service
from app.utils import file_types, scope
from app.utils.errors import Unavailable
from app.utils.file_store import file_store
from app.utils.virus_scanner import ScannerUnreachable, VirusScanner, virus_scanner
from tests.factories.candidate import make_candidate, resume_text
from tests.factories.candidate_resume import make_document
from tests.factories.client import ok, refused

VIRUS = b"a letter with VIRUS-TEST-WORD in it"


def _serve(server: socket.socket) -> None:
    """A stand-in of clamd: speaks INSTREAM and finds one word."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\x00"
            data = b""
            while size := struct.unpack("!I", stream.read(4))[0]:
                data += stream.read(size)
            connection.sendall(b"stream: Test.Word FOUND\x00" if b"VIRUS-TEST-WORD" in data else b"stream: OK\x00")


@contextmanager
def _scanner():
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def scanning():
    with _scanner() as address:
        virus_scanner.init(address, 5)
        yield address
        virus_scanner.init("")


def test_the_verdict_of_the_scanner(scanning):
    scanner = VirusScanner()
    scanner.init(scanning, 5)
    assert scanner.finds([b"a" * 200_000, b"b"]) is None
    assert scanner.finds([VIRUS]) == "Test.Word"
    scanner.init("127.0.0.1:1", 1)
    with pytest.raises(ScannerUnreachable):
        scanner.finds([b"x"])


def test_a_file_waits_in_quarantine_until_it_is_known_to_be_clean(tenant, api, scanning):
    candidate = make_candidate(tenant)
    document = ok(api.upload(f"/candidates/{candidate}/documents", b"a harmless letter", "a.txt"), 201)
    assert document["scan_status"] == "pending"
    answer = api.get(f"/candidate-documents/{document['id']}/link")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "in_quarantine")
    tenant.run_jobs()
    assert ok(api.get(f"/candidate-documents/{document['id']}"))["scan_status"] == "clean"
    ok(api.get(f"/candidate-documents/{document['id']}/link"))


def test_an_infected_file_is_never_handed_out_and_its_bytes_go(tenant, api, scanning):
    candidate = make_candidate(tenant)
    document = ok(api.upload(f"/candidates/{candidate}/documents", VIRUS, "a.txt"), 201)
    tenant.run_jobs()
    assert ok(api.get(f"/candidate-documents/{document['id']}"))["scan_status"] == "infected"
    assert refused(api.get(f"/candidate-documents/{document['id']}/link"), 409) == "in_quarantine"
    assert not [key for key in file_store.keys() if key.endswith(document["id"])]


def test_a_resume_is_looked_at_before_it_is_parsed(tenant, api, scanning):
    bad = ok(api.upload("/candidate-resumes", resume_text() + VIRUS), 202)
    good = ok(api.upload("/candidate-resumes", resume_text()), 202)
    tenant.run_jobs()
    shown = ok(api.get(f"/candidate-resumes/{bad['id']}"))
    assert (shown["status"], shown["failure_reason"], shown["text"]) == ("failed", "the file is infected", None)
    assert ok(api.get(f"/candidate-resumes/{good['id']}"))["status"] == "parsed"


def test_without_an_answer_the_file_stays_in_quarantine(tenant, api):
    virus_scanner.init("127.0.0.1:1", 1)
    try:
        candidate = make_candidate(tenant)
        document = make_document(tenant, candidate)
        with tenant.bound(), pytest.raises(Unavailable):
            candidate_document_service.scan(document)
        assert refused(api.get(f"/candidate-documents/{document}/link"), 409) == "in_quarantine"
    finally:
        virus_scanner.init("")


def _png(width: int = 900, height: int = 600) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(target, "PNG")
    return target.getvalue()


def test_the_first_page_is_a_small_picture(tenant, api):
    candidate = make_candidate(tenant)
    document = ok(api.upload(f"/candidates/{candidate}/documents", _png(), "a.png"), 201)
    url = ok(api.get(f"/candidate-documents/{document['id']}/thumbnail"))["url"]
    answer = api.get(url[url.index("/api/") :])
    picture = Image.open(io.BytesIO(answer.get_data()))
    assert answer.mimetype == "image/png" and picture.size == (320, 213)
    letter = ok(api.upload(f"/candidates/{candidate}/documents", b"{\\rtf1 a letter}", "a.rtf"), 201)
    assert api.get(f"/candidate-documents/{letter['id']}/thumbnail").get_json()["code"] == "no_thumbnail"


def test_a_pdf_is_drawn_and_a_broken_one_is_none(tenant, api):
    target = io.BytesIO()
    Image.new("RGB", (1240, 1754), "white").save(target, "PDF")
    drawn = Image.open(io.BytesIO(document_thumbnail.draw(target.getvalue(), file_types.PDF)))
    assert drawn.width <= 320 and drawn.height <= 452
    with pytest.raises(Unreadable):
        document_thumbnail.draw(b"x", file_types.RTF)
    text = Image.open(io.BytesIO(document_thumbnail.draw(b"Dear all,\nhere I am.", file_types.TXT)))
    assert text.getextrema() != ((255, 255),) * 3, "something is written on it"
    candidate = make_candidate(tenant)
    document = ok(api.upload(f"/candidates/{candidate}/documents", b"%PDF-1.7 broken", "a.pdf"), 201)
    url = ok(api.get(f"/candidate-documents/{document['id']}/thumbnail"))["url"]
    assert refused(api.get(url[url.index("/api/") :]), 404) == "no_thumbnail"


def test_bytes_that_no_row_names_are_swept_when_they_are_old(app, tenant):
    """An archive that is being imported brings keys with old ids; its rows follow when all its files are there."""
    kept = make_document(tenant, make_candidate(tenant))
    imported = f"{tenant.id}/01890000-0000-7000-8000-00000000abcd"
    orphans = [imported, f"{tenant.id}/imports/{kept}", f"{tenant.id}/no-uuid"]
    for key in orphans:
        file_store.save(key, io.BytesIO(b"nobody names me"))
    with app.app_context(), scope.platform("a test"):
        file_sweep_service.sweep()
    mine = {key for key in file_store.keys() if key.startswith(str(tenant.id))}
    assert mine == {f"{tenant.id}/{kept}", *orphans}
    with time_machine.travel("2028-01-01T00:00:00Z", tick=False), app.app_context(), scope.platform("a test"):
        file_sweep_service.sweep()
    assert {key for key in file_store.keys() if key.startswith(str(tenant.id))} == {
        f"{tenant.id}/{kept}",
        f"{tenant.id}/no-uuid",
    }
