"""Names that may be one person's, and names that are two people's."""

from __future__ import annotations

import pytest

from app.services.candidates.person_names import is_spelled_alike, keys, may_be_one, says_as_much, stands_on_top

ONE = [
    ("Jörg Müller", "Joerg Mueller"),
    ("Jörg Müller", "Jorg Muller"),
    ("Łukasz Żółw", "Lukasz Zolw"),
    ("Søren Ærø", "Soren Aero"),
    ("Anna Maria Kowalska", "Anna Kowalska"),
    ("Kowalska, Anna", "Anna Kowalska"),
    ("John A. Smith", "John Adam Smith"),
    ("Dr. Jane Roe, PhD", "Jane Roe"),
    ("ANNA-LENA ROE", "Annalena Roe"),
    ("Suharto", "Suharto"),
    ("王小明", "王小明"),
    ("İbrahim Çelik", "Ibrahim Celik"),
    ("प्रिया शर्मा", "शर्मा प्रिया"),
    ("???", " ??? "),
    ("Dipl.-Ing. Max Müller", "Max Müller"),
    ("Dr. rer. nat. Anna Lis", "Anna Lis"),
    ("Ing. Jan Novák", "Jan Novak"),
    ("J. Robert Oppenheimer", "Robert Oppenheimer"),
    ("Ali Ali", "Ali Ali"),
]
TWO = [
    ("Beata Lis", "Grzegorz Nowak"),
    ("Anna Kowalska", "Jan Kowalski"),
    ("Marta Lis", "Maria Lis"),
    ("Anna Nowak", "Anna Kowalska"),
    ("Jan Nowak", "Jan Nowicki"),
    ("J. Smith", "Mary Smith"),
    ("Anna", "Beata"),
    ("王小明", "李小红"),
    ("Ann Ext", "Bob Ext"),
    ("A B", "A C"),
    ("Daniel Nowak", "Daniela Nowak"),
    ("Andrea Rossi", "Andreas Rossi"),
    ("Wei Ma", "Wei Ba"),
    ("Jan Kowalski Sr", "Jan Kowalski Jr"),
    ("Anna", "Anna Kowalska"),
    ("प्रिया शर्मा", "प्रीति शर्मा"),
    ("???", "!!!"),
    ("Dr", "Anna Dr"),
    ("Ali Ali", "Ali Hassan"),
    ("Wang Wang", "Wang Li"),
    ("Dariusz Nowak", "Mariusz Nowak"),
    ("Francis Lee", "Frances Lee"),
    ("David Miller", "David Hiller"),
    ("J. Nowak", "Jan Nowak"),
    ("Ann Ali", "Anna Li"),
    ("Jo Hanson", "Johan Son"),
    ("Jose Maria Cruz", "Maria Cruz"),
]


@pytest.mark.parametrize(("first", "second"), ONE)
def test_one_person(first, second):
    assert may_be_one(first, second) and may_be_one(second, first)
    assert keys(first) & keys(second)


@pytest.mark.parametrize(("first", "second"), TWO)
def test_two_people(first, second):
    assert not may_be_one(first, second) and not may_be_one(second, first)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("jörg müller\nberlin", "Joerg Mueller", True),
        ("curriculum vitae\nanna kowalska", "Kowalska Anna", True),
        ("ANNA MARIA KOWALSKA", "Anna Kowalska", True),
        ("王小明 工程师", "王小明", False),
        ("anna nowak", "Anna Kowalska", False),
        ("Anna", "Anna", False),
        ("Maria Lopez, sales at L'Oreal", "Maria L.", False),
        ("Maria Lopez\nAssistant of Anna Kowalska", "Maria Kowalska", False),
        ("Ali Hassan", "Ali Ali", False),
        ("Anna K. Nowak\nBerlin", "Anna M. Nowak", False),
        (f"{'x' * 390}\nAnna Kowalska-Nowak", "Anna Kowalska", False),
        ("John A. Smith", "Smith, John", True),
        ("Sent by Anna Kowalska, recruiter", "Anna Kowalska", False),
        ("Dear Anna Kowalska,\nI apply", "Anna Kowalska", False),
        ("Dr. Anna Kowalska", "Anna Kowalska", True),
        (f"Jan Lis\n{'welding ' * 60}reference: Anna Kowalska", "Anna Kowalska", False),
    ],
)
def test_a_name_stands_on_top_of_a_text(text, name, expected):
    assert stands_on_top(text, name) == expected


def test_the_order_of_a_name_is_no_spelling():
    assert is_spelled_alike("Müller, Jörg", "Joerg Mueller")
    assert not is_spelled_alike("J. Müller", "Jörg Müller")


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("Anna Maria Kowalska", "Anna Kowalska", True),
        ("Kowalska, Anna", "Anna Kowalska", True),
        ("Joerg Mueller", "Jörg Müller", True),
        ("Annalena Roe", "Anna-Lena Roe", True),
        ("J. Nowak", "Jan Nowak", False),
        ("Jan Nowak", "J. Nowak", False),
        ("Anna Kowalska", "Anna Maria Kowalska", False),
        ("Kowalska", "Anna Kowalska", False),
    ],
)
def test_a_name_takes_the_place_of_one_that_says_no_more(name, known, expected):
    assert says_as_much(name, known) == expected


def test_of_an_address_a_word_or_an_initial_is_enough():
    assert may_be_one("J. Smith", "John Smith", is_word_enough=True)
    assert may_be_one("Anna", "Anna Kowalska", is_word_enough=True)
    assert not may_be_one("Frances Lee", "Francis Lee", is_word_enough=True)
