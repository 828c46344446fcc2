"""Contact points of a resume are taken whole or not at all: a wrong one makes one person of two."""

from __future__ import annotations

import pytest

from app.services.resumes.resume_parser import parse_text
from app.services.resumes.resume_parser._contact_points import find_email, find_phone
from app.utils.phone_numbers import normal_phone

WHOLE = {
    "jörg.müller@people.example": "jörg.müller@people.example",
    "jo\u0308rg.mu\u0308ller@people.example": "jörg.müller@people.example",
    "Mail: o'brien@people.example.": "o'brien@people.example",
    "mailto:anna@people.example": "anna@people.example",
    "E-Mail/anna@people.example": "anna@people.example",
    "✉anna@people.example": "anna@people.example",
    "“anna@people.example”": "anna@people.example",
    "anna@müller.example": "anna@müller.example",
    "anna.lis+cv@people.example | +48 22 555 77 01": "anna.lis+cv@people.example",
    "seeking a role.\nanna@people.example": "anna@people.example",
    "email\nanna@people.example\nlinkedin.com/in/anna": "anna@people.example",
    "linkedin.com/in/anna\nanna@people.example": "anna@people.example",
    "1990\nanna@people.example": "anna@people.example",
}
CUT = [
    "olena.shev\nchuk@people.example",
    "anna@people.com.\nua",
    "anna@people.com.u\na",
    "anna@people.co\nm",
    "office/ller@people.example",
    "m\u00a8uller@people.example",
    "M\ufffdller@people.example",
    "anna @ people",
]
NUMBERS = [
    ("12.03.1990\nTelefon: 0171 2345678", "DE", "+491712345678"),
    ("12.03.1990 0171 2345678", "DE", "+491712345678"),
    ("Tel. 06.12.34.56.78", "FR", "+33612345678"),
    ("06 12 34 56 78", "FR", "+33612345678"),
    ("22 555 77 01", "PL", "+48225557701"),
    ("0171/2345678", "DE", "+491712345678"),
    ("0049 171 2345678", None, "+491712345678"),
    ("+49 30 2012-2015", "DE", "+493020122015"),
    ("312–555–0123", "US", "+13125550123"),
    ("(312) 555-0123 ext. 45", "US", "+13125550123;ext=45"),
    ("+1 312 555 0123x45", None, "+13125550123;ext=45"),
    ("PESEL 90031212345, tel. 600 700 800", "PL", "+48600700800"),
    ("010 555 0183  7", "NL", "+31105550183"),
]
NO_NUMBERS = [
    ("06/2017 - 03/2021", "US"),
    ("01/02/2019-03/04/2020", "US"),
    ("03-1990 bis 04-1995", "DE"),
    ("15.03.2019 – 31.12.2021", "GB"),
    ("2019-03-15 2021-04-16", "US"),
    ("2017–19", "US"),
    ("2015 2016 2017 2018", None),
    ("2015-2019", None),
    ("Geburtsdatum: 12.03.1990", "DE"),
    ("12.03.90", "DE"),
    ("03 12 1990", "DE"),
    ("12031990", "DE"),
    ("geb. 12031990", "DE"),
    ("PESEL 90031212345", "PL"),
    ("IBAN PL61 1090 1014 0000 0712 1981 2874", "PL"),
    ("Budget: 1 500 000", "PL"),
    ("Fax: 030 1234567", "DE"),
    ("1.200.000 users", "DE"),
]


@pytest.mark.parametrize(("text", "address"), WHOLE.items())
def test_an_address_is_taken_whole(text, address):
    fact = find_email(text, [])
    assert fact is not None and fact.value == address


@pytest.mark.parametrize("text", CUT)
def test_a_piece_of_an_address_is_somebody_elses(text):
    assert find_email(text, []) is None


@pytest.mark.parametrize(("text", "region", "number"), NUMBERS)
def test_a_number_is_found_beside_dates_and_other_numbers(text, region, number):
    fact = find_phone(text, region, [])
    assert fact is not None and fact.value == number


@pytest.mark.parametrize(("text", "region"), NO_NUMBERS)
def test_dates_and_other_numbers_are_no_telephone(text, region):
    assert find_phone(text, region, []) is None


@pytest.mark.parametrize("heading", ["References", "REFERENZEN:", "Références", "Referencias"])
def test_who_vouches_for_somebody_keeps_the_own_address_and_number(heading):
    text = f"Ada Horn\nEngineer\n\n{heading}\nBea Lis, bea.lis@people.example, +48 22 555 77 01"
    _, parsed = parse_text(text)
    assert parsed.name is not None and parsed.name.value == "Ada Horn"
    assert (parsed.email, parsed.phone) == (None, None)


def test_a_number_as_it_is_dialled_at_home_has_the_country_of_place_or_address():
    _, parsed = parse_text("Ada Horn\nada@people.de\n0171 2345678\n")
    assert parsed.phone is not None and parsed.phone.value == "+491712345678"


def test_invisible_letters_cut_no_address():
    _, parsed = parse_text("Jörg Müller\njo\u2060rg.mu\u00adeller\u200e@people.example\n")
    assert parsed.email is not None and parsed.email.value == "jorg.mueller@people.example"


def test_a_letter_that_the_font_does_not_name_makes_no_strangers_address():
    _, parsed = parse_text("Jörg Müller\njoerg.m(cid:12)ller@people.example\n")
    assert parsed.email is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+1 312 555 0123 ext. 45", "+13125550123;ext=45"),
        ("+13125550123;ext=\u0663", "+13125550123;ext=3"),
        ("+1 312 555 0123 x00", "+13125550123"),
    ],
)
def test_an_extension_is_kept_in_plain_digits(typed, kept):
    assert normal_phone(typed) == kept
