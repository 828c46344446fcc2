"""Evidence for scores: verbatim quotes from the resume's text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.schemas.candidate_match_schema import Criterion, Evidence
from app.schemas.parsed_resume_schema import Fact, ParsedResume
from app.services.matching.match_scoring import CandidateProfile, JobProfile, Scored, mention, weights
from app.services.search.skill_taxonomy import canonical
from app.utils.text import without_contacts, words

MAX_QUOTES = 5  # per criterion
MAX_QUOTE = 300  # characters; longer facts are cut
UNKNOWN_DETAILS = {
    "titles": "No title is known",
    "meaning": "There is no resume with a text",
    "skills": "No skills are known",
    "experience": "The years of experience are not known",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A resume to quote."""

    sha256: str
    text: str
    parsed: ParsedResume
    own_text: str  # the text with blanks in place of what was copied from the posting


def explain(
    job: JobProfile, person: CandidateProfile, scored: Scored, met: dict[str, str], source: Source | None
) -> list[dict[str, Any]]:
    """Return the criteria of the job with weights, details and quotes, as JSON; `met` is that of `met_skills`."""
    share = weights(scored.criteria)
    builders = {
        "titles": lambda: _titles(job, source),
        "meaning": lambda: _meaning(job, source),
        "skills": lambda: _skills(job, met, source),
        "experience": lambda: _experience(job, person, source),
    }
    criteria = []
    for name, found in scored.criteria.items():
        detail, evidence = builders[name]() if found.is_known else (UNKNOWN_DETAILS[name], [])
        criteria.append(
            Criterion(
                name=name,
                score=found.score,
                weight=round(share[name], 4),
                is_known=found.is_known,
                detail=detail,
                evidence=evidence,
            )
        )
    return [criterion.model_dump() for criterion in criteria]


def _titles(job: JobProfile, source: Source | None) -> tuple[str, list[Evidence]]:
    facts = []
    if source:
        facts = [item.title for item in source.parsed.work if item.title]
        facts = ([source.parsed.headline] if source.parsed.headline else []) + facts
    return f"Titles compared with {job.title!r}", _quotes(source, facts)


def _meaning(job: JobProfile, source: Source | None) -> tuple[str, list[Evidence]]:
    """Quote the line that shares most words with the job."""
    wanted = set(words(" ".join([job.title, *job.required, *job.preferred])))
    best: re.Match[str] | None = None
    most = 0
    for line in re.finditer(r"[^\n]+", source.own_text if source else ""):
        if without_contacts(line.group()) != line.group():  # viewers may lack the permission for contact points
            continue
        shared = len(wanted & set(words(line.group())))
        if shared > most:
            best, most = line, shared
    span = [Fact(value=best.group(), start=best.start(), end=best.end())] if best else []
    return "Meaning of the whole text compared with the job", _quotes(source, span)


def _skills(job: JobProfile, met: dict[str, str], source: Source | None) -> tuple[str, list[Evidence]]:
    missing = [skill for skill in job.required if skill not in met]
    detail = f"{len(met)} of {len(job.required) + len(job.preferred)} skills"
    detail += f"; missing: {', '.join(missing)}" if missing else ""
    facts = [fact for skill in met.values() if source and (fact := _find_skill(source, skill))]
    return detail, _quotes(source, facts)


def _experience(job: JobProfile, person: CandidateProfile, source: Source | None) -> tuple[str, list[Evidence]]:
    least, most = job.min_years, job.max_years
    asked = f"{least if least is not None else 0} to {most}" if most is not None else f"{least} or more"
    dated = [fact for item in source.parsed.work for fact in (item.start_date, item.end_date) if fact] if source else []
    return f"{person.years:g} years; asked for {asked}", _quotes(source, dated)


def _find_skill(source: Source, skill: str) -> Fact | None:
    """Return where the skill is mentioned: a parsed skill, or else a literal occurrence in the text."""
    for fact in source.parsed.skills:
        if canonical(fact.value) == canonical(skill):
            return fact
    found = mention(skill, source.own_text)
    return Fact(value=found.group(), start=found.start(), end=found.end()) if found else None


def _quotes(source: Source | None, facts: Sequence[Fact | None]) -> list[Evidence]:
    """Return quotes cut from the text, so that they are verbatim."""
    if source is None:
        return []
    # A dictionary, to drop equal spans but keep the order.
    spans = dict.fromkeys((fact.start, min(fact.end, fact.start + MAX_QUOTE)) for fact in facts if fact)
    return [
        Evidence(document_sha256=source.sha256, start=start, end=end, quote=source.text[start:end])
        for start, end in list(spans)[:MAX_QUOTES]
        if 0 <= start < end <= len(source.text)
    ]
