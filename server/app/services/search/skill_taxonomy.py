"""Skills and their alternative names: a few groups of our own, and the skills of ESCO 1.1.1.

ESCO: European Commission, European Skills, Competences, Qualifications and Occupations, CC BY 4.0.
`tools/build_skill_taxonomy.py` builds the file, with only those alternative names that are spelled similarly. The file
is searched in place, as sorted lines of bytes, which needs no further memory.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from app.utils.text import skill_key

FILE = Path(__file__).resolve().parents[2] / "data" / "skills.txt.gz"
URI = "http://data.europa.eu/esco/skill/"  # the file contains only the rest of each URI
MAX_KEPT = 4096

# The first name of a group is the displayed one. Groups win over ESCO, which lacks most of these short names, and
# in which ML is a programming language.
GROUPS = (
    ("JavaScript", "JS", "ECMAScript"),
    ("TypeScript", "TS"),
    ("Kubernetes", "K8s"),
    ("PostgreSQL", "Postgres"),
    ("MongoDB", "Mongo"),
    ("Node.js", "Node", "NodeJS"),
    ("React", "React.js", "ReactJS"),
    ("Vue", "Vue.js", "VueJS"),
    ("Go", "Golang"),
    ("C#", "CSharp"),
    ("C++", "CPP"),
    ("Machine Learning", "ML"),
    ("Natural Language Processing", "NLP"),
    ("AWS", "Amazon Web Services"),
    ("Google Cloud", "GCP", "Google Cloud Platform"),
    ("Azure", "Microsoft Azure"),
    ("CI/CD", "Continuous Integration"),
    ("Excel", "Microsoft Excel", "MS Excel"),
    ("Word", "Microsoft Word", "MS Word"),
    ("SEO", "Search Engine Optimization"),
    ("CRM", "Customer Relationship Management"),
    ("UX", "User Experience"),
    ("UI", "User Interface"),
    ("SQL", "Structured Query Language"),
)
_GROUP_OF = {skill_key(name): group for group in GROUPS for name in group}


@dataclass(frozen=True, slots=True)
class Concept:
    """A skill of ESCO; `is_knowledge` distinguishes knowledge (PostgreSQL) from activities (manage staff)."""

    key: str
    label: str
    uri: str
    is_knowledge: bool


def canonical(skill: str) -> str:
    """Return the key that a skill and its alternative names share."""
    key = skill_key(skill) or skill  # of punctuation alone
    if group := _GROUP_OF.get(key):
        return skill_key(group[0])
    found = concept(key)
    return found.key if found else key


def normal(skill: str) -> str:
    """Return the displayed name: the usual name for a known alternative name, otherwise the skill as typed."""
    key = skill_key(skill)
    if group := _GROUP_OF.get(key):
        # Only another name is replaced: `postgresql` stays as typed, `postgres` becomes PostgreSQL.
        return group[0] if key != skill_key(group[0]) else skill
    found = concept(key)
    return found.label if found and found.is_knowledge and found.key != key else skill


def normalised(skills: Iterable[str]) -> list[str]:
    """Return the displayed names of the skills, each skill once."""
    found: dict[str, str] = {}
    for skill in skills:
        found.setdefault(canonical(skill), normal(skill))
    return list(found.values())


def other_names(skill: str) -> tuple[str, ...]:
    """Return the names under which a skill should also be found."""
    key = skill_key(skill)
    if group := _GROUP_OF.get(key):
        return group
    found = concept(key)
    return (found.label,) if found and found.key != key else ()


@lru_cache(MAX_KEPT)
def concept(key: str) -> Concept | None:
    """Return the concept with this name or alternative name, given as a key; None if there is none."""
    line = _line(key)
    if line is None:
        return None
    if len(line) == 3:  # an alternative name, with the key of its concept
        line = _line(line[2])
    return Concept(line[0], line[1], URI + line[2], line[3] == "k") if line and len(line) == 4 else None


def text() -> str:
    """Return all names of all skills, with their keys and the rests of their URIs, as one text."""
    return _lines().decode()


def starting_with(text: str, limit: int) -> list[Concept]:
    """Return up to `limit` concepts with a name that begins with `text`, ordered by that name."""
    found: dict[str, Concept] = {}
    for key in _keys_from(skill_key(text)):
        if len(found) == limit:
            break
        if (match := concept(key)) is not None:
            found.setdefault(match.key, match)
    return list(found.values())


def _keys_from(prefix: str) -> Iterator[str]:
    lines, at = _lines(), _place(prefix)
    while prefix and lines.startswith(prefix.encode(), at):  # every line starts with an empty prefix
        end = lines.find(b"\n", at)
        yield lines[at:end].split(b"\t", 1)[0].decode()
        at = end + 1


def _line(key: str) -> list[str] | None:
    lines, at = _lines(), _place(f"{key}\t")
    if not key or not lines.startswith(f"{key}\t".encode(), at):
        return None
    return lines[at : lines.find(b"\n", at)].decode().split("\t")


def _place(text: str) -> int:
    """Return the offset of the first line that is not less than `text` (binary search over bytes)."""
    lines, wanted = _lines(), text.encode()
    low, high = 0, len(lines)
    while low < high:
        middle = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low  # the start of the line in the middle
        end = lines.find(b"\n", middle)
        if lines[middle:end] < wanted:
            low = end + 1
        else:
            high = middle
    return low


@cache
def _lines() -> bytes:
    return gzip.decompress(FILE.read_bytes()) + b"\n"  # the file does not end in a newline
