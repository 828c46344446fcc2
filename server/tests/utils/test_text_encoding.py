"""Encodings are told by the letters that they make."""

from __future__ import annotations

import pytest

from app.utils.text_encoding import decode

SAMPLES = [
    ("Łukasz Żółw, księgowy, Łódź", "cp1250"),
    ("Jiří Dvořák, Plzeň, účetní", "cp1250"),
    ("Győző Kovács, főmérnök", "cp1250"),
    ("Jürgen Groß, Köln", "cp1252"),
    ("Élodie Lefèvre, infirmière à Orléans", "cp1252"),
    ("João Gonçalves, São Paulo", "cp1252"),
    ("Иван Петров, инженер, Москва", "cp1251"),
    ("Jānis Bērziņš, Rīga", "cp1257"),
]


@pytest.mark.parametrize(("text", "encoding"), SAMPLES)
def test_a_code_page_is_told_by_its_letters(text, encoding):
    found = decode(text.encode(encoding))
    assert (found.text, found.encoding) == (text, encoding)


def test_unicode_is_certain():
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        found = decode("Łukasz Żółw – café".encode(encoding))
        assert found.text == "Łukasz Żółw – café" and found.is_certain


def test_one_broken_byte_does_not_make_a_text_another_one():
    found = decode("Łukasz Wójcik, Łódź\n".encode() + b"\xff")
    assert found.text.startswith("Łukasz Wójcik, Łódź") and found.encoding == "utf-8" and not found.is_certain


def test_a_guess_says_so():
    assert not decode("Muñoz".encode("cp1252")).is_certain, "it could be Muńoz"
    assert decode("Müller".encode("cp1252")).is_certain, "it has the same letters in each code page that fits"
    assert decode("Łódź, żółw".encode("cp1250")).is_certain


def test_every_input_is_decoded():
    for data in (b"", bytes(range(256)), b"\xff" * 1000, b"\xfe\xff\x00"):
        assert isinstance(decode(data).text, str)
