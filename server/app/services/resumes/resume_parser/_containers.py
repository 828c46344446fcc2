"""What the formats of word processors share: paragraphs of runs, rows of tables, archives."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from app.services.core.child_process import Unreadable
from app.services.resumes.resume_parser._gazetteer import section_of
from app.services.resumes.resume_parser._lines import CUT, RawLine
from app.services.resumes.resume_parser._pieces import is_table_head
from app.utils.file_types import BROKEN

MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO = 200
MAX_LABEL, MAX_LINES = 40, 3  # characters and lines of a cell that names or dates something
MIN_SENTENCE = 3  # words
MAX_ROW = 12  # lines of a cell; more are a column of the page


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a paragraph in one type; size is 0 if nothing sets it."""

    text: str
    bold: bool = False
    size: float = 0.0
    hidden: bool = False


def paragraph_lines(runs: list[Run], mark: str = "", gap: bool = False) -> Iterator[RawLine]:
    """Yield the lines of a paragraph; a line break within it ends a line, and hidden runs are lines of their own."""
    hidden = "".join(run.text for run in runs if run.hidden).strip()
    seen = [run for run in runs if not run.hidden]
    lines: list[list[Run]] = [[]]
    for run in seen:
        first, *others = run.text.split("\n")
        lines[-1].append(replace(run, text=first))
        lines += [[replace(run, text=other)] for other in others]
    for line in lines:
        line = [run for run in line if run.text]
        written = [run for run in line if run.text.strip()]
        text = ""
        for number, run in enumerate(line):
            changes = number > 0 and run.bold != line[number - 1].bold
            text += (CUT if changes else "") + run.text
        size = max((run.size for run in written), default=0.0)
        bold = bool(written) and all(run.bold for run in written)
        yield RawLine(mark + text if written else "", size=size, bold=bold, gap=gap)
        gap = False
    if hidden:
        yield RawLine(hidden, role="hidden")


def row_lines(cells: list[list[RawLine]], is_only: bool) -> Iterator[RawLine]:
    """Yield the lines of a row: what its cells begin with as one line, then the longest cell's other lines.

    The cells of a page layout are read one after the other: of a row that is the only one, has a heading, or has two
    long cells.
    """
    filled = [[line for line in cell if line.text.strip()] for cell in cells]
    filled = [cell for cell in filled if cell]
    long = [cell for cell in filled if _is_long(cell)]
    is_layout = is_only and any(len(cell) > MAX_ROW for cell in filled) or len(long) > 1 or len(filled) < 2
    if all(len(cell) == 1 for cell in filled) and is_table_head([cell[0].text for cell in filled]):
        is_layout = False
    elif len(filled) == 2 or is_only:
        is_layout = is_layout or any(section_of(line.text) for cell in filled for line in cell)
    if is_layout:
        for cell in cells:
            yield from cell
            yield RawLine("")
        return
    heads = [cell[:1] if cell in long and not _is_prose(cell[0]) else [] if cell in long else cell for cell in filled]
    yield _joined([line for head in heads for line in head])
    for cell, head in zip(filled, heads):
        yield from cell[len(head) :]


def _is_long(cell: list[RawLine]) -> bool:
    has_items = any(_is_prose(line) for line in cell)
    return has_items or len(cell) > MAX_LINES or sum(len(line.text) for line in cell) > MAX_LABEL * MAX_LINES


def _is_prose(line: RawLine) -> bool:
    """Return whether a line is an item or a sentence rather than a name."""
    return line.text.startswith("•") or line.text.endswith((".", ";")) and len(line.text.split()) >= MIN_SENTENCE


def _joined(lines: list[RawLine]) -> RawLine:
    return replace(
        lines[0],
        text=" | ".join(line.text for line in lines),
        bold=all(line.bold for line in lines),
        size=max(line.size for line in lines),
    )


def tag_of(element: Any) -> str:
    """Return the local name of an element: without its namespace, which differs between producers."""
    return str(element.tag).rsplit("}", 1)[-1]


def child_of(element: Any, *path: str) -> Any:
    """Return the first element on a path of local names, or None."""
    for name in path:
        element = next((child for child in element if tag_of(child) == name), None) if element is not None else None
    return element


def attribute(element: Any, name: str) -> str:
    """Return an attribute by its local name; an empty text if it, or the element, is missing."""
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == name), "")


def topmost(element: Any, name: str) -> list[Any]:
    """Return the elements of a local name that are not within another of that name, which its reader finds itself."""
    found: list[Any] = []
    for child in element:
        found += [child] if tag_of(child) == name else topmost(child, name)
    return found


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Open an archive; Unreadable if it is a zip bomb or damaged."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise Unreadable("the file is broken") from error
    size = sum(member.file_size for member in archive.infolist())  # as declared; zipfile never reads beyond it
    # The ratio of a small archive says little: 2 MB are always allowed.
    if size > MAX_UNPACKED or size > MAX_RATIO * max(len(data), 10_000):
        raise Unreadable("the file unpacks to too much data")
    return archive
