"""Offers: terms and versions, approval, letter, signed link, and the end of each."""

from __future__ import annotations

import re
import zlib
from datetime import timedelta

import pypdfium2
import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models.offer import OPEN
from app.services.offers import offer_service, public_offer_service
from app.services.resumes.resume_parser import parse_lines, read_lines
from app.utils import clock, file_types, languages, scope
from tests.factories.application import make_application
from tests.factories.approval import group_of, make_chain
from tests.factories.candidate import make_candidate
from tests.factories.client import Api, ok, refused
from tests.factories.image import png
from tests.factories.job import make_job
from tests.factories.mailbox import mails
from tests.factories.offer import LETTER, PAY, make_letter, make_offer, offer_body
from tests.factories.tenant import make_tenant

LEAD, RECRUITER = "TEAM_LEAD", "RECRUITER"
REASON = {"reason": "It is decided."}
LINK = re.compile(r"https?://\S+/offers/(\S+)")
_keys = iter(range(10_000))


def _send(api, offer, **options):
    return api.post(f"/offers/{offer}/send", headers={"Idempotency-Key": f"send-{next(_keys)}"}, **options)


def _sent(tenant, app, **values) -> tuple[str, str, str]:
    """A sent offer, its application and the token of the mailed link."""
    address = values.pop("address", None) or f"offer{next(_keys)}@people.example"
    application = str(make_application(tenant, make_candidate(tenant, emails=[address], name="Zoë Łukasz")))
    offer = str(make_offer(tenant, application, **values))
    ok(_send(tenant.api(), offer))
    tenant.run_jobs()
    return offer, application, _token(app, address)


def _token(app, address: str) -> str:
    """The token of the mailed link."""
    return LINK.search(mails(app, address)[-1].get_body(("plain",)).get_content())[1]


def _text(app, url: str) -> str:
    answer = Api(app).get("/api/v1" + url.split("/api/v1")[1])
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
    return parse_lines(read_lines(answer.data, file_types.PDF))[0]


def test_an_offer_is_drafted_sent_viewed_and_accepted_with_a_typed_name(app, tenant, api):
    expires = (clock.now() + timedelta(days=7)).strftime("%FT%TZ")
    offer, application, token = _sent(tenant, app, start_on="2027-04-01", expires_at=expires)
    public = Api(app)
    page = app.test_client().get(f"/offers/{token}")
    assert page.status_code == 200 and "Accept the offer" in page.text, "the mailed address is a page"
    seen = ok(public.get(f"/public/offers/{token}"))
    assert (seen["status"], seen["candidate_name"], seen["pay"]["amount"]) == ("viewed", "Zoë Łukasz", "72000.00")
    letter = _text(app, seen["letter_url"])
    assert "Zoë Łukasz" in letter and "€72,000 per year" in letter and "April 1, 2027" in letter
    signed = ok(public.post(f"/public/offers/{token}/accept", {"signed_name": "Zoë Łukasz"}))
    assert (signed["status"], signed["signed_name"]) == ("accepted", "Zoë Łukasz") and signed["accepted_at"]
    again = public.post(f"/public/offers/{token}/decline", {})
    assert (again.status_code, again.get_json()["current_state"]) == (409, "accepted")
    (event,) = ok(api.get("/audit?type=offer.signed"))["data"]
    assert event["actor_kind"] == "candidate" and len(event["data"]["sha256"]) == 64
    assert ok(api.post(f"/applications/{application}/hire", {}))["status"] == "hired"
    assert api.post(f"/offers/{offer}/renege", REASON).get_json()["code"] == "hired"
    ok(api.post(f"/applications/{application}/unhire", {}))
    assert ok(api.post(f"/offers/{offer}/renege", REASON))["status"] == "reneged"
    tenant.run_jobs()
    told = [each["template"] for each in ok(api.get("/email-messages"))["data"]]
    assert told.count("offer_sent") == 1


def test_errors_are_in_the_language_of_the_page(app, tenant, api):
    ok(api.patch("/tenant", {"locale": "de-DE"}))
    _, _, token = _sent(tenant, app)
    answer = app.test_client().post(f"/offers/{token}/accept", data={"signed_name": "Zoë Łukasz"})
    assert answer.headers["Content-Language"] == "de"
    assert "Dieses Feld ist erforderlich." in answer.text and "This field" not in answer.text


def test_who_accepts_gets_a_copy_by_mail(app, tenant):
    _, _, token = _sent(tenant, app, address="copy@people.example")
    ok(Api(app).post(f"/public/offers/{token}/accept", {"signed_name": "zoe lukasz"}))
    tenant.run_jobs()
    (mail,) = [each for each in mails(app, "copy@people.example") if "accepted" in each["Subject"]]
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"].strip() == "You accepted our offer: Data Engineer" and "as zoe lukasz" in text
    assert ok(Api(app).get(f"/public/offers/{LINK.search(text)[1]}"))["status"] == "accepted"


def test_an_acceptance_without_an_address_needs_no_mail(app, tenant, api):
    _, application, token = _sent(tenant, app)
    candidate = ok(api.get(f"/applications/{application}"))["candidate_id"]
    ok(api.patch(f"/candidates/{candidate}", {"emails": [], "phones": ["+44 20 7946 0018"]}))
    ok(Api(app).post(f"/public/offers/{token}/accept", {"signed_name": "Zoë Łukasz"}))
    tenant.run_jobs()
    assert "offer_accepted" not in [each["template"] for each in ok(api.get("/email-messages"))["data"]]


def test_a_change_of_terms_makes_the_next_version_and_voids_link_and_approval(app, tenant, api):
    make_chain(tenant, group_of(tenant, LEAD), subject="offer")
    address = "versions@people.example"
    application = make_application(tenant, make_candidate(tenant, emails=[address]))
    offer = make_offer(tenant, application)
    assert _send(api, offer).get_json()["code"] == "approval_needed"
    ok(api.post(f"/offers/{offer}/submit", {}))
    (approval,) = ok(api.get(f"/approvals?offer_id={offer}"))["data"]
    assert ok(tenant.api(LEAD).get(f"/offers/{offer}"))["title"] == "Data Engineer", "who is asked sees the terms"
    link = ok(tenant.api(LEAD).post(f"/offers/{offer}/letter"))["url"]
    assert "Data Engineer" in _text(app, link)
    assert refused(tenant.api(RECRUITER).get(f"/offers/{offer}"), 404) == "not_found"
    ok(tenant.api(LEAD).post(f"/approvals/{approval['id']}/approve", {}))
    assert ok(_send(api, offer))["status"] == "sent"
    tenant.run_jobs()
    token = _token(app, address)
    more = ok(api.patch(f"/offers/{offer}", {"pay": {**PAY, "amount": "75000.00"}}))
    assert (more["status"], more["revision"], more["sent_at"]) == ("draft", 2, None)
    assert refused(Api(app).get(f"/public/offers/{token}"), 410) == "offer_changed"
    assert refused(Api(app).post(f"/public/offers/{token}/accept", {"signed_name": "Zoë"}), 410) == "offer_changed"
    assert _send(api, offer).get_json()["code"] == "approval_needed"
    ok(api.post(f"/offers/{offer}/submit", {}))
    ok(api.patch(f"/offers/{offer}", {"conditions": "A boat."}))
    states = [each["status"] for each in ok(api.get(f"/approvals?offer_id={offer}"))["data"]]
    assert states == ["cancelled", "approved"]
    same = ok(api.patch(f"/offers/{offer}", {"conditions": "A boat."}))
    assert same["revision"] == 3
    ok(api.post(f"/offers/{offer}/submit", {}))
    (third,) = ok(api.get(f"/approvals?offer_id={offer}&status=pending"))["data"]
    ok(tenant.api(LEAD).post(f"/approvals/{third['id']}/reject", REASON))
    assert ok(api.get(f"/offers/{offer}"))["status"] == "approval_rejected"
    second, first = ok(api.get(f"/offers/{offer}/versions"))["data"]
    assert (first["revision"], first["status"], first["pay"]["amount"]) == (1, "sent", PAY["amount"])
    assert first["sent_at"] and first["document_id"] and first["conditions"] is None
    assert (second["revision"], second["status"], second["pay"]["amount"]) == (2, "pending_approval", "75000.00")
    tenant.run_jobs()
    told = [mail["Subject"] for mail in mails(app, address) if "changing our offer" in mail["Subject"]]
    assert len(told) == 1, "of the version that was sent, and of no other"
    assert refused(tenant.api(RECRUITER).get(f"/offers/{offer}/versions"), 404) == "not_found"


def test_a_short_no_is_a_no_and_terms_of_what_is_no_more_are_not_told(app, tenant, api):
    _, _, token = _sent(tenant, app)
    browser = app.test_client()
    assert browser.post("/offers/x/decline", data={"reason": "ab"}).status_code == 404
    odd = browser.post(f"/offers/{token}/decline", data={"reason": "a\x00b"})
    assert odd.status_code == 422 and odd.mimetype == "text/html" and "Accept the offer" in odd.text
    assert browser.post(f"/offers/{token}/accept", data={"signed_name": " "}).mimetype == "text/html"
    unsure = browser.post(f"/offers/{token}/decline", data={"reason": "no"})
    assert unsure.status_code == 422 and "This field is required." in unsure.text
    sure = browser.post(f"/offers/{token}/decline", data={"reason": "no", "confirm": "true"}, follow_redirects=True)
    assert "You declined this offer." in sure.text
    shown = ok(Api(app).get(f"/public/offers/{token}"))
    assert shown["status"] == "declined" and shown["pay"] is shown["letter_url"] is shown["conditions"] is None


def test_what_stands_in_a_letter_is_not_looked_at_again(app, tenant, api):
    application = make_application(
        tenant, make_candidate(tenant, emails=["bob.letter@people.example"], name="Bob {pay} {title}")
    )
    ok(_send(api, make_offer(tenant, application)))
    tenant.run_jobs()
    shown = ok(Api(app).get(f"/public/offers/{_token(app, 'bob.letter@people.example')}"))
    assert "Dear Bob {pay} {title}," in _text(app, shown["letter_url"])


def test_one_open_offer_per_application(tenant, api):
    application = make_application(tenant)
    first = make_offer(tenant, application)
    assert refused(api.post("/offers", offer_body(application)), 409) == "duplicate"
    ok(api.post(f"/offers/{first}/rescind", REASON))
    ok(api.post("/offers", offer_body(application)), 201)
    ok(api.post(f"/applications/{application}/reject", REASON))
    assert {each["status"] for each in ok(api.get(f"/offers?application_id={application}"))["data"]} == {"rescinded"}
    assert api.post("/offers", offer_body(application)).get_json()["code"] == "application_not_active"


def test_an_offer_is_over_when_its_time_is(app, tenant, api):
    offer, _, token = _sent(tenant, app, expires_at=(clock.now() + timedelta(days=2)).strftime("%FT%TZ"))
    with time_machine.travel(clock.now() + timedelta(days=3)):
        public = Api(app)
        assert ok(public.get(f"/public/offers/{token}"))["status"] == "expired"
        late = public.post(f"/public/offers/{token}/accept", {"signed_name": "Zoë"})
        assert (late.status_code, late.get_json()["code"]) == (410, "offer_expired")
        with app.app_context(), scope.platform("a test"):
            assert str(tenant.id) in offer_service.tenants_with_expired()
        with tenant.bound():
            assert (offer_service.expire_due(), offer_service.expire_due()) == (1, 0)
    assert ok(api.get(f"/offers/{offer}"))["status"] == "expired"
    past = {"expires_at": "2020-01-01T00:00:00Z"}
    assert refused(api.post("/offers", offer_body(make_application(tenant), **past)), 422) == "in_the_past"


def test_a_candidate_declines_and_a_rescinded_offer_is_answered_no_more(app, tenant, api):
    offer, _, token = _sent(tenant, app)
    declined = ok(Api(app).post(f"/public/offers/{token}/decline", {"reason": "Too far away."}))
    assert declined["status"] == "declined"
    assert ok(api.get(f"/offers/{offer}"))["status_reason"] == "Too far away."
    other, _, second = _sent(tenant, app)
    assert api.post(f"/offers/{other}/rescind", {}).get_json()["code"] == "reason_missing"
    ok(api.post(f"/offers/{other}/rescind", REASON))
    assert refused(Api(app).post(f"/public/offers/{second}/accept", {"signed_name": "Zoë"}), 409) == "offer_settled"
    assert refused(Api(app).get("/public/offers/ImZvcmdlZCI.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"), 404) == "not_found"


def test_a_letter_is_plain_html_and_nothing_is_fetched(app, tenant, api):
    hostile = LETTER + '<img src="http://127.0.0.1:9/x.png"><script>alert(1)</script><a href="file:///etc/passwd">x</a>'
    letter = ok(api.post("/offer-templates", {"name": "Hostile", "body": hostile}), 201)
    assert "img" not in letter["body"] and "script" not in letter["body"] and "file:" not in letter["body"]
    candidate = make_candidate(tenant, name="<b>Bobby</b> {pay}")
    offer = make_offer(tenant, make_application(tenant, candidate), template_id=letter["id"])
    link = ok(api.post(f"/offers/{offer}/letter"))
    assert "Dear <b>Bobby</b>" in _text(app, link["url"])
    assert api.delete(f"/offer-templates/{letter['id']}").get_json()["code"] == "letter_in_use"
    nested = {"name": "Odd", "body": "<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>"}
    assert api.post("/offer-templates", nested).status_code in (201, 422)
    assert ok(api.patch(f"/offer-templates/{make_letter(tenant)}", {"name": "Fixed"}))["name"] == "Fixed"


def test_recruiters_draft_and_leads_send(tenant):
    recruiter = tenant.api(RECRUITER)
    application = make_application(tenant, make_candidate(tenant, owner_id=tenant.users[RECRUITER]))
    offer = ok(recruiter.post("/offers", offer_body(application)), 201)["id"]
    assert refused(_send(recruiter, offer), 403) == "permission_missing"
    ok(_send(tenant.api(LEAD), offer))
    ok(tenant.api(LEAD).post(f"/offers/{offer}/record-acceptance", {"reason": "Signed on paper."}))
    assert ok(recruiter.post(f"/applications/{application}/hire", {}))["status"] == "hired"


def test_an_offer_needs_an_address_and_the_letter_says_what_is_sent(tenant, api):
    bare = make_offer(tenant, make_application(tenant, make_candidate(tenant, emails=[], phones=["+4940300800998"])))
    assert _send(api, bare).get_json()["code"] == "no_address"
    settings_now = ok(api.get("/tenant/settings"))
    settings_now.pop("version")
    ok(api.put("/tenant/settings", {**settings_now, "candidate_mails": False}))
    offer = make_offer(tenant)
    ok(_send(api, offer))
    assert [m["template"] for m in ok(api.get("/email-messages"))["data"]].count("offer_sent") == 1


STEPS = [
    "offer",
    "send",
    "record-acceptance",
    "record-decline",
    "rescind",
    "renege",
    "hire",
    "unhire",
    "reject",
    "reopen",
]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(path=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1)), max_size=10))
def test_no_path_leads_to_two_hires_of_one_opening_or_two_open_offers(tenant, path):
    """Two applications for a job with one opening, and whatever is tried with them and their offers."""
    api, job = tenant.api(), make_job(tenant)
    applications = [str(make_application(tenant, job_id=job)) for _ in range(2)]
    last: dict[int, str] = {}
    for step, which in path:
        application = applications[which]
        if step == "offer":
            answer = api.post("/offers", offer_body(application))
            last |= {which: answer.get_json()["id"]} if answer.status_code == 201 else {}
        elif step in ("hire", "unhire", "reject", "reopen"):
            answer = api.post(f"/applications/{application}/{step}", REASON)
        elif which not in last:
            continue
        elif step == "send":
            answer = _send(api, last[which])
        else:
            answer = api.post(f"/offers/{last[which]}/{step}", REASON)
        assert answer.status_code in (200, 201, 409), answer.text
        offers = ok(api.get(f"/offers?job_id={job}"))["data"]
        for each in applications:
            assert sum(o["status"] in OPEN for o in offers if o["application_id"] == each) <= 1
        hired = [each for each in applications if ok(api.get(f"/applications/{each}"))["status"] == "hired"]
        openings = ok(api.get(f"/jobs/{job}/openings"))["data"]
        assert len(hired) <= 1 and [o["application_id"] for o in openings if o["filled_at"]] == hired


@pytest.mark.parametrize("amount", ["-1.00", "1.234", 72000])
def test_money_is_a_decimal_string(tenant, api, amount):
    body = offer_body(make_application(tenant), pay={**PAY, "amount": amount})
    assert refused(api.post("/offers", body), 422) == "validation_failed"


@pytest.mark.parametrize(
    "signed, name, is_own",
    [
        ("grace hopper", "Grace Hopper", True),
        ("Hopper Grace", "Grace Hopper", True),
        ("Grace Brewster Hopper", "Grace Hopper", True),
        ("Zoe Lukasz", "Zoë Łukasz", True),
        ("Björk", "Bjork", True),
        ("Anna Mueller-Weiss", "Anna Müller-Weiß", True),
        ("Søren Ångström", "Soeren Aangstroem", True),
        ("Anna Muller", "Anna Müller", True),
        ("Anna Miller", "Anna Müller", False),
        ("Grace", "Grace Hopper", False),
        ("Somebody Else", "Grace Hopper", False),
        ("Grace Miller", "Grace Hopper", False),
    ],
)
def test_a_signature_is_the_name_of_the_candidate(signed, name, is_own):
    assert public_offer_service.is_signature_of(signed, name) is is_own


def test_the_page_of_an_offer_says_who_sends_it(app, tenant, api):
    ok(api.patch("/tenant", {"postal_address": "Am Kai 1, 20457 Hamburg"}))
    settings_now = ok(api.get("/tenant/settings"))
    settings_now.pop("version")
    ok(api.put("/tenant/settings", {**settings_now, "imprint_url": "https://harbour.example/imprint"}))
    _, _, token = _sent(tenant, app)
    page = app.test_client().get(f"/offers/{token}").text
    assert "Am Kai 1, 20457 Hamburg" in page and 'href="https://harbour.example/imprint"' in page


def test_nobody_is_hired_while_an_offer_waits_for_its_answer(app, tenant, api):
    offer, application, token = _sent(tenant, app)
    assert refused(api.post(f"/applications/{application}/hire", {}), 409) == "offer_unanswered"
    ok(api.post(f"/offers/{offer}/rescind", REASON))
    assert ok(api.post(f"/applications/{application}/hire", {}))["status"] == "hired"
    gone = Api(app).post(f"/public/offers/{token}/decline", {})
    assert refused(gone, 409) == "offer_settled"


def test_who_signs_with_another_name_is_asked_for_the_own(app, tenant, api):
    offer, _, token = _sent(tenant, app)
    assert refused(Api(app).post(f"/public/offers/{token}/accept", {"signed_name": "Max Other"}), 422) == "other_name"
    browser = app.test_client()
    form = {"signed_name": "Max Other", "agree": "true"}
    again = browser.post(f"/offers/{token}/accept", data=form)
    assert (
        again.status_code == 422
        and 'value="Max Other"' in again.text
        and "as the offer has it: Zoë Łukasz" in again.text
    )
    done = browser.post(f"/offers/{token}/accept", data={**form, "signed_name": "zoe lukasz"})
    assert (done.status_code, done.headers["Location"]) == (303, f"/offers/{token}")
    assert "signed by zoe lukasz" in browser.get(f"/offers/{token}").text


def _letter_of(app, api, offer: str) -> str:
    return _text(app, ok(api.post(f"/offers/{offer}/letter"))["url"])


def test_a_letter_has_head_numbered_pages_and_the_terms_in_the_language_of_the_tenant(app, tenant, api):
    ok(
        api.patch(
            "/tenant", {"locale": "de-CH", "postal_address": "Am Kai 1, 8001 Zürich", "website": "harbour.example"}
        )
    )
    terms = {
        "start_on": "2027-04-01",
        "employment_type": "full_time",
        "conditions": "**Probezeit**\n\n" + "Text. " * 900,
    }
    offer = make_offer(tenant, make_application(tenant, make_candidate(tenant, name="Łucja & <i>Zoë</i>")), **terms)
    text = " ".join(_letter_of(app, api, str(offer)).split())
    for part in (
        "Am Kai 1",
        "8001 Zürich",
        "harbour.example",
        "Guten Tag Łucja & <i>Zoë</i>,",
        "Beginn: 1. April 2027",
    ):
        assert part in text, part
    assert "pro Jahr" in text and "Art der Anstellung: Vollzeit" in text and "Probezeit" in text and "**" not in text
    assert "Seite 1 von 2" in text and "Seite 2 von 2" in text
    assert not re.search(r"\b(?:Dear|Pay|per year|to be agreed|Page)\b", text)


@pytest.mark.parametrize(
    "body", ["<table><tr><td>{conditions}</td></tr></table>", "<p>Terms: {conditions} and more</p>"]
)
def test_conditions_amid_other_text_are_plain(app, tenant, api, body):
    letter = ok(api.post("/offer-templates", {"name": "Table", "body": f"<p>{{title}}, {{today}}</p>{body}"}), 201)
    conditions = "**Probation** of six months\n\n- one\n- two {pay}"
    offer = make_offer(tenant, template_id=letter["id"], conditions=conditions)
    text = _letter_of(app, api, str(offer))
    assert "**Probation** of six months" in text and "two {pay}" in text


def test_conditions_of_their_own_are_markdown_in_a_template_too(app, tenant, api):
    letter = ok(api.post("/offer-templates", {"name": "Own", "body": "<h2>{title}</h2><p>{conditions}</p>"}), 201)
    offer = make_offer(tenant, template_id=letter["id"], conditions="**Probation**\n\n- one\n- two {pay}")
    text = _letter_of(app, api, str(offer))
    assert "Probation" in text and "**" not in text and "two {pay}" in text


def test_a_long_name_leaves_room_for_the_number_of_the_page(app, tenant, api):
    ok(api.patch("/tenant", {"name": "Harbour " * 24 + "Ltd"}))
    assert "… | Page 1 of 1" in " ".join(_letter_of(app, api, str(make_offer(tenant))).split())


def test_a_letter_without_an_address_or_a_logo_is_a_letter(app, tenant, api):
    text = _letter_of(app, api, str(make_offer(tenant)))
    assert "Page 1 of 1" in text and "None" not in text and "to be agreed" in text


def test_every_text_of_letters_is_there_in_every_language():
    for key, by_language in languages.texts("letter_texts").items():
        assert set(by_language) == set(languages.NAMES), key
        assert len({tuple(re.findall(r"{\w+}", text)) for text in by_language.values()}) == 1, key


def test_a_letter_shows_the_logo(app):
    tenant = make_tenant(app, "ENTERPRISE")
    api = tenant.api()
    ok(api.upload("/tenant/branding/logo", png(400, 160), "logo.png"))
    link = ok(api.post(f"/offers/{make_offer(tenant)}/letter"))["url"]
    drawn = pypdfium2.PdfDocument(Api(app).get("/api/v1" + link.split("/api/v1")[1]).data)
    (image,) = (each for each in drawn[0].get_objects() if each.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE)
    left, bottom, right, top = image.get_bounds()
    assert (right - left) / (top - bottom) == pytest.approx(2.5, rel=0.01)
    drawn.close()


def _damaged() -> bytes:
    """A PNG with an empty color profile, at which the library stumbles."""
    whole = png(40, 16)
    chunk = b"\0\0\0\0iCCP" + zlib.crc32(b"iCCP").to_bytes(4, "big")
    return whole[:-12] + chunk + whole[-12:]


@pytest.mark.parametrize("image", [png(30_000, 30_000), png(1, 16_000), png(4_000, 1_001), _damaged(), png()[:60]])
def test_a_logo_that_is_broken_or_unfolds_to_gigabytes_is_refused(app, image):
    answer = make_tenant(app, "ENTERPRISE").api().upload("/tenant/branding/logo", image, "logo.png")
    assert refused(answer, 415) == "unsupported_file"


def test_a_text_that_grows_without_end_is_refused_and_spares_the_server(app, tenant, api):
    """A placeholder that stands a thousand times, for a text of thousands of paragraphs."""
    letter = ok(api.post("/offer-templates", {"name": "Bomb", "body": "<p>{conditions}</p>" * 900}), 201)
    offer = make_offer(tenant, template_id=letter["id"], conditions="x\n\n" * 3000)
    link = ok(api.post(f"/offers/{offer}/letter"))["url"]
    assert refused(Api(app).get("/api/v1" + link.split("/api/v1")[1]), 422) == "bad_letter"


def test_a_text_that_looks_like_a_number_of_pages_stays_a_text(app, tenant, api):
    offer = make_offer(tenant, title="Engineer {nb}")
    assert "Engineer {nb}" in _letter_of(app, api, str(offer))


def test_an_offer_without_an_end_says_nothing_of_one(app, tenant, api):
    assert "until" not in _letter_of(app, api, str(make_offer(tenant, expires_at=None)))
