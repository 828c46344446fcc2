"""Detection of file types by content, never by name."""

from __future__ import annotations

import codecs
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from app.utils.digest import chunks_of

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
RTF = "application/rtf"
TXT = "text/plain"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"  # only for files that we write; uploaded JSON counts as text
DOC = "application/msword"
JPEG = "image/jpeg"
PNG = "image/png"

SIGNATURES = (
    (b"{\\rtf", RTF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", DOC),  # OLE2, the container of Office formats before 2007
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
)
WORD_DOCUMENT = re.compile(r"word/document\d*\.xml")  # Word Online writes document2.xml
PDF_HEADER_WITHIN = 1024  # PDF 32000-1 annex H allows bytes before the header
MAX_ZIP_MEMBERS = 2_000
CONTROLS = frozenset({*range(9), *range(14, 32)})  # not 9 to 13: tab, line breaks, form feed
# What zipfile raises for archives that are damaged, encrypted (RuntimeError) or unsupported (NotImplementedError).
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


def sniff(stream: IO[bytes]) -> str | None:
    """Return the media type of a seekable stream, or None if not supported; rewinds the stream."""
    stream.seek(0)
    head = stream.read(4096)
    kind = next((kind for signature, kind in SIGNATURES if head.startswith(signature)), None)
    if kind is None and b"%PDF-" in head[:PDF_HEADER_WITHIN]:
        kind = PDF
    if kind is None and head.startswith(b"PK\x03\x04"):
        kind = _sniff_zip(stream)
    if kind is None and head and not head.startswith(b"PK"):
        kind = _sniff_text(stream)
    stream.seek(0)
    return kind


def sniff_table(stream: IO[bytes]) -> str | None:
    """Return the media type of a table (text or XLSX), or None; rewinds the stream."""
    stream.seek(0)
    if stream.read(4) == b"PK\x03\x04":
        kind = XLSX if "xl/workbook.xml" in _names(stream) else None  # a DOCX is a ZIP archive, too
    else:
        kind = TXT if sniff(stream) == TXT else None
    stream.seek(0)
    return kind


def _names(stream: IO[bytes]) -> set[str]:
    try:
        with zipfile.ZipFile(stream) as archive:
            return set(archive.namelist()[: MAX_ZIP_MEMBERS + 1])
    except BROKEN:
        return set()


def _sniff_zip(stream: IO[bytes]) -> str | None:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            if len(names) > MAX_ZIP_MEMBERS:
                return None
            if any(WORD_DOCUMENT.fullmatch(name) for name in names):
                return DOCX
            # The media type of ODT has 39 characters; a hostile member could unpack to gigabytes.
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return ODT if archive.read("mimetype").decode("ascii", "replace").strip() == ODT else None
    except BROKEN:
        return None
    return None


def _sniff_text(stream: IO[bytes]) -> str | None:
    """Return TXT for valid UTF-8, UTF-16, or one-byte text without control characters; reads in chunks."""
    stream.seek(0)
    is_wide = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if _is_encoded(stream, "utf-16" if is_wide else "utf-8"):
        return TXT
    # In one-byte encodings such as Latin-1 all bytes are valid: only control characters reveal binary data.
    return TXT if not is_wide and all(CONTROLS.isdisjoint(piece) for piece in _pieces(stream)) else None


def _is_encoded(stream: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in _pieces(stream):
            # NUL is valid UTF-8 but does not occur in text, and PostgreSQL cannot store it.
            if encoding == "utf-8" and b"\x00" in piece:
                return False
            decoder.decode(piece)
        decoder.decode(b"", final=True)  # fails if the last character is incomplete
    except UnicodeDecodeError:
        return False
    return True


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(0)
    return chunks_of(stream)
