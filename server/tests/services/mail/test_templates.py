"""Emails in all languages: each has the same parts and values, and each email that the code sends has a template."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from markupsafe import escape

from app.models.notification import NotificationKind
from app.schemas.notification_schema import NotificationPreferences
from app.services.applications.application_mails import STAGES
from app.services.mail.email_renderer import CUSTOM, MESSAGE, NO_TEMPLATES, NOTIFICATION, REASONS, TEMPLATES, render
from app.utils import languages

SERVICES = Path(__file__).parents[3] / "app" / "services"
SENDERS = {
    "mail": 1,
    "queue": 0,
    "_queue": 0,
    "queue_always": 0,
    "queue_later": 0,
    "_mail": 1,
    "_queue_mail": 1,
    "_send": 0,
}
LINK = "https://app.example/one#token=two"
CONTEXT = {
    **{"name": "Ada <b>", "job": "Data Engineer", "stage": "screening", "title": "Data Engineer", "author": "Grace"},
    **{"summary": "Ada: Data Engineer", "about": "(Ada)", "when": "noon", "where": "Bay 3", "meeting_url": None},
    **{"hours": 72, "at": "2027-03-01 14:30", "program": "Firefox", "signed_name": "Ada L.", "count": 3, "days": 30},
    **{"search": "data", "tenant": "Harbour", "candidates": 1, "jobs": 2, "approvals": 3, "users": 4},
    **{"approval_of": "offer", "line": "note_mention", "kinds": {"note_mention": 2, "tasks_due": 1}},
    **{"note": "Bring a pen.", "changes": "The name.", "position": "Data Engineer"},
    **{"subject": "News of {job}", "text": "Hello {name}.", "link": LINK},
}


def _brand(locale):
    return {"name": "Harbour", "color": "#0a6c74", "logo_url": None, "locale": locale}


def _sent():
    """The names that calls of senders give as literals."""
    for path in SERVICES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            place = SENDERS.get(getattr(node.func, "attr", getattr(node.func, "id", "")))
            if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                yield node.args[place].value, path.name


def _texts(language):
    """The texts of all emails in a language, those of several outcomes one by one, and the parts and reasons."""
    for key, entry in languages.texts(f"mail_texts/{language}").items():
        if key in NO_TEMPLATES or "subject" in entry:
            yield (key,), entry
        else:
            yield from (((key, outcome), texts) for outcome, texts in entry.items())


CASES = [(key, language) for language in languages.NAMES for key, _ in _texts(language) if key[0] not in NO_TEMPLATES]


def test_each_email_that_is_sent_has_a_template():
    sent = {**dict(_sent()), **dict.fromkeys((*NOTIFICATION, "notification", "notification_digest"))}
    assert set(sent) <= set(TEMPLATES), "add the template to app/data/mail_texts"
    assert set(TEMPLATES) - set(sent) - {"password_reset", "invitation", "verify_email", CUSTOM, MESSAGE} == {
        "application_received",
        "application_moved",
        "candidate_invitation_received",
        "candidate_invitation_reminder",
        "interview_booking",
    }


def test_each_kind_of_notification_has_a_preference_and_a_line():
    kinds = set(NotificationKind)
    assert kinds == set(NotificationPreferences.model_fields) == set(languages.texts("mail_texts/en")["lines"])
    assert set(NOTIFICATION) <= kinds & set(TEMPLATES)


@pytest.mark.parametrize("language", languages.NAMES)
def test_every_language_has_the_same_texts_with_the_same_values(language):
    def shape(texts):
        return {
            key: {
                part: [sorted(re.findall(r"{\w+}", each)) for each in text.strip().split("\n\n")]
                for part, text in entry.items()
            }
            for key, entry in texts
        }

    assert shape(_texts(language)) == shape(_texts("en"))


@pytest.mark.parametrize("language", list(languages.NAMES)[1:])
def test_every_text_is_translated(language):
    """But for those that are the same word in both languages, such as "Interview: {job}"."""
    english = dict(_texts("en"))
    same = [
        (key, part)
        for key, entry in _texts(language)
        for part, text in entry.items()
        if text == english[key][part] and len(re.sub(r"{\w+}", "", text).split()) > 1
    ]
    assert not same


@pytest.mark.parametrize(("key", "language"), CASES)
def test_every_email_is_written_in_every_language(key, language):
    context = {**CONTEXT, "brand": _brand(language), "status": key[-1]}
    subject, text, html = render(key[0], context)
    assert "{" not in subject + text and f'<html lang="{language}">' in html
    assert "Ada <b>" in text and "Ada &lt;b&gt;" in html
    greeting = languages.texts(f"mail_texts/{language}")["parts"]["greeting"]
    assert text.startswith(greeting.format(name="Ada <b>")) and text.endswith("Harbour\n")
    has_button = "button" in dict(_texts(language))[key]
    assert (f": {LINK}\n" in text, f'href="{LINK}"' in html) == (has_button, has_button)


@pytest.mark.parametrize("language", languages.NAMES)
def test_candidates_read_a_word_for_every_kind_of_stage(language):
    for stage in STAGES.values():
        assert stage is not None
        render("application_moved", {**CONTEXT, "brand": _brand(language), "stage": stage})


def test_what_a_tenant_wrote_keeps_its_words():
    subject, text, _ = render(CUSTOM, {**CONTEXT, "text": "Hello {name}.\n\n{unknown}", "brand": _brand("de")})
    assert (subject, text) == ("News of Data Engineer", "Hello Ada <b>.\n\n{unknown}\n\nHarbour\n")


def test_an_email_names_the_postal_address_of_its_sender():
    brand = _brand("en") | {"postal_address": "Am Kai 1, Hamburg"}
    _, text, html = render("welcome", {**CONTEXT, "brand": brand})
    assert text.endswith("Harbour\nAm Kai 1, Hamburg\n") and "Harbour, Am Kai 1, Hamburg</p>" in html


def test_a_paragraph_without_its_value_is_left_out_and_a_missing_value_is_an_error():
    context = {**CONTEXT, "brand": _brand("en")}
    assert "Bay 3" in render("interview_invitation", context)[1]
    assert "Location" not in render("interview_invitation", {**context, "where": None})[1]
    del context["where"]
    with pytest.raises(KeyError):
        render("interview_invitation", context)
    unnamed = render("note_mention", {**CONTEXT, "brand": _brand("en"), "author": None})[1]
    assert "An integration mentioned you" in unnamed


@pytest.mark.parametrize(("locale", "language"), [("de-CH", "de"), ("pt-BR", "pt"), ("sv", "en"), ("fil", "en")])
def test_a_locale_gets_its_language_or_english(locale, language):
    assert f'<html lang="{language}">' in render("welcome", {**CONTEXT, "brand": _brand(locale)})[2]


@pytest.mark.parametrize(
    ("hours", "locale", "life"),
    [(1, "en", "1 hour."), (36, "de", "36 Stunden"), (168, "en", "7 days."), (72, "pl", "72 godziny.")],
)
def test_the_life_of_a_link_is_in_hours_and_a_long_one_in_days(hours, locale, life):
    assert life in render("password_reset", {**CONTEXT, "hours": hours, "brand": _brand(locale)})[1]


def test_each_email_says_why_one_gets_it():
    assert set(REASONS) == set(TEMPLATES)


def test_what_an_earlier_version_has_queued_is_sent():
    before = {"brand": _brand("de"), "name": "Ada", "job": "Nurse", "stage": "Shortlist B"}
    assert "Nurse" in render("application_rejected", before)[1]
    assert "Shortlist B" in render("application_moved", before)[1]
    meeting = {"summary": "Ada: Nurse", "when": "noon", "where": None, "meeting_url": None}
    assert "Nurse" in render("interview_reminder", {**before, **meeting})[1]


def test_an_email_has_its_subject_as_title():
    subject, _, html = render("welcome", {**CONTEXT, "brand": _brand("en")})
    assert f"<title>{escape(subject)}</title>" in html
