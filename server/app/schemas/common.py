"""Strict, bounded types, and the base classes of all schemas."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, ClassVar, NewType, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from app.utils import clock
from app.utils.phone_numbers import normal_phone

N = TypeVar("N", date, datetime)
PORT = re.compile(r"^(?:https?://)?[^/:]+:([0-9]+)")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?")
FORBIDDEN = {"Cc", "Zl", "Zp"}  # Unicode categories: control characters, line and paragraph separators
DIRECTIONS = {chr(code) for code in [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]}  # show "gpj.exe" as "exe.jpg"
CENTURY = timedelta(days=36_525)
FAR = "must be within a hundred years of today"
IfMatch = NewType("IfMatch", int)


def clean_line(value: str) -> str:
    """Return a single line; ValueError if it contains control characters or lone surrogates."""
    # Most lines are plain ASCII: no look-up of each character.
    if value.isascii() and value.isprintable() and not value.isspace():
        return value
    if any(unicodedata.category(char) in FORBIDDEN or char in DIRECTIONS for char in value):
        raise ValueError("must not contain control characters")
    if value and all(unicodedata.category(char) in ("Cf", "Zs") for char in value):  # such as zero-width spaces
        raise ValueError("must contain visible characters")
    return clean_text(value)


def clean_text(value: str) -> str:
    """Return text that every database can store; ValueError if it contains NUL or lone surrogates."""
    if "\x00" in value:  # PostgreSQL cannot store it
        raise ValueError("must not contain NUL characters")
    # JSON can contain half of a surrogate pair, which UTF-8 cannot encode.
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("must be valid Unicode") from error
    return value


def _visible(value: str) -> str:
    """Return a link without invisible characters, which would make two addresses look alike."""
    if any(unicodedata.category(char) == "Cf" for char in value):
        raise ValueError("must not contain invisible characters")
    return value


def _port(value: str) -> str:
    if (port := PORT.search(value)) and not 0 < int(port[1]) < 65_536:
        raise ValueError("must have a port from 1 to 65535")
    return value


def _email(value: str) -> str:
    """Return a valid address (RFC 5321) in lower case, without encoded words (RFC 2047), which begin with "=?"."""
    try:
        return validate_email(value.replace("=?", "@@"), check_deliverability=False).normalized.lower()  # no DNS query
    except EmailNotValidError as error:
        raise ValueError("must be an email address") from error


def _ascii(value: str) -> str:
    """Reject addresses that require SMTPUTF8 (RFC 6531): not every mail program can reply to them."""
    if not value.isascii():
        raise ValueError("must contain only ASCII characters")
    return value


def _phone(value: str) -> str:
    if normal_phone(value) is None:
        raise ValueError("must be a valid phone number in international format, like +14155552671")
    return value


def _no_number(value: Any) -> Any:
    """Reject numbers, which pydantic takes for seconds since 1970: `2026` is no date."""
    is_number = isinstance(value, (int, float)) or isinstance(value, str) and NUMBER.fullmatch(value.strip())
    if is_number:
        raise ValueError("must be a date like 2026-01-31, not a number")
    return value


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("must have a time zone, like 2026-01-31T09:00:00Z")
    try:
        value = value.astimezone(UTC)
    except OverflowError as error:  # a local time in year 1 or 9999 that is outside it in UTC
        raise ValueError(FAR) from error
    return _near(value, abs(value - clock.now()))


def _day(value: date) -> date:
    return _near(value, abs(value - clock.now().date()))


def _near(value: N, away: timedelta) -> N:
    """Reject distant dates, so that later date arithmetic cannot exceed the year 9999."""
    if away > CENTURY:
        raise ValueError(FAR)
    return value


def bounds(length: int, minimum: int = 1) -> StringConstraints:
    """Return the bounds of a line or text. Another type needs its own: those of `Field` would be ignored."""
    return StringConstraints(strip_whitespace=True, min_length=minimum, max_length=length, strict=True)


Storable = AfterValidator(clean_text)
Line = Annotated[str, bounds(200), AfterValidator(clean_line)]
NamePart = Annotated[str, bounds(100), AfterValidator(clean_line)]
ShortLine = Annotated[str, bounds(60), AfterValidator(clean_line)]
Reason = Annotated[str, bounds(500, minimum=3), AfterValidator(clean_line)]
Text = Annotated[str, bounds(20_000, minimum=0), AfterValidator(clean_text)]
Email = Annotated[
    str, StringConstraints(max_length=254, strict=True), AfterValidator(clean_line), AfterValidator(_email)
]
AsciiEmail = Annotated[Email, AfterValidator(_ascii)]
Phone = Annotated[
    str, StringConstraints(max_length=40, strict=True), AfterValidator(clean_line), AfterValidator(_phone)
]
Url = Annotated[
    str,
    # With or without a scheme: "example.com/in/ada"; not "javascript:...", which a client might open.
    StringConstraints(max_length=400, strict=True, pattern=r"^(https?://)?[\w.-]+\.[a-zA-Z]{2,}(:[0-9]{1,5})?(/\S*)?$"),
    AfterValidator(_port),
    AfterValidator(clean_line),
    AfterValidator(_visible),
]

Flag = Annotated[bool, Field(strict=True)]  # not "true" or 1
Years = Annotated[int, Field(strict=True, ge=0, le=70)]
Skills = Annotated[list[ShortLine], Field(max_length=100)]
Moment = Annotated[datetime, BeforeValidator(_no_number), AfterValidator(_utc)]
Day = Annotated[date, BeforeValidator(_no_number), AfterValidator(_day)]
UtcMoment = datetime  # in UTC, so that JSON says Z


class In(BaseModel):
    """A request body. Unknown fields are rejected, and input is never echoed in errors."""

    # Not Python's regular expressions: their `$` also matches before a final newline.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class EmptyBody(In):
    """An empty body."""


class Out(BaseModel):
    """A response, read from the attributes of a row."""

    model_config = ConfigDict(from_attributes=True)


@dataclass(frozen=True, slots=True)
class RawMail:
    """An email as a mail server hands it over (RFC 5322)."""

    media_type: ClassVar[str] = "message/rfc822"

    content: bytes


class Query(BaseModel):
    """Query parameters. Unknown ones are rejected."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, populate_by_name=True)

    @model_validator(mode="after")
    def _check_bounds(self) -> Query:
        """Refuse bounds of a date (`schemas/lists.py`) between which there is nothing."""
        for name in self.model_fields_set:
            column, _, bound = name.rpartition("_")
            for other in ("lt", "lte") if bound in ("gte", "gt") else ():
                lower, upper = getattr(self, name), getattr(self, f"{column}_{other}", None)
                if lower is not None and upper is not None and upper < lower:
                    raise ValueError(f"`{column}[{other}]` must not be before `{column}[{bound}]`")
        return self


class FileLink(BaseModel):
    """A signed URL of a file."""

    url: str
    expires_at: UtcMoment
