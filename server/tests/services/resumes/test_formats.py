"""What each format hides, marks or lays out in its own way."""

from __future__ import annotations

import io
import shutil
import zipfile
from xml.sax.saxutils import escape

import docx
import pypdfium2
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from app.schemas.parsed_resume_schema import ParsedResume
from app.services.core.child_process import Unreadable
from app.services.resumes.resume_parser import _tools, missing_programs, parse_lines, read_lines
from app.services.resumes.resume_parser._pdf_words import MANY_PAINTS
from app.utils import file_types
from tests.factories.candidate_resume import odt_of

HEAD = ["Mara Quill", "Bookbinder", "mara.quill@people.example | +44 20 7946 0958", "Experience"]
JOB = "Bookbinder | Gilt & Thread | 2015 - 2019"
LINES = [*HEAD, JOB, "Skills", "Gilding, Sewing, Paper repair"]


def _parsed(data: bytes, kind: str | None = None) -> tuple[str, ParsedResume]:
    return parse_lines(read_lines(data, kind or file_types.sniff(io.BytesIO(data)) or ""))


def _values(facts) -> list[str]:
    return [fact.value for fact in facts]


def _canvas(draw=None, **options) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842), **options)
    for number, line in enumerate(LINES):
        canvas.setFont("Helvetica", 18 if number == 0 else 11)
        canvas.drawString(60, 780 - 20 * number, line)
    if draw:
        draw(canvas)
    canvas.save()
    return target.getvalue()


def _white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 560, "Kubernetes, Terraform")


def _tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 1)
    canvas.drawString(60, 560, "Kubernetes, Terraform")


def _in_mode(canvas: Canvas, mode: int) -> None:
    text = canvas.beginText(60, 560)
    text.setTextRenderMode(mode)
    text.textLine("Kubernetes, Terraform")
    canvas.drawText(text)


def _without_paint(canvas: Canvas) -> None:
    _in_mode(canvas, 3)


def _outside(canvas: Canvas) -> None:
    canvas.drawString(700, 560, "Kubernetes, Terraform")


def _covered(canvas: Canvas) -> None:
    canvas.drawString(60, 560, "Kubernetes, Terraform")
    canvas.setFillColorRGB(0.9, 0.9, 0.9)
    canvas.rect(50, 550, 300, 30, fill=1, stroke=0)


def _grey_on_grey(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.3, 0.3, 0.3)
    canvas.rect(50, 550, 300, 30, fill=1, stroke=0)
    canvas.drawString(60, 560, "Kubernetes, Terraform")


def _white_outline(canvas: Canvas) -> None:
    canvas.setStrokeColorRGB(1, 1, 1)
    _in_mode(canvas, 1)


def _covered_after_many_objects(canvas: Canvas) -> None:
    canvas.drawString(60, 560, "Kubernetes, Terraform")
    canvas.setFillColorRGB(1, 1, 1)
    for number in range(MANY_PAINTS):
        canvas.rect(580, number % 800, 1, 1, fill=1, stroke=0)
    canvas.rect(50, 550, 300, 30, fill=1, stroke=0)


HIDDEN = [_white, _white_outline, _tiny, _without_paint, _outside, _covered, _covered_after_many_objects, _grey_on_grey]


@pytest.mark.parametrize("draw", HIDDEN)
def test_what_nobody_can_see_is_no_part_of_a_pdf_and_is_reported(draw):
    text, parsed = _parsed(_canvas(draw))
    assert _values(parsed.skills) == ["Gilding", "Sewing", "Paper repair"] and "Kubernetes" not in text
    (warning,) = parsed.warnings
    assert warning.code == "hidden_text" and warning.detail == "page 1: Kubernetes, Terraform"


def test_white_text_on_a_dark_band_is_seen():
    def band(canvas: Canvas) -> None:
        canvas.setFillColorRGB(0.1, 0.2, 0.3)
        canvas.rect(50, 550, 300, 30, fill=1, stroke=0)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(60, 560, "Marbling, Tooling")

    text, parsed = _parsed(_canvas(band))
    assert "Marbling, Tooling" in text and parsed.warnings == []


def test_addresses_behind_words_are_read():
    def links(canvas: Canvas) -> None:
        canvas.linkURL("https://www.linkedin.com/in/mara-quill", (60, 550, 120, 570))
        canvas.linkURL("mailto:bindery@people.example", (60, 530, 120, 545))

    text, parsed = _parsed(_canvas(links))
    assert "https://www.linkedin.com/in/mara-quill" in _values(parsed.links)
    assert parsed.email.value == "mara.quill@people.example", "what is written comes before what is behind it"
    assert text.endswith("bindery@people.example") and "linkedin" not in "".join(_values(parsed.skills))


def test_text_that_stands_sideways_is_no_part_of_the_lines():
    def margin(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.rotate(90)
        canvas.drawString(400, -30, "CURRICULUM VITAE")
        canvas.restoreState()

    text, parsed = _parsed(_canvas(margin))
    assert (parsed.work[0].title.value, parsed.work[0].company.value) == ("Bookbinder", "Gilt & Thread")
    assert "CURRICULUM VITAE" in text


def test_a_page_that_begins_anywhere_and_one_that_is_turned():
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842))
    canvas.setPageRotation(90)
    for number, line in enumerate(LINES):
        canvas.saveState()
        canvas.translate(40 + 20 * number, 60)
        canvas.rotate(90)
        canvas.drawString(0, 0, line)
        canvas.restoreState()
    canvas.save()
    _, parsed = _parsed(target.getvalue())
    assert parsed.name.value == "Mara Quill" and parsed.work[0].company.value == "Gilt & Thread"


def test_letters_that_are_set_apart_are_words():
    def spaced(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawString(60, 560, "L A N G U A G E S", charSpace=2)
        canvas.setFont("Helvetica", 11)
        canvas.drawString(60, 540, "Welsh")

    text, parsed = _parsed(_canvas(spaced))
    assert "LANGUAGES" in text and "Welsh" not in _values(parsed.skills)


def test_the_values_of_a_form_are_read():
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842))
    for number, (label, value) in enumerate({"Name:": "Mara Quill", "Email:": "mara.quill@people.example"}.items()):
        canvas.drawString(60, 780 - 40 * number, label)
        canvas.acroForm.textfield(name=label, value=value, x=120, y=772 - 40 * number, width=300, height=20)
    canvas.save()
    _, parsed = _parsed(target.getvalue())
    assert (parsed.name.value, parsed.email.value) == ("Mara Quill", "mara.quill@people.example")


def test_a_pdf_with_a_password_says_so():
    with pytest.raises(Unreadable, match="encrypted"):
        _parsed(_canvas(encrypt=StandardEncryption("secret")))


def _docx(change=None) -> docx.document.Document:
    document = docx.Document()
    for line in LINES:
        document.add_paragraph(line)
    if change:
        change(document)
    return document


def _saved(document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_a_word_document_of_any_producer_is_read():
    data = _saved(_docx())
    renamed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(renamed, "w") as target:
        for name in source.namelist():
            content = source.read(name).replace(b"word/document.xml", b"word/document2.xml")
            content = content.replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            target.writestr(name.replace("word/document.xml", "word/document2.xml"), content)
    for each in (data, renamed.getvalue()):
        assert file_types.sniff(io.BytesIO(each)) == file_types.DOCX
        _, parsed = _parsed(each)
        assert (parsed.name.value, parsed.work[0].company.value) == ("Mara Quill", "Gilt & Thread")


def test_hyphens_links_headers_and_hidden_runs_of_a_word_document():
    def change(document) -> None:
        run = document.paragraphs[0].runs[0]
        run._r.append(OxmlElement("w:noBreakHyphen"))
        tail = OxmlElement("w:t")
        tail.text = "Jones"
        run._r.append(tail)
        document.sections[0].header.paragraphs[0].text = "Cardiff, Wales"
        white = document.add_paragraph().add_run("Kubernetes")
        white.font.color.rgb = RGBColor(255, 255, 255)
        tiny = document.add_paragraph().add_run("Terraform")
        tiny.font.size = Pt(1)
        hidden = document.add_paragraph().add_run("Ansible")
        hidden.font.hidden = True
        deleted = OxmlElement("w:del")
        gone = OxmlElement("w:r")
        text = OxmlElement("w:delText")
        text.text = "Deleted words"
        gone.append(text)
        deleted.append(gone)
        document.paragraphs[1]._p.append(deleted)
        link = OxmlElement("w:hyperlink")
        target = document.part.relate_to(
            "https://github.com/quill", docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, True
        )
        link.set(qn("r:id"), target)
        document.paragraphs[2]._p.append(link)

    text, parsed = _parsed(_saved(_docx(change)))
    assert parsed.name.value == "Mara Quill-Jones" and parsed.location.value == "Cardiff, Wales"
    assert "Deleted" not in text and _values(parsed.links) == ["https://github.com/quill"]
    assert _values(parsed.skills) == ["Gilding", "Sewing", "Paper repair"]
    assert [warning.detail for warning in parsed.warnings] == ["Kubernetes", "Terraform", "Ansible"]


ROWS = {
    "date first": (["2015 - 2019", "Bookbinder", "Gilt & Thread"], ["2011 - 2015", "Printer", "Inkwell Press"]),
    "heads of columns": (
        ["Employer", "Position", "From", "To"],
        ["Gilt & Thread", "Bookbinder", "2015", "2019"],
        ["Inkwell Press", "Printer", "2011", "2015"],
    ),
    "duties in the last cell": (
        ["2015 - 2019", "Gilt & Thread\nCardiff, Wales", "Bookbinder\nSewed four hundred books a year.\nTrained two."],
        ["2011 - 2015", "Inkwell Press\nCardiff, Wales", "Printer\nRan the small press."],
    ),
    "labels": (
        ["Employer", "Gilt & Thread"], ["Position", "Bookbinder"], ["Period", "2015 - 2019"],
        ["Employer", "Inkwell Press"], ["Position", "Printer"], ["Period", "2011 - 2015"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", ROWS)
def test_tables_of_positions(form):
    document = docx.Document()
    for line in HEAD:
        document.add_paragraph(line)
    rows = ROWS[form]
    table = document.add_table(len(rows), len(rows[0]))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            first, *others = text.split("\n")
            cell.text = first
            for other in others:
                cell.add_paragraph(other)
    _, parsed = _parsed(_saved(document))
    found = [(each.title.value, each.company.value, each.start_date.value, each.end_date.value) for each in parsed.work]
    assert found == [("Bookbinder", "Gilt & Thread", "2015", "2019"), ("Printer", "Inkwell Press", "2011", "2015")]


def test_comments_and_deleted_text_of_an_odt_are_left_out():
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in LINES)
    comment = "<office:annotation><text:p>call rita@agency.example +48 22 999 88 77</text:p></office:annotation>"
    tracked = "<text:tracked-changes><text:p>Old Name</text:p></text:tracked-changes>"
    blanks = "<text:p>a<text:s text:c='3'/>b</text:p>"
    words, parsed = _parsed(odt_of(f"{tracked}<text:p>{comment}</text:p>{paragraphs}{blanks}"))
    assert "rita" not in words and "Old Name" not in words and parsed.name.value == "Mara Quill"


def test_headers_letters_and_tables_of_an_rtf():
    body = "\\par ".join(LINES[:2]).replace("Quill", "Qu\\u322?ll")
    rtf = (
        "{\\rtf1\\ansi\\ansicpg1250{\\fonttbl{\\f0 Arial;}}{\\header\\pard mara.quill@people.example\\par}"
        f"{body}\\par\\b Experience\\b0\\par"
        "\\trowd\\intbl 2015 - 2019\\cell Bookbinder\\cell Gilt & Thread\\cell\\row\\pard"
        "\\b Skills\\b0\\par Gilding, Sew\\'9cing{\\v Kubernetes}\\par"
        '{\\field{\\*\\fldinst HYPERLINK "https://github.com/quill"}{\\fldrslt code}}}'
    )
    text, parsed = _parsed(rtf.encode("ascii"), file_types.RTF)
    assert parsed.email.value == "mara.quill@people.example" and "Mara Qułll" in text
    assert (parsed.work[0].title.value, parsed.work[0].company.value) == ("Bookbinder", "Gilt & Thread")
    assert "Sewśing" in text
    assert "Kubernetes" not in text and _values(parsed.links) == ["https://github.com/quill"]


def test_a_page_that_calls_itself_a_document_is_read_as_a_page():
    html = (
        "<html><head><style>p { color: red }</style></head><body><h1>Mara Quill</h1>"
        "<p>mara.quill@people.example <a href='https://github.com/quill'>code</a></p><h2>Experience</h2>"
        "<table><tr><td>2015 - 2019</td><td>Bookbinder</td><td>Gilt &amp; Thread</td></tr></table>"
        "<h2>Skills</h2><ul><li>Gilding</li><li>Sewing</li></ul><p style='display:none'>Kubernetes</p></body></html>"
    )
    text, parsed = _parsed(html.encode())
    assert (parsed.name.value, parsed.work[0].company.value) == ("Mara Quill", "Gilt & Thread")
    assert _values(parsed.skills) == ["Gilding", "Sewing"] and "<" not in text and "color" not in text
    assert [warning.code for warning in parsed.warnings] == ["hidden_text"]


def test_markdown_is_read_by_its_marks():
    text = "# Mara Quill\n**Bookbinder**\n\nmara.quill@people.example\n\n## Experience\n\n"
    text += "### Bookbinder, Gilt Brothers Ltd\n"
    text += "*2015 – 2019* — Cardiff\n\n* Sewed books.\n\n## Skills\n\n* Gilding, Sewing\n"
    _, parsed = _parsed(text.encode())
    assert (parsed.name.value, parsed.headline.value) == ("Mara Quill", "Bookbinder")
    assert (parsed.work[0].title.value, parsed.work[0].company.value) == ("Bookbinder", "Gilt Brothers Ltd")
    assert _values(parsed.skills) == ["Gilding", "Sewing"]


def test_an_encoding_that_is_a_guess_is_reported():
    _, parsed = _parsed("\n".join(["Ana Muñoz", *LINES[1:]]).encode("cp1252"))
    assert [warning.code for warning in parsed.warnings] == ["encoding_uncertain"]


@pytest.mark.skipif(shutil.which(_tools.TESSERACT) is None, reason="tesseract is not installed")
@pytest.mark.parametrize("form", ["scan", "png"])
def test_text_in_pictures_is_read(form):
    page = pypdfium2.PdfDocument(_canvas())[0]
    picture = page.render(scale=3).to_pil()
    target = io.BytesIO()
    if form == "png":
        picture.save(target, "PNG")
    else:
        picture.save(target, "PDF", resolution=216)
    _, parsed = _parsed(target.getvalue())
    assert (parsed.name.value, parsed.email.value) == ("Mara Quill", "mara.quill@people.example")
    assert parsed.work[0].company.value == "Gilt & Thread" and _values(parsed.skills)[:2] == ["Gilding", "Sewing"]


def test_without_its_program_a_file_says_why_it_is_not_read(monkeypatch):
    monkeypatch.setattr(_tools, "find", lambda name: None)
    assert set(missing_programs()) == {"tesseract", "antiword"}
    for kind, reason in ((file_types.DOC, "DOCX or PDF"), (file_types.PNG, "with its text")):
        picture = io.BytesIO()
        pypdfium2.PdfDocument(_canvas())[0].render().to_pil().save(picture, "PNG")
        with pytest.raises(Unreadable, match=reason):
            read_lines(picture.getvalue() if kind == file_types.PNG else b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", kind)


@pytest.mark.parametrize(
    "text",
    ["a." * 100_000, "2019 - " * 28_000, "(" * 200_000, "Engineer\n" * 20_000, "<a href=" * 24_000, "[a](" * 50_000],
    ids=["dots", "dates", "brackets", "titles", "tags", "links"],
)
@pytest.mark.timeout(20)
def test_hostile_text_costs_no_more_than_its_length(text):
    for data in (text, f"<html>{text}", f"{{\\rtf1 {text}}}"):
        kind = file_types.RTF if data.startswith("{") else file_types.TXT
        try:
            _parsed(data.encode(), kind)
        except Unreadable:
            pass


def test_binary_data_and_character_sets_of_an_rtf():
    picture = b"{\\pict\\bin9 }}{{Rita }" + b"}"
    body = b"{\\rtf1\\ansi\\ansicpg10000{\\fonttbl{\\f1\\fcharset238 Arial;}}" + picture + b"\\f1 W\\'b9s\\par}"
    text, _ = parse_lines(read_lines(body, file_types.RTF))
    assert text == "Wąs"


@pytest.mark.parametrize("depth", [2, 8])
def test_what_stands_within_a_table_or_a_box_is_read_once(depth):
    inner = "<text:p>Deep words</text:p>"
    for _ in range(depth):
        cell = f"<table:table-cell>{inner}</table:table-cell>"
        inner = f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
    words, _ = _parsed(odt_of(inner))
    assert words.count("Deep words") == 1


def test_plain_text_that_looks_like_a_mail_is_read():
    text, parsed = _parsed(b"Date: 2 March 2024\n\nAnna Lis\nanna.lis@people.example\nWeb: text/html and more\n")
    assert "Anna Lis" in text and parsed.email.value == "anna.lis@people.example"
