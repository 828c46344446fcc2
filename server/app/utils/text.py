"""Text normalised for comparison and search, independent of the database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from hashlib import blake2s

# "c++", "c#", "node.js"; a full stop at the end does not belong to the word.
WORD = re.compile(r"[^\W_]+[+#]*(?:\.[^\W_]+)*", re.UNICODE)

FIRST_OF_OTHER_SCRIPTS = "\u0530"  # after Latin, Greek and Cyrillic, whose marks are accents

# "ada@people.example", "www.ada.example", "+41 44 668 18 00", "(044) 668 18 00", "0446681800". The look-behind
# tries each address once per word; without it, long text without blanks takes quadratic time.
CONTACTS = re.compile(
    r"(?<!\S)\S+@\S+|(?:https?://|www\.)\S+|\+\d[\d ()/.-]{5,25}\d|\(?\d{3,5}\)?[ /.-]\d[\d /.-]{4,25}\d|\d{7,}"
)


def fold(text: str) -> str:
    """Return text in lower case without accents (Unicode NFKD, combining marks removed)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


# Letters that Unicode does not decompose, and their usual spelling (CLDR, Latin-ASCII).
PLAIN_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H", "ı": "i"}
    | {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "ß": "ss", "ŋ": "n", "ŧ": "t", "ĸ": "k"}
)


def transliterate(text: str) -> str:
    """Replace Latin letters that `fold` does not decompose, for comparing names: Łukasz and Lukasz."""
    return text.translate(PLAIN_LETTERS)


def words(text: str) -> list[str]:
    """Return the words of a text, folded and in plain letters; `C++`, `C#` and `node.js` are single words."""
    return WORD.findall(fold(transliterate(text)))


def without_contacts(text: str) -> str:
    """Replace contact points with spaces, so that searching words does not find people by them."""
    return CONTACTS.sub(lambda found: " " * len(found.group()), text)  # offsets of highlights stay valid


def skill_key(skill: str) -> str:
    """Return the key of a skill, equal for different spellings: its folded letters and digits, + and #."""
    # "Node.js" is "NodeJS", but "C" is not "C++". Letters of any script: "会计" and "Бухгалтерия" are two skills.
    if any(char >= FIRST_OF_OTHER_SCRIPTS for char in skill):  # their marks are letters: the vowels of Devanagari
        text = unicodedata.normalize("NFKC", skill).casefold()
        return "".join(char for char in text if unicodedata.category(char)[0] in "LMN" or char in "+#")
    return re.sub(r"[^\w+#]|_", "", fold(skill))


def fold_line(line: str) -> str:
    """Return a line folded, with single spaces."""
    return " ".join(fold(line).split())


def name_key(name: str, longest: int = 60) -> str:
    """Return the key of a name, equal for different spellings: folded, with single spaces, or a digest of that.

    Folding can make a name longer than its column: a syllable of Hangul becomes up to three letters.
    """
    key = fold_line(name)
    return key if len(key) <= longest else blake2s(key.encode(), digest_size=16).hexdigest()


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each {name} with its value, in one pass: values are not expanded again."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)
