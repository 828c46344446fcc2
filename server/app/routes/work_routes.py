"""The start page of the signed-in user."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import AUTHENTICATED
from app.schemas.work_schema import StatsOut, WorkOut, WorkQuery
from app.services.access.principal_service import Principal
from app.services.work import stats_service, work_list_service

bp = Blueprint("work", __name__)


@bp.get("/work")
@endpoint(AUTHENTICATED, out=WorkOut)
def work(query: WorkQuery, principal: Principal):
    """Get your work list.

    One answer with what waits for you: how many, the first five, and the list that continues them.
    """
    return work_list_service.get(query)


@bp.get("/stats")
@endpoint(AUTHENTICATED, out=StatsOut)
def stats(principal: Principal):
    """Get numbers of the tenant, your team and yourself."""
    return stats_service.get()
