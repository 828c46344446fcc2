"""The parser: formats, layouts, dates, and files that want to do harm."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import date
from xml.sax.saxutils import escape

import docx
import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from app.services.core import child_process
from app.services.core.child_process import ChildFailed, child_limits
from app.services.resumes.resume_parser import parse_in_child, parse_lines, parse_text, read_lines
from app.services.resumes.resume_parser._dates import find_range, normalise, total_years
from app.utils import file_types
from tests.factories.candidate import resume_text
from tests.factories.candidate_resume import odt_of, pdf_of

TODAY = date(2025, 11, 1)
TEXT = resume_text("Greta Ferri").decode()


def _docx() -> bytes:
    document = docx.Document()
    for line in TEXT.split("\n"):
        document.add_paragraph(line)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _odt() -> bytes:
    return odt_of("".join(f"<text:p>{escape(line)}</text:p>" for line in TEXT.split("\n")))


def _rtf() -> bytes:
    return b"{\\rtf1\\ansi " + TEXT.replace("\n", "\\par\n").encode("latin-1") + b"}"


def _plain_pdf() -> bytes:
    return pdf_of([(50, 800 - 14 * number, 11, line) for number, line in enumerate(TEXT.split("\n"))])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (TEXT.encode(), file_types.TXT),
        (TEXT.encode("utf-16"), file_types.TXT),
        (_docx(), file_types.DOCX),
        (_odt(), file_types.ODT),
        (_rtf(), file_types.RTF),
        (_plain_pdf(), file_types.PDF),
    ],
    ids=["txt", "utf-16", "docx", "odt", "rtf", "pdf"],
)
def test_every_format_gives_the_same_facts(data, kind):
    assert file_types.sniff(io.BytesIO(data)) == kind
    _, parsed = parse_lines(read_lines(data, kind), TODAY)
    assert parsed.name and parsed.name.value == "Greta Ferri"
    assert parsed.headline and parsed.headline.value == "Data Engineer"
    assert parsed.location and parsed.location.value == "Hamburg, Germany"
    assert parsed.phone and parsed.phone.value.startswith("+494030080")
    assert [skill.value for skill in parsed.skills] == ["Python", "SQL", "PostgreSQL", "Airflow"]
    first = parsed.work[0]
    assert first.company and first.title and first.start_date and first.end_date
    assert (first.company.value, first.title.value) == ("Castellan Software", "Senior Data Engineer")
    assert (first.start_date.value, first.end_date.value) == ("2018-03", "2024-05")
    assert len(parsed.work) == 2 and parsed.total_years == pytest.approx(9.6, abs=0.1)
    study = parsed.education[0]
    assert study.institution and study.degree and study.end_year
    assert (study.institution.value, study.degree.value) == ("University of Bremen", "Bachelor of Science")
    assert study.end_year.value == "2014"


class _InPieces(io.BytesIO):
    def read(self, size=-1):
        assert 0 < size <= 1024 * 1024, "a large file is never whole in memory"
        return super().read(size)


@pytest.mark.parametrize("data", [b"word " * 100_000, "wört ".encode("utf-16") * 50_000, b"w\xf6rt " * 100_000])
def test_a_large_text_is_recognised_in_pieces(data):
    assert file_types._sniff_text(_InPieces(data)) == file_types.TXT


def test_two_columns_are_read_one_after_the_other():
    left = [
        (50, 700 - 14 * n, 10, text) for n, text in enumerate(["Skills", "Python", "SQL", "Kafka", "Airflow", "Docker"])
    ]
    words = (
        "Experience|Data Engineer|Castellan Software|03/2018 - 05/2024|Built pipelines for forty teams.|Ran them too."
    )
    right = [(250, 700 - 14 * n, 10, text) for n, text in enumerate(words.split("|"))]
    head = [(50, 760, 22, "Greta Ferri"), (50, 740, 12, "Data Engineer")]
    text, parsed = parse_lines(read_lines(pdf_of(head + left + right), file_types.PDF), TODAY)
    assert text.index("Docker") < text.index("Experience")
    assert [skill.value for skill in parsed.skills] == ["Python", "SQL", "Kafka", "Airflow", "Docker"]
    assert parsed.name and parsed.name.value == "Greta Ferri" and len(parsed.work) == 1


def test_what_is_not_there_is_null():
    _, parsed = parse_text("some words without any person\nor date", TODAY)
    assert parsed.model_dump(exclude_defaults=True) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03/2018 - 05/2024", ("2018-03", "2024-05")),
        ("March 2018 – Present", ("2018-03", "present")),
        ("Mar. 2018 to Current", ("2018-03", "present")),
        ("2015 - 2019", ("2015", "2019")),
        ("2018-03 — 2019-12", ("2018-03", "2019-12")),
        ("Sept 2013 – June 2016", ("2013-09", "2016-06")),
        ("Feb '20 - Present", ("2020-02", "present")),
        ("Sep '98 – Jun '02", ("1998-09", "2002-06")),
        ("2019 - 2012", None),
        ("call 2018 people", None),
    ],
)
def test_date_ranges(text, expected):
    found = find_range(text)
    assert (found and (found.start, found.end)) == expected


def test_impossible_dates_are_none():
    assert normalise("13/2018") is None and normalise("1800") is None and normalise("soon") is None


def test_overlapping_positions_count_once():
    assert total_years([("2010-01", "2012-01"), ("2011-01", "2013-01")], TODAY) == 3.0
    assert total_years([("2024-11", "present")], TODAY) == 1.0
    assert total_years([], TODAY) is None


def _bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * 200_000_000)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (b"%PDF-1.7 broken", file_types.PDF, "broken"),
        (b"PK\x03\x04", file_types.DOCX, "broken"),
        (_bomb(), file_types.DOCX, "unpacks"),
        (pdf_of([]), file_types.PDF, "no text"),
        (b"   \n", file_types.TXT, "no text"),
    ],
    ids=["pdf", "zip", "bomb", "scan", "blank"],
)
def test_hostile_files_fail_with_a_reason(data, kind, reason):
    with pytest.raises(ChildFailed, match=reason):
        parse_in_child(data, kind)


def test_a_child_that_needs_too_much_memory_fails_alone(monkeypatch):
    monkeypatch.setattr(child_limits, "memory_mb", 1)
    with pytest.raises(ChildFailed):
        child_process.run(bytearray, 200_000_000)


class _Deadly:
    """The end of the process that unpickles it."""

    def __reduce__(self):
        return os._exit, (1,)


@pytest.mark.parametrize("rest", [b"", b"x" * 8_000_000], ids=["after the file", "in the midst of the file"])
def test_the_death_of_the_child_is_a_failed_parse(rest):
    with pytest.raises(ChildFailed, match="too complex"):
        parse_in_child([_Deadly(), rest], file_types.TXT)
    assert parse_in_child(TEXT.encode(), file_types.TXT)[1].name


def test_entities_in_an_odt_are_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", file_types.ODT)
        archive.writestr("content.xml", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')
    with pytest.raises(ChildFailed):
        parse_in_child(target.getvalue(), file_types.ODT)


def test_a_broken_member_of_an_archive_is_no_file_we_take():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", file_types.ODT)
    data = bytearray(target.getvalue())
    data[38:44] = b"\xff" * 6
    assert file_types.sniff(io.BytesIO(bytes(data))) is None


def test_a_page_header_of_word_is_read_first():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Greta Ferri"
    document.sections[0].header.add_paragraph("greta.ferri@people.example")
    document.add_paragraph("Data Engineer")
    target = io.BytesIO()
    document.save(target)
    text, parsed = parse_lines(read_lines(target.getvalue(), file_types.DOCX), TODAY)
    assert text.startswith("Greta Ferri") and parsed.name.value == "Greta Ferri"
    assert parsed.email.value == "greta.ferri@people.example"


def test_letters_that_are_drawn_twice_are_read_once():
    lines = [(60, 750, 18, "Greta Ferri"), (60, 730, 10, "greta.ferri@people.example"), (60, 700, 12, "Experience")]
    text, _ = parse_lines(read_lines(pdf_of([*lines, *lines]), file_types.PDF), TODAY)
    assert text.split("\n") == [line[3] for line in lines]


def test_headings_in_the_margin_come_before_what_stands_beside_them():
    beside = [
        (60, 700, 12, "Education"),
        (180, 700, 10, "University of Turin"),
        (180, 685, 10, "MSc, 2012"),
        (60, 650, 12, "Experience"),
        (180, 650, 10, "Data Engineer | Castellan Software | 03/2018 - 05/2024"),
        (180, 635, 10, "Built pipelines that feed the warehouse."),
        (60, 600, 12, "Skills"),
        (180, 600, 10, "Python, SQL"),
    ]
    lines = [(60, 760, 18, "Greta Ferri"), *beside]
    _, parsed = parse_lines(read_lines(pdf_of(lines), file_types.PDF), TODAY)
    assert [skill.value for skill in parsed.skills] == ["Python", "SQL"]
    assert parsed.education[0].institution.value == "University of Turin"
    assert (parsed.work[0].title.value, parsed.work[0].company.value) == ("Data Engineer", "Castellan Software")


def test_a_note_at_the_right_edge_stays_with_the_row_where_it_began():
    lines = [(60, 760, 18, "Greta Ferri"), (60, 720, 14, "Experience")]
    for top, company, place, dates in (
        (700, "Castellan Software", "Hamburg", "Mar 2018 - May 2024"),
        (640, "Quay Data GmbH", "Bremen", "Jan 2015 - Feb 2018"),
    ):
        lines += [
            (60, top, 10, f"Data Engineer , {company}"),
            (540 - stringWidth(place, "Helvetica", 10), top, 10, place),
            (70, top - 13, 10, "- Built pipelines that feed the warehouse each hour."),
            (540 - stringWidth(dates, "Helvetica", 10), top - 12.5, 10, dates),
        ]
    _, parsed = parse_lines(read_lines(pdf_of(lines), file_types.PDF), TODAY)
    found = [(item.title.value, item.company.value, item.start_date.value) for item in parsed.work]
    assert found == [
        ("Data Engineer", "Castellan Software", "2018-03"),
        ("Data Engineer", "Quay Data GmbH", "2015-01"),
    ]


@pytest.mark.parametrize(
    ("line", "headline"),
    [("Harbour Engineer,Geneva", "Harbour Engineer"), ("Harbour Engineer,Ports", "Harbour Engineer,Ports")]
    + [("Harbour Engineer,", "Harbour Engineer")],
)
def test_a_comma_without_a_blank_is_no_trap(line, headline):
    _, parsed = parse_text(f"Greta Ferri\n{line}\n\ngreta@people.example\n")
    assert parsed.headline is not None and parsed.headline.value == headline
