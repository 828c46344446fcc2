"""Text in an unknown encoding: Unicode if it is, else the code page in which its words look like words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Code pages with the letters of their languages, the usual one first: it wins a tie.
CODE_PAGES = {
    "cp1252": ("äöüß", "éèêëàâçîïôûùœæ", "ñáéíóúü", "ãõáéíóúâêôàç", "åæøäöé", "àèéìòù", "áéíóúýðþæö", "éëïöüè"),
    "cp1250": ("ąćęłńóśźż", "čďěňřšťůžýáéíúó", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äáčďéíĺľňóôŕšťúýž"),
    "cp1251": (
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
        "абвгдежзийклмнопрстуфхцчшщьюяєіїґ",
        "абвгдђежзијклљмнњопрстћуфхцчџш",
    ),
    "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋ",),
    "cp1254": ("çğıiöşüâîû",),
    "cp1257": ("āčēģīķļņšūž", "ąčęėįšųūž", "äöüõšž"),
    "mac_roman": ("äöüß", "éèêëàâçîïôûùœæ", "ñáéíóúü", "ãõáéíóúâêôàç", "åæøäöé", "àèéìòù"),
}
SAMPLE, LONGEST = 200_000, 20_000  # bytes that decide, and of one line
STRANGE = "¯¿³¹²£¥¤¦§¶±¼½¾"  # signs that stand where another code page has letters
CLEAR = 0.15  # lead per letter beyond ASCII, from which a code page is certain


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding that it was read in, and whether another one is out of the question."""

    text: str
    encoding: str
    is_certain: bool


def decode(data: bytes) -> Decoded:
    """Return the text of `data`; every input can be decoded."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Decoded(data.decode("utf-16", "replace"), "utf-16", True)
    try:
        return Decoded(data.decode("utf-8-sig"), "utf-8", True)
    except UnicodeDecodeError:
        pass
    lax = data.decode("utf-8-sig", "replace")
    broken = lax.count("\ufffd")
    # Letters of two bytes hardly ever come about by chance.
    if sum(char > "\x7f" for char in lax) - broken >= broken:
        return Decoded(lax, "utf-8", False)
    sample_of = _lines_beyond_ascii(data)
    ranked = sorted(((_likeness(sample_of, page), -at, page) for at, page in enumerate(CODE_PAGES)), reverse=True)
    best, _, page = ranked[0]
    sample = sample_of.decode(page, "replace")
    # Many letters are the same in several code pages: only another text is another reading.
    rivals = [rival for score, _, rival in ranked[1:] if score > best - CLEAR]
    is_certain = all(sample_of.decode(rival, "replace") == sample for rival in rivals)
    return Decoded(data.decode(page, "replace"), page, is_certain)


def _lines_beyond_ascii(data: bytes) -> bytes:
    """Return the lines that can tell one code page from another, up to SAMPLE bytes."""
    found, size = [], 0
    for line in data.splitlines():
        if not line.isascii():
            found.append(line[:LONGEST])
            size += len(found[-1])
            if size > SAMPLE:
                break
    return b"\n".join(found)


def _likeness(data: bytes, page: str) -> float:
    """Return how much the signs beyond ASCII look like letters of one language: 1 if all do, -1 if none can be."""
    text = data.decode(page, "replace")
    signs = [signs for signs in zip(" " + text, text, text[1:] + " ") if signs[1] > "\x7f"]
    return max(sum(_fit(*each, letters) for each in signs) for letters in CODE_PAGES[page]) / max(1, len(signs))


def _fit(before: str, char: str, after: str, letters: str) -> float:
    """Return how much one sign fits between its neighbours, from -1 to 1."""
    neighbours = [each for each in (before, after) if each.isalpha()]
    if char == "\ufffd" or unicodedata.category(char) == "Cc":
        return -1.0
    if not char.isalpha():
        return -1.0 if len(neighbours) == 2 or neighbours and char in STRANGE else 0.5
    is_latin = _is_latin(char)
    if any(_is_latin(each) != is_latin for each in neighbours) or char.isupper() and before.islower():
        return -1.0
    # In Latin scripts, letters with accents hardly ever stand together.
    crowded = is_latin and bool(neighbours) and all(each > "\x7f" for each in neighbours)
    return (1.0 if char.lower() in letters else 0.0) - (0.5 if crowded else 0.0)


def _is_latin(char: str) -> bool:
    return unicodedata.name(char, "").startswith("LATIN")
