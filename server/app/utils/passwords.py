"""Passwords: argon2id as OWASP's Password Storage Cheat Sheet sets it (t=2, m=19 MiB, p=1)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash("a password that nobody has")

MIN_LENGTH = 15
MAX_LENGTH = 256
GUESSABLE = 3  # scores below it: fewer than 10^8 guesses by lists, patterns and dates (zxcvbn, Wheeler 2016)
JUDGED = 32  # characters; the rest only makes it harder


def hash_password(password: str) -> str:
    """The salted hash to keep."""
    return _hasher.hash(password)


def verify(password: str, kept: str | None) -> bool:
    """Whether `password` is the one kept; takes the same time where there is no account (`kept` is None)."""
    try:
        return _hasher.verify(kept or _NOBODY, password) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_blocked(password: str) -> bool:
    """Whether it is common, or made of what is common: names, words, rows of keys, years."""
    return int(zxcvbn(password[:JUDGED])["score"]) < GUESSABLE
