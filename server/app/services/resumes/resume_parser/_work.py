"""Work history: which piece of an entry is the title and which the employer, by words and by place.

A resume has its titles and employers in the same place of each entry, so that clear entries decide for the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from app.schemas.parsed_resume_schema import Fact, WorkItem
from app.services.resumes.resume_parser._dates import PRESENT
from app.services.resumes.resume_parser._entries import Entry, find_entries
from app.services.resumes.resume_parser._gazetteer import (
    WORD,
    has_company_form,
    has_company_word,
    has_title_word,
    is_city,
)
from app.services.resumes.resume_parser._lines import Line
from app.services.resumes.resume_parser._pieces import (
    company_weight,
    dates_of,
    is_location,
    pieces_of,
    title_weight,
    without_place,
)
from app.utils.text import fold

MAX_NAMES = 4  # pieces of an entry that may be the title or the employer
HEADLINE_WEIGHT, LABEL_WEIGHT, PLACE_WEIGHT = 3, 6, 2
MAX_TITLE = 6  # words in front of an employer without a mark
MISSING = 0.5  # how much an entry without a title or an employer is less likely
VOTE = 1.6  # what the other entries weigh, against the words of this one


@dataclass(frozen=True)
class Name:
    """A piece that may be a title or an employer, and where it stands: the line from the dated one, and its order."""

    piece: Line
    row: int
    order: int

    @property
    def slots(self) -> tuple[tuple[int, int], tuple[float, bool]]:
        return (self.row, self.order), (self.piece.size, self.piece.bold)


Names = list[Name]
Roles = tuple[Name | None, Name | None]  # title and employer
Votes = Counter[tuple[str, tuple[float, float]]]


def read_work(lines: list[Line], headline: Fact | None) -> list[WorkItem]:
    """Return the positions in document order."""
    entries = find_entries(lines)
    names = [_names(entry, headline) for entry in entries]
    first = [_roles(each, headline, Counter()) for each in names]
    votes = _votes(first, names, headline)
    decided = [_unglued(_roles(each, headline, votes)) for each in names]
    return _without_frames([_item(entry, roles) for entry, roles in zip(entries, _with_employers(entries, decided))])


def _unglued(roles: Roles) -> Roles:
    """Part a title and an employer without a mark between them, "Line Cook Hotel Anker", behind the last occupation."""
    title, company = roles
    only = company or title
    if only is None or title and company:
        return roles
    text = without_place(only.piece).text
    ends = [match.end() for match in WORD.finditer(text) if has_title_word(match.group())]
    head, rest = text[: ends[-1]] if ends else "", text[ends[-1] :].strip() if ends else ""
    # Without another title, "Baker Hughes" is still an employer.
    is_glued = rest[:1].isupper() and not has_company_word(head) and has_company_word(rest)
    if not is_glued or "," in text or len(head.split()) > MAX_TITLE:
        return roles
    parts = only.piece.part(0, len(head)), only.piece.part(len(head), len(text))
    return Name(parts[0], only.row, only.order), Name(parts[1], only.row, only.order + 1)


def _with_employers(entries: list[Entry], decided: list[Roles]) -> list[Roles]:
    """Give a title without an employer the one above the entries before it: several positions at one employer."""
    found: list[Roles] = []
    employer: Name | None = None
    for entry, (title, company) in zip(entries, decided):
        if company and company.row < 0:
            employer = company
        elif company:
            employer = None
        if title and company is None and not entry.above and not entry.below:
            company = employer
        found.append((title, company))
    return found


def _names(entry: Entry, headline: Fact | None) -> Names:
    """Return the pieces of an entry that may be its title or its employer, in the order of reading."""
    rows = [
        *((number - len(entry.above), pieces_of(line, dates_of(line))) for number, line in enumerate(entry.above)),
        (0, pieces_of(entry.line, entry.dates)),
    ]
    names = list(_of_rows(rows, headline))
    for number, line in enumerate(entry.below, start=1):
        if sum(not is_location(name.piece.text) for name in names) >= 2 and not has_company_form(line.text):
            break
        names += _of_rows([(number, pieces_of(line))], headline)
    # A form has a line for each label, in any order.
    labelled = [(number, pieces_of(line)) for number, line in enumerate(entry.body, start=1) if line not in entry.below]
    for number, pieces in labelled:
        names += _of_rows([(number, [piece for piece in pieces if piece.label in ("title", "company")])], headline)
    return sorted(names, key=lambda name: (not name.piece.label, is_location(name.piece.text)))[:MAX_NAMES]


def _of_rows(rows: list[tuple[int, list[Line]]], headline: Fact | None) -> Iterator[Name]:
    for row, pieces in rows:
        split = [part for piece in pieces for part in _parts(piece, headline)]
        # A city alone may be the name of an employer, too, if the other entries have theirs in its place.
        kept = [piece for piece in split if not is_location(piece.text) or piece.label or is_city(piece.text)]
        yield from (Name(piece, row, order) for order, piece in enumerate(kept))


def _parts(piece: Line, headline: Fact | None) -> Iterator[Line]:
    """Yield title and employer of `Title, Employer` in one piece, without the place behind them."""
    whole, piece = piece, without_place(piece)
    city = whole.part(len(piece.text) + 1, len(whole.text))
    if is_city(city.text) and "," not in piece.text and _is_title(piece.text, headline):  # or an employer of that name
        yield piece
        yield city
        return
    commas = [at for at, char in enumerate(piece.text) if char == "," and piece.text[at + 1 : at + 2] == " "]
    for at in commas:
        before, after = piece.text[:at], piece.text[at + 2 :]
        titles = _is_title(before, headline), _is_title(after, headline)
        is_form = has_company_form(after.split(",")[0])
        # "Ribeira Tech, Lda." is one name; "Wharf Warden, Quay Data GmbH" is two.
        parts_form = is_form and " " in after.split(",")[0] and not has_company_word(before)
        if titles[0] != titles[1] and not is_form or parts_form:
            yield piece.part(0, at)
            yield from _parts(piece.part(at + 2, len(piece.text)), headline)
            return
    yield piece


def _is_title(text: str, headline: Fact | None) -> bool:
    return has_title_word(text) or headline is not None and fold(headline.value) == fold(text)


def _roles(names: Names, headline: Fact | None, votes: Votes) -> Roles:
    """Return the likeliest title and employer of an entry."""
    best: tuple[float, Roles] = (float("-inf"), (None, None))
    pairs: list[Roles] = [*permutations(names, 2), *((name, None) for name in names), *((None, name) for name in names)]
    for pair in pairs:
        title, company = pair
        score = 0.0 if title and company else -MISSING
        if title:
            score += _weight("title", title, headline) + _share(votes, "title", title)
        if company:
            score += _weight("company", company, headline) + _share(votes, "company", company)
        score -= 0.1 * sum(name.order + abs(name.row) for name in pair if name)  # what is nearest to the dates
        if not title:  # if nothing tells, a lone name is the employer
            score += 0.05
        if title and company:  # if nothing tells, the title comes first
            score += 0.05 * ((title.row, title.order) < (company.row, company.order))
        if score > best[0]:
            best = (score, pair)
    return best[1]


def _weight(role: str, name: Name, headline: Fact | None) -> int:
    text = name.piece.text
    if is_location(text) and not name.piece.label:
        return -PLACE_WEIGHT if role == "company" else -LABEL_WEIGHT
    if name.piece.label:
        return LABEL_WEIGHT if name.piece.label == role else -LABEL_WEIGHT
    is_headline = headline is not None and fold(headline.value) == fold(text)
    if role == "title":
        return title_weight(text) + (HEADLINE_WEIGHT if is_headline else 0)
    return company_weight(text) - (HEADLINE_WEIGHT if is_headline else 0)


def _votes(found: list[Roles], names: list[Names], headline: Fact | None) -> Votes:
    """Count the places in which entries have their title and employer, as far as the words tell."""
    votes: Votes = Counter()
    for roles, every in zip(found, names):
        for role, name in zip(("title", "company"), roles):
            if name is None:
                continue
            others = [_weight(role, other, headline) for other in every if other is not name]
            sure = _weight(role, name, headline) - max(others, default=0)
            for slot in name.slots:
                votes[role, slot] += min(2, max(0, sure))
                votes["all", (0, 0)] += min(2, max(0, sure))
    return votes


def _share(votes: Votes, role: str, name: Name) -> float:
    total = votes["all", (0, 0)] / 4  # two roles with two slots each
    return VOTE * sum(votes[role, slot] for slot in name.slots) / total if total else 0.0


def _item(entry: Entry, roles: Roles) -> WorkItem:
    title, company = (name.piece.as_fact() if name else None for name in roles)
    return WorkItem(
        title=title,
        company=company,
        start_date=_date_fact(entry, entry.dates.start, entry.dates.start_span),
        end_date=_date_fact(entry, entry.dates.end, entry.dates.end_span) if entry.dates.end else None,
    )


def _without_frames(items: list[WorkItem]) -> list[WorkItem]:
    """Give several positions at one employer its name, and leave out the entry that only names the employer."""
    kept: list[WorkItem] = []
    frame: tuple[WorkItem, Fact] | None = None
    for item, following in zip(items, [*items[1:], None]):
        name = _lone_name(item)
        title = _lone_name(following) if following else None
        if name and title and following and not has_title_word(name.value) and has_title_word(title.value):
            if _within(following, item):
                frame = (item, name)
                continue
        if frame and name and _within(item, frame[0]):
            item = item.model_copy(update={"title": name, "company": frame[1]})
        kept.append(item)
    return kept


def _lone_name(item: WorkItem) -> Fact | None:
    """Return the name of an entry that has only one."""
    return None if item.title and item.company else item.title or item.company


def _within(item: WorkItem, frame: WorkItem) -> bool:
    if not (item.start_date and frame.start_date and frame.end_date):
        return False
    end = frame.end_date.value if frame.end_date.value != PRESENT else "9999"
    return frame.start_date.value[:4] <= item.start_date.value[:4] <= end[:4]


def _date_fact(entry: Entry, value: str, span: tuple[int, int]) -> Fact:
    return Fact(value=value, start=entry.line.start + span[0], end=entry.line.start + span[1])
