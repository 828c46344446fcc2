"""From the bytes of a file to its lines: PDF, DOCX, ODT, RTF, TXT."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from defusedxml import ElementTree
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from striprtf.striprtf import rtf_to_text

from app.services.core.child_process import Unreadable
from app.services.resumes.resume_parser._lines import RawLine
from app.services.resumes.resume_parser._pdf import read_pdf
from app.utils import file_types

MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO = 200
ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


MAX_CHARACTERS = 200_000  # some 70 pages


def read_lines(data: bytes, media_type: str, most: int = MAX_CHARACTERS) -> list[RawLine]:
    """Return the lines of a document in reading order; Unreadable if it has no text or more than `most` characters."""
    readers = {
        file_types.PDF: _pdf,
        file_types.DOCX: _docx,
        file_types.ODT: _odt,
        file_types.RTF: _rtf,
        file_types.TXT: _txt,
    }
    if media_type not in readers:
        raise Unreadable("this file type cannot be parsed")
    lines = list(readers[media_type](data))
    if sum(len(line.text) for line in lines) > most:
        raise Unreadable(f"the text has more than {most} characters; no resume is that long")
    if not any(line.text.strip() for line in lines):
        raise Unreadable("the file has no text; it may be a scan")
    return lines


def _pdf(data: bytes) -> Iterator[RawLine]:
    yield from read_pdf(data)


def _docx(data: bytes) -> Iterator[RawLine]:
    """Yield the page header, then paragraphs, tables and text boxes in document order, then the page footer."""
    _check_archive(data)
    document = docx.Document(io.BytesIO(data))
    section = document.sections[0]
    yield from _story(section.first_page_header if section.different_first_page_header_footer else section.header)
    yield from _paragraphs(document.element.body, document)  # document.paragraphs lacks tables and text boxes
    yield RawLine("")  # a gap, so that the footer does not continue the last entry
    yield from _story(section.footer)


def _story(part: Any) -> Iterator[RawLine]:
    """Yield a header or footer, if the document has one."""
    if not part.is_linked_to_previous:  # in the first section, linked means that there is none
        yield from _paragraphs(part._element, part)


def _paragraphs(root: Any, parent: Any) -> Iterator[RawLine]:
    for element in root.iter(qn("w:p")):
        if not _in_fallback(element):
            yield from _paragraph(Paragraph(element, parent))


def _in_fallback(element: Any) -> bool:
    """Return whether an element is the second copy of a text box, which Word writes for old readers."""
    return any(parent.tag.endswith("}Fallback") for parent in element.iterancestors())


def _paragraph(paragraph: Paragraph) -> Iterator[RawLine]:
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    runs = [run for run in paragraph.runs if run.text.strip()]
    heading = style.startswith(("Heading", "Title"))
    bold = heading or bool(runs) and all(run.bold for run in runs)
    size = max((run.font.size.pt for run in runs if run.font.size), default=0.0)  # 0 if only the style sets it
    # Word draws the bullets of lists: they are not in the text.
    mark = "• " if "List" in style or paragraph._p.find(".//" + qn("w:numPr")) is not None else ""
    text = "".join(_run_texts(paragraph))
    for line in text.split("\n"):
        yield RawLine(mark + line if line.strip() else "", size=size, bold=bold)


def _run_texts(paragraph: Paragraph) -> Iterator[str]:
    """Yield the paragraph's own texts with hyperlinks, without those of text boxes inside it."""
    for node in paragraph._p.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")):
        owner = next(parent for parent in node.iterancestors() if parent.tag == qn("w:p"))
        if owner is not paragraph._p:
            continue
        yield {qn("w:tab"): "   ", qn("w:br"): "\n", qn("w:cr"): "\n"}.get(node.tag) or node.text or ""


def _odt(data: bytes) -> Iterator[RawLine]:
    with _check_archive(data) as archive:
        root = ElementTree.fromstring(archive.read("content.xml"))  # defusedxml refuses entities
    for element in root.iter():
        if element.tag in (ODF_TEXT + "p", ODF_TEXT + "h"):
            yield RawLine("".join(_odf_texts(element)), bold=element.tag == ODF_TEXT + "h")


def _odf_texts(element: Any) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if child.tag in (ODF_TEXT + "tab", ODF_TEXT + "s", ODF_TEXT + "line-break"):
            yield " "
        elif child.tag not in (ODF_TEXT + "p", ODF_TEXT + "h"):  # those, as in text boxes, are lines of their own
            yield from _odf_texts(child)
        if child.tail:
            yield child.tail


def _rtf(data: bytes) -> Iterator[RawLine]:
    # RTF is ASCII with escapes; latin-1 accepts any file. Escapes that are invalid in their code page are dropped.
    text = rtf_to_text(data.decode("latin-1"), errors="ignore")  # type: ignore[no-untyped-call]  # it has no types
    yield from _plain(text)


def _txt(data: bytes) -> Iterator[RawLine]:
    # From strict to lax: UTF-8 rejects most other text, cp1252 five bytes, and latin-1 nothing.
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            yield from _plain(data.decode(encoding))
            return
        except UnicodeDecodeError:
            continue
    raise Unreadable("the text encoding is unknown")


def _plain(text: str) -> Iterator[RawLine]:
    return (RawLine(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _check_archive(data: bytes) -> zipfile.ZipFile:
    """Open an archive; Unreadable if it is a zip bomb or damaged."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise Unreadable("the file is broken") from error
    size = sum(member.file_size for member in archive.infolist())  # as declared; zipfile never reads beyond it
    # The ratio of a small archive says little: 2 MB are always allowed.
    if size > MAX_UNPACKED or size > MAX_RATIO * max(len(data), 10_000):
        raise Unreadable("the file unpacks to too much data")
    return archive
