"""Files of messages, copies for the record, and the language of a candidate."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.models import CandidateDocument
from app.services.core.transaction import use_case
from app.services.messages import inbound_service, message_service
from app.utils.errors import NotFound
from app.utils.reply_addresses import reply_addresses
from tests.api.messages.test_inbound_mail import _answer
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.candidate_resume import make_document, pdf_of
from tests.factories.client import ok, refused
from tests.factories.interview import make_interview
from tests.factories.mailbox import mails
from tests.factories.tenant import make_tenant

ADDRESS, TEXT = "ada@people.example", {"subject": "The plan", "text": "Hello {name}."}


@pytest.fixture
def candidate(tenant):
    return make_candidate(tenant, name="Ada Lovelace", emails=[ADDRESS])


@pytest.fixture
def domain(monkeypatch):
    monkeypatch.setattr(reply_addresses, "domain", "answers.example")
    monkeypatch.setattr(reply_addresses, "_secret", b"for tests")


def _send(api, candidate, **body):
    return api.post(f"/candidates/{candidate}/messages", {**TEXT, **body})


def test_documents_go_with_a_message(app, tenant, api, candidate):
    pdf = pdf_of([(72, 700, 12, "The plan")])
    document = ok(api.upload(f"/candidates/{candidate}/documents", pdf, "plan.pdf"), 201)["id"]
    made = ok(_send(api, candidate, document_ids=[document, document]), 201)
    assert made["attachments"] == [{"filename": "plan.pdf", "document_id": document}]
    tenant.run_jobs()
    (mail,) = mails(app, ADDRESS)
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("plan.pdf", "application/pdf")
    assert file.get_content() == pdf


def test_files_of_others_and_too_many_are_refused(tenant, api, candidate, monkeypatch):
    other = make_document(tenant, make_candidate(tenant))
    answer = _send(api, candidate, document_ids=[str(other)])
    assert refused(answer, 422) == "no_such_document"
    assert answer.get_json()["errors"][0]["pointer"] == "/document_ids/0"
    own = make_document(tenant, candidate)
    monkeypatch.setattr(message_service, "MAX_ATTACHED", 10)
    assert refused(_send(api, candidate, document_ids=[str(own)]), 422) == "too_large"


def test_a_message_without_its_file_is_not_sent(app, tenant, api, candidate):
    document = make_document(tenant, candidate)
    made = ok(_send(api, candidate, document_ids=[str(document)]), 201)
    assert api.delete(f"/candidate-documents/{document}").status_code == 204
    tenant.run_jobs()
    assert mails(app, ADDRESS) == []
    failed = ok(api.get(f"/email-messages/{made['id']}"))
    assert (failed["status"], failed["error"]) == ("failed", "An attached document is gone or not safe.")


def test_a_file_in_quarantine_is_not_attached(tenant, api, candidate):
    document = make_document(tenant, candidate)

    @use_case
    def quarantine():
        db.session.get(CandidateDocument, document).scan_status = "pending"

    with tenant.bound():
        quarantine()
    assert refused(_send(api, candidate, document_ids=[str(document)]), 422) == "no_such_document"


def test_a_blind_copy_comes_on_the_record(app, tenant, domain):
    candidate = make_candidate(tenant, emails=[ADDRESS], owner_id=tenant.users["RECRUITER"])
    recruiter, api = tenant.api("RECRUITER"), tenant.api()
    address = ok(recruiter.get("/record-address"))["address"]
    assert address.startswith("b+") and address != ok(api.get("/record-address"))["address"]
    mail = _answer(ADDRESS, "As we said.", sender=tenant.email("RECRUITER"))
    with app.app_context():
        assert inbound_service.receive(bytes(mail), [address]) == "attached"
        assert inbound_service.receive(bytes(mail), [address]) == "repeated"
    (row,) = ok(api.get("/email-messages", query_string={"candidate_id": str(candidate)}))["data"]
    whole = ok(api.get(f"/email-messages/{row['id']}"))
    assert (whole["direction"], whole["status"], whole["recipient"]) == ("out", "sent", ADDRESS)
    assert whole["author_id"] == str(tenant.users["RECRUITER"]) and "As we said." in whole["text"]
    (thread,) = ok(api.get("/email-threads"))["data"]
    assert (thread["user_id"], thread["last_direction"]) == (whole["author_id"], "out")


@pytest.mark.parametrize("case", ["forged", "no candidate", "another tenant", "suspended", "another sender", "unseen"])
def test_copies_that_are_refused(app, tenant, api, domain, case):
    owner = tenant.users["MANAGER" if case == "unseen" else "RECRUITER"]
    make_candidate(tenant, emails=[ADDRESS], owner_id=owner)
    sender = "eve@evil.example" if case == "another sender" else tenant.email("RECRUITER")
    address = ok(tenant.api("RECRUITER").get("/record-address"))["address"]
    to = ADDRESS
    if case == "forged":
        address = address.replace("b+", "b+a", 1).replace("@", "a@")
    elif case == "no candidate":
        to = "nobody@people.example"
    elif case == "another tenant":
        make_candidate(make_tenant(app), emails=["bob@people.example"])
        to = "bob@people.example"
    elif case == "suspended":
        ok(api.patch(f"/users/{tenant.users['RECRUITER']}", {"status": "suspended"}))
    with app.app_context(), pytest.raises(NotFound):
        inbound_service.receive(bytes(_answer(to, sender=sender)), [address])


def test_without_a_domain_there_is_no_address(api):
    assert ok(api.get("/record-address"))["address"] is None


def test_emails_are_in_the_language_of_the_candidate(app, tenant, api):
    ada = make_candidate(tenant, name="Ada", emails=[ADDRESS], preferred_language="de")
    application = make_application(tenant, ada)
    make_interview(tenant, application)
    ok(api.post(f"/applications/{application}/reject", {"reason": "Second best"}))
    for language, text in (("en", "Hello {name}."), ("de", "Guten Tag {name}.")):
        ok(api.put(f"/email-templates/own.greeting/{language}", {"subject": language, "text": text}))
    ok(api.post(f"/candidates/{ada}/messages", {"template": "own.greeting"}), 201)
    tenant.run_jobs()
    subjects = [mail["Subject"] for mail in mails(app, ADDRESS)]
    assert "de" in subjects
    texts = " ".join(mail.get_body(("plain",)).get_content() for mail in mails(app, ADDRESS))
    assert "Guten Tag Ada." in texts and "Hello" not in texts
    assert refused(api.patch(f"/candidates/{ada}", {"preferred_language": "xx"}), 422)
