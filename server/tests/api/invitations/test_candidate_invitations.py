"""Invitations: sent, filled in by the candidate, reviewed; what an approval does, and every step that is refused."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.models import CandidateDocument, CandidateInvitation, InvitationFile, TenantCounter
from app.models.candidate_invitation import INVITATION_MACHINE, InvitationStatus
from app.services.candidates import candidate_document_service
from app.services.core.transaction import use_case
from app.services.invitations import candidate_invitation_service, invitation_files
from app.services.messages import inbound_service
from app.services.resumes import candidate_resume_service
from app.utils import clock
from app.utils.errors import Unavailable
from app.utils.file_store import file_store
from app.utils.reply_addresses import reply_addresses
from app.utils.virus_scanner import VirusScanner
from tests.api.messages.test_inbound_mail import REPORT
from tests.factories.candidate import make_candidate, resume_text
from tests.factories.client import Api, ok, refused
from tests.factories.invitation import make_document_type, make_invitation, make_requirement, token_of
from tests.factories.job import make_job
from tests.factories.mailbox import mails
from tests.factories.tenant import make_tenant

EMAIL = "grace@people.example"
FORM = {
    "name": "Grace Hopper",
    "phone": "+14155552671",
    "headline": "Data Engineer",
    "skills": ["Python"],
    "consent": True,
    "talent_pool_consent": True,
}
REASON = {"reason": "The permit is not readable."}


@pytest.fixture
def public(app):
    return Api(app)


def _invite(api, **values):
    return ok(api.post("/candidate-invitations", {"email": EMAIL, **values}), 201)


def _path(tenant, invitation, rest=""):
    return f"/public/candidate-invitations/{token_of(tenant, invitation['id'])}{rest}"


def _submitted(tenant, api, public, **values):
    invitation = _invite(api, **values)
    ok(public.post(_path(tenant, invitation, "/submit"), FORM))
    return ok(api.get(f"/candidate-invitations/{invitation['id']}"))


def _act(api, invitation, action, body=None):
    return api.post(f"/candidate-invitations/{invitation['id']}/{action}", body if body is not None else {})


def test_from_the_invitation_to_the_candidate(app, tenant, api, public):
    job = make_job(tenant)
    ok(api.post(f"/jobs/{job}/open", {})) if ok(api.get(f"/jobs/{job}"))["status"] == "draft" else None
    invitation = _invite(api, name="Grace", job_id=str(job), note="We met at the fair.", language="de")
    assert (invitation["status"], invitation["allowed_actions"]) == ("sent", ["resend", "revoke"])
    tenant.run_jobs()
    (mail,) = mails(app, EMAIL)
    text = mail.get_body(("plain",)).get_content()
    assert "Bitte senden Sie uns Ihre Angaben" in mail["Subject"] and "We met at the fair." in text
    assert "7 Tage" in text and mail["Auto-Submitted"] == "auto-generated"
    path = "/public/candidate-invitations/" + text.split("/invitations/")[1].split()[0]
    seen = ok(public.get(path))
    assert (seen["status"], seen["email"], seen["form"]["name"], seen["locale"]) == ("open", EMAIL, "Grace", "de")
    assert ok(api.get(f"/candidate-invitations/{invitation['id']}"))["status"] == "opened"
    saved = ok(public.put(path, {"headline": "Data Engineer"}))
    assert saved["form"]["headline"] == "Data Engineer"
    assert ok(api.get(f"/candidate-invitations/{invitation['id']}"))["status"] == "in_progress"
    assert refused(public.post(f"{path}/submit", {"headline": "Data Engineer"}), 422) == "incomplete"
    ok(public.upload(f"{path}/files", resume_text("Grace Hopper"), "cv.txt"), 201)
    done = ok(public.post(f"{path}/submit", FORM))
    assert (done["status"], done["form"]["name"], done["files"]) == ("received", None, [])
    assert refused(public.put(path, FORM), 409) == "already_submitted"
    assert [n["kind"] for n in ok(api.get("/notifications"))["data"]][:1] == ["invitation_submitted"]
    assert ok(api.get("/candidates", query_string={"email": EMAIL}))["data"] == [], "nothing before the approval"
    waits = ok(api.get(f"/candidate-invitations/{invitation['id']}"))
    assert waits["form"]["headline"] == "Data Engineer" and len(waits["files"]) == 1
    link = ok(api.get(f"/candidate-invitations/{invitation['id']}/files/{waits['files'][0]['id']}/link"))
    assert b"Grace Hopper" in app.test_client().get(link["url"].split("5000", 1)[1]).data
    tenant.run_jobs()
    receipt = mails(app, EMAIL)[-1]
    text = receipt.get_body(("plain",)).get_content()
    assert "hat Ihre Angaben erhalten" in receipt["Subject"] and "/invitations/" not in text
    assert "Es geht um die Stelle" in text and "weil Sie ein Formular" in receipt.get_body(("html",)).get_content()
    approved = ok(_act(api, invitation, "approve"))
    tenant.run_jobs()
    candidate = ok(api.get(f"/candidates/{approved['candidate_id']}"))
    assert (candidate["name"], candidate["headline"]) == ("Grace Hopper", "Data Engineer")
    assert {contact["value"] for contact in candidate["contacts"]} >= {EMAIL, "+14155552671"}
    consents = ok(api.get("/candidate-consents", query_string={"candidate_id": candidate["id"]}))["data"]
    assert {each["purpose"] for each in consents} == {"recruiting", "talent_pool"}
    (application,) = ok(api.get("/applications", query_string={"candidate_id": candidate["id"]}))["data"]
    assert (application["job_id"], application["source"]) == (str(job), "invitation")
    (resume,) = ok(api.get("/candidate-resumes", query_string={"candidate_id": candidate["id"]}))["data"]
    assert resume["status"] == "parsed" and ok(api.get(f"/candidate-invitations/{invitation['id']}"))["files"] == []


def test_required_documents_are_asked_for_and_verified(app, tenant, api, public):
    job = make_job(tenant)
    everywhere = make_document_type(tenant, name="Passport", has_expiry=True, needs_verification=True)
    here, elsewhere = make_document_type(tenant, name="Licence"), make_document_type(tenant, name="Other")
    make_requirement(tenant, everywhere)
    make_requirement(tenant, here, job)
    make_requirement(tenant, elsewhere, make_job(tenant))
    invitation = _invite(api, job_id=str(job))
    path = _path(tenant, invitation)
    assert [each["name"] for each in ok(public.get(path))["required"]] == ["Licence", "Passport"]
    answer = public.post(f"{path}/submit", FORM)
    pointers = {each["pointer"] for each in answer.get_json()["errors"]}
    assert pointers == {f"/documents/{here}", f"/documents/{everywhere}"}
    ok(public.upload(f"{path}/files", b"A licence", "licence.txt", document_type_id=str(here)), 201)
    old = {"document_type_id": str(everywhere), "expires_on": "2020-01-01"}
    assert refused(public.upload(f"{path}/files", b"A passport", "passport.txt", **old), 422) == "expired_document"
    wrong = public.upload(f"{path}/files", b"A passport", "passport.txt", document_type_id=str(everywhere))
    assert refused(wrong, 422) == "expiry_missing"
    soon = (clock.now() + timedelta(days=20)).date().isoformat()
    fields = {"document_type_id": str(everywhere), "expires_on": soon}
    for _ in range(2):  # the same file again is the same file
        added = ok(public.upload(f"{path}/files", b"A passport", "passport.txt", **fields), 201)
    assert len(added["files"]) == 2 and all(each["is_sent"] for each in added["required"])
    ok(public.post(f"{path}/submit", FORM))
    candidate = ok(_act(api, invitation, "approve"))["candidate_id"]
    tenant.run_jobs()
    documents = ok(api.get("/candidate-documents", query_string={"candidate_id": candidate}))["data"]
    by_type = {each["document_type_id"]: each for each in documents}
    assert by_type[str(here)]["verification"] is None
    passport = by_type[str(everywhere)]
    assert (passport["verification"], passport["expires_on"]) == ("pending", soon)
    verified = ok(api.post(f"/candidate-documents/{passport['id']}/verify"))
    assert (verified["verification"], verified["verified_by_id"]) == ("verified", str(tenant.users["TENANT_ADMIN"]))
    changed = ok(api.patch(f"/candidate-documents/{passport['id']}", {"expires_on": "2027-12-31"}))
    assert changed["verification"] == "pending", "it is another document now"
    nothing = api.post(f"/candidate-documents/{by_type[str(here)]['id']}/refuse")
    assert refused(nothing, 409) == "needs_no_verification"
    assert refused(api.delete(f"/document-types/{here}"), 409) == "still_referred_to"


def test_owners_are_notified_once_before_a_document_expires(app, tenant, api):
    kind = make_document_type(tenant, has_expiry=True)
    candidate = make_candidate(tenant, owner_id=tenant.users["RECRUITER"])
    document = ok(api.upload(f"/candidates/{candidate}/documents", b"A permit", "permit.txt"), 201)["id"]
    change = {"document_type_id": str(kind), "expires_on": (clock.now() + timedelta(days=29)).date().isoformat()}
    ok(api.patch(f"/candidate-documents/{document}", change))
    with tenant.bound():
        assert (candidate_document_service.notify_of_expiry(), candidate_document_service.notify_of_expiry()) == (1, 0)
    kinds = [each["kind"] for each in ok(tenant.api("RECRUITER").get("/notifications"))["data"]]
    assert kinds == ["document_expires"]


def test_a_known_candidate_is_updated_as_by_an_upsert(app, tenant, api, public):
    known = str(make_candidate(tenant, name="Grace Hopper", emails=[EMAIL], location="Oslo"))
    invitation = _submitted(tenant, api, public)
    assert ok(_act(api, invitation, "approve"))["candidate_id"] == known
    after = ok(api.get(f"/candidates/{known}"))
    assert (after["headline"], after["location"]) == ("Data Engineer", "Oslo")


def test_an_address_of_another_person_needs_a_decision(tenant, api, public):
    other = str(make_candidate(tenant, name="Peter Petersen", emails=[EMAIL]))
    invitation = _submitted(tenant, api, public)
    assert refused(_act(api, invitation, "approve"), 409) == "another_person"
    assert ok(api.get(f"/candidate-invitations/{invitation['id']}"))["status"] == "submitted"
    assert ok(_act(api, invitation, "approve", {"candidate_id": other}))["candidate_id"] == other


def test_a_new_link_makes_the_earlier_ones_invalid_and_keeps_what_was_filled_in(tenant, api, public):
    invitation = _invite(api)
    before = _path(tenant, invitation)
    ok(public.put(before, {"name": "Grace"}))
    again = ok(_act(api, invitation, "resend"))
    assert again["status"] == "in_progress" and again["expires_at"] > invitation["expires_at"]
    assert refused(public.get(before), 404) == "not_found"
    assert ok(public.get(_path(tenant, invitation)))["form"]["name"] == "Grace"


def test_what_is_revoked_is_not_mailed_and_not_valid(app, tenant, api, public):
    invitation = _invite(api)
    path = _path(tenant, invitation)
    ok(_act(api, invitation, "revoke"))
    tenant.run_jobs()
    assert mails(app, EMAIL) == [] and refused(public.get(path), 410) == "invitation_over"
    _invite(api)  # the address is free again


def test_one_invitation_of_an_address_is_open(tenant, api):
    first = _invite(api)
    again = api.post("/candidate-invitations", {"email": EMAIL.upper()})
    assert refused(again, 409) == "already_invited" and again.get_json()["existing_id"] == first["id"]
    assert make_invitation(make_tenant(tenant.app), email=EMAIL), "another tenant knows nothing of it"


def test_a_suppressed_address_is_not_invited(tenant, api):
    ok(api.post("/mail-suppressions", {"address": EMAIL}), 201)
    assert refused(api.post("/candidate-invitations", {"email": EMAIL}), 409) == "address_suppressed"


def test_changes_are_mailed_with_a_new_link(app, tenant, api, public):
    invitation = _submitted(tenant, api, public)
    assert refused(_act(api, invitation, "return"), 422) == "reason_missing"
    ok(_act(api, invitation, "return", REASON))
    tenant.run_jobs()
    assert REASON["reason"] in mails(app, EMAIL)[-1].get_body(("plain",)).get_content()
    seen = ok(public.get(_path(tenant, invitation)))
    assert (seen["status"], seen["changes"], seen["form"]["name"]) == (
        "changes_requested",
        REASON["reason"],
        "Grace Hopper",
    )
    ok(public.post(_path(tenant, invitation, "/submit"), FORM))
    ok(_act(api, invitation, "approve"))


def test_a_rejection_is_not_told(app, tenant, api, public):
    invitation = _submitted(tenant, api, public)
    ok(_act(api, invitation, "reject", REASON))
    tenant.run_jobs()
    assert "readable" not in str(mails(app, EMAIL))
    assert ok(public.get(_path(tenant, invitation)))["status"] == "received"


def test_reminded_once_expired_and_deleted_in_the_end(app, tenant, api, public):
    invitation = _invite(api)
    ok(public.upload(_path(tenant, invitation, "/files"), resume_text(), "cv.txt"), 201)
    tenant.run_jobs()
    token = _path(tenant, invitation)
    with time_machine.travel(clock.now() + timedelta(hours=167), tick=False) as travelled:
        with tenant.bound():
            assert candidate_invitation_service.settle_due() == {"expired": 0, "reminded": 1, "deleted": 0}
            assert candidate_invitation_service.settle_due()["reminded"] == 0
        tenant.run_jobs()
        assert mails(app, EMAIL)[-1]["Subject"].startswith("Reminder: ")
        travelled.shift(2 * 3600)
        assert refused(public.get(token), 410) == "invitation_over", "before the function comes by"
        with tenant.bound():
            assert candidate_invitation_service.settle_due()["expired"] == 1
            key = db.session.scalars(db.select(InvitationFile.storage_key)).one()
        travelled.shift(91 * 86_400)
        with tenant.bound():
            assert candidate_invitation_service.settle_due()["deleted"] == 1
        tenant.run_jobs()
        with tenant.bound():
            assert db.session.scalars(db.select(CandidateInvitation)).all() == []
            with pytest.raises(Exception, match="file"):
                next(iter(file_store.open(key)))


def test_a_bounce_ends_it_and_suppresses_the_address(app, tenant, api, monkeypatch):
    monkeypatch.setattr(reply_addresses, "domain", "answers.example")
    monkeypatch.setattr(reply_addresses, "_secret", b"for tests")
    invitation = _invite(api)
    tenant.run_jobs()
    (message,) = ok(api.get("/email-messages", query_string={"template": "candidate_invitation"}))["data"]
    said = {b"to": reply_addresses.of(UUID(message["id"])).encode(), b"failed": EMAIL.encode()}
    with app.app_context():
        report = REPORT % {**said, b"action": b"failed", b"status": b"5.1.1"}
        assert inbound_service.receive(report) == "bounced"
    assert ok(api.get(f"/candidate-invitations/{invitation['id']}"))["status"] == "bounced"
    assert refused(_act(api, invitation, "resend"), 409) == "address_suppressed"


def test_an_erased_candidate_leaves_no_invitation_and_no_file(tenant, api, public):
    known = make_candidate(tenant, name="Grace Hopper", emails=[EMAIL])
    invitation = _invite(api, candidate_id=str(known))
    ok(public.upload(_path(tenant, invitation, "/files"), resume_text(), "cv.txt"), 201)
    ok(api.post(f"/candidates/{known}/erase", {"reason": "Asked for by mail."}))
    assert refused(api.get(f"/candidate-invitations/{invitation['id']}"), 404)
    with tenant.bound():
        assert db.session.scalars(db.select(InvitationFile)).all() == []


def test_files_that_are_refused(tenant, api, public, monkeypatch):
    path = _path(tenant, _invite(api), "/files")
    assert refused(public.upload(path, b"\x00\x01\x02\xff", "x.bin"), 415) == "unsupported_file"
    assert refused(public.upload(path, b"", "x.txt"), 422)
    foreign = make_document_type(make_tenant(tenant.app))
    assert refused(public.upload(path, b"text", "x.txt", document_type_id=str(foreign)), 404)
    monkeypatch.setattr(VirusScanner, "configured", property(lambda self: True))
    monkeypatch.setattr(VirusScanner, "finds", lambda self, chunks: "Eicar")
    assert refused(public.upload(path, b"text", "x.txt"), 422) == "infected_file"
    monkeypatch.undo()
    for number in range(invitation_files.MAX_FILES):
        ok(public.upload(path, f"text {number}".encode(), "x.txt"), 201)
    assert refused(public.upload(path, b"one more", "x.txt"), 409) == "too_many_files"


def test_recruiters_see_the_invitations_of_their_team_alone(tenant, api):
    mine = _invite(tenant.api("RECRUITER"))
    theirs = make_invitation(tenant)
    listed = ok(tenant.api("RECRUITER").get("/candidate-invitations"))["data"]
    assert [each["id"] for each in listed] == [mine["id"]]
    assert refused(tenant.api("RECRUITER").get(f"/candidate-invitations/{theirs}"), 404)
    found = ok(api.get("/candidate-invitations", query_string={"q": "grace", "status": "sent,opened"}))["data"]
    assert [each["id"] for each in found] == [mine["id"]]


@use_case
def _put(invitation_id, status):
    invitation = db.session.get(CandidateInvitation, invitation_id)
    invitation.status = status
    invitation.submitted_at, invitation.form = clock.now(), FORM


@given(status=st.sampled_from(InvitationStatus), action=st.sampled_from(INVITATION_MACHINE.actions))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_step_that_the_table_does_not_have_is_a_conflict(tenant, api, status, action):
    invitation = {"id": str(make_invitation(tenant))}
    with tenant.bound():
        _put(UUID(invitation["id"]), status)
    answer = _act(api, invitation, action, {} if action in ("send", "resend", "approve") else REASON)
    if INVITATION_MACHINE.find(status, action) is not None:
        ok(answer)
        return
    assert refused(answer, 409) == "illegal_transition"
    said = answer.get_json()
    assert said["current_state"] == status and action not in said["allowed_actions"]


def test_the_page_works_without_scripts(app, tenant, api, public):
    kind = make_document_type(tenant, name="Passport", description="Both sides", has_expiry=True)
    make_requirement(tenant, kind)
    invitation = _invite(api, language="fr")
    path = f"/invitations/{token_of(tenant, invitation['id'])}"
    client = app.test_client()
    page = client.get(path).text
    assert "Vos informations pour" in page and "Passport" in page and "Both sides" in page and "<script" not in page

    def post(**fields):
        return client.post(path, data=fields, content_type="multipart/form-data")

    wrong = post(action="submit", phone="030 1", years_experience="7,5", skills="A, B")
    assert wrong.status_code == 422 and 'value="A, B"' in wrong.text
    assert "avec l’indicatif du pays" in wrong.text and "un nombre d’années" not in wrong.text
    wrong = post(action="submit", link="grace", years_experience="some", available_from="soon")
    for hint in ("qui commence par https://", "un nombre d’années", "avec le jour, le mois et l’année"):
        assert hint in wrong.text
    missing = post(action="submit", years_experience="7,5")
    assert missing.status_code == 422 and "Ce document manque." in missing.text
    fields = {"action": "upload", "name": "Grace", "document_type_id": str(kind)}
    past = post(**fields, expires_on="2020-01-01", file=(io.BytesIO(b"A passport"), "passport.txt"))
    assert past.status_code == 422 and "Ce document a expir" in past.text and 'value="Grace"' in past.text
    empty = post(**fields, expires_on="2027-12-31", file=(io.BytesIO(), "passport.txt"))
    assert empty.status_code == 422 and "Le fichier est vide." in empty.text
    sent = post(**fields, expires_on="2027-12-31", file=(io.BytesIO(b"A passport"), "passport.txt"))
    page = client.get(path).text
    assert sent.status_code == 303 and "Passport: passport.txt" in page
    assert 'value="Grace"' in page, "what was typed is saved with the file"
    saved = post(action="save", name="Grace", years_experience="7,5", skills="A, B")
    assert saved.status_code == 303
    page = client.get(saved.headers["Location"]).text
    assert 'value="7.5"' in page and "Enregistr" in page
    resume = (io.BytesIO(resume_text()), "cv.txt")
    done = client.post(
        path,
        data={"action": "submit", "name": "Grace", "consent": "true", "file": resume},
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    assert "a bien reçu vos informations" in done.text
    assert len(ok(api.get(f"/candidate-invitations/{invitation['id']}"))["files"]) == 2
    assert client.get("/invitations/nonsense").status_code == 404


def test_the_link_in_the_email_is_not_on_the_record(app, tenant, api):
    _invite(api)
    tenant.run_jobs()
    (mail,) = mails(app, EMAIL)
    (message,) = ok(api.get("/email-messages", query_string={"template": "candidate_invitation"}))["data"]
    record = ok(api.get(f"/email-messages/{message['id']}"))["text"]
    assert "/invitations/" in mail.get_body(("plain",)).get_content() and "/invitations/" not in record


def test_a_file_that_another_candidate_has_stays_with_the_invitation(tenant, api, public):
    other = make_candidate(tenant, name="Peter Petersen")
    ok(api.upload(f"/candidates/{other}/documents", b"An internal memo", "memo.txt"), 201)
    kind = make_document_type(tenant)
    make_requirement(tenant, kind)
    invitation = _invite(api)
    path = _path(tenant, invitation)
    ok(public.upload(f"{path}/files", b"An internal memo", "mine.txt", document_type_id=str(kind)), 201)
    ok(public.post(f"{path}/submit", FORM))
    candidate = ok(_act(api, invitation, "approve"))["candidate_id"]
    tenant.run_jobs()
    assert [f["filename"] for f in ok(api.get(f"/candidate-invitations/{invitation['id']}"))["files"]] == ["mine.txt"]
    assert ok(api.get("/candidate-documents", query_string={"candidate_id": candidate}))["data"] == []
    with tenant.bound():
        memo = db.session.scalars(db.select(CandidateDocument).where(CandidateDocument.candidate_id == other)).one()
        assert not memo.is_from_candidate, "it would be shown on their portal"


def test_files_become_documents_without_being_counted_twice(tenant, api, public, monkeypatch):
    invitation = _invite(api)
    path = _path(tenant, invitation)
    ok(public.upload(f"{path}/files", resume_text(), "cv.txt"), 201)
    ok(public.post(f"{path}/submit", FORM))
    with tenant.bound():
        before = db.session.scalars(db.select(TenantCounter.storage_bytes)).one()
    ok(_act(api, invitation, "approve"))

    def broken(*args, **options):
        raise Unavailable("The database is busy.")

    monkeypatch.setattr(candidate_resume_service, "receive", broken)
    with tenant.bound(), pytest.raises(Unavailable):
        invitation_files.hand_over(UUID(invitation["id"]))
    assert len(ok(api.get(f"/candidate-invitations/{invitation['id']}"))["files"]) == 1, "nothing is lost"
    monkeypatch.undo()
    tenant.run_jobs()
    assert ok(api.get(f"/candidate-invitations/{invitation['id']}"))["files"] == []
    with tenant.bound():
        assert db.session.scalars(db.select(TenantCounter.storage_bytes)).one() == before


def test_a_bounce_of_an_earlier_link_or_after_the_form_was_opened_ends_nothing(tenant, api, public):
    invitation = _invite(api)
    ok(_act(api, invitation, "resend"))
    with tenant.bound():
        candidate_invitation_service.note_bounce(UUID(invitation["id"]), 1)
    assert ok(api.get(f"/candidate-invitations/{invitation['id']}"))["status"] == "sent"
    ok(public.put(_path(tenant, invitation), {"name": "Grace"}))
    with tenant.bound():
        candidate_invitation_service.note_bounce(UUID(invitation["id"]), 2)
    assert ok(api.get(f"/candidate-invitations/{invitation['id']}"))["status"] == "in_progress"


def test_what_is_deleted_gives_its_storage_back_or_is_refused(tenant, api, public):
    kind, job = make_document_type(tenant), make_job(tenant)
    make_requirement(tenant, kind)
    candidate = make_candidate(tenant, emails=[EMAIL])
    with tenant.bound():
        before = db.session.scalars(db.select(TenantCounter.storage_bytes)).one()
    invitation = _invite(api, candidate_id=str(candidate), job_id=str(job))
    path = _path(tenant, invitation, "/files")
    ok(public.upload(path, b"A document", "document.txt", document_type_id=str(kind)), 201)
    assert refused(api.delete(f"/document-types/{kind}"), 409) == "still_referred_to"
    ok(api.post(f"/jobs/{job}/cancel", {})) if ok(api.get(f"/jobs/{job}"))["status"] == "draft" else None
    assert refused(api.delete(f"/jobs/{job}"), 409) in ("has_invitations", "not_a_draft")
    assert api.delete(f"/candidates/{candidate}").status_code == 204
    with tenant.bound():
        assert db.session.scalars(db.select(TenantCounter.storage_bytes)).one() == before


def test_an_erasure_takes_what_nobody_has_approved_yet(tenant, api, public):
    invitation = _submitted(tenant, api, public)
    known = make_candidate(tenant, name="Grace Hopper", emails=[EMAIL])
    ok(api.post(f"/candidates/{known}/erase", {"reason": "Asked for by mail."}))
    assert refused(api.get(f"/candidate-invitations/{invitation['id']}"), 404)


def test_a_form_that_nobody_decides_about_is_deleted_after_a_year(tenant, api, public):
    _submitted(tenant, api, public)
    with time_machine.travel(clock.now() + timedelta(days=366), tick=False), tenant.bound():
        assert candidate_invitation_service.settle_due()["deleted"] == 1


def test_the_page_is_in_the_language_of_the_invitation(app, tenant, api):
    path = f"/invitations/{token_of(tenant, _invite(api, language='de')['id'])}"
    client = app.test_client()
    assert "Über Sie" in client.get(path, headers={"Accept-Language": "en"}).text
    assert "About you" in client.get(f"{path}?lang=en").text


def test_there_is_an_end_to_resending(tenant, api):
    invitation = _invite(api)
    for _ in range(candidate_invitation_service.MOST_LINKS - 1):
        ok(_act(api, invitation, "resend"))
    assert refused(_act(api, invitation, "resend"), 409) == "too_many_links"
