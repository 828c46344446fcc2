"""DOC, the format of Word before 2007, by antiword: as text with tabs, or as DocBook where it has tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree

from app.services.core.child_process import Unreadable
from app.services.resumes.resume_parser import _tools
from app.services.resumes.resume_parser._containers import Run, paragraph_lines, row_lines
from app.services.resumes.resume_parser._lines import RawLine
from app.services.resumes.resume_parser._plain_text import plain_lines

MISSING = "DOC files are not read on this server: save it as DOCX or PDF"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # a DOCX with a password is stored in the container of DOC
TABLE = re.compile(r"^\|.*\|\s*$", re.MULTILINE)


def doc_lines(data: bytes) -> Iterator[RawLine]:
    """Yield the lines of a document."""
    if ENCRYPTED in data:
        raise Unreadable("the file is encrypted")
    text = _tools.run(_tools.ANTIWORD, ["-w", "0", "-m", "UTF-8.txt", "-"], data, MISSING).decode("utf-8", "replace")
    if not TABLE.search(text):
        yield from plain_lines(text)
        return
    book = _tools.run(_tools.ANTIWORD, ["-x", "db", "-"], data, MISSING)
    try:
        yield from _blocks(ElementTree.fromstring(book, forbid_dtd=False))
    except ParseError as error:
        raise Unreadable("the file is broken") from error


def _blocks(element: Any, mark: str = "") -> Iterator[RawLine]:
    for child in element:
        if child.tag in ("para", "title"):
            yield from paragraph_lines(list(_runs(child)), mark)
        elif child.tag == "row":
            cells = [list(_cell(cell)) for cell in child if cell.tag == "entry"]
            yield from row_lines(cells, is_only=len(element) == 1)
        elif child.tag != "bookinfo":
            yield from _blocks(child, "• " if child.tag == "listitem" else mark)


def _cell(cell: Any) -> Iterator[RawLine]:
    text = "".join(cell.itertext())
    yield from plain_lines(text.strip())


def _runs(element: Any, bold: bool = False) -> Iterator[Run]:
    if element.text:
        yield Run(element.text.strip("\n"), bold)
    for child in element:
        yield from _runs(child, bold or child.get("role") == "bold")
        if child.tail:
            yield Run(child.tail.strip("\n"), bold)
