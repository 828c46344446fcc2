"""Email addresses, phone numbers and links. Each is accepted whole or not at all.

A wrong contact point is worse than none, because contact points identify people: a part of one may be someone else's.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.schemas.parsed_resume_schema import Fact
from app.services.resumes.resume_parser._dates import MONTH, PRESENT_WORDS
from app.utils.phone_numbers import normal_phone

Spans = list[tuple[int, int]]

MAX_LOCAL, MAX_DOMAIN = 64, 253  # RFC 5321, RFC 1035
MOST_SIGNS, MOST_NUMBERS = 500, 500  # limits of the search, which would be slow in texts that are no resume
AROUND_ADDRESSES = frozenset('<>()[]{},;:|"„“”«»•·●▪')
MISSING = "\ufffd"  # a letter that the font does not name
EDGES = ".'’*~=-"  # punctuation and markup: *anna@people.example*.
# Matches lines where an email address continues: one short word with address characters.
CUT_ABOVE = re.compile(r"(?=.*[^\W\d_])(?=.*[._+\d-])[^\s@/:A-Z]+")  # "olena.shev", above "chuk@..."
CUT_BELOW = re.compile(r"[.-]?\n(?:[a-z0-9.-]{1,6}(?=\n|$)|(?<=[.-]\n)[a-z])")  # "m", below "anna@people.co"
LABEL_BEFORE_SLASH = re.compile(r"(?:e-?mail|mail|tel|phone|mobile|web|skype)/$|@\S+/$", re.IGNORECASE)
# Country domains that are mostly endings of files.
NO_DOMAINS = frozenset("js py sh md rs sc".split())
_ENDING = "|".join(
    [
        *"com org net io dev me app tech info example edu gov eu ai page blog site online design xyz studio name pro".split(),
        *sorted(({region.lower() for region in phonenumbers.SUPPORTED_REGIONS} | {"uk"}) - NO_DOMAINS),
    ]
)
# Bounded repetitions, so that a long run of letters and dots takes no more time than other text.
LINK = re.compile(
    rf"(?<![@\w.])(?:https?://(?:[\w-]{{1,63}}\.){{1,8}}[a-z]{{2,24}}|(?:www\.)?(?:[a-z0-9-]{{1,63}}\.){{1,8}}(?:{_ENDING}))"
    r"(?:/[^\s|,;()<>]*)?(?![\w@]|\.\w)",
    re.IGNORECASE,
)

BLANK = r"[ \t\u00a0\u2007\u2009\u202f]"
DASH = r"[-\u2010-\u2015\u2212]"
# Never two blanks: they separate columns, as in "010 555 0183  7".
PHONE = re.compile(
    rf"(?<![\w/])\(?\+?\(?\d(?:{BLANK}(?!{BLANK})|[\d().\-/\u2010-\u2015\u2212]){{6,20}}\d"
    rf"(?P<extension>{BLANK}*,?{BLANK}*(?:x|ext\.?|extension|durchwahl|poste|int\.?|wew\.?){BLANK}*\d{{1,6}})?(?!\w)",
    re.IGNORECASE,
)
_YEAR = r"(?:19|20)\d\d"
_SEP = r"[./\-\u2010-\u2015]"
_POINT = (
    rf"(?:{_YEAR}{BLANK}?{_SEP}{BLANK}?\d{{1,2}}(?:{_SEP}\d{{1,2}})?"  # 2019-03-15, 2019/03
    rf"|\d{{1,2}}{_SEP}{BLANK}?\d{{1,2}}{_SEP}{BLANK}?(?:{_YEAR}|\d\d)"  # 15.03.2019, 3/15/19
    rf"|\d{{1,2}}{BLANK}?{_SEP}{BLANK}?{_YEAR}"  # 03/2019
    rf"|(?:0?[1-9]|[12]\d|3[01]){BLANK}(?:0?[1-9]|1[0-2]){BLANK}{_YEAR}"  # 15 03 2019
    rf"|{_YEAR}(?:{BLANK}+{_YEAR})+"  # 2017 2018 2019
    rf"|(?:(?:{MONTH})\.?{BLANK}?)?(?:{_YEAR}|['’]\d\d)(?!{BLANK}?[\d(]))"  # March 2019, 2019
)
# A date or date range that is not followed by digits: 06.12.34.56.78 is a French phone number.
DATES = re.compile(
    rf"(?<![\w+])(?<!\d[./ \u00a0-]){_POINT}(?:{BLANK}*(?:{DASH}|to|bis|until|through|au|à|a|al|tot|do|/){BLANK}*"
    rf"(?:{_POINT}|\d\d|{PRESENT_WORDS}))?(?!\d|{_SEP}?\d)",
    re.IGNORECASE,
)
INTERNATIONAL = re.compile(r"(?:\+|\b00)[\d(][\d\s().\-/\u2010-\u2015]*$")  # before 2012-2015 in "+49 30 2012-2015"
PHONE_LABEL = re.compile(
    r"(?:\b(?:tel|telefon\w*|tél\w*|teléfono|telefone|telefoon|phone|ph|mobile?|mob|mobil\w*|handy|cell\w*|cellulare|móvil"
    r"|celular|portable|gsm|kom|komórka|telemóvel|call|whatsapp|contact|fon|t|m|p)\b\W{0,4}(?:no|nr|number|numer|nummer)?"
    r"|[☎☏✆📞📱])\W{0,6}$",
    re.IGNORECASE,
)
# "PESEL 90031212345", "Budget: 1 500 000", "Fax: 030 1234567".
OTHER_LABEL = re.compile(
    r"(?:\b(?:id|nr|no|number|numer|nummer|numéro|ssn|pesel|nip|regon|iban|isbn|issn|vat|ust|account|konto|passport|pass|visa"
    r"|permit|licen[cs]e|dob|born|birth\w*|geb\w*|geboren|né|née|naissance|nacimiento|nascimento|nascita|nato|nata|urodz\w*"
    r"|zip|plz|postal|postcode|ref|doi|order|invoice|kvk|cnpj|cpf|dni|nie|nif|rg|siren|siret|steuer\w*|salary|gehalt|budget"
    r"|usd|eur|gbp|pln|fax|telefax)\b|[$€£#])\W{0,4}$",
    re.IGNORECASE,
)
NO_COUNTRY = frozenset("io me co ai tv cc ly so fm am to gg sh".split())  # country domains that are sold worldwide
NEAR_THE_TOP, NEAR_AN_ADDRESS = 25, 5  # lines where a phone number needs no label
MIN_UNKNOWN = 9  # digits, if the country is unknown


def find_email(text: str, others: Spans) -> Fact | None:
    """Return the first complete email address outside the spans of `others`."""
    return next((fact for fact in _addresses(text) if not _inside(fact.start, others)), None)


def find_phone(text: str, region: str | None, others: Spans) -> Fact | None:
    """Return the first phone number outside the spans of `others`, as E.164 with extension if its country is known.

    Dates and numbers with another label are ignored. A number without a country code or label must be valid in
    `region`, as it is dialled there, and be near the top or near an email address.
    """
    # Lines are looked up by bisection: counting them for each number would be quadratic.
    breaks = [at for at, char in enumerate(text) if char == "\n"]
    reach = {bisect_left(breaks, fact.start) for fact in _addresses(text)}
    near = {line + apart for line in reach for apart in range(-NEAR_AN_ADDRESS, NEAR_AN_ADDRESS + 1)}
    for match in islice(PHONE.finditer(_without_dates(text)), MOST_NUMBERS):
        if _inside(match.start(), others):
            continue
        line = bisect_left(breaks, match.start())
        is_placed = line <= NEAR_THE_TOP or line in near
        value = _number(match.group().strip(), _before(text, match.start()), region, is_placed)
        if value:
            return Fact(value=value, start=match.start(), end=match.end())
    return None


def find_links(text: str, email: Fact | None, others: Spans) -> list[Fact]:
    """Return web addresses outside the spans of `others`, once each; the domain of an email address is not one."""
    found: dict[str, Fact] = {}
    for match in LINK.finditer(text):
        value = match.group().rstrip("./")
        if not _is_web_address(value) or _inside(match.start(), others):
            continue
        if email and email.start <= match.start() < email.end:
            continue
        key = re.sub(r"^(https?://)?(www\.)?", "", value.lower())
        found.setdefault(key, Fact(value=value, start=match.start(), end=match.start() + len(value)))
    return list(found.values())[:10]


def stands_whole(text: str, fact: Fact | None) -> bool:
    """Return whether a fact is a contact point in the text: not truncated, and not part of a date."""
    if fact is None:
        return False
    if "@" in fact.value:
        whole = _address(text, fact.start + fact.value.index("@"))
        return whole is not None and (whole.start, whole.end) == (fact.start, fact.end)
    return PHONE.fullmatch(_without_dates(text)[fact.start : fact.end]) is not None


def has_reach(text: str) -> bool:
    """Return whether a line contains an email address or a phone number."""
    return next(_addresses(text), None) is not None or PHONE.search(_without_dates(text)) is not None


def region_of_email(email: Fact | None) -> str | None:
    """Return the country of an email address's top-level domain."""
    ending = email.value.rsplit(".", 1)[-1].lower() if email else ""
    region = "GB" if ending == "uk" else ending.upper()  # the ISO code of .uk is GB
    return region if region in phonenumbers.SUPPORTED_REGIONS and ending not in NO_COUNTRY else None


def _addresses(text: str) -> Iterator[Fact]:
    at = text.find("@")
    for _ in range(MOST_SIGNS):
        if at < 0:
            return
        fact = _address(text, at)
        if fact is not None:
            yield fact
        at = text.find("@", at + 1)


def _address(text: str, at: int) -> Fact | None:
    """Return the email address around an @, up to a blank or a bracket, or None if it is not valid."""
    start, end = at, at + 1
    while start > 0 and at - start <= MAX_LOCAL and not _parts_addresses(text[start - 1]):
        start -= 1
    while end < len(text) and end - at <= MAX_DOMAIN and not _parts_addresses(text[end]) and text[end] != "/":
        end += 1
    if slash := text.rfind("/", start, at) + 1:
        # A slash may be part of an address: in "office/ller@people.example", "ller" may be half of it.
        if not LABEL_BEFORE_SLASH.search(text[start:slash]):
            return None
        start = slash
    # A leading dot stays: such an address is not valid, and what was before the dot is unknown.
    start += len(text[start:at]) - len(text[start:at].lstrip(EDGES.replace(".", "")))
    end -= len(text[at:end]) - len(text[at:end].rstrip(EDGES + "_"))
    value = unicodedata.normalize("NFC", text[start:end])  # some PDFs write ö as o with a combining accent
    # An accent beside its letter, as in "m¨uller", is neither ASCII nor a letter.
    if _goes_on(text, start, end) or not (
        value[-2:].isalpha() and all(char.isascii() or char.isalnum() for char in value)
    ):
        return None
    try:
        validate_email(value, check_deliverability=False)  # without queries to the DNS
    except EmailNotValidError:
        return None
    return Fact(value=value, start=start, end=end)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Return whether an email address continues in the line above or below."""
    if CUT_BELOW.match(text, end):
        return True
    above = text[text.rfind("\n", 0, start - 1) + 1 : start - 1] if text[start - 1 : start] == "\n" else ""
    return CUT_ABOVE.fullmatch(above) is not None and LINK.fullmatch(above) is None


def _parts_addresses(char: str) -> bool:
    if char.isspace() or char in AROUND_ADDRESSES or char == "@":
        return True
    # Symbols, icons and dashes. MISSING is a symbol, too, but must spoil the address instead of cutting it.
    return char != "-" and char != MISSING and unicodedata.category(char) in ("So", "Co", "Pd")


def _without_dates(text: str) -> str:
    """Return the text with its dates blanked, so that they are not read as numbers; positions are unchanged."""

    def blot(match: re.Match[str]) -> str:
        is_number = INTERNATIONAL.search(_before(text, match.start()))
        return match.group() if is_number else "\x00" * len(match.group())

    return DATES.sub(blot, text)


def _number(raw: str, before: str, region: str | None, is_placed: bool) -> str | None:
    # E.164 allows 15 digits, and PHONE six more for an extension.
    if not 7 <= len(re.sub(r"\D", "", raw)) <= 21:
        return None
    if raw.lstrip("(").startswith(("+", "00")):
        return normal_phone(re.sub(r"^\(?00", "+", raw), None, only_valid=False)  # a country code is evidence enough
    is_labelled = PHONE_LABEL.search(before) is not None
    if not is_labelled and OTHER_LABEL.search(before):
        return None
    if is_labelled and region:
        return normal_phone(raw, region, only_valid=False) or raw
    if is_labelled:
        return raw  # shown in the resume, but no contact point: candidate_contact_service.normalise() drops it
    if not is_placed:
        return None
    if region:
        return normal_phone(raw, region) if _is_dialled(raw, region) else None
    return raw if len(re.sub(r"\D", "", raw)) >= MIN_UNKNOWN else None


def _is_dialled(raw: str, region: str) -> bool:
    """Return whether a number begins as it is dialled in its country: with a 0, if that is the national prefix."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    return metadata is None or metadata.national_prefix != "0" or raw.lstrip("(").startswith("0")


def _before(text: str, at: int) -> str:
    """Return the text before a position, in the same line."""
    return text[max(0, at - 40, text.rfind("\n", 0, at) + 1) : at]


def _inside(at: int, spans: Spans) -> bool:
    return any(start <= at < end for start, end in spans)


def _is_web_address(value: str) -> bool:
    """Return False for a bare domain that is not in lower case, such as `B.Com` or `ASP.NET`."""
    bare = "/" not in value and not value.lower().startswith("www.")
    label, _, ending = value.rpartition(".")
    return not bare or (len(label) > 1 and ending.islower())
