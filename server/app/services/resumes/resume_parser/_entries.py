"""Entries of a section: each stands around a date, and the first one tells how the others are built."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.services.resumes.resume_parser._dates import DateRange, find_range
from app.services.resumes.resume_parser._gazetteer import has_company_form
from app.services.resumes.resume_parser._lines import Line
from app.services.resumes.resume_parser._pieces import TASKS, dates_of, is_table_head

MAX_HEADER = 110  # characters; longer lines are prose
MAX_ABOVE, MAX_BELOW = 3, 3
MAX_WORDS = 13


@dataclass
class Entry:
    """A dated line and the lines around it that name what it dates."""

    line: Line
    dates: DateRange
    above: list[Line] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)  # all lines up to the next dated one


def find_entries(lines: list[Line]) -> list[Entry]:
    """Return the entries of a section in document order."""
    dated = _dated(lines)
    entries = [Entry(lines[at], found) for at, found in dated]
    if not entries:
        return []
    usual = _above(lines, dated[0][0], -1, MAX_ABOVE)  # nothing else is above the first date
    # Where entries begin with their date, what is above belongs to the entry before.
    most = max(len(usual), _usual_above(lines, [at for at, _ in dated])) if usual else 0
    floor = dated[0][0] - len(usual) - 1
    for number, (entry, (at, _)) in enumerate(zip(entries, dated)):
        # A date alone in its line has wrapped, and what it dates is in the line above.
        is_alone = not entry.line.text.replace(entry.line.text[slice(*entry.dates.span)], "").strip(" |()")
        least = 1 if is_alone and not usual and number else 0
        entry.above = _above(lines, at, floor, max(least, most if number else len(usual)))
        following = dated[number + 1][0] if number + 1 < len(dated) else len(lines)
        entry.below = _below(lines, at, following, most)
        entry.body = lines[at + 1 : following]
        floor = at + len(entry.below) if not most else at
    return entries


def _usual_above(lines: list[Line], dated: list[int]) -> int:
    """Return how many header lines most entries have between the text of the one before and their date."""
    counts = []
    for begin, end in zip(dated, dated[1:]):
        above = _above(lines, end, begin, MAX_ABOVE)
        if len(above) < end - begin - 1:  # there is text between the two
            counts.append(len(above))
    usual = max(set(counts), key=counts.count, default=0)
    return usual if counts.count(usual) > len(counts) / 2 else 0


def _dated(lines: list[Line]) -> list[tuple[int, DateRange]]:
    """Return the lines that date an entry: with a range, or with a single date if they look like those."""
    ranges = [
        (at, found) for at, line in enumerate(lines) if (found := find_range(line.text)) and _is_short(line, found)
    ]
    in_bullets = [each for each in ranges if lines[each[0]].bullet]
    is_list = 2 * len(in_bullets) > len(ranges)  # entries that are bullets themselves
    kept = [each for each in ranges if lines[each[0]].bullet == is_list]
    forms = {_form(lines[at]) for at, _ in kept}
    known = {at for at, _ in kept}
    singles = [
        (at, found)
        for at, line in enumerate(lines)
        if at not in known
        and line.bullet == is_list
        and (found := dates_of(line))
        and _is_short(line, found)
        and (_form(line) in forms or not forms)
    ]
    return sorted([*kept, *singles])


def _is_short(line: Line, dates: DateRange) -> bool:
    return len(line.text) - (dates.span[1] - dates.span[0]) <= MAX_HEADER


def _form(line: Line) -> tuple[float, bool]:
    return line.size, line.bold


def _is_header(line: Line) -> bool:
    """Return whether a line can name a title, an employer or a place: short, capitalised and no sentence."""
    text = line.text
    if line.bullet or len(text) > MAX_HEADER or len(text.split()) > MAX_WORDS or find_range(text):
        return False
    return (
        not text[0].islower()
        and not _is_sentence(text)
        and not TASKS.match(text)
        and not is_table_head(text.split(" | "))
    )


def _is_sentence(text: str) -> bool:
    """Return whether a text ends like a sentence, not with an abbreviation (S.L., Inc., A.Ş.)."""
    last = text.split()[-1]
    kind = has_company_form(last) or "." in last[:-1] or (len(last) <= 5 and last[:1].isupper())
    return text.endswith((";", ":")) or text.endswith(".") and not (kind and len(text.split()) <= 12)


def _above(lines: list[Line], at: int, floor: int, most: int) -> list[Line]:
    """Return the header lines directly above a dated line, not beyond a gap unless a name stands out there."""
    found: list[Line] = []
    for index in range(at - 1, floor, -1):
        line = lines[index]
        if len(found) == most or not _is_header(line):
            break
        found.insert(0, line)
        ends = line.gap and not lines[index + 1].gap and not _stands_out(lines[index - 1], lines[at])
        if ends and index - 1 > floor:
            break
    return found


def _stands_out(line: Line, dated: Line) -> bool:
    """Return whether a line is larger or bolder than the dated line: a name above a title, separated by a gap."""
    return not line.bullet and (line.size > 1.1 * dated.size or line.bold and not dated.bold)


def _below(lines: list[Line], at: int, following: int, above: int) -> list[Line]:
    """Return the header lines below a dated line that are not above the next one."""
    room = following - at - 1 - (above if following < len(lines) else 0)
    found: list[Line] = []
    for line in lines[at + 1 : at + 1 + max(0, min(room, MAX_BELOW))]:
        if not _is_header(line) or line.gap and found:
            break
        found.append(line)
    return found
