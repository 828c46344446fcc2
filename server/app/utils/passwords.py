"""Passwords: argon2id as OWASP's Password Storage Cheat Sheet sets it (t=2, m=19 MiB, p=1)."""

import re
import threading
import unicodedata
from collections.abc import Iterable
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from app.utils.text import fold

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_room = threading.BoundedSemaphore(4)  # hashes at a time: each takes 19 MiB
_NOBODY = _hasher.hash("a password that nobody has")

MIN_LENGTH = 15  # where the password stands alone (NIST SP 800-63B-4, 3.1.1.2)
MIN_LENGTH_WITH_SECOND_FACTOR = 8
MAX_LENGTH = 256
MAX_TYPED = 1024  # before it is normalised
GUESSABLE_WITH_SECOND_FACTOR = 2  # fewer than 10^6 guesses
GUESSABLE = 3  # scores below it: fewer than 10^8 guesses by lists, patterns and dates (zxcvbn, Wheeler 2016)
JUDGED = 32  # characters; the rest only makes it harder
# Signs that stand for letters. Judging tries them in all combinations: with many different ones it reads half as far.
STANDING_FOR_LETTERS = frozenset("4@8({[<369&!1|70$5+%2")
MANY, JUDGED_OF_MANY = 12, 16
SHORTEST_NAME = 4  # letters of a name that a password may not contain
OURS = "fairlead"


def normalise(password: Any) -> Any:
    """The form that is hashed: NFKC, so that every keyboard and system types the same (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password) if isinstance(password, str) else password


def in_normal_form(password: str, least: int) -> str:
    """The normal form of a new password; ValueError where it is too short, as it is typed or in normal form, or too
    long: one sign may stand for many."""
    normal = str(normalise(password))
    if min(len(password), len(normal)) < least or len(normal) > MAX_LENGTH:
        raise ValueError(f"must have {least} to {MAX_LENGTH} characters")
    return normal


def hash_password(password: str) -> str:
    """The salted hash to keep."""
    with _room:
        return _hasher.hash(normalise(password))


def verify(password: str, kept: str | None) -> bool:
    """Whether `password` is the one kept; takes the same time where there is no account (`kept` is None).

    Hashes from before passwords were normalised are of the password as it was typed: its other forms are tried too.
    """
    forms = [normalise(password), password, *(unicodedata.normalize(form, password) for form in ("NFC", "NFD"))]
    return any(_is_of(form, kept) for form in dict.fromkeys(forms))


def _is_of(password: str, kept: str | None) -> bool:
    try:
        with _room:
            return _hasher.verify(kept or _NOBODY, password) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_blocked(password: str) -> bool:
    """Whether it is common, or made of what is common: names, words, rows of keys, years.

    A short one, which is good only beside a second factor, has to withstand fewer guesses.
    """
    least = GUESSABLE if len(password) >= MIN_LENGTH else GUESSABLE_WITH_SECOND_FACTOR
    judged = password[:JUDGED]
    if len(STANDING_FOR_LETTERS.intersection(judged)) > MANY:
        judged = judged[:JUDGED_OF_MANY]
    return int(zxcvbn(judged)["score"]) < least


def contains_name(password: str, names: Iterable[str]) -> bool:
    """Whether it contains one of these names, or ours, in whatever case, spacing and accents."""
    compact = _compact(password)
    return any(len(name) >= SHORTEST_NAME and name in compact for name in map(_compact, (OURS, *names)))


def _compact(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))
