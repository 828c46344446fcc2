"""The name of the person, and the headline below or beside it."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from itertools import takewhile
from statistics import median

from app.schemas.parsed_resume_schema import Fact
from app.services.resumes.resume_parser._contact_points import LINK, has_reach
from app.services.resumes.resume_parser._gazetteer import (
    NAME_TITLES,
    PARTICLES,
    has_company_form,
    has_title_word,
    has_trade_name,
    is_city,
    is_institution,
    section_of,
)
from app.services.resumes.resume_parser._lines import Line
from app.services.resumes.resume_parser._places import is_place
from app.services.resumes.resume_parser._sections import is_noise
from app.services.resumes.resume_parser._word_lists import either, written
from app.utils.text import fold, transliterate

MAX_NAME = 100
MAX_WORDS = 6
STANDS_OUT = 1.05  # times the usual size
FIRST_LINES, FIRST_FEW = 60, 5
LABEL = re.compile(rf"^{either(written('labels', 'name'))}\s*[:.]\s*", re.IGNORECASE)
# "Résumé of Greta Ferri", "Lebenslauf: Greta Ferri".
TITLE_OF_PAGE = re.compile(
    rf"^{either(written('furniture', 'words'))}\s*(?:\s+(?:of|for|von|de|di|van)\s+|[:–—|-]\s*|\s+(?=[A-ZÀ-Ž]))",
    re.IGNORECASE,
)
SEPARATOR = re.compile(r"\s*[|•·●~]\s*|\s+[–—-]\s+|\s{2,}|\s+/\s+|,\s+")
ASIDES = re.compile(r"\s*[(\[][^)\]]{1,40}[)\]]|\s*[\"“„«'][^\"”“»']{1,30}[\"”“»']")  # pronouns, nicknames
DEGREES = re.compile(r",(?:\s+[A-Z][\w.]{1,6},?)+$")  # ", PhD, PMP"
SITES = frozenset({"linkedin", "github", "gitlab", "website", "portfolio", "email", "phone", "mobile", "address"})
# Scripts without capital letters, whose names are short.
OTHER_SCRIPTS = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA", "ARABIC", "HEBREW", "THAI", "DEVANAGARI", "BENGALI", "TAMIL")


def find_name(lines: list[Line], email: Fact | None) -> tuple[Fact | None, int]:
    """Return the name and the index of its last line, by size, position, shape and the email's local part."""
    best: tuple[float, Fact, int] | None = None
    largest = _largest(lines)
    local = re.sub(r"[^a-z]", "", transliterate(fold(email.value.split("@")[0]))) if email else ""
    body = next((at for at, line in enumerate(lines) if section_of(line.text) not in (None, "contact")), len(lines))
    for index, line in enumerate(lines[:FIRST_LINES]):
        for fact, last, is_labelled in _shapes(lines, index, local, largest):
            is_large = line.size >= 0.99 * largest > 0
            if index > body and not (is_large or is_labelled or _shared_words(fact.value, local)):
                continue  # below a heading, nothing but its looks tells a name from what stands there
            score = _score(fact, line, index, largest, local) + (1.0 if is_labelled else 0.0)
            score += 0.1 if last > index and is_large else 0.0  # a large name in two lines
            if score > 0 and (best is None or score > best[0]):
                best = (score, fact, last)
    if best is None:
        return None, -1
    return best[1].model_copy(update={"value": " ".join(best[1].value.split())}), best[2]  # "Greta  Ferri"


def find_headline(lines: list[Line], name_at: int, name: Fact | None) -> Fact | None:
    """Return the title beside or below the name: a piece with an occupation, or else the line right below it."""
    if name_at < 0 or name is None:
        return _first_title(lines)
    behind = lines[name_at].part(max(0, name.end - lines[name_at].start), len(lines[name_at].text))
    rows = [behind.part(len(behind.text) - len(behind.text.lstrip(" ,|–—-/•·")), len(behind.text))]
    rows += takewhile(lambda line: not section_of(line.text), lines[name_at + 1 : name_at + 5])
    pieces = [
        (line, piece.strip(" ,")) for line in rows for piece in re.split(r"\s+[|•·–—-]\s+|\s{2,}|\.\s+", line.text)
    ]
    pieces += [(rows[0], rows[0].text)] if rows[0].text else []
    for line, piece in pieces:
        if _is_headline(piece) and has_title_word(piece):
            # "Industrial mechanic, Stuttgart, Germany": the place is no part of it.
            head, _, rest = piece.partition(",")
            return line.fact(head if rest and _is_reach(rest.strip()) else piece)
    below = [(line, piece) for line, piece in pieces if piece and not _is_reach(piece) and not is_noise(piece)][:1]
    for line, piece in below:
        if _is_headline(piece) and piece == line.text and piece[0].isupper() and len(piece.split()) <= 6:
            return line.fact(piece)
    return None


def _first_title(lines: list[Line]) -> Fact | None:
    """Return the headline of a resume without a name: an occupation in its first line."""
    first = next((line for line in lines if not is_noise(line.text)), None)
    is_title = first is not None and _is_headline(first.text) and has_title_word(first.text)
    return first.as_fact() if first and is_title else None


def _largest(lines: list[Line]) -> float:
    """Return the size of the largest text, or 0 if it is hardly larger than the usual text."""
    largest = max((line.size for line in lines if _letters(line.text) > 1), default=0.0)
    return largest if lines and largest > STANDS_OUT * median(line.size for line in lines) else 0.0


def _is_headline(piece: str) -> bool:
    if _is_reach(piece) or section_of(piece) or sum(char.isdigit() for char in piece) > 4:
        return False
    words = re.findall(r"[^\W\d_]+", fold(piece))
    return 1 <= len(words) <= 10 and not piece.endswith((".", ":"))


def _is_reach(piece: str) -> bool:
    """Return whether a piece is an email address, phone number, link or place."""
    is_site = bool(LINK.search(piece)) or fold(piece) in SITES
    return has_reach(piece) or is_site or is_place(piece) or is_city(piece.split(",")[0])


def _shapes(lines: list[Line], index: int, local: str, largest: float) -> list[tuple[Fact, int, bool]]:
    """Return a line (or its first pieces) as a name, and joined with the next line if a large name is broken."""
    line = lines[index]
    label = LABEL.match(line.text) or TITLE_OF_PAGE.match(line.text)
    own = line.part(label.end() if label else 0, len(line.text))
    shapes: list[tuple[Fact, int, bool]] = []
    for text in dict.fromkeys((own.text, *_first_pieces(own.text))):
        is_address = len(text) > 3 and local.startswith(transliterate(fold(text)))
        stands_out = index == 0 or line.size >= 0.99 * largest > 0 or index < FIRST_FEW and is_address
        if _looks_like_name(text, local, sure=bool(label) or stands_out):
            fact = own.fact(text)
            shapes += [(fact, index, bool(label))] if fact else []
    words = own.text.split()
    # "Greta Ferri Wharfinger Officer": the email address tells where the name ends.
    end = next((at for at, word in enumerate(words) if not _shared_words(word, local)), len(words))
    if 2 <= end < len(words) and has_title_word(" ".join(words[end:])) and (fact := own.fact(" ".join(words[:end]))):
        shapes.append((fact, index, False))
    if index + 1 < len(lines):
        below = lines[index + 1]
        both = f"{line.text} {below.text}"
        is_large = line.size == below.size and line.size >= 0.99 * largest > 0
        is_short = line.size == below.size > 0 and " " not in line.text and not section_of(below.text)
        if (is_large or is_short) and _looks_like_name(both, local):
            shapes.append((Fact(value=both, start=line.start, end=below.end), index + 1, False))
    return shapes


def _first_pieces(text: str) -> list[str]:
    """Return what stands before a separator."""
    found = SEPARATOR.search(text)
    return [text[: found.start()]] if found else []


def _looks_like_name(text: str, local: str, sure: bool = False) -> bool:
    """Return whether a text is a name: capitalised words with particles, or a short word of another script.

    A single word, and a text with a word that is also an occupation, need the support of the email address or of
    their place (`sure`).
    """
    if len(text) > MAX_NAME:
        return False
    bare = DEGREES.sub("", ASIDES.sub("", text).strip(" ,"))
    words = [word for word in bare.replace(",", " ").split() if fold(word).strip(".,") not in NAME_TITLES]
    if not 0 < len(words) <= MAX_WORDS or any(char.isdigit() or char in "@/:;&+" for char in bare):
        return False
    supported = _shared_words(bare, local)
    if section_of(text) or is_noise(text) or is_place(text) or has_company_form(bare):
        return False
    if is_institution(bare) and not supported:
        return False
    if any(_is_of(char, OTHER_SCRIPTS) for char in bare):
        return (
            sure
            and len(words) <= 5
            and all(char.isalpha() or char in " ·.-'\u0300\u200c" or unicodedata.combining(char) for char in bare)
        )
    if has_title_word(bare) and supported < (1 if sure else 2) and not (sure and has_trade_name(bare)):
        return False
    if len(words) == 1 and not (sure and (supported or not local and len(words[0]) > 2 and words[0].isalpha())):
        return False
    capital = [word for word in words if fold(word).strip(".") not in PARTICLES]
    return bool(capital) and all(_is_word(word) for word in capital)


def _is_word(word: str) -> bool:
    letters = word.strip(".,'’\"")
    return (
        bool(letters)
        and letters[0].isupper()
        and all(char.isalpha() or char in ".'’-ʼ`" or unicodedata.combining(char) for char in letters)
    )


def _is_of(char: str, scripts: tuple[str, ...]) -> bool:
    return char > "\u0530" and unicodedata.name(char, "").startswith(scripts)


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)


def _score(fact: Fact, line: Line, index: int, largest: float, local: str) -> float:
    score = 1.0 - 0.02 * index
    if largest and line.size >= 0.99 * largest:  # the name is usually the largest text
        score += 1.0
    if len(fact.value.split()) == 1:
        score -= 0.6
    if is_city(fact.value.split(",")[0]):
        score -= 0.5
    if has_title_word(fact.value) and not _shared_words(fact.value, local):
        score -= 0.5  # whatever is no occupation is rather the name
    if local:
        score += 1.0 if _shared_words(fact.value, local) else 0.0
        score += 0.5 * SequenceMatcher(None, local, re.sub(r"[^a-z]", "", transliterate(fold(fact.value)))).ratio()
    return score if index < 8 or score > 1.5 else 0.0  # further down, only if its size or the email address confirms it


def _shared_words(name: str, local: str) -> int:
    """Return how many words of a name are in the local part of the email address."""
    parts = [re.sub(r"[^a-z]", "", transliterate(word)) for word in fold(name).split()]
    return sum(len(part) > 2 and part in local for part in parts)  # shorter parts match by chance
