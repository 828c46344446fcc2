"""Names of files that people send."""

from __future__ import annotations

import re

from app.utils import file_types

MAX_LENGTH = 200  # of the columns
EXTENSION = re.compile(r"\.[A-Za-z0-9_~-]{1,12}$")
# The extensions of each type; the first is added to names with another one. Text that is called .bat or .js would be
# run by whoever opens it.
EXTENSIONS: dict[str, tuple[str, ...]] = {
    file_types.PDF: (".pdf",),
    file_types.DOCX: (".docx", ".dotx"),
    file_types.ODT: (".odt", ".ott"),
    file_types.RTF: (".rtf", ".doc"),
    file_types.TXT: (".txt", ".text", ".csv", ".tsv", ".md", ".json", ".tex"),
    file_types.XLSX: (".xlsx",),
    file_types.JSON: (".json",),
    file_types.DOC: (".doc", ".dot"),
    file_types.JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    file_types.PNG: (".png",),
}


def safe(name: str, media_type: str) -> str:
    """Return the last part of a path, without control characters, never empty, with an extension of its type.

    A name without an extension stays without one: no program opens it by itself.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]  # "C:\cv\ann.pdf" and "../ann.pdf"
    clean = "".join(filter(str.isprintable, last)).strip(" .") or "file"
    found = EXTENSION.search(clean)
    if found is None:
        return clean[:MAX_LENGTH]
    known, stem, extension = EXTENSIONS[media_type], clean[: found.start()], found[0]
    if extension.lower() not in known:
        stem, extension = clean, known[0]
    return stem[: MAX_LENGTH - len(extension)] + extension
