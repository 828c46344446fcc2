"""Summary, languages, certifications, projects and publications, as people write them."""

from __future__ import annotations

import pytest

from app.services.resumes import spoken_languages
from app.services.resumes.resume_parser import parse_text


def _parsed(section: str):
    text, parsed = parse_text(
        f"Greta Ferri\ngreta.ferri@people.example\n\n{section}\n\nEducation\nBSc, Ames University\n"
    )
    return text, parsed


def _value(fact):
    return fact.value if fact else None


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("Languages\nEnglish (native), German: B2, Twi", [("English", "native"), ("German", "B2"), ("Twi", None)]),
        ("Languages\nEnglish – Fluent | French – Good", [("English", "Fluent"), ("French", "Good")]),
        ("LANGUAGES\nENGLISH\nFLUENT\nTAMIL\nNATIVE", [("ENGLISH", "FLUENT"), ("TAMIL", "NATIVE")]),
        ("Languages\n- Portuguese, C1 level\n- Danish", [("Portuguese", "C1 level"), ("Danish", None)]),
        (
            "Sprachen\nDeutsch – Muttersprache\nEnglisch – Grundkenntnisse",
            [("Deutsch", "Muttersprache"), ("Englisch", "Grundkenntnisse")],
        ),
        ("Idiomas\nEspañol (nativo)\nInglés (B2)", [("Español", "nativo"), ("Inglés", "B2")]),
        ("Języki\nPolski • język ojczysty\nAngielski • C1", [("Polski", "język ojczysty"), ("Angielski", "C1")]),
    ],
)
def test_languages_with_their_levels(section, expected):
    text, parsed = _parsed(section)
    found = [(_value(item.language), _value(item.level)) for item in parsed.languages]
    assert found == expected
    for item in parsed.languages:
        assert text[item.language.start : item.language.end] == item.language.value


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (
            "Certifications\nAdvanced Life Support, Irish Heart Foundation, 05/2014\nCrane Licence",
            [("Advanced Life Support", "Irish Heart Foundation", "2014-05"), ("Crane Licence", None, None)],
        ),
        (
            "Licenses\n- Paramedic – National Registry of EMTs – Dec 2013\n- First Aid (2012)",
            [("Paramedic", "National Registry of EMTs", "2013-12"), ("First Aid", None, "2012")],
        ),
        (
            "Certificates\nSolutions Architect - Associate, Cloud Guild\nGreen Associate (Building Council, 2019)",
            [
                ("Solutions Architect - Associate", "Cloud Guild", None),
                ("Green Associate", "Building Council", "2019"),
            ],
        ),
        ("Certificates\nCrane Licence, expires 2027", [("Crane Licence", None, None)]),
        ("Certificates\nFirst Aid, June 2019, valid until 2025", [("First Aid", None, "2019-06")]),
        ("Certificates\nWelding\n2016", [("Welding", None, "2016")]),
        ("Certificates\nFirst Aid, Red Cross, 2019 - present", [("First Aid", "Red Cross", "2019")]),
    ],
)
def test_certifications_with_issuer_and_date(section, expected):
    text, parsed = _parsed(section)
    found = [(_value(item.name), _value(item.issuer), _value(item.date)) for item in parsed.certifications]
    assert found == expected
    for item in parsed.certifications:
        assert text[item.name.start : item.name.end] == item.name.value


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("Projects\nQuay Watch | 2019 - 2021\n- Counts berths.", [("Quay Watch", "2019", "2021")]),
        (
            "Projects\nQuay Watch | 2019 - 2021\nBuilt it\nTide Table | 2018",
            [("Quay Watch", "2019", "2021"), ("Tide Table", "2018", "2018")],
        ),
        (
            "Projects\n- Quay Watch: a dashboard of berths\n- Tide Table: the tides of ten ports",
            [("Quay Watch", None, None), ("Tide Table", None, None)],
        ),
    ],
)
def test_projects_with_their_dates(section, expected):
    _, parsed = _parsed(section)
    found = [(_value(item.name), _value(item.start_date), _value(item.end_date)) for item in parsed.projects]
    assert found == expected


def test_languages_in_one_line_after_skills_are_no_skills():
    _, parsed = _parsed("Skills\nSurveying, CRM (Salesforce, HubSpot)\nTools: Git\nLanguages: English (native), Urdu")
    assert [item.language.value for item in parsed.languages] == ["English", "Urdu"]
    assert [skill.value for skill in parsed.skills] == ["Surveying", "CRM (Salesforce, HubSpot)", "Git"]
    _, parsed = _parsed("Skills\nSurveying\nLanguages: Python, SQL")
    assert not parsed.languages and {skill.value for skill in parsed.skills} == {"Surveying", "Python", "SQL"}


def test_publications_by_their_titles():
    _, parsed = _parsed(
        "Publications\n“Peaks of tides”, Journal of Tides, 2023\nOn quays and sheds. Harbour Letters 2019"
    )
    found = [(_value(item.title), _value(item.date)) for item in parsed.publications]
    assert found == [("Peaks of tides", "2023"), ("On quays and sheds. Harbour Letters 2019", "2019")]


def test_the_summary_is_one_text():
    text, parsed = _parsed("Profile\nBuilds quays\nand guards wharves.")
    assert parsed.summary is not None and parsed.summary.value == "Builds quays and guards wharves."
    assert text[parsed.summary.start : parsed.summary.end] == "Builds quays\nand guards wharves."


def test_what_is_not_there_is_empty():
    _, parsed = _parsed("Skills\nSurveying")
    assert parsed.summary is None
    assert parsed.languages == parsed.certifications == parsed.projects == parsed.publications == []


@pytest.mark.parametrize(
    ("name", "level", "code", "known"),
    [
        ("English", "Native speaker", "en", "native"),
        ("Deutsch", "Muttersprache", "de", "native"),
        ("Mandarin Chinese", "HSK 5", "zh", None),
        ("Inglés", "nivel C1", "en", "C1"),
        ("Klingonese", "native", None, "native"),
        ("French", "near-native", "fr", None),
        ("Polski", "język ojczysty", "pl", "native"),
    ],
)
def test_codes_and_levels_of_spoken_languages(name, level, code, known):
    assert (spoken_languages.code_of(name), spoken_languages.level_of(level)) == (code, known)
