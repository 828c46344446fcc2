"""HTML, also within MHTML and in files that call themselves DOC: blocks as lines, headings by their level."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email import policy
from html.parser import HTMLParser

import nh3

from app.services.resumes.resume_parser._containers import Run, paragraph_lines, row_lines
from app.services.resumes.resume_parser._lines import RawLine

LOOKS = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype html|html|head|body)\b", re.I | re.S
)
MHTML = re.compile(r"^(?:mime-version|content-type|from|subject|date):", re.IGNORECASE)
BLOCKS = frozenset(
    "p div section article header footer main aside ul ol dl dt dd blockquote figure address pre form fieldset h1 h2 h3 "
    "h4 h5 h6 center hr body caption".split()
)
REMOVED = frozenset("script style head title template noscript svg select textarea".split())
KEPT = BLOCKS | frozenset("br a b strong i em u span li table thead tbody tr td th font small sup sub".split())
ATTRIBUTES = {"*": {"style", "hidden"}, "a": {"href"}}
SCHEMES = {"http", "https", "mailto", "tel"}
SIZES = {"h1": 24.0, "h2": 18.0, "h3": 14.0, "h4": 12.0, "h5": 11.0, "h6": 11.0}
BODY_SIZE = 10.0
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*([0-2](?:\.\d+)?)(?:px|pt)", re.IGNORECASE
)
EMPTY = frozenset({"br", "hr"})  # of the tags that are kept
MAX_MAIL_HEADER, MAX_LINE = 20_000, 2_000  # characters; longer lines are no header of a mail program
MAX_TABLES = 20  # tables within tables
MAX_DEPTH = 200


def html_of(text: str) -> str:
    """Return the page that a text is, or that a MHTML file has within it; an empty text if there is none."""
    if LOOKS.match(text[:4000]):
        return text
    return _page_within(text) if MHTML.match(text) else ""


def _page_within(text: str) -> str:
    if (
        "text/html" not in text[:MAX_MAIL_HEADER].lower()
        or max(map(len, text[:MAX_MAIL_HEADER].split("\n"))) > MAX_LINE
    ):
        return ""
    page = email.message_from_string(text, policy=policy.default).get_body(("html",))
    if page is None:
        return ""
    try:
        return str(page.get_content())
    except (LookupError, ValueError):  # an unknown encoding
        return str(page.get_payload())


def html_lines(page: str) -> Iterator[RawLine]:
    """Yield the lines of a page, and the addresses behind its words."""
    reader = _Reader()
    # Python's parser takes quadratic time for tags that never end; this one closes them.
    reader.feed(
        nh3.clean(page, tags=set(KEPT), attributes=ATTRIBUTES, clean_content_tags=set(REMOVED), url_schemes=SCHEMES)
    )
    reader.close()
    reader.end_line()
    yield from reader.lines
    yield from (RawLine(link, role="aside") for link in dict.fromkeys(reader.links))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[RawLine] = []
        self.links: list[str] = []
        self.runs: list[Run] = []
        self.open: list[tuple[str, bool]] = []  # elements with whether they are hidden
        self.tables: list[list[list[RawLine]]] = []
        self.is_item = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; a block begins a line, a cell a part of a row."""
        values = {name: value or "" for name, value in attrs}
        if tag == "br":
            self.runs.append(Run("\n"))
        if tag in BLOCKS or tag in ("li", "tr", "table"):
            self.end_line()
        self.is_item = tag == "li" or self.is_item and tag not in BLOCKS
        if tag == "tr" and len(self.tables) < MAX_TABLES:
            self.tables.append([])
        if tag in ("td", "th") and self.tables:
            self.end_line()
            self.tables[-1].append([])
        if tag == "a" and (link := values.get("href", "")) and not link.startswith("#"):
            self.links.append(link.removeprefix("mailto:").removeprefix("tel:"))
        if tag not in EMPTY and len(self.open) < MAX_DEPTH:
            is_hidden = HIDDEN.search(values.get("style", "")) is not None or "hidden" in values
            self.open.append((tag, is_hidden))

    def handle_endtag(self, tag: str) -> None:
        """Close an element with those within it that were left open."""
        if tag in BLOCKS or tag in ("li", "td", "th", "table"):
            self.end_line()
        if tag in BLOCKS and tag != "div":
            self._add(RawLine(""))
        if tag == "tr" and self.tables:
            self.end_line()
            for line in row_lines(self.tables.pop(), is_only=False):
                self._add(line)
        at = next((at for at in range(len(self.open) - 1, -1, -1) if self.open[at][0] == tag), None)
        if at is not None:
            del self.open[at:]

    def handle_data(self, data: str) -> None:
        """Add text in the type that its elements give it."""
        names = [name for name, _ in self.open]
        text = data if "pre" in names else re.sub(r"\s+", " ", data)
        heading = next((name for name in names if name in SIZES), None)
        bold = heading is not None or bool({"b", "strong", "th"}.intersection(names))
        hidden = any(is_hidden for _, is_hidden in self.open)
        self.runs.append(Run(text, bold, SIZES.get(heading or "", BODY_SIZE), hidden))

    def end_line(self) -> None:
        """End the line that is read."""
        runs, self.runs = self.runs, []
        if any(run.text.strip() for run in runs):
            for line in paragraph_lines(runs, "• " if self.is_item else ""):
                self._add(line)
        self.is_item = False

    def _add(self, line: RawLine) -> None:
        """Add a line to the innermost cell, or to the page."""
        cell = next((table[-1] for table in reversed(self.tables) if table), None)
        (self.lines if cell is None else cell).append(line)
