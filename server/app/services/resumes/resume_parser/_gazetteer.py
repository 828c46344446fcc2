"""What words say about a text: a heading, an occupation, a degree, a school, an employer, a place."""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from importlib import resources

from babel import Locale

from app.services.resumes.resume_parser._word_lists import LANGUAGES, either, files, words, written
from app.services.search import skill_taxonomy
from app.utils.text import fold, transliterate

AND = re.compile(r"\s+(?:and|und|et|y|e|i|en|oraz|&|\+|/)\s+|\s*&\s*")
EDGES = re.compile(r"^[\W\d_]+|[\W_]+$")
NUMBERING = re.compile(r"^(?:\d{1,2}|[ivx]{1,4})[.):]?\s+", re.IGNORECASE)
SPACED = re.compile(r"(?:\w{1,2} ){3,}\w{1,2}|(?:\w )+\w(?: {2,}(?:\w )*\w)*")  # S K I L L S
SMALL_CAPITALS = re.compile(r"\b([^\W\d_]) (?=[^\W\d_]{2,}\b)")  # E XPERIENCE
WORD = re.compile(r"[^\W\d_]+")

SECTIONS = tuple(files()["en"]["headings"])


def heading_key(text: str) -> str:
    """Return a heading as it is compared: folded, without decoration and numbering, with & for every `and`."""
    key = fold(NUMBERING.sub("", EDGES.sub("", text)))
    return " ".join(AND.sub(" & ", EDGES.sub("", key)).replace("'", "").replace("’", "").split())


def _section_names() -> dict[str, str]:
    """Return the section of each heading; of two languages that disagree, the first one decides."""
    found: dict[str, str] = {}
    for lists in files().values():
        for section, names in lists["headings"].items():
            for name in names:
                found.setdefault(heading_key(name), section)
    return found


SECTION_OF = _section_names()
TITLE_WORDS = words("titles", "words")
TITLE_ENDING = re.compile(rf"\w{{2,}}{either(words('titles', 'endings'))}")
INSTITUTION_WORDS = words("institutions", "words")
INSTITUTION_ENDING = re.compile(rf"\w{{2,}}{either(words('institutions', 'endings'))}")
INSTITUTION_SHORT = re.compile(rf"(?<!\w){either(written('institutions', 'abbreviations'))}(?!\w)")
COMPANY_FORM = re.compile(rf"(?<![\w.]){either(words('companies', 'forms'))}(?![\w])")
COMPANY_WORDS = words("companies", "words")
COMPANY_ENDING = re.compile(rf"\w{{3,}}{either(words('companies', 'endings'))}")
DEGREE_WORDS = re.compile(rf"(?<!\w){either(words('degrees', 'words'))}(?!\w)")
DEGREE_SHORT = re.compile(rf"(?<![\w.]){either(written('degrees', 'abbreviations'))}(?!\w)")
LANGUAGE_NAMES = words("levels", "language_names")
LANGUAGE = re.compile(rf"{either(LANGUAGE_NAMES)}(?!\w)")
LEVELS = words("levels", "words")
FURNITURE = words("furniture", "words")
PARTICLES = words("names", "particles")
TRADES = words("names", "trades")
NAME_TITLES = words("names", "titles")

NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"})  # unions and placeholders of CLDR
# Usual names that CLDR does not have.
MORE_COUNTRIES = {"usa": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "uae": "AE", "korea": "KR"}
US_STATES = frozenset(
    """AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI
    SC SD TN TX UT VT VA WA WV WI WY DC""".split()
)


@lru_cache(maxsize=1024)
def section_of(text: str) -> str | None:
    """Return the section that a heading opens, or None if the text is no heading."""
    key = heading_key(text)
    if found := SECTION_OF.get(key):
        return found
    # "Education & Certifications", "Schul- und Berufsausbildung"
    if " & " in key and (known := [SECTION_OF[part] for part in re.split(r"[ -]*& ", key) if part in SECTION_OF]):
        return min(known, key=SECTIONS.index)  # what matters most: "Training & Education" is education
    if SPACED.fullmatch(text.strip()):  # single blanks part letters, wider ones words
        parts = re.split(r"\s{2,}", text.strip())
        return SECTION_OF.get(heading_key(" ".join(part.replace(" ", "") for part in parts)))
    if SMALL_CAPITALS.search(text) and text.isupper():
        return SECTION_OF.get(heading_key(SMALL_CAPITALS.sub(r"\1", text)))
    return None


@lru_cache(maxsize=1024)
def has_title_word(text: str) -> bool:
    """Return whether a word of the text is an occupation or a rank."""
    return any(word in TITLE_WORDS or TITLE_ENDING.fullmatch(word) for word in WORD.findall(fold(text)))


def has_company_word(text: str) -> bool:
    """Return whether a text has a legal form, or a word of employers' names."""
    folded = fold(text)
    found = WORD.findall(folded)
    if COMPANY_FORM.search(folded) or COMPANY_WORDS.intersection(found):
        return True
    return any(COMPANY_ENDING.fullmatch(word) or _is_plural(word) for word in found)


def _is_plural(word: str) -> bool:
    """Return whether a word is an occupation in the plural: a firm of architects, not an architect."""
    return word[-1] == "s" and word[:-1] in TITLE_WORDS and word not in TITLE_WORDS


def has_company_form(text: str) -> bool:
    """Return whether a text has a legal form, such as GmbH."""
    return COMPANY_FORM.search(fold(text)) is not None


def names_language(text: str) -> bool:
    """Return whether a text begins with the name of a spoken language."""
    return LANGUAGE.match(fold(text).strip()) is not None


def is_institution(text: str) -> bool:
    """Return whether a text names a school or a university."""
    found = WORD.findall(fold(text))
    if INSTITUTION_WORDS.intersection(found) or INSTITUTION_SHORT.search(text):
        return True
    return any(INSTITUTION_ENDING.fullmatch(word) for word in found)


def find_degree(text: str) -> re.Match[str] | None:
    """Return the first word or abbreviation of a degree; the offsets are those of the text."""
    folded = fold(text)
    short = DEGREE_SHORT.search(text)
    long = DEGREE_WORDS.search(folded) if len(folded) == len(text) else DEGREE_WORDS.search(text.lower())
    return min((found for found in (short, long) if found), key=lambda found: found.start(), default=None)


@lru_cache
def countries() -> dict[str, str]:
    """Return the ISO code of each country by folded name, in the supported languages, and by code."""
    found = dict(MORE_COUNTRIES)
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES:
                found.setdefault(code.lower(), code)
                found.setdefault(fold(name), code)
    return found


@lru_cache
def _cities() -> frozenset[str]:
    file = resources.files("app.data") / "cities.txt.gz"
    return frozenset(gzip.decompress(file.read_bytes()).decode().split("\n"))


def has_trade_name(text: str) -> bool:
    """Return whether a text may be a name although it has an occupation: Thomas Baker, and not Head Baker."""
    found = WORD.findall(fold(text))
    others = [word for word in found if word not in TRADES]
    is_title = any(word in TITLE_WORDS or word in _everyday_words() for word in others)
    return 2 <= len(found) <= 4 and len(others) < len(found) and not is_title


@lru_cache
def _everyday_words() -> frozenset[str]:
    """Return the words of skills, of which nobody has a name; they also stand before trades."""
    return frozenset(WORD.findall(skill_taxonomy.text()))


def is_city(text: str) -> bool:
    """Return whether a text is the name of a city; many cities have the name of something else, too."""
    name = fold(text.strip())
    return name in _cities() or transliterate(name) in _cities()
