"""Emails that arrive: each goes where the rule says, and nothing to another tenant."""

from __future__ import annotations

import base64
import hashlib
import hmac
from email.message import EmailMessage as Mail

import pytest

from app.services.mail.mail_transport import mail_transport
from app.services.messages import inbound_service
from app.utils import clock
from app.utils.errors import NotFound
from app.utils.reply_addresses import reply_addresses
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate, share_contacts
from tests.factories.client import Api, ok, refused
from tests.factories.mailbox import mails
from tests.factories.tenant import make_tenant

ADDRESS, DOMAIN, SECRET = "ada@people.example", "answers.example", "whsec_" + base64.b64encode(b"k" * 24).decode()
REPORT = b"""From: MAILER-DAEMON@mx.example\r
To: %(to)s\r
Subject: Undelivered\r
Message-ID: <bounce1@mx.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r
\r
--B\r
Content-Type: text/plain\r
\r
It did not work.\r
--B\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example\r
\r
Final-Recipient: rfc822; %(failed)s\r
Action: %(action)s\r
Status: %(status)s\r
\r
--B--\r
"""


@pytest.fixture(autouse=True)
def domain(monkeypatch):
    monkeypatch.setattr(reply_addresses, "domain", DOMAIN)
    monkeypatch.setattr(reply_addresses, "_secret", b"for tests")


@pytest.fixture
def sent(app, tenant, api):
    """Write to a candidate, and return the message and the email as it was sent."""
    candidate = make_candidate(tenant, name="Ada Lovelace", emails=[ADDRESS])
    text = {"subject": "A position", "text": "Hello {name}."}
    made = ok(api.post(f"/candidates/{candidate}/messages", text), 201)
    tenant.run_jobs()
    return made, mails(app, ADDRESS)[-1]


def _answer(to, text="Yes, please.", sender=ADDRESS, **headers):
    mail = Mail()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Re: A position"
    mail["Message-ID"] = headers.pop("message_id", "<answer1@people.example>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def _take(mail, *recipients):
    return inbound_service.receive(mail if isinstance(mail, bytes) else bytes(mail), recipients)


def _received(api):
    return ok(api.get("/email-messages", query_string={"direction": "in"}))["data"]


def test_an_answer_to_the_signed_address_comes_into_its_thread(app, tenant, api, sent):
    made, mail = sent
    assert mail["Reply-To"].endswith(f"@{DOMAIN}") and mail["Reply-To"].startswith("r+")
    with app.app_context():
        assert _take(_answer(mail["Reply-To"])) == "attached"
        assert _take(_answer(mail["Reply-To"])) == "repeated"
    (row,) = _received(api)
    assert (row["thread_id"], row["status"], row["subject"]) == (made["thread_id"], "received", "Re: A position")
    whole = ok(api.get(f"/email-messages/{row['id']}"))
    assert whole["text"].strip() == "Yes, please." and whole["sender"] == ADDRESS
    (thread,) = ok(api.get("/email-threads", query_string={"last_direction": "in"}))["data"]
    assert thread["id"] == made["thread_id"]
    assert [each["kind"] for each in ok(api.get("/notifications"))["data"]][:1] == ["message_received"]


def test_an_answer_is_found_by_its_references_whoever_sends_it(app, api, sent):
    made, mail = sent
    with app.app_context():
        other = _answer("jobs@harbour.example", sender="elsewhere@people.example", In_Reply_To=mail["Message-ID"])
        assert _take(other) == "attached"
        chain = f"<x@y> {mail['Message-ID']} <z@y>"
        assert _take(_answer("a@b.example", References=chain, message_id="<answer2@x>")) == "attached"
    assert {row["thread_id"] for row in _received(api)} == {made["thread_id"]}


def test_an_email_that_answers_none_of_ours_is_refused(app, api, sent):
    _, mail = sent
    address = mail["Reply-To"]
    forged = address.replace("@", ("a" if address[-len(DOMAIN) - 2] != "a" else "b") + "@").replace("r+", "r+", 1)
    wrong = address[: -len(DOMAIN) - 2] + ("a" if address[-len(DOMAIN) - 2] != "a" else "b") + f"@{DOMAIN}"
    with app.app_context():
        for to in (forged, wrong, f"r+{'a' * 42}@{DOMAIN}", "nobody@answers.example", ADDRESS):
            with pytest.raises(NotFound):
                _take(_answer(to))
        with pytest.raises(NotFound):
            _take(_answer(ADDRESS, In_Reply_To=f"<{clock.now().timestamp()}@{mail_transport.domain}>"))
    assert _received(api) == []


def test_an_answer_never_comes_into_another_tenant(app, tenant, api, sent):
    _, mail = sent
    other = make_tenant(app)
    make_candidate(other, name="Ada Lovelace", emails=[ADDRESS])
    with app.app_context():
        _take(_answer(mail["Reply-To"]))
    assert len(_received(api)) == 1 and _received(other.api()) == []


def test_an_out_of_office_notice_notifies_nobody(app, tenant, api, sent):
    made, mail = sent
    with app.app_context():
        assert _take(_answer(mail["Reply-To"], "I am away.", Auto_Submitted="auto-replied")) == "attached"
    assert _received(api) and ok(api.get(f"/email-messages/{_received(api)[0]['id']}"))["is_automatic"] is True
    assert ok(api.get("/email-threads"))["data"][0]["last_direction"] == "out"
    assert ok(api.get("/notifications"))["data"] == []


@pytest.mark.parametrize(
    ("failed", "action", "status", "result"),
    [
        (ADDRESS, "failed", "5.1.1", "bounced"),
        (ADDRESS, "delayed", "4.4.1", "ignored"),
        (ADDRESS, "failed", "4.2.2", "ignored"),
        ("other@people.example", "failed", "5.1.1", "ignored"),
    ],
)
def test_only_a_report_that_our_address_fails_for_ever_suppresses_it(app, api, sent, failed, action, status, result):
    made, mail = sent
    values = {"to": mail["Reply-To"], "failed": failed, "action": action, "status": status}
    report = REPORT % {name.encode(): value.encode() for name, value in values.items()}
    with app.app_context():
        assert _take(report) == result
    is_bounced = result == "bounced"
    assert ok(api.get(f"/email-messages/{made['id']}"))["status"] == ("bounced" if is_bounced else "sent")
    found = [(row["address"], row["reason"]) for row in ok(api.get("/mail-suppressions"))["data"]]
    assert found == ([(ADDRESS, "bounced")] if is_bounced else []) and _received(api) == []


def test_a_report_that_was_sent_elsewhere_proves_nothing(app, api, sent):
    made, mail = sent
    values = {"to": "jobs@harbour.example", "failed": ADDRESS, "action": "failed", "status": "5.1.1"}
    report = REPORT % {name.encode(): value.encode() for name, value in values.items()}
    report = report.replace(b"Subject:", b"In-Reply-To: " + mail["Message-ID"].encode() + b"\r\nSubject:")
    with app.app_context():
        assert _take(report) == "ignored"
    assert ok(api.get("/mail-suppressions"))["data"] == []


def test_html_is_cleaned_and_files_become_documents(app, tenant, api, sent):
    made, mail = sent
    answer = _answer(mail["Reply-To"], "See the files.")
    answer.add_alternative('<p>Hi<script>x()</script><img src="https://spy.example/1.png"></p>', subtype="html")
    answer.add_attachment(b"%PDF-1.4\n%resume\n%%EOF", maintype="application", subtype="pdf", filename="../cv.pdf")
    answer.add_attachment(b"MZ\x90\x00", maintype="application", subtype="octet-stream", filename="run.exe")
    answer.add_attachment(b"%PDF-1.4\n" + b"x" * (11 << 20), maintype="application", subtype="pdf", filename="big.pdf")
    with app.app_context():
        assert _take(answer) == "attached"
    whole = ok(api.get(f"/email-messages/{_received(api)[0]['id']}"))
    assert "script" not in whole["html"] and "spy.example" not in whole["html"] and "Hi" in whole["html"]
    stored = {each["filename"]: each["document_id"] for each in whole["attachments"]}
    assert stored.keys() == {".._cv.pdf", "run.exe", "big.pdf"}
    assert stored[".._cv.pdf"] and stored["run.exe"] is None and stored["big.pdf"] is None
    document = ok(api.get(f"/candidate-documents/{stored['.._cv.pdf']}"))
    assert document["candidate_id"] == made["candidate_id"]


def test_an_answer_to_a_mail_of_a_rule_begins_a_thread(app, tenant, api):
    owner = tenant.users["RECRUITER"]
    candidate = make_candidate(tenant, name="Ada Lovelace", emails=[ADDRESS], owner_id=owner)

    ok(api.post(f"/applications/{make_application(tenant, candidate)}/hire", {}))
    tenant.run_jobs()
    with app.app_context():
        assert _take(_answer(mails(app, ADDRESS)[-1]["Reply-To"])) == "attached"
    (thread,) = ok(api.get("/email-threads"))["data"]
    assert thread["user_id"] == str(owner) and "Welcome aboard" in thread["subject"]
    found = ok(api.get("/email-messages", query_string={"thread_id": thread["id"]}))["data"]
    assert {row["direction"] for row in found} == {"in", "out"}


@pytest.mark.parametrize("garbage", [b"", b"\x00\xff" * 500, b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n"])
def test_garbage_is_refused(app, garbage):
    with app.app_context(), pytest.raises(NotFound):
        _take(garbage)


def _post(app, body, secret=SECRET, stamp=None, **headers):
    stamp = str(int(clock.now().timestamp()) if stamp is None else stamp)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, f"m1.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    signed = {"webhook-id": "m1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}", **headers}
    client = app.test_client()
    return client.post("/api/v1/inbound-mail", data=body, headers={"Content-Type": "message/rfc822", **signed})


def test_a_mail_server_hands_over_signed_emails(make_app, app, tenant, api, sent):
    _, mail = sent
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(
        update={"inbound_mail_secret": type(settings.inbound_mail_secret)(SECRET), "max_mail_bytes": 100_000}
    )
    try:
        body = bytes(_answer(mail["Reply-To"]))
        assert ok(_post(app, body))["result"] == "attached"
        assert refused(_post(app, bytes(_answer("nobody@x.example"))), 404) == "unknown_recipient"
        other = "whsec_" + base64.b64encode(b"x" * 24).decode()
        for bad in (
            _post(app, body, secret=other),
            _post(app, body, stamp=int(clock.now().timestamp()) - 400),
            _post(app, body, stamp="soon"),
            _post(app, body, **{"webhook-signature": ""}),
        ):
            assert refused(bad, 401) == "bad_signature"
        assert _post(app, b"x" * 200_000).status_code == 413
        assert _post(app, body, **{"Content-Type": "text/plain"}).status_code == 415
    finally:
        app.config["SETTINGS"] = settings
    assert refused(_post(app, body), 401) == "bad_signature", "without a secret, nothing is taken"
    assert Api(app) and len(_received(api)) == 1


def test_an_email_to_the_tenant_belongs_to_the_only_candidate_with_that_address(app, tenant, api):
    owner = tenant.users["RECRUITER"]
    candidate = str(make_candidate(tenant, name="Ada Lovelace", emails=[ADDRESS], owner_id=owner))
    to = f"{tenant.slug}@{DOMAIN}"
    with app.app_context():
        assert _take(_answer(to)) == "attached"
        assert _take(_answer(to)) == "repeated"
        assert _take(_answer("jobs@harbour.example", message_id="<other@x>"), to) == "attached", "by the envelope"
        assert _take(_answer(to, Auto_Submitted="auto-replied", message_id="<auto@x>")) == "ignored"
    threads = ok(api.get("/email-threads"))["data"]
    assert {(each["candidate_id"], each["user_id"]) for each in threads} == {(candidate, str(owner))}
    assert len(_received(api)) == 2


def test_an_address_of_nobody_or_of_two_belongs_to_nobody(app, tenant, api):
    to = f"{tenant.slug}@{DOMAIN}"
    first, second = (make_candidate(tenant, name=name, emails=[]) for name in ("Ada One", "Bea Two"))
    with tenant.bound():
        for each in (first, second):
            share_contacts(each, emails=["desk@family.example"])
    other = make_tenant(app)
    make_candidate(other, name="Ada Lovelace", emails=[ADDRESS])
    with app.app_context():
        for sender in ("desk@family.example", ADDRESS, "Ada One <nobody@people.example>"):
            with pytest.raises(NotFound):
                _take(_answer(to, sender=sender))
        with pytest.raises(NotFound):
            _take(_answer(f"no-such-tenant@{DOMAIN}"))
    assert _received(api) == [] and _received(other.api()) == []
