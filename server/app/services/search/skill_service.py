"""Skill suggestions from the taxonomy."""

from __future__ import annotations

from app.schemas.lists import Page
from app.schemas.skill_schema import SkillQuery
from app.services.core import listing
from app.services.search import skill_taxonomy
from app.services.search.skill_taxonomy import Concept


def suggest(query: SkillQuery) -> Page[Concept]:
    """List the skills with a name that begins with the query."""
    return listing.single_page(skill_taxonomy.starting_with(query.q, query.limit))
