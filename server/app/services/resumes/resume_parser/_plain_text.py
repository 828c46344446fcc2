"""Plain text, also with the marks of Markdown, as lines with the form that the marks stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.services.resumes.resume_parser._lines import CUT, RawLine

HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_]+)(?<=\S)\1(?![\w*])")
LINK = re.compile(r"\[([^\]]{1,200})\]\((\S{1,500}?)\)")
RULE = re.compile(r"^\s*(?:[-=_*~─━═]\s?){3,}\s*$")
TITLE_SIZE, STEP = 20.0, 2.0  # sizes that stand for the levels of headings; body text has 10
BODY_SIZE = 10.0
MIN_MARKS = 2  # lines with marks, before a text is taken for Markdown


def plain_lines(text: str) -> Iterator[RawLine]:
    """Yield the lines of a text; headings and strong text of Markdown are bold, rules are empty lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    marks = sum(bool(HEADING.match(line)) for line in lines)
    if marks >= MIN_MARKS or any(STRONG.search(line) for line in lines) and marks:
        yield from map(_markdown, lines)
        return
    for line in lines:
        yield RawLine("" if RULE.match(line) else line)


def _markdown(line: str) -> RawLine:
    if RULE.match(line):
        return RawLine("")
    heading = HEADING.match(line)
    body = heading[2] if heading else line
    is_strong = bool(STRONG.fullmatch(body.strip()))
    text = LINK.sub(r"\1 \2", body)
    text = STRONG.sub(rf"{CUT}\2{CUT}" if not is_strong else r"\2", text)
    text = EMPHASIS.sub(r"\2", text)
    size = TITLE_SIZE - STEP * (len(heading[1]) - 1) if heading else BODY_SIZE
    return RawLine(text, size=size, bold=bool(heading) or is_strong)
