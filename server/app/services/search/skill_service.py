"""Skills of the taxonomy, for whoever types one."""

from __future__ import annotations

from app.schemas.common import Page
from app.schemas.skill_schema import SkillQuery
from app.services.core import listing
from app.services.search import skill_taxonomy
from app.services.search.skill_taxonomy import Concept


def suggest(query: SkillQuery) -> Page[Concept]:
    """Skills of which a name begins so."""
    return listing.single_page(skill_taxonomy.starting_with(query.q, query.limit))
