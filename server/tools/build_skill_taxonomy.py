"""Makes app/data/skills.txt.gz from ESCO's labels: python tools/build_skill_taxonomy.py LABELS.csv

LABELS.csv has the columns id, description, hierarchy_levels and type (preferredLabel, altLabels) of the skills pillar.
A line of the result is `key TAB label TAB uri TAB k` for a concept (k for knowledge, else s), or `key TAB TAB key of
the concept` for another name of it. A name that several concepts share is left out, unless one of them prefers it.
ESCO's other names are often narrower things (Scrum for project management): only those spelled alike are kept.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections import defaultdict
from pathlib import Path

from rapidfuzz import fuzz

from app.utils.text import skill_key

TARGET = Path(__file__).resolve().parents[1] / "app" / "data" / "skills.txt.gz"
MAX_LENGTH, MAX_WORDS = 60, 4
ALIKE = 80


def main(source: str) -> None:
    with open(source, encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["type"] in ("preferredLabel", "altLabels")]
    concepts = {row["id"]: row for row in rows if row["type"] == "preferredLabel"}
    preferred = {skill_key(_clean(row["description"])): concept for concept, row in concepts.items()}
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        name = _clean(row["description"])
        if row["id"] in concepts and len(name) <= MAX_LENGTH and len(name.split()) <= MAX_WORDS:
            owners[skill_key(name)].add(row["id"])
    lines = []
    for key, found in owners.items():
        concept = preferred.get(key) or (next(iter(found)) if len(found) == 1 else None)
        if not key or concept is None:
            continue
        own = skill_key(label := _clean(concepts[concept]["description"]))
        if fuzz.ratio(key, own) < ALIKE:
            continue
        kind = "k" if "'K'" in concepts[concept]["hierarchy_levels"] else "s"
        lines.append(f"{key}\t{label}\t{concept}\t{kind}" if key == own else f"{key}\t\t{own}")
    known = {line.split("\t")[0] for line in lines}
    lines = [line for line in lines if line.count("\t") == 3 or line.rpartition("\t")[2] in known]
    TARGET.write_bytes(gzip.compress("\n".join(sorted(lines)).encode(), 9, mtime=0))
    print(f"{len(lines)} names, {TARGET.stat().st_size} bytes")


def _clean(label: str) -> str:
    """The label without what stands in brackets: Python, not Python (computer programming)."""
    return re.sub(r"\s*\(.*?\)", "", label).strip()


if __name__ == "__main__":
    main(sys.argv[1])
