"""Templates of emails: each has both parts, and each email that the code sends has a template."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from app.schemas.account_schema import NotificationPreferences

APP = Path(__file__).parents[3] / "app"
TEMPLATES = APP / "templates" / "email"
SENDERS = {"mail": 1, "queue": 0, "queue_always": 0, "queue_later": 0, "_mail": 1}  # where the template's name stands


def _stems(suffix):
    return {path.stem for path in TEMPLATES.glob(f"*{suffix}") if not path.stem.startswith("_")}


def _sent():
    """The names that calls of senders give as literals."""
    for path in (APP / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            place = SENDERS.get(getattr(node.func, "attr", getattr(node.func, "id", "")))
            if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                yield node.args[place].value, path.name


def test_each_template_has_a_text_and_an_html_part():
    assert _stems(".txt") == _stems(".html")


@pytest.mark.parametrize(("template", "module"), sorted(set(_sent())))
def test_each_email_that_is_sent_has_a_template(template, module):
    assert template in _stems(".txt"), f"{module} sends {template}: add {template}.txt and {template}.html"


def test_each_preference_is_about_an_email():
    assert set(NotificationPreferences.model_fields) <= _stems(".txt")
