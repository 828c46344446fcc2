"""Resumes and documents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from uuid import UUID

from reportlab.pdfgen import canvas

from app.services.candidates import candidate_document_service
from app.services.resumes import candidate_resume_service
from app.utils import file_types
from app.utils.file_store import Upload
from tests.factories.candidate import resume_text
from tests.factories.tenant import SampleTenant


def make_resume(tenant: SampleTenant, data: bytes | None = None, parsed: bool = True) -> UUID:
    """Upload a resume, and parse it with the real parser."""
    with tenant.bound():
        resume_id = candidate_resume_service.upload(Upload(io.BytesIO(data or resume_text()), "resume.txt")).id
        if parsed:
            candidate_resume_service.parse(resume_id)
    return resume_id


def make_document(tenant: SampleTenant, candidate_id: UUID) -> UUID:
    """Upload a document of a candidate."""
    with tenant.bound():
        text = f"Reference letter for {candidate_id}".encode()
        return candidate_document_service.upload(candidate_id, Upload(io.BytesIO(text), "letter.txt")).id


def odt_of(body: str) -> bytes:
    """Return an ODT file with this XML as its text; the prefixes are `office`, `text` and `table`."""
    prefixes = ("office", "text", "table")
    names = " ".join(f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"' for each in prefixes)
    content = (
        f"<office:document-content {names}><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", file_types.ODT)
        archive.writestr("content.xml", content)
    return target.getvalue()


def pdf_of(lines: Iterable[tuple[float, float, float, str]]) -> bytes:
    """Return a PDF page with these lines: x, y and size in points, and the text."""
    target = io.BytesIO()
    page = canvas.Canvas(target)
    for x, y, size, text in lines:
        page.setFont("Helvetica", size)
        page.drawString(x, y, text)
    page.save()
    return target.getvalue()
