"""Text folded for comparison and search: the same on every database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

WORD = re.compile(r"[^\W_]+[+#]*(?:\.[^\W_]+)*", re.UNICODE)

CONTACTS = re.compile(
    r"(?<!\S)\S+@\S+|(?:https?://|www\.)\S+|\+\d[\d ()/.-]{5,25}\d|\(?\d{3,5}\)?[ /.-]\d[\d /.-]{4,25}\d|\d{7,}"
)


def fold(text: str) -> str:
    """Lower case without accents (Unicode NFKD, marks dropped)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


# Letters that Unicode does not take apart, by their usual spelling (CLDR, Latin-ASCII).
PLAIN_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H", "ı": "i"}
    | {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "ß": "ss", "ŋ": "n", "ŧ": "t", "ĸ": "k"}
)


def transliterate(text: str) -> str:
    """Latin letters that have no accent to drop in plain ones, for comparing names: Łukasz and Lukasz."""
    return text.translate(PLAIN_LETTERS)


def words(text: str) -> list[str]:
    """The folded words of a text; `C++`, `C#` and `node.js` stay whole."""
    return WORD.findall(fold(text))


def without_contacts(text: str) -> str:
    """The text with spaces for addresses and numbers, so that a search for words does not find people by them."""
    return CONTACTS.sub(lambda found: " " * len(found.group()), text)


def skill_key(skill: str) -> str:
    """What two spellings of one skill have in common: folded letters, digits, + and #."""
    return re.sub(r"[^a-z0-9+#]", "", fold(skill))


def name_key(name: str) -> str:
    """What two spellings of one name have in common: folded, with single spaces."""
    return " ".join(fold(name).split())


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with what stands for {name} of each value, in one pass: what is filled in is not looked at again."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)
