"""From the bytes of a file to its lines, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from app.services.core.child_process import Unreadable
from app.services.resumes.resume_parser._doc_lines import doc_lines
from app.services.resumes.resume_parser._docx_lines import docx_lines
from app.services.resumes.resume_parser._html_lines import html_lines, html_of
from app.services.resumes.resume_parser._lines import RawLine
from app.services.resumes.resume_parser._odt_lines import odt_lines
from app.services.resumes.resume_parser._page_layout import read_page
from app.services.resumes.resume_parser._pdf_words import read_pages
from app.services.resumes.resume_parser._plain_text import plain_lines
from app.services.resumes.resume_parser._recognised import read_photograph, read_scan
from app.services.resumes.resume_parser._rtf_lines import rtf_lines
from app.services.resumes.resume_parser._words import Word
from app.utils import file_types, text_encoding

MAX_CHARACTERS = 200_000  # some 70 pages


def read_lines(data: bytes, media_type: str, most: int = MAX_CHARACTERS) -> list[RawLine]:
    """Return the lines of a document in reading order; Unreadable if it has no text or more than `most` characters."""
    readers = {
        file_types.PDF: _pdf,
        file_types.DOCX: docx_lines,
        file_types.ODT: odt_lines,
        file_types.RTF: rtf_lines,
        file_types.TXT: _txt,
        file_types.DOC: doc_lines,
        file_types.JPEG: _photograph,
        file_types.PNG: _photograph,
    }
    if media_type not in readers:
        raise Unreadable("this file type cannot be parsed")
    lines, size = [], 0
    for line in readers[media_type](data):
        lines.append(line)
        size += len(line.text)
        if size > most:
            raise Unreadable(f"the text has more than {most} characters; no resume is that long")
    if not any(line.text.strip() for line in lines if line.role in ("body", "aside")):
        raise Unreadable("the file has no text; it may be a scan")
    return lines


def _pdf(data: bytes) -> Iterator[RawLine]:
    addresses: list[str] = []
    pages = list(read_pages(data))
    if pages and not any(page.words for page in pages):
        for words in read_scan(data):
            yield from read_page(words)
            yield RawLine("")
    for number, page in enumerate(pages, start=1):
        yield from read_page(page.words)
        yield RawLine("")
        yield from _aside(page.turned)
        addresses += page.links
        if page.hidden:
            yield RawLine(f"page {number}: {' '.join(word.text for word in page.hidden)}", role="hidden")
    yield from _behind(addresses)


def _photograph(data: bytes) -> Iterator[RawLine]:
    for words in read_photograph(data):
        yield from read_page(words)


def _aside(words: list[Word]) -> Iterator[RawLine]:
    """Yield what stands sideways after the page: it is no part of the lines that it stands beside."""
    for line in read_page(words):
        yield replace(line, role="aside")
    yield RawLine("")


def _behind(addresses: list[str]) -> Iterator[RawLine]:
    """Yield the addresses behind words, so that they are part of the text."""
    yield RawLine("")
    for address in dict.fromkeys(addresses):
        if shown := address.removeprefix("mailto:").removeprefix("tel:").split("?subject=")[0]:
            yield RawLine(unquote(shown), role="aside")


def _txt(data: bytes) -> Iterator[RawLine]:
    decoded = text_encoding.decode(data)
    if not decoded.is_certain:
        yield RawLine(decoded.encoding, role="encoding")
    page = html_of(decoded.text)
    yield from html_lines(page) if page else plain_lines(decoded.text)
