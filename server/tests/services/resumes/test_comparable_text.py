"""What of a resume is compared with jobs: nothing of who the person is, and nothing twice."""

from __future__ import annotations

import numpy as np
import pytest

from app.services.resumes import resume_embedding
from app.services.resumes.comparable_text import MAX_TIMES, comparable, copies, without_copied
from app.services.resumes.resume_parser import parse_text

BODY = """Harbour Engineer
{email} | +49 171 2345678 | {place}
linkedin.com/in/{link}

Experience
Harbour Engineer, Quay Works, 03/2018 - 05/2024
Planned berths and cranes.

Skills
Surveying, Concrete

{name} - page 1
"""
PEOPLE = [
    ("Ada Horn", "Hamburg, Germany"),
    ("Thomas Baker", "Toulouse, France"),
    ("Mason Porter", "Porto, Portugal"),
    ("María García López", "Vigo, Spain"),
    ("Wei Zhang", "Leeds, UK"),
]


def _resume(name: str, place: str) -> str:
    link = "-".join(name.lower().split())
    return f"{name}\n" + BODY.format(name=name, email=f"{link}@people.example", place=place, link=link)


def _vectors(text: str) -> bytes:
    return resume_embedding.of_resume(*parse_text(text))


@pytest.mark.parametrize("person", PEOPLE[1:], ids=[name for name, _ in PEOPLE[1:]])
def test_who_somebody_is_changes_no_byte(person):
    text, parsed = parse_text(_resume(*person))
    assert parsed.name is not None and parsed.name.value == person[0]
    assert _vectors(_resume(*person)) == _vectors(_resume(*PEOPLE[0]))


def test_what_somebody_does_counts():
    resume = _resume(*PEOPLE[0])
    assert _vectors(resume) != _vectors(resume.replace("berths and cranes", "weddings and feasts"))


def test_repetitions_count_once():
    resume = _resume(*PEOPLE[0])
    stuffed = resume + "Python, Kafka, Airflow, dbt\n"
    assert _vectors(stuffed + "Python, Kafka, Airflow, dbt\n" * 20) == _vectors(stuffed)
    run_on = comparable(*parse_text(stuffed + "python kafka airflow DBT " * 20))
    assert len(run_on.split()) <= len(comparable(*parse_text(stuffed)).split()) + 2


def test_a_word_counts_a_few_times_in_whatever_order():
    words = " ".join(f"Python {number} Kafka" for number in range(100))
    found = comparable(*parse_text(f"Ada Horn\n{words}\n")).split()
    assert found.count("Python") == found.count("Kafka") == MAX_TIMES


def test_passages_of_the_posting_are_cut_and_nothing_else():
    posting = "You plan berths, cranes and sheds for the whole port."
    own = "I have planned berths and cranes for years."
    assert not copies(own, posting) and without_copied(own, posting) == own
    assert copies(f"{own}\nYou plan berths - CRANES and sheds", posting)
    pasted = f"{own} you PLAN berths cranes and sheds for the whole port, too"
    cut = without_copied(pasted, posting)
    assert len(cut) == len(pasted) and cut.split() == [*own.split(), ",", "too"]
    assert without_copied("", posting) == "" and without_copied(own, "") == own
    assert not copies("", posting) and not copies(own, "")


def test_a_name_is_cut_as_a_word_only():
    text, parsed = parse_text(
        "Mark\nmark@people.example\n\nSummary\nMarketing with remarkable benchmarks, says MARK.\n"
    )
    assert parsed.name is not None and parsed.name.value == "Mark"
    assert comparable(text, parsed) == "Summary Marketing with remarkable benchmarks, says ."


def test_a_few_words_say_less_than_a_whole_text():
    short, whole = (
        resume_embedding.unpack([resume_embedding.of_texts(text, [])])[0][0, 0]
        for text in ("Data Engineer", "Data Engineer " + " ".join(f"word{number}" for number in range(100)))
    )
    assert np.linalg.norm(short) == pytest.approx((2 / 80) ** 0.5, abs=1e-3) and np.linalg.norm(whole) == pytest.approx(
        1
    )
