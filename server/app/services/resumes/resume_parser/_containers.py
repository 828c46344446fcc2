"""What the formats of word processors share: paragraphs of runs, rows of tables, archives."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.services.core.child_process import Unreadable
from app.services.resumes.resume_parser._gazetteer import section_of
from app.services.resumes.resume_parser._lines import CUT, RawLine
from app.utils.file_types import BROKEN

MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO = 200
MAX_LABEL = 40  # characters of a cell that labels or dates the one beside it
SMALLEST = 2.5  # points; nobody reads smaller letters


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
    """Yield the lines of a row: one line if each cell has one, else the cells one after the other.

    A short first cell labels or dates the first line beside it, unless the row is the only one, as in a layout with a
    margin, or the cell is a heading.
    """
    filled = [[line for line in cell if line.text.strip()] for cell in cells]
    filled = [cell for cell in filled if cell]
    single = len(filled) > 1 and all(len(cell) == 1 for cell in filled)
    label = filled[0] if filled else []
    is_label = len(filled) == 2 and sum(len(line.text) for line in label) <= MAX_LABEL and not is_only
    if single and not (len(filled) == 2 and section_of(label[0].text)):
        yield _joined([cell[0] for cell in filled])
    elif is_label and not any(section_of(line.text) for line in label):
        yield _joined([replace(label[0], text=" ".join(line.text for line in label)), filled[1][0]])
        yield from filled[1][1:]
    else:
        for cell in cells:
            yield from cell
            yield RawLine("")


def _joined(lines: list[RawLine]) -> RawLine:
    return replace(
        lines[0],
        text=" | ".join(line.text for line in lines),
        bold=all(line.bold for line in lines),
        size=max(line.size for line in lines),
    )


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
