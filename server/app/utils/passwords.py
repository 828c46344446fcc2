"""Passwords: argon2id with the parameters of OWASP's Password Storage Cheat Sheet (t=2, m=19 MiB, p=1)."""

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
_room = threading.BoundedSemaphore(4)  # concurrent hashes, of 19 MiB each
_NOBODY = _hasher.hash("a password that nobody has")  # verified in place of an unknown account's hash

MIN_LENGTH = 15  # without a second factor (NIST SP 800-63B-4, 3.1.1.2)
MIN_LENGTH_WITH_SECOND_FACTOR = 8
MAX_LENGTH = 256  # NIST SP 800-63B-4, 3.1.1.2 asks for at least 64
MAX_TYPED = 1024  # before normalisation
GUESSABLE_WITH_SECOND_FACTOR = 2  # fewer than 10^6 guesses
GUESSABLE = 3  # a lower score means fewer than 10^8 guesses (zxcvbn, Wheeler 2016)
JUDGED = 32  # characters that are judged; more only make it harder to guess
# Characters that substitute letters. zxcvbn tries all combinations, so with many of them fewer characters are judged.
STANDING_FOR_LETTERS = frozenset("4@8({[<369&!1|70$5+%2")
MANY, JUDGED_OF_MANY = 12, 16
SHORTEST_NAME = 4  # shorter names may occur in a password
OURS = "fairlead"


def normalise(password: Any) -> Any:
    """Return the form that is hashed: NFKC, the same for every keyboard and system (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password) if isinstance(password, str) else password


def in_normal_form(password: str, least: int) -> str:
    """Return a new password, normalised; ValueError if too short (before or after normalisation) or too long."""
    normal = str(normalise(password))
    # One typed character can become many: U+FDFA has 18 in NFKC.
    if min(len(password), len(normal)) < least or len(normal) > MAX_LENGTH:
        raise ValueError(f"must have {least} to {MAX_LENGTH} characters")
    return normal


def hash_password(password: str) -> str:
    """Return the salted hash to store."""
    with _room:
        return _hasher.hash(normalise(password))


def verify(password: str, kept: str | None) -> bool:
    """Whether `password` matches the stored hash; takes as long if there is no account (`kept` is None).

    Also tries other Unicode forms, since older hashes are of the password as it was typed.
    """
    forms = [normalise(password), password, *(unicodedata.normalize(form, password) for form in ("NFC", "NFD"))]
    # Most passwords have one form, and each distinct one costs a hash.
    return any(_is_of(form, kept) for form in dict.fromkeys(forms))


def _is_of(password: str, kept: str | None) -> bool:
    try:
        with _room:
            return _hasher.verify(kept or _NOBODY, password) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_blocked(password: str) -> bool:
    """Whether a password is too easy to guess: made of common passwords, names, words, key sequences or years.

    A short password, allowed only with a second factor, must withstand fewer guesses.
    """
    least = GUESSABLE if len(password) >= MIN_LENGTH else GUESSABLE_WITH_SECOND_FACTOR
    judged = password[:JUDGED]
    if len(STANDING_FOR_LETTERS.intersection(judged)) > MANY:
        judged = judged[:JUDGED_OF_MANY]
    return int(zxcvbn(judged)["score"]) < least


def contains_name(password: str, names: Iterable[str]) -> bool:
    """Whether a password contains one of these names or the product's, ignoring case, spacing and accents."""
    compact = _compact(password)
    return any(len(name) >= SHORTEST_NAME and name in compact for name in map(_compact, (OURS, *names)))


def _compact(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))
