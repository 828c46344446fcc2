"""Positions and studies in the orders and marks that people write them in: what stands where is told by all entries."""

from __future__ import annotations

from datetime import date

import pytest

from app.services.resumes.resume_parser import parse_text

TODAY = date(2026, 7, 1)
HEAD = "Ida Thorne\nida.thorne@people.example | +44 20 7946 0958\n\n"
JOBS = (
    ("Pipe Welder", "Harwood & Pyle", "Tulsa, OK", "Jan 2019", "Present"),
    ("Staff Nurse", "Northgate", "Leeds, UK", "03/2015", "12/2018"),
    ("Accountant", "Obi Partners", "Lagos, Nigeria", "2012", "2015"),
)
WANTED = [(title, company) for title, company, *_ in JOBS]
DATES = [("2019-01", "present"), ("2015-03", "2018-12"), ("2012", "2015")]
FORMS = {
    "one line, bars": "{t} | {c} | {d}",
    "employer first": "{c} | {t} | {d}",
    "commas and brackets": "{t}, {c}, {l} ({d})",
    "dashes": "{t} - {c} - {l} - {d}",
    "long dashes": "{c}, {l} — {t} — {d}",
    "at": "{t} at {c}, {d}",
    "date first": "{d}   {t}, {c}, {l}",
    "date and colon": "{d}: {t}, {c}",
    "semicolons": "{c} ({l}); {t}; {d}",
    "bullets": "• {t}, {c}, {d}",
    "two lines": "{c}    {l}\n{t}    {d}",
    "date beside the employer": "{c}    {d}\n{t}    {l}",
    "date beside the title": "{t}    {d}\n{c}    {l}",
    "date below": "{t}\n{c} · {l}\n{d}",
    "date above": "{d}\n{t}\n{c}, {l}",
    "date above, employer first": "{d}\n{c}, {l}\n{t}",
    "four lines": "{t}\n{c}\n{l}\n{d}",
    "brackets behind the title": "{t} ({d})\n{c}",
    "brackets behind the employer": "{c} ({d})\n{t}",
    "labels": "Employer: {c}\nPosition: {t}\nPeriod: {d}\nLocation: {l}",
    "labels, period first": "Period: {d}\nCompany: {c}, {l}\nRole: {t}",
    "a table of labels": "Employer | {c}\nPosition | {t}\nDates | {d}",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("duties", ["- Cut the costs by 12%.\n", "Trained five colleagues a year.\n", ""])
def test_positions_in_any_form(form, duties):
    blocks = [
        FORMS[form].format(t=title, c=company, l=place, d=f"{start} – {end}") + f"\n{duties}"
        for title, company, place, start, end in JOBS
    ]
    _, parsed = parse_text(f"{HEAD}Experience\n{''.join(blocks)}\nSkills\nMIG, TIG\n", TODAY)
    assert [(each.title.value, each.company.value) for each in parsed.work] == WANTED
    assert [(each.start_date.value, each.end_date.value) for each in parsed.work] == DATES
    assert [skill.value for skill in parsed.skills] == ["MIG", "TIG"]


STUDIES = {
    "institution first": "{i}\n{d} in {a}\n2010 - {y}",
    "degree first": "{d} in {a}\n{i}, {y}",
    "one line": "{d} in {a}, {i} ({y})",
    "dashes": "{d}, {a} - {i}, {l} - {y}",
    "date first": "2010 - {y}   {d}, {a}, {i}",
    "a colon before the field": "2010 – {y}\n{i}\n{d}: {a}",
    "bars": "{i} | 2010 - {y}\n{d} | {a}",
    "a place beside the date": "{d} in {a}\n{i}\n{l} | 2010 - {y}",
    "bullets": "• {d} in {a}, {i}, {y}",
    "labels": "Institution: {i}\nDegree: {d}\nField of study: {a}\nYear: {y}",
    "a grade": "{i}    {y}\n{d} in {a}\nGPA: 3.8/4.0",
}


@pytest.mark.parametrize("form", STUDIES)
def test_studies_in_any_form(form):
    studies = [
        ("BSc (Hons)", "Marine Biology", "University of Plymouth", "Plymouth", "2013"),
        ("Diploma", "Culinary Arts", "Westbourne College", "London", "2009"),
    ]
    blocks = [STUDIES[form].format(d=d, a=a, i=i, l=l, y=y) for d, a, i, l, y in studies]
    _, parsed = parse_text(f"{HEAD}Education\n" + "\n".join(blocks) + "\n\nSkills\nMIG, TIG\n", TODAY)
    found = [(e.degree.value, e.area.value, e.institution.value, e.end_year.value) for e in parsed.education]
    assert found == [(d, a, i, y) for d, a, i, _, y in studies]


@pytest.mark.parametrize(
    ("line", "degree", "institution"),
    [
        ("Abitur, Schiller-Gymnasium, 2005", "Abitur", "Schiller-Gymnasium"),
        ("High School Diploma, Lincoln High School, 2005", "High School Diploma", "Lincoln High School"),
        ("MBA Finance, Lagos Business School, 2005", "MBA", "Lagos Business School"),
        ("Licence de droit, Université de Nantes, 2005", "Licence", "Université de Nantes"),
    ],
)
def test_a_school_whose_kind_is_also_a_degree(line, degree, institution):
    _, parsed = parse_text(f"{HEAD}Education\n{line}\n", TODAY)
    (study,) = parsed.education
    assert (study.degree.value, study.institution.value, study.end_year.value) == (degree, institution, "2005")


def test_several_positions_at_one_employer():
    lines = (
        "Harwood & Pyle\n2010 – 2020\nSenior Pipe Welder\n2015 – 2020\n- Led four welders.\n"
        "Pipe Welder\n2010 – 2015\n- Welded pipes.\n"
    )
    _, parsed = parse_text(f"{HEAD}Experience\n{lines}", TODAY)
    assert [(each.title.value, each.company.value, each.start_date.value) for each in parsed.work] == [
        ("Senior Pipe Welder", "Harwood & Pyle", "2015"),
        ("Pipe Welder", "Harwood & Pyle", "2010"),
    ]


LANGUAGES = {
    "de": ("Berufserfahrung", "Schichtleiterin | Moorbach Metallbau GmbH | 04/2016 – heute", "2016-04", "present"),
    "fr": ("Expérience professionnelle", "Infirmière | Clinique Tilleul | mars 2015 – déc. 2018", "2015-03", "2018-12"),
    "es": ("Experiencia laboral", "Enfermera | Hospital San Telmo | enero 2015 – actualidad", "2015-01", "present"),
    "pt": ("Experiência profissional", "Motorista | Transportes Serra Azul | jan 2016 – atual", "2016-01", "present"),
    "it": ("Esperienze lavorative", "Cuoco | Trattoria Lanterna | marzo 2014 – oggi", "2014-03", "present"),
    "nl": ("Werkervaring", "Timmerman | Bouwbedrijf De Linde | mei 2013 – heden", "2013-05", "present"),
    "pl": ("Doświadczenie zawodowe", "Księgowa | Zakłady Wierzba Sp. z o.o. | 05.2012 – obecnie", "2012-05", "present"),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_position_in_each_language(language):
    heading, line, start, end = LANGUAGES[language]
    _, parsed = parse_text(f"{HEAD}{heading}\n{line}\n", TODAY)
    (job,) = parsed.work
    assert [job.title.value, job.company.value] == line.split(" | ")[:2]
    assert (job.start_date.value, job.end_date.value) == (start, end)


@pytest.mark.parametrize(
    "label", ["Technologies: Python, SQL", "Achievements: cut the costs", "Tools: lathe", "Projects: a dam"]
)
def test_a_label_within_a_position_begins_no_section(label):
    lines = f"Pipe Welder | Harwood Ltd | 2018 - 2020\n{label}\nFitter | Ames Ltd | 2015 - 2018\n"
    _, parsed = parse_text(f"{HEAD}Experience\n{lines}\nSkills\nMIG, TIG\n", TODAY)
    assert [each.title.value for each in parsed.work] == ["Pipe Welder", "Fitter"]
    assert [skill.value for skill in parsed.skills] == ["MIG", "TIG"]


def test_links_of_references_are_theirs_and_ratings_are_no_skills():
    lines = "Skills\nPython, Grundkenntnisse, SQL, fluent\n\nReferences\nBea Lis, linkedin.com/in/bea-lis\n"
    _, parsed = parse_text(f"{HEAD}github.com/ida\n\n{lines}", TODAY)
    assert [link.value for link in parsed.links] == ["github.com/ida"]
    assert [skill.value for skill in parsed.skills] == ["Python", "SQL"]


@pytest.mark.parametrize("place", ["Atlanta, GA", "Atlanta, Georgia", "Savannah, Georgia, USA"])
def test_a_number_is_dialled_in_the_country_of_the_place(place):
    _, parsed = parse_text(f"Ida Thorne\n{place}\n(404) 555-0134\nida@people.example\n", TODAY)
    assert parsed.phone.value == "+14045550134"
