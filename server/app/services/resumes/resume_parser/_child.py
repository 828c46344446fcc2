"""Parsing in a child process: if it crashes, only the parsing fails."""

from __future__ import annotations

from pathlib import Path

from app.schemas.parsed_resume_schema import ParsedResume
from app.services.core import child_process
from app.services.resumes.resume_parser._extraction import read_lines
from app.services.resumes.resume_parser._parse import parse_lines


def parse_in_child(data: bytes, media_type: str) -> tuple[str, ParsedResume]:
    """Return text and facts of a file; ChildFailed if the child crashes, times out or cannot read it."""
    # The limit is an argument: the child has no application that could have set it from the configuration.
    text, parsed = child_process.run(_parse, data, media_type, child_process.child_limits.characters)
    return text, ParsedResume.model_validate_json(parsed)


def parse_file_in_child(path: Path, media_type: str) -> tuple[str, ParsedResume]:
    """Return the same for a file on disk, which only the child reads."""
    text, parsed = child_process.run(_parse_file, str(path), media_type, child_process.child_limits.characters)
    return text, ParsedResume.model_validate_json(parsed)


def _parse_file(path: str, media_type: str, most: int) -> tuple[str, str]:
    return _parse(Path(path).read_bytes(), media_type, most)


def _parse(data: bytes, media_type: str, most: int) -> tuple[str, str]:
    text, parsed = parse_lines(read_lines(data, media_type, most))
    return text, parsed.model_dump_json()
