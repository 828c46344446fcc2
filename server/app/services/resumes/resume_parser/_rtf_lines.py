"""RTF by its control words (Rich Text Format Specification 1.9.1): text, type, tables, page headers, links."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.services.resumes.resume_parser._containers import Run, paragraph_lines, row_lines
from app.services.resumes.resume_parser._lines import SMALLEST, RawLine

TOKEN = re.compile(rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
# Groups that hold no text of the document.
SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet info pict object themedata colorschememapping datastore listtable listoverridetable "
    b"rsidtbl generator xmlnstbl latentstyles operator filetbl revtbl comment annotation atnid atnauthor atndate atntime "
    b"atnref nonshppict bkmkstart bkmkend userprops fchars lchars pgdsctbl listtext pntext pnseclvl template "
    b"falt panose docvar shppict sp sn sv".split()
)
KEPT = frozenset(b"shptxt shpinst shp".split())  # destinations with text, although readers may skip them
SIGNS = {
    b"tab": "   ", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
    b"rdblquote": "”", b"line": "\n", b"emspace": " ", b"enspace": " ", b"qmspace": " ", b"softline": "\n",
}  # fmt: skip
ESCAPED = {b"~": " ", b"_": "-", b"-": "", b"\\": "\\", b"{": "{", b"}": "}"}
PARTS = {b"header": "header", b"headerf": "header", b"headerl": "header", b"headerr": "header"} | {
    b"footer": "footer", b"footerf": "footer", b"footerl": "footer", b"footerr": "footer"
}  # fmt: skip
ENDS = frozenset(b"par sect page column".split())
LINK = re.compile(r'HYPERLINK\s+"([^"]+)"')
CODE_PAGES = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850", b"ansi": "cp1252"}
# Character sets of fonts (Windows GDI) that are no Western ones.
CHARSETS = {161: "cp1253", 162: "cp1254", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 238: "cp1250"}
MACINTOSH = 10_000  # the number of Mac Roman
MAX_TEXT = 1_000_000  # characters; more are no resume
MAX_DEPTH = 500  # groups within groups


@dataclass(slots=True)
class _State:
    """What a group inherits and restores at its end."""

    bold: bool = False
    size: float = 12.0
    hidden: bool = False
    skip: bool = False
    field: bool = False
    part: str = "body"
    skip_after_unicode: int = 1


@dataclass(slots=True)
class _Document:
    lines: dict[str, list[RawLine]] = field(default_factory=lambda: {"header": [], "body": [], "footer": []})
    runs: dict[str, list[Run]] = field(default_factory=lambda: {"header": [], "body": [], "footer": []})
    cells: list[list[RawLine]] = field(default_factory=list)
    cell: list[RawLine] = field(default_factory=list)
    in_table: bool = False
    in_list: bool = False
    instructions: str = ""


def rtf_lines(data: bytes) -> Iterator[RawLine]:
    """Yield the page headers, the text and the page footers; broken files are read as far as they go."""
    reader = _Reader()
    at = 0
    while reader.size < MAX_TEXT and (match := TOKEN.search(data, at)):
        reader.take(*match.groups())
        at = match.end() + (int(match[2] or 0) if match[1] == b"bin" else 0)  # binary data may look like anything
    reader.end_paragraph()
    reader.end_row()
    document = reader.document
    for part in ("header", "body", "footer"):
        yield from document.lines[part]
        yield RawLine("")
    yield from (RawLine(link, role="aside") for link in dict.fromkeys(LINK.findall(document.instructions)))


class _Reader:
    """Reads token after token."""

    def __init__(self) -> None:
        self.document, self.state, self.stack = _Document(), _State(), list[_State]()
        self.code_page, self.to_skip, self.is_destination = "cp1252", 0, False
        self.fonts: dict[int, str] = {}  # code pages by font; an empty one is the document's
        self.font, self.charset = 0, ""
        self.size = 0

    def take(
        self, word: bytes | None, value: bytes | None, code: bytes | None, sign: bytes | None, brace: bytes | None,
        text: bytes | None,
    ) -> None:  # fmt: skip
        """Take one token: a control word with its value, a character by its code, a control sign, a brace, or text."""
        if brace:
            self._group(brace)
        elif word:
            self._word(word, int(value) if value else None)
        elif code:
            self._text(bytes([int(code, 16)]).decode(self.charset or self.code_page, "ignore"))
        elif sign == b"*":
            self.is_destination = True
        elif sign:
            self._text(ESCAPED.get(sign, ""))
        elif text:
            self._text(text.decode(self.charset or self.code_page, "ignore"))

    def _group(self, brace: bytes) -> None:
        if brace == b"{" and len(self.stack) < MAX_DEPTH:
            self.stack.append(replace(self.state))
        elif brace == b"}" and self.stack:
            self._end_part(self.stack[-1].part)
            self.state = self.stack.pop()
        self.is_destination = False

    def _end_part(self, following: str) -> None:
        """End the last paragraph of a page header before the text goes on."""
        if following != self.state.part:
            self.end_paragraph()

    def _word(self, word: bytes, value: int | None) -> None:
        state = self.state
        is_unknown, self.is_destination = self.is_destination and word not in KEPT and word != b"fldinst", False
        if word in SKIPPED or is_unknown:
            state.skip = True
        elif word == b"fldinst":
            state.field = True
        elif word in PARTS:
            state.part = PARTS[word]
        elif word in ENDS:
            self.end_paragraph()
        elif word == b"cell":
            self._end_cell()
        elif word == b"row":
            self.end_row()
        elif word in SIGNS:
            self._text(SIGNS[word])
        elif word == b"u" and value is not None:
            self._text(chr(value % 65536) if not 0xD800 <= value % 65536 < 0xE000 else "")
            self.to_skip = state.skip_after_unicode
        else:
            self._format(word, value)

    def _format(self, word: bytes, value: int | None) -> None:
        state, document = self.state, self.document
        if word == b"b":
            state.bold = value != 0
        elif word == b"fs" and value:
            state.size = value / 2
        elif word in (b"v", b"deleted"):
            state.hidden = value != 0
        elif word == b"plain":
            state.bold, state.size, state.hidden = False, 12.0, False
        elif word == b"pard":
            document.in_table = document.in_list = False
        elif word == b"intbl":
            document.in_table = True
        elif word in (b"ls", b"pn"):
            document.in_list = True
        elif word == b"uc" and value is not None:
            state.skip_after_unicode = value
        elif word == b"fcharset" and value is not None:  # of the font that the table of fonts is just naming
            self.fonts[self.font] = CHARSETS.get(value, "")
        elif word == b"f" and value is not None:
            self.font = value
            self.charset = self.fonts.get(value, "")
        elif word == b"ansicpg" and value:
            self.code_page = _known(value)
        elif word in CODE_PAGES:
            self.code_page = CODE_PAGES[word]

    def _text(self, text: str) -> None:
        if self.to_skip:  # what readers without Unicode show instead
            dropped = min(self.to_skip, len(text))
            self.to_skip -= dropped
            text = text[dropped:]
        state = self.state
        self.size += len(text)
        if state.skip or not text:
            return
        if state.field:
            self.document.instructions += text
            return
        hidden = state.hidden or state.size < SMALLEST
        self.document.runs[state.part].append(Run(text, state.bold, state.size, hidden))

    def end_paragraph(self) -> None:
        """End a paragraph of the part that is read."""
        document, part = self.document, self.state.part
        runs, document.runs[part] = document.runs[part], []
        lines = list(paragraph_lines(_merged(runs), "• " if document.in_list else ""))
        if document.in_table and part == "body":
            document.cell += lines
        else:
            if part == "body" and (document.cells or document.cell):
                self.end_row()
            document.lines[part] += lines

    def _end_cell(self) -> None:
        self.end_paragraph()
        self.document.cells.append(self.document.cell)
        self.document.cell = []

    def end_row(self) -> None:
        """End a row of a table."""
        document = self.document
        cells, document.cells = [*document.cells, *([document.cell] if document.cell else [])], []
        document.cell = []
        document.lines["body"] += row_lines(cells, is_only=False)


def _merged(runs: list[Run]) -> list[Run]:
    """Join runs of one type, which RTF cuts at every character beyond ASCII."""
    merged: list[Run] = []
    for run in runs:
        if merged and replace(merged[-1], text="") == replace(run, text=""):
            merged[-1] = replace(run, text=merged[-1].text + run.text)
        else:
            merged.append(run)
    return merged


def _known(number: int) -> str:
    """Return the codec of a code page, or that of Western Windows if there is none."""
    try:
        return codecs.lookup("mac_roman" if number == MACINTOSH else f"cp{number}").name
    except LookupError:
        return "cp1252"
