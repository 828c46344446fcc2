"""The regular expressions of the parser: none of them takes exponential time, whatever the text."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from app.services.resumes import resume_parser

parser = importlib.import_module("re._parser")  # how Python reads its own patterns
TIMES = 400
LETTERS = "Aa1 .,"


def _modules():
    for module in pkgutil.iter_modules(resume_parser.__path__):
        yield importlib.import_module(f"{resume_parser.__name__}.{module.name}")


def _patterns() -> list[re.Pattern[str]]:
    """Return the patterns of the modules, and those that are written where they are used."""
    found = {value for module in _modules() for value in vars(module).values() if isinstance(value, re.Pattern)}
    for module in _modules():
        for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
            if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
                if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                    found.add(re.compile(node.args[0].value))
    return sorted((each for each in found if isinstance(each.pattern, str)), key=lambda each: each.pattern)


def _text(tree, letter: str, depth: int = 0) -> str:
    """Return a text for a pattern: its repeats many times, and `letter` wherever that fits."""
    return "".join(_piece(str(op), value, letter, depth) for op, value in tree)


def _piece(op: str, value, letter: str, depth: int) -> str:
    if op == "LITERAL":
        return chr(value)
    if op == "IN":
        return _member(value, letter)
    if op in ("ANY", "NOT_LITERAL"):
        return letter
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, body = value
        times = min(int(most), 6 if depth else TIMES)
        return _text(body, letter, depth + 1) * max(least, times)
    if op == "SUBPATTERN":
        return _text(value[3], letter, depth)
    if op == "BRANCH":
        return _text(value[1][0], letter, depth)
    return _text(value, letter, depth) if op == "ATOMIC_GROUP" else ""


def _member(items, letter: str) -> str:
    """Return `letter` if a set has it, or else a letter that it has."""
    for char in (letter, *LETTERS, "-", "/", "\t", "ä", "–"):
        if re.fullmatch(_set_of(items), char):
            return char
    return next((chr(value) for op, value in items if str(op) == "LITERAL"), letter)


def _set_of(items) -> str:
    names = {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s", "CATEGORY_WORD": r"\w"}
    names |= {"CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_NOT_SPACE": r"\S", "CATEGORY_NOT_WORD": r"\W"}
    parts = []
    for op, value in items:
        if str(op) == "CATEGORY":
            parts.append(names[str(value)])
        elif str(op) == "RANGE":
            parts.append("-".join(re.escape(chr(each)) for each in value))
        else:
            parts.append("^" if str(op) == "NEGATE" else re.escape(chr(value)))
    return f"[{''.join(parts)}]"


@pytest.mark.timeout(100)
def test_no_pattern_takes_exponential_time():
    patterns = _patterns()
    assert len(patterns) > 80
    for pattern in patterns:
        for letter in LETTERS:
            text = _text(parser.parse(pattern.pattern, pattern.flags), letter)[:8000] + "\x00"
            pattern.search(text)
            pattern.fullmatch(text)
