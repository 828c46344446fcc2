"""Passwords as they come in: the one that is there, and a new one."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from app.schemas.common import In, clean_text
from app.utils import passwords


def _bounds(least: int) -> StringConstraints:
    # As typed: normalisation can change the length, which `in_normal_form` checks again.
    return StringConstraints(min_length=least, max_length=passwords.MAX_TYPED, strict=True)


def _strong(least: int) -> AfterValidator:
    def check(value: str) -> str:
        normal = passwords.in_normal_form(clean_text(value), least)
        if passwords.is_blocked(normal):
            raise ValueError("is too easy to guess")
        return normal

    return AfterValidator(check)


StrongPassword = Annotated[str, _bounds(passwords.MIN_LENGTH), _strong(passwords.MIN_LENGTH)]
StrongPasswordOrShort = Annotated[
    str, _bounds(passwords.MIN_LENGTH_WITH_SECOND_FACTOR), _strong(passwords.MIN_LENGTH_WITH_SECOND_FACTOR)
]
Password = Annotated[str, _bounds(1), AfterValidator(clean_text)]


class NewPassword(In):
    """A new password: 15 characters or more, hard to guess, and without names that belong to the account."""

    password: StrongPassword = Field(examples=["correct horse battery staple"])


class ChangedPassword(In):
    """A new password for a user. If the user has a second factor, 8 characters are enough."""

    password: StrongPasswordOrShort = Field(
        examples=["correct horse battery staple"],
        description="15 characters or more; 8 or more if the user has a second factor",
    )
