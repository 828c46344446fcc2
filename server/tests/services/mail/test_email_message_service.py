"""Mails: once under their key, by file or SMTP."""

from __future__ import annotations

import asyncio
import ssl
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from app.extensions import db
from app.models import EmailMessage, Outbox
from app.services.core.transaction import use_case
from app.services.mail import email_message_service
from app.services.mail.email_renderer import render
from app.services.mail.mail_transport import FileTransport, Mail, MailTransport, SmtpTransport, mail_transport
from app.utils.errors import Conflict, UpstreamFailed
from tests.factories.certificate import self_signed
from tests.factories.client import refused
from tools.with_services import free_port

BRAND = {"name": "Harbour", "color": None, "logo_url": None, "locale": "en"}
CONTEXT = {"brand": BRAND, "name": "Ada <b>", "job": "Engineer", "stage": "offer"}


def _queue(key="a-key", address="ada@people.example"):
    @use_case
    def cause():
        email_message_service.queue("application_moved", address, key=key, context=CONTEXT)

    cause()
    return db.session.scalars(sa.select(EmailMessage.id).where(EmailMessage.delivery_key == key)).one()


def _mailbox(tenant):
    return list((Path(tenant.app.config["SETTINGS"].data_dir) / "mail").glob("*.eml"))


def test_a_key_stands_for_one_mail(tenant):
    with tenant.bound():
        assert _queue() == _queue()
        assert (
            db.session.scalar(
                sa.select(sa.func.count()).select_from(Outbox).where(Outbox.name == "email_message/queued")
            )
            == 5
        )


def test_a_mail_is_written_with_both_parts(tenant):
    with tenant.bound():
        message_id = _queue()
        assert email_message_service.send(message_id) == "sent"
        assert email_message_service.send(message_id) == "skipped"
    path = next(path for path in _mailbox(tenant) if path.stem == str(message_id))
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["Subject"] == "Your application for Engineer: offer" and message["To"] == "ada@people.example"
    assert "Hello Ada <b>" in message.get_body(["plain"]).get_content()
    assert "Ada &lt;b&gt;" in message.get_body(["html"]).get_content()


def test_a_subject_cannot_carry_headers():
    subject, _, _ = render("application_moved", {**CONTEXT, "job": "x\r\nBcc: all@people.example"})
    assert "\n" not in subject and "\r" not in subject


class _Box:
    def __init__(self, answer="250 OK"):
        self.messages, self.answer = [], answer

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(envelope)
        await asyncio.sleep(0)
        return self.answer


@pytest.fixture
def smtp(monkeypatch):
    box = _Box()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setattr(mail_transport, "_transport", SmtpTransport("127.0.0.1", port))
    yield box
    controller.stop()


def test_smtp_delivers_under_a_constant_message_id(tenant, smtp):
    with tenant.bound():
        message_id = _queue()
        email_message_service.send(message_id)
    message = message_from_bytes(smtp.messages[0].content, policy=policy.default)
    assert message["Message-ID"] == f"<{message_id}@fairlead.example>" and len(smtp.messages) == 1


def test_a_mail_that_is_not_taken_is_tried_again(tenant, smtp):
    smtp.answer = "451 later"
    with tenant.bound():
        message_id = _queue()
        with pytest.raises(UpstreamFailed):
            email_message_service.send(message_id)
        smtp.answer = "250 OK"
        assert email_message_service.send(message_id) == "sent"


def test_a_mail_server_with_an_unknown_certificate_gets_no_password(tenant, tmp_path, monkeypatch):
    file = tmp_path / "server.pem"
    file.write_bytes(self_signed("127.0.0.1"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    controller = Controller(_Box(), hostname="127.0.0.1", port=free_port(), tls_context=context)
    controller.start()
    transport = SmtpTransport("127.0.0.1", controller.port, starttls=True)
    try:
        with pytest.raises(UpstreamFailed, match="SSLCertVerificationError"):
            transport.check()
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        transport.check()
    finally:
        controller.stop()


def test_two_senders_do_not_send_twice(tenant):
    with tenant.bound():
        message_id = _queue()
        email_message_service._claim(message_id)
        with pytest.raises(Conflict):
            email_message_service.send(message_id)


def test_a_mail_that_failed_for_good_may_be_driven_again(tenant):
    with tenant.bound():
        message_id = _queue()
        email_message_service.fail(message_id, "no such server")
        assert db.session.get_one(EmailMessage, message_id).status == "failed"
        assert email_message_service.send(message_id) == "sent"


@pytest.mark.parametrize(
    "address, sent",
    [
        ("anna@müller.example", "anna@xn--mller-kva.example"),
        ("anna@xn--mller-kva.example", "anna@xn--mller-kva.example"),
        ("ada@people.example", "ada@people.example"),
    ],
)
def test_a_domain_of_any_alphabet_leaves_in_ascii(tenant, smtp, address, sent):
    with tenant.bound():
        message_id = _queue(address=address)
        assert email_message_service.send(message_id) == "sent"
    assert smtp.messages[0].rcpt_tos == [sent]


ENCODED = "=?utf-8?q?x=0D=0ABcc=3A_all=40people.example?="


def test_an_encoded_word_in_a_name_is_no_header(tmp_path):
    """The library decodes such words in what it is given, line breaks included."""
    transport = MailTransport()
    transport.init(FileTransport(tmp_path), "no-reply@fairlead.example")
    transport.send(Mail("key", "ada@people.example", f"News: {ENCODED}", "text", "<p>html</p>", None, ENCODED))
    message = message_from_bytes((tmp_path / "key.eml").read_bytes(), policy=policy.default)
    assert message["Bcc"] is None and not any("\n" in value or "\r" in value for value in message.values())
    assert message["Subject"] == "News: = ?utf-8?q?x=0D=0ABcc=3A_all=40people.example?="


def test_an_address_with_an_encoded_word_is_none(api):
    body = {"name": "Ada", "emails": [f"{ENCODED[:40]}@people.example"]}
    assert refused(api.post("/candidates", body), 422) == "validation_failed"
