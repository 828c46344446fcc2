"""DOCX by its XML, by local names, so that every producer and the strict variant are read (ECMA-376, part 1)."""

from __future__ import annotations

import posixpath
import re
import zipfile
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

SKIPPED = frozenset({"del", "moveFrom", "delText", "instrText", "Fallback", "pPr", "rPr", "sectPr"})
BLOCKS = frozenset({"p", "tbl"})
GAP = 120  # twentieths of a point above a paragraph
WHITE = re.compile(r"f[a-f0-9]f[a-f0-9]f[a-f0-9]", re.IGNORECASE)
LINK_FIELD = re.compile(r'HYPERLINK\s+"([^"]+)"')
NO_STYLE = "-"
OFF = ("0", "false", "off", "none")


@dataclass(slots=True)
class _Style:
    name: str = ""
    bold: bool | None = None
    size: float | None = None
    gap: bool = False
    based_on: str = ""


@dataclass(slots=True)
class _Part:
    """A part of the package while it is read: its links by id, and what was found behind words.

    The style without a name is that of paragraphs that name none.
    """

    links: dict[str, str]
    styles: dict[str, _Style]
    default_size: float = 0.0
    found: list[str] = field(default_factory=list)


def docx_lines(data: bytes) -> Iterator[RawLine]:
    """Yield the page headers, then paragraphs, tables and text boxes in document order, then the page footers."""
    with open_archive(data) as archive:
        try:
            yield from _package(archive)
        except (*BROKEN, ParseError, KeyError) as error:
            raise Unreadable("the file is broken") from error


def _package(archive: zipfile.ZipFile) -> Iterator[RawLine]:
    main = next((target for kind, target in _relations(archive, "").values() if kind == "officeDocument"), None)
    if main is None:
        raise Unreadable("the file is broken")
    relations = _relations(archive, main)
    styles, size = _styles(archive, relations)
    targets: list[str] = []
    for kind in ("header", "officeDocument", "footer"):
        names = [main] if kind == "officeDocument" else [target for each, target in relations.values() if each == kind]
        for name in dict.fromkeys(names):
            links = {key: target for key, (each, target) in _relations(archive, name).items() if each == "hyperlink"}
            part = _Part(links, styles, size)
            yield from _blocks(ElementTree.fromstring(archive.read(name)), part, shaded=False)
            yield RawLine("")  # a gap, so that the footer does not continue the last entry
            targets += part.found
    yield from (RawLine(target, role="aside") for target in dict.fromkeys(targets))


def _relations(archive: zipfile.ZipFile, source: str) -> dict[str, tuple[str, str]]:
    """Return the kind and the target of each relation of a part, by id; kinds without their namespace."""
    folder, name = posixpath.split(source)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.namelist():
        return {}
    found = {}
    for each in ElementTree.fromstring(archive.read(path)):
        target = each.get("Target", "")
        if each.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join(folder, target) if target[:1] != "/" else target[1:])
        found[each.get("Id", "")] = (each.get("Type", "").rsplit("/", 1)[-1], target)
    return found


def _styles(archive: zipfile.ZipFile, relations: dict[str, tuple[str, str]]) -> tuple[dict[str, _Style], float]:
    path = next((target for kind, target in relations.values() if kind == "styles"), None)
    if path is None or path not in archive.namelist():
        return {}, 0.0
    root = ElementTree.fromstring(archive.read(path))
    default = child_of(root, "docDefaults", "rPrDefault", "rPr", "sz")
    found = {}
    for each in root:
        if tag_of(each) != "style":
            continue
        run, based = child_of(each, "rPr"), child_of(each, "basedOn")
        size = child_of(run, "sz")
        style = _Style(
            attribute(child_of(each, "name"), "val"),
            _flag(run, "b"),
            _number(size) / 2 if size is not None else None,
            _number(child_of(each, "pPr", "spacing"), "before") >= GAP,
            attribute(based, "val"),
        )
        found[attribute(each, "styleId")] = style
        if attribute(each, "type") == "paragraph" and attribute(each, "default") not in ("", *OFF):
            found[""] = style
    return found, _number(default) / 2


def _blocks(element: Any, part: _Part, shaded: bool) -> Iterator[RawLine]:
    for child in element:
        tag = tag_of(child)
        if tag == "p":
            yield from _paragraph(child, part, shaded)
        elif tag == "tbl":
            yield from _table(child, part)
        elif tag not in SKIPPED:
            yield from _blocks(child, part, shaded)


def _table(table: Any, part: _Part) -> Iterator[RawLine]:
    rows = [row for row in table if tag_of(row) == "tr"]
    for row in rows:
        cells = [list(_blocks(cell, part, shaded=True)) for cell in row if tag_of(cell) in ("tc", "sdt")]
        yield from row_lines(cells, is_only=len(rows) == 1)


def _paragraph(paragraph: Any, part: _Part, shaded: bool) -> Iterator[RawLine]:
    settings = child_of(paragraph, "pPr")
    style = _resolved(part, attribute(child_of(settings, "pStyle"), "val"))
    shaded = shaded or child_of(settings, "shd") is not None
    runs: list[Run] = []
    boxes: list[Any] = []
    for run in _runs(paragraph, part):
        runs += _run(run, style, part, shaded, boxes)
    # Word draws the bullets of lists: they are not in the text.
    is_item = child_of(settings, "numPr") is not None or "List" in style.name
    before = child_of(settings, "spacing")
    gap = style.gap if before is None or attribute(before, "before") == "" else _number(before, "before") >= GAP
    yield from paragraph_lines(runs, "• " if is_item and not style.name.lower().startswith("heading") else "", gap)
    for box in boxes:
        yield from _blocks(box, part, shaded=True)


def _runs(element: Any, part: _Part) -> Iterator[Any]:
    """Yield the runs of a paragraph without deleted and moved ones, and note where its links lead."""
    for child in element:
        tag = tag_of(child)
        if tag == "r":
            part.found += LINK_FIELD.findall("".join(each.text or "" for each in child if tag_of(each) == "instrText"))
            yield child
        elif tag == "hyperlink":
            part.found += [part.links[key] for key in (attribute(child, "id"),) if key in part.links]
            yield from _runs(child, part)
        elif tag not in SKIPPED and tag not in BLOCKS:
            yield from _runs(child, part)


def _run(run: Any, style: _Style, part: _Part, shaded: bool, boxes: list[Any]) -> Iterator[Run]:
    settings = child_of(run, "rPr")
    own = _resolved(part, attribute(child_of(settings, "rStyle"), "val") or NO_STYLE)
    flags = [_flag(settings, "b"), own.bold, style.bold, style.name.startswith(("heading", "Heading", "Title"))]
    bold = next(flag for flag in flags if flag is not None)
    sizes = [_number(child_of(settings, "sz")) / 2, own.size, style.size, part.default_size]
    size = next((size for size in sizes if size), 0.0)
    colour = attribute(child_of(settings, "color"), "val")
    is_white = bool(WHITE.fullmatch(colour)) and not shaded and child_of(settings, "shd") is None
    hidden = bool(_flag(settings, "vanish")) or is_white or 0 < size < SMALLEST
    yield Run("".join(_texts(run, boxes)), bold, size, hidden)


def _texts(run: Any, boxes: list[Any]) -> Iterator[str]:
    for node in run:
        tag = tag_of(node)
        if tag == "t":
            yield node.text or ""
        elif tag in ("tab", "ptab"):
            yield "   "
        elif tag in ("br", "cr"):
            yield "\n"
        elif tag == "noBreakHyphen":
            yield "-"
        elif tag == "AlternateContent":  # the second copy of a text box is for old readers
            boxes += [box for choice in node if tag_of(choice) == "Choice" for box in topmost(choice, "txbxContent")]
        elif tag in ("drawing", "pict", "object"):
            boxes += topmost(node, "txbxContent")


def _resolved(part: _Part, name: str) -> _Style:
    """Return a style with what it takes from those that it is based on."""
    found = _Style(part.styles[name].name if name in part.styles else "")
    for _ in range(10):
        style = part.styles.get(name)
        if style is None:
            break
        found.bold = style.bold if found.bold is None else found.bold
        found.size = style.size if found.size is None else found.size
        found.gap = found.gap or style.gap
        name = style.based_on or NO_STYLE
    return found


def _number(element: Any, name: str = "val") -> float:
    value = attribute(element, name)
    return float(value) if re.fullmatch(r"\d{1,6}(?:\.\d+)?", value) else 0.0


def _flag(settings: Any, name: str) -> bool | None:
    found = child_of(settings, name)
    return None if found is None else attribute(found, "val").lower() not in OFF
