"""Public pages for jobs, applications and offers, and feeds for machines."""

from uuid import UUID

from flask import Blueprint

from app.middleware.identity.public_limits import counting_success
from app.middleware.pages import candidate_forms, forms
from app.middleware.pages.decorators import feed, file_kept_on_errors, page, see_other
from app.middleware.pages.rendering import ICON, STYLE, theme
from app.schemas.careers_schema import CareersQuery, ReferredQuery
from app.services.careers import careers_service, kept_file_service, public_application_service
from app.services.jobs import job_posting_markup
from app.services.messages import unsubscription_service
from app.services.offers import public_offer_service
from app.utils.errors import Invalid
from app.utils.file_store import Upload

PER_PAGE = 24
MAX_ITEMS = 50
bp = Blueprint("careers_pages", __name__)


@bp.get("/careers/style.css")
@feed("text/css")
def style():
    """Return the style sheet of the pages."""
    return STYLE


@bp.get("/careers/favicon.svg")
@feed("image/svg+xml")
def favicon():
    """Return the icon of pages of tenants without a logo."""
    return ICON


@bp.get("/careers/<string:slug>/theme.css")
@feed("text/css")
def brand(slug: str):
    """Return the colors of a tenant as a style sheet."""
    return theme(careers_service.brand_color(slug))


@bp.get("/careers/<string:slug>")
@page("jobs.html")
def jobs(slug: str):
    """Show the list of open jobs."""
    query = forms.read_filters(CareersQuery)
    return careers_service.page(slug, query.model_copy(update={"limit": PER_PAGE}))


@bp.get("/careers/<string:slug>/jobs/<uuid:posting_id>")
@page("job.html")
def job(slug: str, posting_id: UUID):
    """Show a job with the application form."""
    return careers_service.one(slug, posting_id)


@bp.post("/careers/<string:slug>/jobs/<uuid:posting_id>")
@page("received.html", again=("job.html", careers_service.one))
def apply(slug: str, posting_id: UUID):
    """Submit an application with the form."""
    known = [question.id for question in careers_service.one(slug, posting_id).job.questions]
    if (sent := forms.read_application(known)) is None:
        public_application_service.drop(slug, posting_id)
        return see_other(f"/careers/{slug}/jobs/{posting_id}/received")
    token = "" if sent.file else sent.kept
    with kept_file_service.taken(slug, token) as kept:
        _apply(slug, posting_id, sent, sent.file or kept, token)
    kept_file_service.forget(slug, token)
    return see_other(f"/careers/{slug}/jobs/{posting_id}/received")


def _apply(slug: str, posting_id: UUID, sent: forms.Sent, file: Upload | None, token: str) -> None:
    with file_kept_on_errors(slug, file, token), counting_success("apply"):
        form, errors = sent.validated()
        if form is None:
            # With all other errors, so that nobody has to send the form three times.
            has_consent = bool(sent.fields.get("consent"))
            given = (sent.answers, sent.survey, file, has_consent)
            errors += public_application_service.faults(slug, posting_id, *given)
            raise Invalid("Please correct the marked fields.", code="validation_failed", errors=errors)
        public_application_service.apply(slug, posting_id, form, file)


@bp.get("/careers/<string:slug>/jobs/<uuid:posting_id>/received")
@page("received.html")
def received(slug: str, posting_id: UUID):
    """Confirm that an application was received."""
    return careers_service.one(slug, posting_id)


@bp.get("/careers/<string:slug>/jobs.xml")
@feed("application/xml")
def jobs_feed(slug: str):
    """Return the jobs as an XML feed for job boards."""
    found = careers_service.feed(slug, forms.read_filters(ReferredQuery).ref)
    return job_posting_markup.jobs_feed(found.company, found.jobs)


@bp.get("/careers/<string:slug>/rss.xml")
@feed("application/rss+xml")
def rss(slug: str):
    """Return the newest jobs as RSS."""
    found = careers_service.feed(slug, forms.read_filters(ReferredQuery).ref, MAX_ITEMS)
    return job_posting_markup.rss(found.company, found.jobs)


@bp.get("/careers/<string:slug>/sitemap.xml")
@feed("application/xml")
def sitemap(slug: str):
    """Return the sitemap of the careers page and its jobs."""
    found = careers_service.feed(slug, None, described=False)
    return job_posting_markup.sitemap(found.company, found.jobs)


@bp.get("/withdrawals/<string:token>")
@page("withdrawal.html")
def withdrawal(token: str):
    """Ask for confirmation, so that programs that open links in emails cannot withdraw the application."""
    return public_application_service.view(token)


@bp.post("/withdrawals/<string:token>")
@page("withdrawal.html")
def withdraw(token: str):
    """Withdraw your application."""
    public_application_service.withdraw(token)
    return see_other(f"/withdrawals/{token}")


@bp.get("/unsubscriptions/<string:token>")
@page("unsubscription.html")
def unsubscription(token: str):
    """Ask for confirmation, so that programs that open links in emails unsubscribe nobody."""
    return unsubscription_service.view(token)


@bp.post("/unsubscriptions/<string:token>")
@page("unsubscription.html")
def unsubscribe(token: str):
    """Unsubscribe; mail programs call it without a page before (RFC 8058), so that it does not redirect."""
    return unsubscription_service.unsubscribe(token)


@bp.get("/offers/<string:token>")
@page("offer.html")
def offer(token: str):
    """Show the terms of an offer with the forms to respond."""
    return public_offer_service.view(token)


@bp.post("/offers/<string:token>/accept")
@page("offer.html", again=("offer.html", public_offer_service.view))
def accept(token: str):
    """Accept an offer by typing your name."""
    public_offer_service.accept(token, candidate_forms.read_signature())
    return see_other(f"/offers/{token}")


@bp.post("/offers/<string:token>/decline")
@page("offer.html", again=("offer.html", public_offer_service.view))
def decline(token: str):
    """Decline an offer."""
    public_offer_service.decline(token, candidate_forms.read_refusal())
    return see_other(f"/offers/{token}")
