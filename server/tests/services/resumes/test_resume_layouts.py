"""How the resume parser reads the ways in which resumes are laid out; every person and company is invented."""

from __future__ import annotations

from datetime import date

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from app.services.resumes.resume_parser import parse_lines, parse_text, read_lines
from app.utils import file_types
from tests.factories.candidate_resume import pdf_of

TODAY = date(2025, 11, 1)
MAIL = "greta.ferri@people.example"
LAST = "of whom none had to be woken up at night."
HEAD = "Greta Ferri\nData Engineer\ngreta.ferri@people.example | Hamburg, Germany\n\n"


def _read(*lines: tuple[float, float, float, str]):
    return parse_lines(read_lines(pdf_of(lines), file_types.PDF), TODAY)


def _jobs(parsed) -> list[tuple[str | None, str | None]]:
    return [tuple(fact and fact.value for fact in (item.title, item.company)) for item in parsed.work]


@pytest.mark.parametrize(
    "section",
    [
        "Data Engineer, Güler San.\n03/2018 - 05/2024\n\nWharf Warden, Quay Data GmbH\n01/2015 - 02/2018",
        "Güler San.\nData Engineer\n03/2018 - 05/2024\n\nQuay Data GmbH\nWharf Warden\n01/2015 - 02/2018",
        "Data Engineer | Altona | 03/2018 - 05/2024\nGüler San.\n\n- Built pipelines.\n"
        "Wharf Warden | Bremen | 01/2015 - 02/2018\nQuay Data GmbH",
        "Güler San. , Data Engineer | Altona | 03/2018 - 05/2024\n"
        "Quay Data GmbH , Wharf Warden | Bremen | 01/2015 - 02/2018",
        "Data Engineer , Güler San.\nMarch 2018 — May 2024 6 years 2 months\n- Built pipelines.\n"
        "Wharf Warden , Quay Data GmbH\nJanuary 2015 — February 2018 3 years",
        "Güler San.\nAltona\n03/2018 - 05/2024\nData Engineer\n- Built pipelines.\n"
        "Quay Data GmbH\nBremen\n01/2015 - 02/2018\nWharf Warden",
    ],
    ids=["one piece", "company first", "company below", "with a place", "with a duration", "title below"],
)
def test_positions_are_told_apart_in_every_order(section):
    _, parsed = parse_text(f"{HEAD}Experience\n{section}\n", TODAY)
    assert _jobs(parsed) == [("Data Engineer", "Güler San."), ("Wharf Warden", "Quay Data GmbH")]
    assert [(item.start_date.value, item.end_date.value) for item in parsed.work] == [
        ("2018-03", "2024-05"),
        ("2015-01", "2018-02"),
    ]


def test_a_list_of_companies_keeps_its_commas():
    text = (
        f"{HEAD}Experience\nWharf Warden, Ames, Bode and Cole\n2015 - 2018\nWharf Porter, Quay Data GmbH\n2012 - 2015\n"
    )
    assert _jobs(parse_text(text, TODAY)[1])[0] == ("Wharf Warden", "Ames, Bode and Cole")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("B.Com, Civil Engineering\nUniversity of Turin, 2014", ("B.Com", "Civil Engineering", "University of Turin")),
        (
            "Economics / Master of Arts\nUniversity of Turin 2014",
            ("Master of Arts", "Economics", "University of Turin"),
        ),
        ("B.Eng. University of Turin , Optics | 2010 - 2014", ("B.Eng.", "Optics", "University of Turin")),
        (
            "Ames Institute, University of Turin , B.A. in Optics (2014)",
            ("B.A.", "Optics", "Ames Institute, University of Turin"),
        ),
    ],
)
def test_degrees_areas_and_institutions(lines, expected):
    _, parsed = parse_text(f"{HEAD}Education\n{lines}\n", TODAY)
    (study,) = parsed.education
    assert (study.degree.value, study.area.value, study.institution.value) == expected
    assert study.end_year.value == "2014"


def test_a_grade_is_no_field_of_study_and_moves_no_year():
    lines = "BSc, Optics (Honours)\nUniversity of Turin, GPA 3.8 | 2014\nMSc in Tides\nAmes Institute, Dublin 2016"
    _, parsed = parse_text(f"{HEAD}Education\n{lines}\n", TODAY)
    found = [(item.degree.value, item.area.value, item.end_year.value) for item in parsed.education]
    assert found == [("BSc", "Optics (Honours)", "2014"), ("MSc", "Tides", "2016")]


def test_a_company_with_its_city_stays_one_name():
    text = f"{HEAD}Experience\nQuay Data, Bremen\n2015 - 2018\n- Moored ships.\nTide and Rope, Kiel\n2012 - 2015\n"
    assert [title for title, _ in _jobs(parse_text(text, TODAY)[1])] == [None, None]


def test_a_line_below_the_only_position_is_its_company_only_where_it_says_so():
    head = f"{HEAD}Experience\nWharf Warden | Quayside | 2015 - 2018\n"
    assert _jobs(parse_text(f"{head}Moved twelve berths", TODAY)[1]) == [("Wharf Warden", "Quayside")]
    assert _jobs(parse_text(f"{head}Quay Data GmbH", TODAY)[1]) == [("Wharf Warden", "Quay Data GmbH")]


def test_degrees_and_frameworks_are_no_links():
    _, parsed = parse_text(
        f"{HEAD}quay.example/greta www.greta.example\nSkills\nASP.NET, Node.js\nEducation\nB.Com", TODAY
    )
    assert [link.value for link in parsed.links] == ["quay.example/greta", "www.greta.example"]


@pytest.mark.parametrize(
    ("head", "name", "headline", "city"),
    [
        (f"Greta Ferri Wharfinger Officer\nHamburg DE\n{MAIL}", "Greta Ferri", "Wharfinger Officer", "Hamburg DE"),
        (f"Résumé of GRETA FERRI\nHAMBURG,\n+49 40 30080040 · {MAIL}", "GRETA FERRI", None, "HAMBURG"),
        (f"Greta Ferri\nWharf and Weather\n{MAIL} | Hamburg, DE", "Greta Ferri", "Wharf and Weather", "Hamburg, DE"),
        (f"Greta  Ferri\nCurriculum Vitae\n{MAIL} | Open To Work", "Greta Ferri", None, None),
        (f"Greta Ferri\nBaptist Church\n{MAIL} | Lyon, Georgia Institute", "Greta Ferri", "Baptist Church", "Lyon"),
        (f"Greta Ferri\n{MAIL} | Fluent | Hamburg", "Greta Ferri", None, "Hamburg"),
        (f"Greta Ferri\n{MAIL}\n\nExperience\nWharf Warden | Quay | 2015 - 2018", "Greta Ferri", None, None),
    ],
)
def test_the_head(head, name, headline, city):
    _, parsed = parse_text(head + "\n\nExperience\nBuilt pipelines.", TODAY)
    found = [fact and fact.value for fact in (parsed.name, parsed.headline, parsed.location)]
    assert found == [name, headline, city]


def test_lines_broken_at_the_edge_are_one_and_a_hyphen_at_the_break_goes():
    text, _ = _read(
        (60, 760, 18, "Greta Ferri"),
        (60, 700, 10, "Built pipelines that feed the warehouse of the harbour each hour and their pipe-"),
        (60, 688, 10, "lines were read by forty teams in nine towns, of whom none had to be woken up at"),
        (60, 676, 10, "night."),
    )
    assert text.split("\n")[1].endswith("each hour and their pipelines were read by forty teams in nine towns, " + LAST)


def test_a_word_written_with_a_hyphen_keeps_it_at_the_break():
    text, _ = _read(
        (60, 760, 18, "Greta Ferri"),
        (60, 700, 10, "Built the warehouse of the harbour for each of its teams and owned the decision-"),
        (60, 688, 10, "making about pipelines."),
    )
    assert text.endswith("decision-making about pipelines.")


def test_a_row_with_a_date_at_the_right_edge_is_not_a_broken_line():
    dates = "Mar 2018 - May 2024"
    text, _ = _read(
        (60, 700, 10, "Data Engineer"),
        (540 - stringWidth(dates, "Helvetica", 10), 700, 10, dates),
        (60, 688, 10, "Castellan Software"),
    )
    assert text.split("\n") == [f"Data Engineer | {dates}", "Castellan Software"]


def test_skills_side_by_side_and_skills_broken_in_a_narrow_column():
    lines = [(60, 760, 18, "Greta Ferri"), (60, 700, 12, "Skills")]
    lines += [(60, 680, 10, "Quay Planner"), (140, 680, 10, "Tide Tables"), (210, 680, 10, "SQL")]
    _, parsed = _read(*lines)
    assert [skill.value for skill in parsed.skills] == ["Quay Planner", "Tide Tables", "SQL"]
    items = ["Harbour Traffic Control", "System", "Quay Planner", "Tide Tables", "Mooring Line Ledger", "Python"]
    tops = [680, 668, 646, 624, 602, 580]
    _, parsed = _read(*lines[:2], *((60, top, 10, text) for top, text in zip(tops, items)))
    assert [skill.value for skill in parsed.skills][:2] == ["Harbour Traffic Control System", "Quay Planner"]


def test_sections_with_columns_of_their_own():
    left, right = ["Quay", "Tide", "Mooring", "Rope", "Crane"], ["Python", "SQL", "Kafka", "Docker", "Airflow"]
    lines = [(60, 780, 18, "Greta Ferri"), (60, 740, 12, "Summary")]
    lines += [
        (60, 720 - 14 * n, 10, "I have moored ships and fed the warehouse of a harbour for years.") for n in range(4)
    ]
    lines += [(60, 640, 12, "Skills")]
    lines += [(60, 620 - 14 * n, 10, text) for n, text in enumerate(left)]
    lines += [(300, 620 - 14 * n, 10, text) for n, text in enumerate(right)]
    _, parsed = _read(*lines)
    assert [skill.value for skill in parsed.skills] == [*left, *right]


def test_skills_in_a_table_with_labels():
    table = {
        "Languages": "Python, SQL, Go",
        "Harbour": "Mooring, Tides",
        "Cloud": "Kafka, Airflow",
        "Web": "Flask, Vue",
    }
    lines = [(60, 780, 18, "Greta Ferri"), (60, 740, 12, "Summary")]
    lines += [(60, 720 - 14 * n, 10, "I have moored ships and fed the warehouse of a harbour.") for n in range(4)]
    lines += [(60, 640, 12, "Technical  Skills")]
    lines += [(60, 620 - 14 * n, 10, label) for n, label in enumerate(table)]
    lines += [(200, 620 - 14 * n, 10, items) for n, items in enumerate(table.values())]
    _, parsed = _read(*lines)
    assert [skill.value for skill in parsed.skills] == ", ".join(table.values()).split(", ")


def test_the_second_half_of_a_range_below_the_first():
    edge = 540 - stringWidth("Sep 2013 -", "Helvetica", 10)
    _, parsed = _read(
        (60, 760, 18, "Greta Ferri"),
        (60, 700, 12, "Education"),
        (60, 680, 10, "University of Turin"),
        (edge, 680, 10, "Sep 2013 -"),
        (edge, 668, 10, "Jun 2017"),
        (60, 656, 10, "MSc"),
    )
    assert [(item.degree.value, item.end_year.value) for item in parsed.education] == [("MSc", "2017")]


def test_a_long_run_of_letters_and_dots_costs_no_more_than_its_length():
    _, parsed = parse_text("a." * 100_000 + "\n" + HEAD, TODAY)
    assert parsed.email and parsed.email.value == MAIL


def test_text_without_a_height_is_read_like_any_other():
    text, _ = _read(
        (60, 700, 10, "Greta Ferri"), (60, 680, 0, "hidden"), (60, 660, 0, "words"), (60, 640, 10, "Python")
    )
    assert text.startswith("Greta Ferri") and text.endswith("Python")


@pytest.mark.parametrize(
    "text",
    ["Experience\n" + "a, " * 70_000 + " 2010 - 2020", "Education\n" + "University, " * 20_000, "a@b.co\n" * 27_000],
)
def test_what_is_far_too_long_for_a_line_or_a_head_is_passed_over(text):
    assert parse_text(text, TODAY)[1].name is None


def test_letters_that_are_placed_closer_than_their_width_keep_their_blanks():
    """Some programs write every letter by itself; a blank is then narrower than usual, most of all behind an f."""
    words = []
    for row, text in enumerate(
        ["Rhea Wolf", "Keeper of Lights", "Summary", "After a gift of life, lifts half of the safe ferry"]
    ):
        x = 50.0
        for letter, following in zip(text, text[1:] + " "):
            if letter != " ":
                words.append((x, 800 - 16 * row, 11, letter))
                x += stringWidth(letter, "Helvetica", 11) - 0.05 * 11 - (0.12 * 11 if letter == "f" else 0)
            if following == " ":
                x += 0.19 * 11
    text, parsed = _read(*words)
    assert text.split("\n")[:4] == [
        "Rhea Wolf",
        "Keeper of Lights",
        "Summary",
        "After a gift of life, lifts half of the safe ferry",
    ]
    assert parsed.name is not None and parsed.name.value == "Rhea Wolf"


def test_where_all_lines_look_alike_no_name_is_found_below_a_heading():
    _, parsed = parse_text("HARBOUR ENGINEER\nSummary\nBuilds quays\nHighlights\nMarine Works\nQuality Control\n")
    assert parsed.name is None
    assert parsed.headline is not None and parsed.headline.value == "HARBOUR ENGINEER"


@pytest.mark.parametrize(
    ("line", "job"),
    [
        ("Line Cook Hotel Anker", ("Line Cook", "Hotel Anker")),
        ("Staff Accountant Quay Company – Hamburg, Germany", ("Staff Accountant", "Quay Company")),
        ("Hotel Manager", ("Hotel Manager", None)),
    ],
)
def test_title_and_employer_without_a_mark_between_them(line, job):
    _, parsed = parse_text(f"{HEAD}Experience\n01/2010 - 02/2012\n{line}\n- Built pipelines.\n")
    assert _jobs(parsed) == [job]
