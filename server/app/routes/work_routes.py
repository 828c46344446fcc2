"""The start page of the signed-in user."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import AUTHENTICATED
from app.schemas.search_schema import SearchOut, SearchQuery
from app.schemas.work_schema import StatsOut, WorkOut, WorkQuery
from app.services.access.principal_service import Principal
from app.services.work import search_service, stats_service, work_list_service

bp = Blueprint("work", __name__)


@bp.get("/work")
@endpoint(AUTHENTICATED, out=WorkOut)
def work(query: WorkQuery, principal: Principal):
    """Get your work list.

    One answer with what waits for you: how many, the first five, and the list that continues them.
    """
    return work_list_service.get(query)


@bp.get("/search")
@endpoint(AUTHENTICATED, out=SearchOut)
def search(query: SearchQuery, principal: Principal):
    """Search candidates, applications, jobs and users at once.

    Up to five of each that you may see, by the beginnings of words.
    """
    return search_service.search(query)


@bp.get("/stats")
@endpoint(AUTHENTICATED, out=StatsOut)
def stats(principal: Principal):
    """Get numbers of the tenant, your team and yourself."""
    return stats_service.get()
