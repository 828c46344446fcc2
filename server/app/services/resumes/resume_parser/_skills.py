"""Skills: the items of the skills section, as written."""

from __future__ import annotations

import re
from collections import Counter

from app.schemas.parsed_resume_schema import Fact
from app.services.resumes.resume_parser._gazetteer import LEVELS
from app.services.resumes.resume_parser._lines import Line
from app.utils.text import fold, skill_key

SEPARATOR = re.compile(r"\s*[,;|•·●▪]\s+|\s*[;|•·●▪]\s*|,(?=\S)|\s{2,}|\s+/\s+")
LABEL = re.compile(r"^[A-Z][\w &/+-]{1,40}:\s*")  # "Languages: Python, SQL"
CELL = re.compile(r"^[A-Z][^,;|]{1,40} \| (?=[^|]*,)")  # a label in its own column, before its list
# Labels in their own column or line, which are no skills; ratings are in the word lists.
NO_SKILLS = frozenset({"tools", "other", "languages"})
MAX_LABEL = 4  # words
MAX_WORDS = 9  # longer pieces are sentences


def read_skills(lines: list[Line]) -> list[Fact]:
    """Return skills without duplicates, in document order."""
    found: dict[str, Fact] = {}
    labels = _group_labels(lines)
    for line in lines:
        for piece in [] if line.start in labels else _pieces(line):
            key = skill_key(piece.text)
            if (
                key
                and fold(piece.text) not in NO_SKILLS
                and fold(piece.text) not in LEVELS
                and len(piece.text.split()) <= MAX_WORDS
            ):
                found.setdefault(key, piece.as_fact())
    return list(found.values())


def _group_labels(lines: list[Line]) -> set[int]:
    """Return the starts of the lines that name a group of skills: alone, and in another type than the skills below."""
    usual = next((form for form, _ in Counter(map(_form, lines)).most_common(1)), None)
    colons = 2 * sum(line.text.endswith(":") for line in lines) > len(lines)  # the mark of each item, not of a label
    found = set()
    for line, below in zip(lines, lines[1:]):
        is_short = len(line.text.split()) <= MAX_LABEL and not SEPARATOR.search(line.text)
        stands_out = _form(line) != usual and _form(below) != _form(line) and line.size >= below.size * 0.9
        if is_short and (stands_out or line.text.endswith(":") and not colons):
            found.add(line.start)
    return found


def _form(line: Line) -> tuple[float, bool]:
    return line.size, line.bold


def _pieces(line: Line) -> list[Line]:
    label = LABEL.match(line.text) or CELL.match(line.text)
    label = None if label and label.end() == len(line.text) else label
    at = label.end() if label else 0
    pieces = []
    for piece in line.between(_outside_brackets(line.text, at), at):
        piece = piece.part(0, len(piece.text.rstrip(" .:(,-–")))
        if len(piece.text) > 1 or piece.text in ("C", "R"):  # programming languages with one letter
            pieces.append(piece)
    return pieces


def _outside_brackets(text: str, at: int) -> list[tuple[int, int]]:
    """Return the separators that are not in brackets: "CRM (Salesforce, HubSpot)" is one skill."""
    found, depth = [], 0
    for match in SEPARATOR.finditer(text, at):
        before = text[at : match.start()]
        depth, at = depth + before.count("(") - before.count(")"), match.start()
        if depth <= 0:
            found.append(match.span())
    return found
