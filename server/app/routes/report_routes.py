"""Hiring reports."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.endpoint.files import send_download
from app.schemas.lists import Page
from app.schemas.report_schema import (
    ReportName,
    ReportOut,
    ReportQuery,
    ReportRow,
    ReportRowsQuery,
    ReportTable,
    SelectionOut,
    SelectionQuery,
)
from app.services.reports import report_service, selection_rate_service

bp = Blueprint("reports", __name__, url_prefix="/reports")
NAMES = "<words(funnel, time_to_hire, time_in_stage, sources, interviewers, offers, rejections):name>"


@bp.get(f"/{NAMES}")
@endpoint("reports.read", out=ReportOut)
def get(name: str, query: ReportQuery):
    """Get a report on the data that is visible to you.

    Each figure includes the URL of the rows that it counts.
    """
    return report_service.get(ReportName(name), query)


@bp.get(f"/{NAMES}/rows")
@endpoint("reports.read", out=Page[ReportRow])
def list_rows(name: str, query: ReportRowsQuery):
    """List the rows that a figure counts.

    Depending on the report, this also requires permission to read applications, interviews or offers.
    """
    return report_service.list_rows(ReportName(name), query)


@bp.get(f"/{NAMES}/export")
@endpoint("reports.read", out=ReportTable, feature="advanced_reports")
def export(name: str, query: ReportQuery):
    """Export the lines of a report as CSV."""
    return send_download(report_service.export(ReportName(name), query))


@bp.get("/selection-rates")
@endpoint("selection_rates.read", out=SelectionOut, feature="advanced_reports")
def selection_rates(query: SelectionQuery):
    """Get selection rates by the answers to a voluntary survey question.

    Small groups are hidden.
    """
    return selection_rate_service.get(query)
