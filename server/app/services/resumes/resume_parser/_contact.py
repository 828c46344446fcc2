"""Name, location and headline."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from app.schemas.parsed_resume_schema import Fact
from app.services.resumes.resume_parser._contact_points import LINK, has_reach
from app.services.resumes.resume_parser._gazetteer import (
    INSTITUTION_WORDS,
    SECTION_OF,
    TITLE_ENDING,
    TITLE_WORDS,
    US_STATES,
    countries,
)
from app.services.resumes.resume_parser._lines import Line
from app.services.resumes.resume_parser._sections import NOISE
from app.utils.text import fold

MAX_NAME = 100
MAX_CONTACT_LINE = 300  # longer lines are prose
MAX_HEAD = 200  # lines that are searched for a lone city
NEAR = 2  # lines between a lone city and a contact point
# What looks like a lone city near contact points: "ada@people.example | Fluent | Hamburg".
LEVELS = frozenset("fluent native basic beginner intermediate advanced professional".split())
LANGUAGES = frozenset("english german french spanish italian polish dutch portuguese russian chinese hindi".split())
# "Hamburg, Germany" or "Austin, TX", up to whatever follows it in a contact line.
PLACE = re.compile(
    r"(?<![\w@])([^\W\d_][\w.’' -]{1,40}?,\s*(?:[^\W\d_][\w.’' -]{1,30},\s*)?(?:[A-Z]{2}\b|[A-Z][\w.’' -]{2,25}))(?=$|\s*[|•·,;(]|\s+\S+@|\s+\+?\d|\s+www|\s+http|\s+LinkedIn|\s+GitHub)"
)
LONE_CITY = re.compile(r"[A-ZÀ-Ž][^\W\d_]+(?:[ -][^\W\d_]+){0,3}(?: [A-Z]{2})?")  # "New York", "Hamburg DE"
LABEL = re.compile(
    r"^(?:name|address|location|city|phone|mobile|tel|email|e-mail|web|website|linkedin|github)\s*[:.]\s*",
    re.IGNORECASE,
)
# "Open To Work", "Date Of Birth".
NO_CITY = frozenset("to for the with at work open available seeking remote date birth nationality".split())
SITES = frozenset({"linkedin", "github", "gitlab", "website", "portfolio", "email", "phone", "mobile", "address"})
# "Résumé of Greta Ferri".
TITLE_OF_PAGE = re.compile(r"^(?:r[ée]sum[ée]|cv|curriculum vitae|profile)\s+(?:of|for)\s+", re.IGNORECASE)
SEPARATOR = re.compile(r"\s*[|•·●]\s*")


def find_place(lines: list[Line], body: set[int], taken: set[str]) -> Fact | None:
    """Return the first `City, Region` of the head, or else a `City CC` or lone city near a contact point.

    A lone name in the `body` (the starts of lines of work, education and skills) is not considered a city.
    """
    bare = [line for line in lines if line.start not in body]
    return _find_full_place(lines) or _find_lone_city(bare[:MAX_HEAD], taken)


def _find_lone_city(lines: list[Line], taken: set[str]) -> Fact | None:
    """Return the piece that looks like a city and is nearest to an email address or phone number."""
    reach = [index for index, line in enumerate(lines) if has_reach(line.text)]
    found: list[tuple[int, Fact]] = []
    for index, line in enumerate(lines):
        away = min((abs(index - at) for at in reach), default=NEAR + 1)
        for piece in SEPARATOR.split(LABEL.sub("", line.text)) if away <= NEAR else ():
            piece = piece.strip(" ,")
            fact = line.fact(piece) if LONE_CITY.fullmatch(piece) and not _is_other(piece, taken) else None
            found += [(away, fact)] if fact else []
    return min(found, key=lambda item: item[0])[1] if found else None


def _is_other(piece: str, taken: set[str]) -> bool:
    key = fold(piece)
    is_known = SECTION_OF.get(key) or key in SITES or key in LANGUAGES or key in LEVELS or has_title_word(piece)
    is_no_city = set(key.split()) & NO_CITY or NOISE.match(piece)
    # A part of the name or of the headline is no city either.
    return bool(is_known or is_no_city) or any(name in key or key in name for name in taken)


def _find_full_place(lines: list[Line]) -> Fact | None:
    for line in lines:
        if SECTION_OF.get(fold(line.text)) or len(line.text) > MAX_CONTACT_LINE:
            continue
        for piece in SEPARATOR.split(LABEL.sub("", line.text)):
            match = PLACE.search(piece)
            if match and _is_place(match.group(1)):
                return line.fact(match.group(1).strip())
    return None


def region_of(place: Fact | None) -> str | None:
    """Return the ISO country of a place, if its last part identifies one."""
    if place is None:
        return None
    last = place.value.rsplit(",", 1)[-1].strip()
    # These three are also the codes of India, Germany and Canada, which are taken instead of the states.
    if place.value.count(",") >= 1 and last in US_STATES and last not in ("IN", "DE", "CA"):
        return "US"
    return countries().get(fold(last)) or ("US" if last in US_STATES else None)


def find_name(lines: list[Line], email: Fact | None) -> tuple[Fact | None, int]:
    """Return the name and the index of its last line, by size, position, shape and the email's local part."""
    best: tuple[float, Fact, int] | None = None
    largest = max((line.size for line in lines), default=0.0)
    local = re.sub(r"[^a-z]", "", fold(email.value.split("@")[0])) if email else ""
    for index, line in enumerate(lines[:60]):
        for fact, last in _name_shapes(lines, index, local):
            score = _name_score(fact, line, index, largest, local)
            if score > 0 and (best is None or score > best[0]):
                best = (score, fact, last)
    if best is None:
        return None, -1
    return best[1].model_copy(update={"value": " ".join(best[1].value.split())}), best[2]  # "Greta  Ferri"


def find_headline(lines: list[Line], name_at: int, name: Fact | None) -> Fact | None:
    """Return the title beside or below the name: a piece with an occupation, or else the line right below it."""
    if name_at < 0 or name is None:
        return None
    behind = lines[name_at].part(max(0, name.end - lines[name_at].start), len(lines[name_at].text))
    pieces = [
        (line, piece.strip(" ,"))
        for line in [behind, *lines[name_at + 1 : name_at + 5]]
        for piece in re.split(r"\s+[|•·–—-]\s+", line.text)
    ]
    for line, piece in pieces:
        if _is_headline(piece) and has_title_word(piece):
            return line.fact(piece)
    below = [(line, piece) for line, piece in pieces if piece and not _is_reach(piece) and not NOISE.match(piece)][:1]
    for line, piece in below:
        if _is_headline(piece) and piece == line.text and piece[0].isupper() and len(piece.split()) <= 6:
            return line.fact(piece)
    return None


def _is_headline(piece: str) -> bool:
    if _is_reach(piece) or any(char.isdigit() for char in piece) or SECTION_OF.get(fold(piece)):
        return False
    words = re.findall(r"[^\W\d_]+", fold(piece))
    return 1 <= len(words) <= 10 and not piece.endswith(".")


def _is_reach(piece: str) -> bool:
    """Return whether a piece is an email address, phone number, link or place."""
    if has_reach(piece) or LINK.search(piece) or fold(piece) in SITES:
        return True
    place = PLACE.search(piece)
    return bool(place and _is_place(place.group(1)))


def has_title_word(text: str) -> bool:
    """Return whether a word of the text is an occupation, in singular or plural."""
    words = re.findall(r"[^\W\d_]+", fold(text))
    return any(
        word in TITLE_WORDS or word.removesuffix("s") in TITLE_WORDS or TITLE_ENDING.fullmatch(word) for word in words
    )


def _name_shapes(lines: list[Line], index: int, local: str) -> list[tuple[Fact, int]]:
    """Return a line (or its first piece) as a name, and joined with the next line if a large name is broken."""
    line = lines[index]
    shapes = []
    first = TITLE_OF_PAGE.sub("", SEPARATOR.split(LABEL.sub("", line.text))[0].split(",")[0].strip())
    if (fact := line.fact(first)) and _looks_like_name(first, local):
        shapes.append((fact, index))
    words = first.split()
    # "Greta Ferri Wharfinger Officer": the email address tells where the name ends.
    own = next((at for at, word in enumerate(words) if not _shared_words(word, local)), len(words))
    if 2 <= own < len(words) and has_title_word(" ".join(words[own:])) and (fact := line.fact(" ".join(words[:own]))):
        shapes.append((fact, index))
    if index + 1 < len(lines):
        below = lines[index + 1]
        both = f"{line.text} {below.text}"
        if line.size == below.size and line.size > 0 and _looks_like_name(both, local) and " " not in line.text:
            shapes.append((Fact(value=both, start=line.start, end=below.end), index + 1))
    return shapes


def _looks_like_name(text: str, local: str) -> bool:
    """Return whether a text is two to five capitalised words, an occupation only if the email contains two of them."""
    words = text.split()
    if len(text) > MAX_NAME or not 2 <= len(words) <= 5 or any(char.isdigit() or char in "@/:;()&" for char in text):
        return False
    if SECTION_OF.get(fold(text)) or (has_title_word(text) and not _shared_words(text, local) >= 2):
        return False
    # Particles are in lower case: Vincent van Gogh.
    return all(
        word[0].isupper() or word.lower() in ("de", "van", "von", "der", "da", "di", "la", "bin", "el")
        for word in words
    )


def _name_score(fact: Fact, line: Line, index: int, largest: float, local: str) -> float:
    score = 1.0 - 0.02 * index
    if largest and line.size >= 0.99 * largest:  # the name is usually the largest text
        score += 1.0
    if local:
        score += 1.0 if _shared_words(fact.value, local) else 0.0
        score += 0.5 * SequenceMatcher(None, local, re.sub(r"[^a-z]", "", fold(fact.value))).ratio()
    return score if index < 8 or score > 1.5 else 0.0  # further down, only if its size or the email address confirms it


def _shared_words(name: str, local: str) -> int:
    """Return how many words of a name are in the local part of the email address."""
    parts = [re.sub(r"[^a-z]", "", word) for word in fold(name).split()]
    return sum(len(part) > 2 and part in local for part in parts)  # shorter parts match by chance


def _is_place(text: str) -> bool:
    """Return whether a text is a place: short parts, the last one a country, a state or a two-letter code."""
    parts = [part.strip() for part in text.split(",")]
    if len(text) > 60 or has_title_word(text) or any(len(part.split()) > 4 for part in parts):
        return False
    last = parts[-1]
    return last in US_STATES or _is_country(last) or (len(last) == 2 and last.isupper())  # ON for Ontario


def _is_country(text: str) -> bool:
    """Return whether a text is a country, or a long country name cut at the end of the line."""
    name = fold(text)
    if set(name.split()) & INSTITUTION_WORDS:  # "Georgia Institute"
        return False
    # CLDR says "United States", texts "United States of America". Short names and codes begin too many other texts.
    return name in countries() or any(name.startswith(f"{known} ") for known in countries() if len(known) > 6)
