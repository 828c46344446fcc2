"""Work history: positions found by their date ranges; titles and companies are told apart by words and order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.schemas.parsed_resume_schema import Fact, WorkItem
from app.services.resumes.resume_parser._contact import has_title_word
from app.services.resumes.resume_parser._dates import DateRange, find_range
from app.services.resumes.resume_parser._gazetteer import COMPANY_WORDS, US_STATES, countries
from app.services.resumes.resume_parser._lines import Line, without_tail
from app.utils.text import fold

# A comma only between blanks: "Ames, Bode and Cole" is one company.
SPLIT = re.compile(r"\s+\|\s+|\s+,\s+|\s+[•·●]\s+|\s+[–—-]\s+|\s+@\s+|\s+at\s+")
# "6 years 2 months" after a range.
UNIT = r"(?:\d+|an?|one|less than a)\+?\s*(?:years?|yrs?|months?|mos?)\.?"
DURATION = re.compile(rf"{UNIT}(?:[\s,]+(?:and\s+)?{UNIT})?", re.IGNORECASE)
MAX_HEADER = 110  # characters; longer lines are prose
MAX_HEADER_LINES = 3


@dataclass
class Block:
    """One position: its date range, and the pieces of its header by line."""

    line: Line
    range: DateRange
    groups: list[list[Line]] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)  # the line below the dated one, if it may be a header

    @property
    def names(self) -> list[Line]:
        """Title and company in either order: the first pieces of two lines, or two pieces of one, without places."""
        rows = [[piece for piece in group if not is_place(piece.text)] for group in self.groups]
        rows = [row for row in rows if row]
        return [rows[0][0], rows[1][0]] if len(rows) > 1 else rows[0][:2] if rows else []


def read_work(lines: list[Line], headline: Fact | None) -> list[WorkItem]:
    """Return the positions in document order."""
    blocks = _blocks(lines)
    _look_below(blocks)
    _split_names(blocks, headline)
    decided = [_decide(block, headline) for block in blocks]
    # A resume has its titles and companies in one order, so that clear positions decide for the others.
    title_first = _majority([order for order in decided if order is not None])
    return [_item(block, title_first) for block in blocks]


def _blocks(lines: list[Line]) -> list[Block]:
    dated = [(index, found) for index, line in enumerate(lines) if (found := find_range(line.text)) and not line.bullet]
    blocks: list[Block] = []
    # Nothing is beside or above the first range: each position begins with its dates.
    date_first = (
        bool(dated) and not _pieces_around(lines[dated[0][0]], dated[0][1]) and not _above(lines, dated[0][0], -1)
    )
    floor = -1  # lines up to this one belong to an earlier position
    for position, (index, found) in enumerate(dated):
        block = Block(lines[index], found)
        following = dated[position + 1][0] if position + 1 < len(dated) else len(lines)
        own = _pieces_around(lines[index], found)
        if date_first:
            block.groups = [own, *_below(lines, index, following, 2)]
            floor = index
        else:
            block.groups = [*[_pieces(line) for line in _above(lines, index, floor)], own]
            floor = index
            own_above = dated[0][0] if following < len(lines) else -1  # header lines above a range
            if following - index - 1 > own_above:  # otherwise these lines are the header of the next position
                block.below = (_below(lines, index, following, 1) or [[]])[0]
            if len(block.names) < 2 and block.below:
                block.groups.append(block.below)
                floor = index + 1
        blocks.append(block)
    return blocks


def _look_below(blocks: list[Block]) -> None:
    """Handle layouts with a company or a title below the dated line, if every block has them."""
    under = [block for block in blocks if len(block.names) == 2 and block.below and block.below not in block.groups]
    if len(under) < len(blocks) or not blocks:
        return
    if all(_has_company_below(block, len(blocks)) for block in blocks):
        for block in blocks:
            # The second piece is a place, such as Altona in "Data Engineer | Altona".
            block.groups = [block.groups[0][:1], block.below]
    elif all(has_title_word(block.below[0].text) for block in blocks):
        for block in blocks:
            if not any(has_title_word(piece.text) for piece in block.names):
                block.groups = [[block.names[0]], block.below]  # the names above are the company and its city


def _has_company_below(block: Block, blocks: int) -> bool:
    """Return whether there is a name below a single row; an only position requires a word of companies."""
    text = block.below[0].text
    sure = blocks > 1 or bool({word.strip(".,") for word in fold(text).split()} & COMPANY_WORDS)
    return sure and len([group for group in block.groups if group]) == 1 and _is_name(text)


def _split_names(blocks: list[Block], headline: Fact | None) -> None:
    """Split `Title, Company` in one piece, if most blocks have it, at the comma between title and name."""
    single = [
        block
        for block in blocks
        if len(block.names) == 1 and ", " in block.names[0].text and len(block.names[0].text) <= MAX_HEADER
    ]
    if not blocks or 2 * len(single) < len(blocks):
        return
    commas = [[found.start() for found in re.finditer(", ", block.names[0].text)] for block in single]
    known = [
        [at for at in found if _order_at(block.names[0].text, at, headline) is not None]
        for block, found in zip(single, commas)
    ]
    if not any(known):  # could as well be companies with their cities
        return
    for block, all_commas, telling in zip(single, commas, known):
        piece, at = block.names[0], (telling or all_commas)[0]
        block.groups = [[piece.part(0, at), piece.part(at + 2, len(piece.text))]]


def _order_at(text: str, at: int, headline: Fact | None) -> bool | None:
    """Return whether the title is before a comma (True) or after it (False), or None if that is unclear."""
    before, after = (has_title_word(side) for side in (text[:at], text[at + 2 :]))
    known = headline is not None and fold(headline.value) == fold(text[:at])
    return True if known else None if before == after else before


def _is_name(text: str) -> bool:
    """Return whether a text is short and capitalised, and so not the beginning of a sentence."""
    return len(text.split()) <= 7 and text[0].isupper()


def _above(lines: list[Line], index: int, floor: int) -> list[Line]:
    """Return the header lines directly above a dated line: short, no bullets, no sentences, not beyond a gap."""
    found: list[Line] = []
    for at in range(index - 1, floor, -1):
        line = lines[at]
        if not _is_header(line) or len(found) == MAX_HEADER_LINES:
            break
        found.insert(0, line)
        # Above a gap, another position ends, unless the line there is a name in larger or bolder type.
        if line.gap and len(found) >= 1 and not lines[at + 1].gap and not _stands_out(lines[at - 1], lines[index]):
            break
        if len(found) >= 2:
            break
    return found


def _stands_out(line: Line, dated: Line) -> bool:
    """Return whether a line is larger or bolder than the dated line: a name above a title, separated by a gap."""
    return not line.bullet and (line.size > 1.1 * dated.size or line.bold and not dated.bold)


def _below(lines: list[Line], index: int, following: int, most: int) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in lines[index + 1 : min(following, index + 1 + most)]:
        if not _is_header(line):
            break
        groups.append(_pieces(line))
    return groups


def _is_header(line: Line) -> bool:
    return (
        not line.bullet and len(line.text) <= MAX_HEADER and not _is_sentence(line.text) and not find_range(line.text)
    )


def _is_sentence(text: str) -> bool:
    """Return whether a text ends like a sentence, not with an abbreviation (S.L., Inc., A.Ş.)."""
    last = text.split()[-1]
    kind = last.strip(".,").lower() in COMPANY_WORDS or "." in last[:-1] or (len(last) <= 5 and last[:1].isupper())
    return text.endswith(";") or text.endswith(".") and not (kind and len(text.split()) <= 12)


def _pieces_around(line: Line, found: DateRange) -> list[Line]:
    """Return the other pieces of a dated line."""
    before, after = line.part(0, found.span[0]), line.part(found.span[1], len(line.text))
    return [piece for piece in (*_pieces(before), *_pieces(after)) if not DURATION.fullmatch(piece.text)]


def _pieces(line: Line) -> list[Line]:
    pieces = []
    at = 0
    for match in [*SPLIT.finditer(line.text), None]:
        end = match.start() if match else len(line.text)
        piece = line.part(at, end)
        lead = len(piece.text) - len(piece.text.lstrip(" (,|–—-"))
        piece = piece.part(lead, len(without_tail(piece.text)))
        if len(piece.text) > 1:
            pieces.append(piece)
        at = match.end() if match else end
    return pieces


def _decide(block: Block, headline: Fact | None) -> bool | None:
    """Return True if the title is before the company, False if after it, None if the words do not tell."""
    names = block.names
    if len(names) < 2:
        return None
    first, second = (_title_weight(piece.text, headline) for piece in names)
    return None if first == second else first > second


def _title_weight(text: str, headline: Fact | None) -> int:
    weight = 2 if has_title_word(text) else 0
    weight += 3 if headline and fold(headline.value) == fold(text) else 0  # certainly a title, whatever its words are
    words = {word.strip(".,") for word in fold(text).split()}
    return weight - (2 if words & COMPANY_WORDS or ", " in text else 0)  # a comma separates a company from its city


def _majority(orders: list[bool]) -> bool:
    return sum(orders) * 2 >= len(orders) if orders else True  # if nothing tells, the title comes first


def _item(block: Block, title_first: bool) -> WorkItem:
    names = block.names
    title = company = None
    if len(names) == 2:
        title, company = (names[0], names[1]) if title_first else (names[1], names[0])
    elif names:
        title, company = _split_single(names[0])
    company = _without_place(company)
    return WorkItem(
        title=_fact(title),
        company=_fact(company),
        start_date=_date_fact(block, block.range.start, block.range.start_span),
        end_date=_date_fact(block, block.range.end, block.range.end_span),
    )


def _split_single(piece: Line) -> tuple[Line | None, Line | None]:
    """Return title and company of `Title, Company` in one piece, or only one of them."""
    at = piece.text.find(", ")
    if at > 0 and has_title_word(piece.text[:at]) and not has_title_word(piece.text[at + 2 :]):
        return piece.part(0, at), piece.part(at + 2, len(piece.text))
    return (piece, None) if has_title_word(piece.text) else (None, piece)


def _without_place(company: Line | None) -> Line | None:
    """Return a company without the city after it."""
    if company is None:
        return None
    head, comma, tail = company.text.rpartition(", ")
    if (
        comma
        and tail[:1].isupper()
        and " and " not in tail  # the last partner of "Ames, Bode and Cole"
        and not {w.strip(".") for w in fold(tail).split()} & COMPANY_WORDS  # "Acme, Inc."
    ):
        return company.part(0, len(head.rstrip(",")))
    return company


def is_place(text: str) -> bool:
    """Return whether a piece is a `City, Region`, a country or a kind of employment, and not a name."""
    last = text.rsplit(",", 1)[-1].strip()
    if fold(text) in ("remote", "hybrid", "on-site", "full-time", "part-time", "contract"):
        return True
    # Two letters alone are no place: IT is a department rather than the code of Italy.
    return ("," in text or len(last) > 2) and (last in US_STATES or fold(last) in countries())


def _fact(piece: Line | None) -> Fact | None:
    return Fact(value=piece.text, start=piece.start, end=piece.end) if piece and piece.text else None


def _date_fact(block: Block, value: str, span: tuple[int, int]) -> Fact:
    return Fact(value=value, start=block.line.start + span[0], end=block.line.start + span[1])
