"""ODT by its XML (OpenDocument 1.3): paragraphs with their styles, tables, page headers, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree

from app.services.core.child_process import Unreadable
from app.services.resumes.resume_parser._containers import (
    Run,
    attribute,
    child_of,
    open_archive,
    paragraph_lines,
    row_lines,
    tag_of,
    topmost,
)
from app.services.resumes.resume_parser._lines import SMALLEST, RawLine
from app.utils.file_types import BROKEN

# Comments, and text that was deleted while changes were tracked, are no part of the document.
SKIPPED = frozenset({"annotation", "annotation-end", "tracked-changes", "bookmark", "note-citation", "sequence-decls"})
LIMIT = 1000  # blanks that one element can stand for
SIZE = re.compile(r"(\d{1,3}(?:\.\d+)?)pt")
BOLD = ("bold", "600", "700", "800", "900")
GAP = 0.2  # centimetres above a paragraph


@dataclass(slots=True)
class _Style:
    bold: bool | None = None
    size: float | None = None
    hidden: bool = False
    gap: bool = False
    parent: str = ""


@dataclass(slots=True)
class _Reader:
    styles: dict[str, _Style]
    links: list[str] = field(default_factory=list)


def odt_lines(data: bytes) -> Iterator[RawLine]:
    """Yield the page header, then paragraphs, tables and text boxes in document order, then the page footer."""
    with open_archive(data) as archive:
        try:
            content = ElementTree.fromstring(archive.read("content.xml"))  # defusedxml refuses entities
            has_styles = "styles.xml" in archive.namelist()
            common = ElementTree.fromstring(archive.read("styles.xml")) if has_styles else None
        except (*BROKEN, ParseError, KeyError) as error:
            raise Unreadable("the file is broken") from error
    styles = {} if common is None else _styles(common)
    reader = _Reader(styles | _styles(content))
    yield from _page_part(common, "header", reader)
    for body in topmost(content, "body"):
        yield from _blocks(body, reader)
    yield RawLine("")  # a gap, so that the footer does not continue the last entry
    yield from _page_part(common, "footer", reader)
    yield from (RawLine(link, role="aside") for link in dict.fromkeys(reader.links))


def _page_part(root: Any, name: str, reader: _Reader) -> Iterator[RawLine]:
    for element in [*topmost(root, name), *topmost(root, f"{name}-first")] if root is not None else ():
        yield from _blocks(element, reader)


def _styles(root: Any) -> dict[str, _Style]:
    found = {}
    for each in root.iter():
        if tag_of(each) not in ("style", "default-style"):
            continue
        text = child_of(each, "text-properties")
        space = child_of(each, "paragraph-properties")
        weight, size = attribute(text, "font-weight"), SIZE.fullmatch(attribute(text, "font-size"))
        above = re.match(r"(\d{1,3}(?:\.\d{1,6})?)(cm|in|pt)", attribute(space, "margin-top"))
        scale = {"cm": 1.0, "in": 2.54, "pt": 0.0353}
        found[attribute(each, "name")] = _Style(
            weight in BOLD if weight else None,
            float(size[1]) if size else None,
            attribute(text, "display") == "none",
            bool(above) and float(above[1]) * scale[above[2]] >= GAP if above else False,
            attribute(each, "parent-style-name"),
        )
    return found


def _blocks(element: Any, reader: _Reader) -> Iterator[RawLine]:
    for child in element:
        tag = tag_of(child)
        if tag in ("p", "h"):
            yield from _paragraph(child, reader)
        elif tag == "table":
            yield from _table(child, reader)
        elif tag == "list-item":
            yield from _item(child, reader)
        elif tag not in SKIPPED:
            yield from _blocks(child, reader)


def _item(item: Any, reader: _Reader) -> Iterator[RawLine]:
    for line in _blocks(item, reader):
        yield RawLine(f"• {line.text}", line.size, line.bold, line.gap, line.role) if line.text else line


def _table(table: Any, reader: _Reader) -> Iterator[RawLine]:
    groups = [
        table,
        *(group for group in table if tag_of(group) in ("table-header-rows", "table-rows", "table-row-group")),
    ]
    rows = [row for group in groups for row in group if tag_of(row) == "table-row"]
    for row in rows:
        cells = [list(_blocks(cell, reader)) for cell in row if tag_of(cell) == "table-cell"]
        yield from row_lines(cells, is_only=len(rows) == 1)


def _paragraph(paragraph: Any, reader: _Reader) -> Iterator[RawLine]:
    style = _resolved(reader, attribute(paragraph, "style-name"))
    is_heading = tag_of(paragraph) == "h"
    boxes: list[Any] = []
    runs = list(_runs(paragraph, reader, style, is_heading, boxes))
    yield from paragraph_lines(runs, gap=style.gap)
    for box in boxes:
        yield from _blocks(box, reader)


def _runs(element: Any, reader: _Reader, style: _Style, bold: bool, boxes: list[Any]) -> Iterator[Run]:
    def run(text: str) -> Run:
        size = style.size or 0.0
        hidden = style.hidden or 0 < size < SMALLEST
        return Run(text, bold if style.bold is None else style.bold, size, hidden)

    if element.text:
        yield run(_folded(element.text))
    for child in element:
        tag = tag_of(child)
        if tag == "tab":
            yield run("   ")
        elif tag == "s":
            count = attribute(child, "c")
            yield run(" " * min(int(count) if re.fullmatch("[0-9]{1,6}", count) else 1, LIMIT))
        elif tag == "line-break":
            yield run("\n")
        elif tag in ("frame", "custom-shape"):
            boxes += topmost(child, "text-box")
        elif tag in ("span", "a", "meta", "ruby", "ruby-base", "note", "note-body", "text-input") or child.text:
            if tag in SKIPPED:
                pass
            else:
                reader.links += [link for link in (attribute(child, "href"),) if link]
                own = _resolved(reader, attribute(child, "style-name"))
                mixed = _Style(
                    style.bold if own.bold is None else own.bold, own.size or style.size, own.hidden or style.hidden
                )
                yield from _runs(child, reader, mixed, bold, boxes)
        if child.tail:
            yield run(_folded(child.tail))


def _folded(text: str) -> str:
    """Return a text whose blanks are one each: more are written as elements."""
    return re.sub(r"[ \t\r\n]+", " ", text)


def _resolved(reader: _Reader, name: str) -> _Style:
    """Return a style with what it takes from its parents."""
    found = _Style()
    for _ in range(10):
        style = reader.styles.get(name)
        if style is None:
            break
        found.bold = style.bold if found.bold is None else found.bold
        found.size = style.size if found.size is None else found.size
        found.hidden, found.gap, name = found.hidden or style.hidden, found.gap or style.gap, style.parent
    return found
