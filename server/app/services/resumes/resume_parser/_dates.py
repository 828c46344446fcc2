"""Dates and date ranges as they are written in resumes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.services.resumes.resume_parser._word_lists import either, files, written
from app.utils.text import fold

PRESENT = "present"
FIRST_YEAR, YEARS_AHEAD = 1940, 8  # studies may end in the future

MONTHS = {
    name: number
    for lists in files().values()
    for number, names in enumerate(lists["dates"]["months"], start=1)
    for name in (*names, *map(fold, names))
}
SEASONS = [name for lists in files().values() for names in lists["dates"]["seasons"].values() for name in names]

MONTH = either([*MONTHS])
PRESENT_WORDS = either([*written("dates", "present"), "present", "now"])
YEAR = r"(?:19[4-9]\d|20[0-4]\d)"
_NUMBER = r"(?:0?[1-9]|1[0-2])"  # of a month
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|\.|º|ª)?"
_OF = r"(?:\s?(?:de|del|of|,|/|-)\s?|\s)?"
_SHORT = rf"(?:{_NUMBER}\s?/\s?\d\d|(?:0[1-9]|1[0-2])\.\d\d)(?![\d/.])"  # 03/18, only in a range
_POINT = (
    rf"(?:(?:{_DAY}{_OF})?(?:{MONTH})\.?,?{_OF}(?:{_DAY},?\s)?(?:{YEAR}|['’]\d\d(?!\d))"  # 15 March 2018, Mar-2018, Feb '20
    rf"|{YEAR}[\s,/-]\s?(?:{MONTH})\b"  # 2018 March
    rf"|{_DAY}\s?[/.-]\s?{_NUMBER}\s?[/.-]\s?{YEAR}|{_NUMBER}\s?[/.-]\s?{_DAY}\s?[/.-]\s?{YEAR}"  # 15.03.2019, 3/15/2019
    rf"|{YEAR}\s?[/.-]\s?{_NUMBER}(?:\s?[/.-]\s?{_DAY})?(?!\d)"  # 2018-03-15
    rf"|{_NUMBER}\s?[/.-]\s?{YEAR}"  # 03/2018
    rf"|(?:{either(SEASONS)}|[QT][1-4]|[1-4][.º]?\s?[QT])\s?(?:de\s|of\s|/)?{YEAR}"  # Summer 2019, Q3 2019
    rf"|{YEAR})"
)
POINT = rf"{_POINT}(?![\w/]|\.\d)"
_DASH = r"\s{0,3}(?:-{1,3}|[\u2010-\u2015\u2212\u2192~>/])\s{0,3}"
_UNTIL = rf"(?:{_DASH}(?:{either(written('dates', 'until'))}\s)?|\s{{1,3}}{either(written('dates', 'until'))}\s{{1,3}})"
_BEGIN = r"(?<![\w/.,@-])"
RANGES = (
    # March 2018 - present, 2015 to 2018, 03/18 - 05/21
    rf"{_BEGIN}(?P<start>{_POINT}|{_SHORT}){_UNTIL}(?P<end>{POINT}|{_SHORT}|(?:{PRESENT_WORDS})(?!\w))",
    # the columns of a table: Mar 2018 | Present
    rf"(?:(?<=\| )|^)(?P<start>{_POINT}) \| (?P<end>{POINT}|(?:{PRESENT_WORDS})(?!\w))(?= \||$)",
    # Mar - Jun 2021, 03 - 06/2021
    rf"{_BEGIN}(?P<start>(?:{MONTH})\.?|{_NUMBER}){_UNTIL}(?P<end>(?:(?:{MONTH})\.?{_OF}|{_NUMBER}\s?[/.]\s?){YEAR})(?!\w)",
    # 2017-19, '17-'19
    rf"{_BEGIN}(?P<start>{YEAR}|['’]\d\d)\s?[-\u2010-\u2015/]\s?(?P<end>['’]?\d\d)(?![\w/.-])",
    # since March 2018
    rf"(?<!\w)(?P<end>{either(written('dates', 'since'))})\s(?P<start>{POINT})",
    # 2018 -
    rf"{_BEGIN}(?P<start>{_POINT})\s?(?P<end>[-\u2010-\u2015])\s?(?=$|[|)\]•])",
)
RANGE = [re.compile(pattern, re.IGNORECASE) for pattern in RANGES]
SINGLE = re.compile(rf"{_BEGIN}{POINT}", re.IGNORECASE)
_PRESENT = re.compile(PRESENT_WORDS, re.IGNORECASE)
_NO_MONTH = re.compile(either(map(str.lower, SEASONS)) + r"|[qt][1-4]|[1-4][.º]?\s?[qt]\b")  # of lower-case text
_LONGEST = 400  # characters of a line that are searched; longer lines are prose


@dataclass(frozen=True, slots=True)
class DateRange:
    """A range in a line: the normalised ends and their positions. An open end has the position of what opens it."""

    start: str
    start_span: tuple[int, int]
    end: str
    end_span: tuple[int, int]
    span: tuple[int, int]


@lru_cache(maxsize=1024)
def find_range(text: str) -> DateRange | None:
    """Return the first range of the first form that the line has, or None."""
    if not any(char.isdigit() for char in text):
        return None
    matches = (match for pattern in RANGE for match in pattern.finditer(text[:_LONGEST]))
    return next(filter(None, map(_range, matches)), None)


def _range(match: re.Match[str]) -> DateRange | None:
    first, last = match["start"], match["end"]
    end = normalise(last) or _short(last) or (PRESENT if not any(char.isdigit() for char in last) else None)
    start = normalise(first) or _short(first)
    if end and end != PRESENT and start is None:  # Mar - Jun 2021: the year stands at the end
        month = _month(first)
        start = f"{end[:4]}-{month:02d}" if month else None
    if end is None and start and re.fullmatch(r"['’]?\d\d", last):  # 2017-19
        end = start[:2] + last[-2:] if start[:2] + last[-2:] > start[:4] else None
    if start is None or end is None or start == PRESENT or end != PRESENT and _is_later(start, end):
        return None
    return DateRange(start, match.span("start"), end, match.span("end"), match.span())


def _is_later(start: str, end: str) -> bool:
    """Return whether a start is later than its end, by year if one of them has no month."""
    length = min(len(start), len(end))
    return start[:length] > end[:length]


def find_single(text: str) -> tuple[str, tuple[int, int]] | None:
    """Return the last single date of a line, or None."""
    found = [(value, match.span()) for match in SINGLE.finditer(text[:_LONGEST]) if (value := normalise(match.group()))]
    return found[-1] if found else None


def normalise(text: str) -> str | None:
    """Return YYYY-MM, YYYY or present, or None if it is not a plausible date."""
    text = text.strip().lower()
    if _PRESENT.fullmatch(text):
        return PRESENT
    year_match = re.search(YEAR, text) or re.search(r"(?<=['’])\d{2}$", text)
    if not year_match:
        return None
    year = _full(int(year_match.group()))
    if not FIRST_YEAR <= year <= date.today().year + YEARS_AHEAD:
        return None
    rest = f"{text[: year_match.start()]} {text[year_match.end() :]}"
    if _NO_MONTH.search(rest):
        return str(year)  # a season or a quarter is no month
    month = _month(rest, is_first=text.startswith(year_match.group()))
    if month is None:
        return str(year)
    return f"{year}-{month:02d}" if 1 <= month <= 12 else None


def _full(year: int) -> int:
    """Return the year of two digits: this century, unless that is too far ahead."""
    if year >= 100:
        return year
    return year + (2000 if 2000 + year <= date.today().year + YEARS_AHEAD else 1900)


def _short(text: str) -> str | None:
    """Return the month of `03/18`."""
    match = re.fullmatch(rf"({_NUMBER})\s?[/.]\s?(\d\d)", text.strip())
    return f"{_full(int(match[2]))}-{int(match[1]):02d}" if match else None


def _month(text: str, is_first: bool = False) -> int | None:
    """Return the month that is named, or the number that is one, of a date from which the year was taken."""
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        if word in MONTHS:
            return MONTHS[word]
    numbers = [int(number) for number in re.findall(r"\d{1,2}", text)]
    if len(numbers) < 2 or is_first:  # 03/2018, 2018-03-15
        return numbers[0] if numbers else None
    first, second = numbers[:2]
    return second if second <= 12 else first  # 15.03.2019, and 3/15/2019 as it is written in the USA


def total_years(ranges: list[tuple[str, str]], today: date | None = None) -> float | None:
    """Return the years covered by the union of ranges; a year without month counts from its middle."""
    today = today or date.today()
    spans = sorted((_months(start, today), _months(end, today)) for start, end in ranges)
    spans = [(start, end) for start, end in spans if 0 <= end - start <= 60 * 12]  # nobody works longer: misread dates
    if not spans:
        return None
    total, reach = 0, spans[0][0]
    for start, end in spans:
        total += max(0, end - max(start, reach))
        reach = max(reach, end)
    return round(total / 12, 2)


def _months(value: str, today: date) -> int:
    if value == PRESENT:
        return today.year * 12 + today.month - 1
    year, _, month = value.partition("-")
    return int(year) * 12 + (int(month) - 1 if month else 6)
