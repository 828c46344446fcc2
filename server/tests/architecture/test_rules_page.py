"""Every rule in docs/rules.md names an existing test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "rules.md"
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def missing(page: str) -> list[str]:
    """Return the tests that a page names but that do not exist."""
    found = []
    for path, name in NAMED.findall(page):
        file = TESTS / path
        functions = ast.walk(ast.parse(file.read_text())) if file.exists() else []
        if not any(isinstance(node, ast.FunctionDef) and node.name == name for node in functions):
            found.append(f"{path}::{name}")
    return found


def test_every_rule_names_tests_that_are_there():
    page = PAGE.read_text()
    rows = [row for row in page.splitlines() if row.startswith("| ") and not row.startswith(("| rule", "|---"))]
    assert len(rows) > 25
    assert not [row for row in rows if not NAMED.search(row)], "a rule without a test"
    assert not missing(page)


def test_a_test_that_went_is_noticed():
    assert missing("| a rule | `api/users/test_user.py::test_that_nobody_wrote` |")
    assert missing("| a rule | `services/test_nothing.py::test_nothing` |")
