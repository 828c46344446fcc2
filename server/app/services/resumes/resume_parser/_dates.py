"""Dates and date ranges as written in resumes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar ene enero stycznia gennaio",
            "feb february februar febrero febbraio fév",
            "mar march märz marzo mars mär",
            "apr april abr abril avril",
            "may mai mayo maj",
            "jun june juni junio juin",
            "jul july juli julio juillet",
            "aug august ago agosto août",
            "sep sept september septiembre",
            "oct october oktober okt octubre",
            "nov november noviembre",
            "dec december dezember dez dic diciembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
PRESENT_WORDS = "present|current|currently|now|today|ongoing|heute|date"  # the last one as in "2018 to date"
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))  # longest first: the first match wins
# "March 2018", "Feb '20", "03/2018", "2018-03-15", "2018".
POINT = (
    rf"(?:(?:{MONTH})\.?,?\s*['’]?\d{{4}}|(?:{MONTH})\.?\s*['’]\d{{2}}(?!\d)|\d{{1,2}}\s*[/.-]\s*\d{{4}}|\d{{4}}\s*[/.-]\s*\d{{1,2}}(?:\s*[/.-]\s*\d{{1,2}})?(?!\d)"
    rf"|(?<![\d.])(?:19|20)\d{{2}}(?!\d))"
)
RANGE = re.compile(
    rf"(?<!\w)(?P<start>{POINT})\s*(?:-|–|—|−|to|until|through|till|bis|/|\u2192|~)+\s*(?P<end>{POINT}|{PRESENT_WORDS})(?!\w)",
    re.IGNORECASE,
)
SINGLE = re.compile(rf"(?<![\w/.-]){POINT}(?![\w/])", re.IGNORECASE)
PRESENT = "present"


@dataclass(frozen=True, slots=True)
class DateRange:
    """A range in a line: the normalised ends and their positions."""

    start: str
    start_span: tuple[int, int]
    end: str
    end_span: tuple[int, int]
    span: tuple[int, int]


def find_range(text: str) -> DateRange | None:
    """Return the first range of a line, or None."""
    for match in RANGE.finditer(text):
        start, end = normalise(match["start"]), normalise(match["end"])
        # Compared by year, because one side may have no month. "2019 - 2012" is not a period.
        if start and end and start != PRESENT and start[:4] <= (end[:4] if end != PRESENT else "9999"):
            return DateRange(start, match.span("start"), end, match.span("end"), match.span())
    return None


def find_single(text: str) -> tuple[str, tuple[int, int]] | None:
    """Return the last single date of a line, or None."""
    found = [(value, match.span()) for match in SINGLE.finditer(text) if (value := normalise(match.group()))]
    return found[-1] if found else None


def normalise(text: str) -> str | None:
    """Return YYYY-MM, YYYY or present, or None if it is not a plausible date."""
    text = text.strip().lower()
    if re.fullmatch(PRESENT_WORDS, text):
        return PRESENT
    year_match = re.search(r"(?:19|20)\d{2}|(?<=['’])\d{2}$", text)
    if not year_match:
        return None
    year = int(year_match.group())
    if year < 100:  # '21: this century, unless that is too far ahead
        year += 2000 if 2000 + year <= date.today().year + 8 else 1900
    if not 1940 <= year <= date.today().year + 8:
        return None
    rest = text[: year_match.start()] + " " + text[year_match.end() :]
    word = re.search(r"[^\W\d_]+", rest)
    number = re.search(r"\d{1,2}", rest)
    month = MONTHS.get(word.group()) if word else int(number.group()) if number else None  # none in "spring 2019"
    if month is None:
        return str(year)
    return f"{year}-{month:02d}" if 1 <= month <= 12 else None


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
