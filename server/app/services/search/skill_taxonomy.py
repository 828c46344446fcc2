"""Skills and their other names: a few groups of our own, and the skills of ESCO 1.1.1.

ESCO: European Commission, European Skills, Competences, Qualifications and Occupations, CC BY 4.0.
`tools/build_skill_taxonomy.py` makes the file, with those other names only that are spelled alike. It is searched as it
is, sorted lines of bytes, which costs no memory
beyond them.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from app.utils.text import skill_key

FILE = Path(__file__).resolve().parents[2] / "data" / "skills.txt.gz"
URI = "http://data.europa.eu/esco/skill/"
MAX_KEPT = 4096

# The first name of a group is the one that is shown.
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
    """A skill of ESCO; `is_knowledge` tells what one knows (PostgreSQL) from what one does (manage staff)."""

    key: str
    label: str
    uri: str
    is_knowledge: bool


def canonical(skill: str) -> str:
    """The key under which a skill and its other names are the same."""
    key = skill_key(skill)
    if group := _GROUP_OF.get(key):
        return skill_key(group[0])
    found = concept(key)
    return found.key if found else key


def normal(skill: str) -> str:
    """The name that is shown: of another name of something known the usual one, all else as it was typed."""
    key = skill_key(skill)
    if group := _GROUP_OF.get(key):
        return group[0] if key != skill_key(group[0]) else skill
    found = concept(key)
    return found.label if found and found.is_knowledge and found.key != key else skill


def normalised(skills: Iterable[str]) -> list[str]:
    """The skills by the names that are shown, each once."""
    found: dict[str, str] = {}
    for skill in skills:
        found.setdefault(canonical(skill) or skill, normal(skill))
    return list(found.values())


def other_names(skill: str) -> tuple[str, ...]:
    """Names under which a skill should be found too."""
    key = skill_key(skill)
    if group := _GROUP_OF.get(key):
        return group
    found = concept(key)
    return (found.label,) if found and found.key != key else ()


@lru_cache(MAX_KEPT)
def concept(key: str) -> Concept | None:
    """The concept that has this name, by the name's key."""
    line = _line(key)
    if line is None:
        return None
    if len(line) == 3:
        line = _line(line[2])
    return Concept(line[0], line[1], URI + line[2], line[3] == "k") if line and len(line) == 4 else None


def starting_with(text: str, limit: int) -> list[Concept]:
    """Concepts of which a name begins with `text`, in the order of the names."""
    found: dict[str, Concept] = {}
    for key in _keys_from(skill_key(text)):
        if len(found) == limit:
            break
        if (match := concept(key)) is not None:
            found.setdefault(match.key, match)
    return list(found.values())


def _keys_from(prefix: str) -> Iterator[str]:
    lines, at = _lines(), _place(prefix)
    while prefix and lines.startswith(prefix.encode(), at):
        end = lines.find(b"\n", at)
        yield lines[at:end].split(b"\t", 1)[0].decode()
        at = end + 1


def _line(key: str) -> list[str] | None:
    lines, at = _lines(), _place(f"{key}\t")
    if not key or not lines.startswith(f"{key}\t".encode(), at):
        return None
    return lines[at : lines.find(b"\n", at)].decode().split("\t")


def _place(text: str) -> int:
    """Where the first line begins that is not before `text` (binary search over bytes)."""
    lines, wanted = _lines(), text.encode()
    low, high = 0, len(lines)
    while low < high:
        middle = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = lines.find(b"\n", middle)
        if lines[middle:end] < wanted:
            low = end + 1
        else:
            high = middle
    return low


@cache
def _lines() -> bytes:
    return gzip.decompress(FILE.read_bytes()) + b"\n"
