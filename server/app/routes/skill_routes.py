"""Skills of the taxonomy."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.lists import Page
from app.schemas.skill_schema import SkillOut, SkillQuery
from app.services.search import skill_service

bp = Blueprint("skills", __name__, url_prefix="/skills")


@bp.get("")
@endpoint("candidates.view_own", out=Page[SkillOut])
def suggest(query: SkillQuery):
    """Suggest skills whose name begins with the query."""
    return skill_service.suggest(query)
