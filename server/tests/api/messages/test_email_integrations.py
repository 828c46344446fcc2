"""Mailboxes: read from a real IMAP server, each email once, and each where the rule says."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.message import EmailMessage as Mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import EmailIntegration, EmailMessage, ProcessedEmail
from app.services.core.transaction import use_case
from app.services.messages import email_integration_service, mailbox_sync_service
from app.utils import clock, imap_connection, imap_login, imap_mailbox, mail_oauth, scope
from app.utils.mail_oauth import MailProvider
from app.utils.outbound import outbound
from app.utils.reply_addresses import reply_addresses
from tests.factories.candidate import make_candidate
from tests.factories.client import ok, refused
from tests.factories.imap_server import DOVECOT, PASSWORD, TOKEN, USER, breaking_line, imap_server
from tests.factories.mailbox import mails
from tests.factories.tenant import make_tenant

pytestmark = pytest.mark.skipif(DOVECOT is None, reason="dovecot is not installed (Debian: dovecot-imapd)")
ADA, HOUR = "ada@people.example", 3600


class _Provider(BaseHTTPRequestHandler):
    """The stand-in for a mail provider: it gives tokens, and tells the IMAP server whose they are."""

    refresh_tokens = {"first-refresh-token": "second-refresh-token", "second-refresh-token": "second-refresh-token"}

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path == "/introspect":
            is_ours = form["token"] == [TOKEN]
            self._say(200, {"active": is_ours, "email": USER} if is_ours else {"active": False})
        elif form.get("code") == ["a-code"] and form["client_id"] == ["a-client"]:
            self._say(200, {"access_token": TOKEN, "refresh_token": "first-refresh-token"})
        elif form.get("refresh_token", [""])[0] in self.refresh_tokens:
            following = self.refresh_tokens[form["refresh_token"][0]]
            self._say(200, {"access_token": TOKEN, "refresh_token": following})
        else:
            self._say(400, {"error": "invalid_grant"})

    def _say(self, status: int, body: dict[str, object]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def running(tmp_path_factory, provider):
    with imap_server(tmp_path_factory.mktemp("dovecot"), f"{provider}/introspect") as server:
        yield server


@pytest.fixture
def server(running, monkeypatch):
    monkeypatch.setattr(outbound, "allows_private", True)
    running.deliver(b"Subject: first\n\nso that the folder exists\n", age=10 * 86_400)
    yield running
    running.empty()


@pytest.fixture
def recruiter(tenant):
    return tenant.api("RECRUITER")


def _body(server, **values):
    where = {"host": "127.0.0.1", "port": server.port, "security": "none"}
    return {"address": USER, "password": PASSWORD, **where, **values}


def _mail(sender=ADA, subject="Hello", text="May I still apply?", **headers):
    mail = Mail()
    mail["From"], mail["To"], mail["Subject"] = sender, USER, subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return bytes(mail)


@pytest.fixture
def mailbox(server, recruiter):
    return ok(recruiter.post("/email-integrations", _body(server)), 201)


def _sync(api, mailbox):
    return ok(api.post(f"/email-integrations/{mailbox['id']}/sync"))


def _received(api):
    return ok(api.get("/email-messages", query_string={"direction": "in", "limit": 200}))["data"]


def test_emails_of_candidates_come_on_the_record_and_others_stay_with_their_reader(
    tenant, api, recruiter, server, mailbox
):
    candidate = make_candidate(tenant, name="Ada Lovelace", emails=[ADA], owner_id=tenant.users["RECRUITER"])
    server.deliver(_mail(subject="About the job", message_id="<1@people.example>"))
    server.deliver(_mail("mother@home.example", "Dinner", "Come at eight."))
    server.deliver(_mail(subject="Away", Auto_Submitted="auto-replied"))
    server.deliver(_mail(subject="Long ago"), age=3 * 86_400)
    assert _sync(recruiter, mailbox) == {"attached": 1, "unmatched": 1, "ignored": 1}
    assert _sync(recruiter, mailbox) == {"attached": 0, "unmatched": 0, "ignored": 0}
    (row,) = _received(api)
    assert (row["candidate_id"], row["subject"]) == (str(candidate), "About the job")
    (thread,) = ok(api.get("/email-threads"))["data"]
    assert thread["user_id"] == str(tenant.users["RECRUITER"])
    (unmatched,) = ok(recruiter.get(f"/email-integrations/{mailbox['id']}/unmatched"))["data"]
    assert (unmatched["sender"], unmatched["subject"]) == ("mother@home.example", "Dinner")
    assert refused(api.get(f"/email-integrations/{mailbox['id']}/unmatched"), 404), "not even an administrator"
    with tenant.bound():
        assert "eight" not in str([each.__dict__ for each in db.session.scalars(sa.select(ProcessedEmail))])


def test_one_that_fits_nothing_is_attached_by_hand(tenant, api, recruiter, server, mailbox):
    candidate = make_candidate(tenant, owner_id=tenant.users["RECRUITER"])
    server.deliver(_mail("new@home.example", "My new address", "I write from here now."))
    _sync(recruiter, mailbox)
    path = f"/email-integrations/{mailbox['id']}/unmatched"
    (unmatched,) = ok(recruiter.get(path))["data"]
    assert recruiter.post(f"{path}/{unmatched['id']}/attach", {"candidate_id": str(candidate)}).status_code == 204
    (row,) = _received(api)
    assert row["candidate_id"] == str(candidate) and ok(recruiter.get(path))["data"] == []
    again = recruiter.post(f"{path}/{unmatched['id']}/attach", {"candidate_id": str(candidate)})
    assert refused(again, 404)


def test_an_answer_comes_into_its_thread_and_never_into_another_tenant(app, tenant, api, server, recruiter, mailbox):
    make_candidate(tenant, emails=[ADA])
    other = make_tenant(app)
    theirs = make_candidate(other, emails=["bob@people.example"])
    text = {"subject": "A position", "text": "Hello {name}."}
    ok(other.api().post(f"/candidates/{theirs}/messages", text), 201)
    other.run_jobs()
    foreign = mails(app, "bob@people.example")[-1]
    server.deliver(_mail("bob@people.example", "Re: A position", In_Reply_To=foreign["Message-ID"]))
    server.deliver(_mail(ADA, "Re: A position", In_Reply_To=foreign["Message-ID"]))
    assert _sync(recruiter, mailbox) == {"attached": 1, "unmatched": 1, "ignored": 0}
    assert _received(other.api()) == [], "what arrives in a mailbox of this tenant is none of theirs"
    (row,) = _received(api)
    assert ok(api.get(f"/email-messages/{row['id']}"))["sender"] == ADA


def test_500_emails_a_line_that_breaks_ten_times_and_a_clock_that_goes_back(tenant, api, server, recruiter):
    make_candidate(tenant, emails=[ADA])
    for number in range(500):
        server.deliver(_mail(subject=f"Number {number}", Message_ID=f"<{number}@people.example>"))
    # Each time a bit further: the list of the numbers alone takes some 40 kB.
    breaks = [500, 1_000, *(60_000 + 3_000 * each for each in range(8))]
    with breaking_line(server.port, breaks) as port:
        mailbox = ok(recruiter.post("/email-integrations", _body(server, port=server.port)), 201)
        with tenant.bound():
            _change(UUID(mailbox["id"]), port)
            rounds = 0
            while breaks or rounds == 0:
                _resume(UUID(mailbox["id"]))
                mailbox_sync_service.sync(UUID(mailbox["id"]))
                rounds += 1
            assert rounds >= 10
            _, error = mailbox_sync_service.sync(UUID(mailbox["id"]))
            assert error is None
        with time_machine.travel(clock.now() - timedelta(hours=1)):
            server.deliver(_mail(subject="Number 500", Message_ID="<500@people.example>"), age=HOUR)
            with tenant.bound():
                counts, error = mailbox_sync_service.sync(UUID(mailbox["id"]))
            assert (dict(counts), error) == ({"attached": 1}, None)
    with tenant.bound():
        subjects = list(db.session.scalars(sa.select(EmailMessage.subject).where(EmailMessage.direction == "in")))
    assert sorted(subjects) == sorted(f"Number {number}" for number in range(501))


@use_case
def _change(integration_id, port):
    db.session.get(EmailIntegration, integration_id).port = port


@use_case
def _resume(integration_id):
    """As the owner would, after three failures in a row."""
    db.session.get(EmailIntegration, integration_id).status = "active"


def test_new_numbers_of_old_emails_read_nothing_twice(tenant, api, recruiter, server, mailbox):
    make_candidate(tenant, emails=[ADA])
    server.deliver(_mail(subject="Once"))
    assert _sync(recruiter, mailbox)["attached"] == 1
    for path in (server.folder / "mail" / USER).glob("dovecot*"):  # the server numbers anew
        path.unlink()
    (server.folder / "mail" / USER / "dovecot-uidvalidity").write_text("68aaaaaa")
    assert _sync(recruiter, mailbox)["attached"] == 0 and len(_received(api)) == 1


def test_three_failures_pause_it_and_tell_its_owner(tenant, recruiter, server, mailbox, monkeypatch):
    with tenant.bound():
        _change(UUID(mailbox["id"]), 9)
        for _ in range(2):
            assert mailbox_sync_service.sync(UUID(mailbox["id"]))[1].code == "mailbox_unreachable"
    answer = recruiter.post(f"/email-integrations/{mailbox['id']}/sync")
    assert refused(answer, 502) == "mailbox_unreachable"
    assert ok(recruiter.get(f"/email-integrations/{mailbox['id']}"))["failures"] == 3
    ok(recruiter.post(f"/email-integrations/{mailbox['id']}/resume"))
    with tenant.bound():
        for _ in range(3):
            mailbox_sync_service.sync(UUID(mailbox["id"]))
    failed = ok(recruiter.get(f"/email-integrations/{mailbox['id']}"))
    assert (failed["status"], failed["failures"], failed["allowed_actions"]) == ("failed", 3, ["resume"])
    assert ok(recruiter.get("/notifications"))["data"][0]["kind"] == "mailbox_paused"
    assert refused(recruiter.post(f"/email-integrations/{mailbox['id']}/sync"), 409) == "mailbox_paused"
    with tenant.bound():
        _change(UUID(mailbox["id"]), server.port)
        assert mailbox_sync_service.sync_due() == 0
    resumed = ok(recruiter.post(f"/email-integrations/{mailbox['id']}/resume"))
    assert (resumed["status"], resumed["failures"]) == ("active", 0)
    _sync(recruiter, mailbox)
    ok(recruiter.post(f"/email-integrations/{mailbox['id']}/pause"))
    assert refused(recruiter.post(f"/email-integrations/{mailbox['id']}/pause"), 409) == "illegal_transition"


def test_it_is_read_every_15_minutes(app, tenant, recruiter, server, mailbox):
    with tenant.bound():
        assert (mailbox_sync_service.sync_due(), mailbox_sync_service.sync_due()) == (1, 0)
    with time_machine.travel(clock.now() + timedelta(minutes=16)), tenant.bound():
        assert mailbox_sync_service.sync_due() == 1
    with time_machine.travel(clock.now() + timedelta(days=91)), app.app_context(), scope.platform("a test"):
        email_integration_service.purge_old()
        assert db.session.scalars(sa.select(ProcessedEmail)).all() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "wrong"}, "login_refused"),
        ({"folder": "Nowhere"}, "no_such_folder"),
        ({"port": 9}, "mailbox_unreachable"),
        ({"host": "nowhere.invalid"}, "host_not_found"),
        ({"password": 'a"b\\c'}, "login_refused"),
    ],
)
def test_what_cannot_be_opened_is_not_connected(recruiter, server, changes, code):
    assert refused(recruiter.post("/email-integrations", _body(server, **changes)), 502) == code
    assert ok(recruiter.get("/email-integrations"))["data"] == []


def test_private_addresses_and_open_lines_need_the_consent_of_the_installation(recruiter, server, monkeypatch):
    monkeypatch.setattr(outbound, "allows_private", False)
    assert refused(recruiter.post("/email-integrations", _body(server)), 422) == "not_encrypted"
    private = _body(server, security="tls", port=server.tls_port)
    assert refused(recruiter.post("/email-integrations", private), 422) == "private_address"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_encrypted_connections_check_the_certificate(recruiter, server, security, monkeypatch):
    port = server.tls_port if security == "tls" else server.port
    body = _body(server, security=security, port=port)
    assert refused(recruiter.post("/email-integrations", body), 502) == "mailbox_unreachable"
    usual = ssl.create_default_context
    trust = {"cafile": str(server.certificate)}
    monkeypatch.setattr(ssl, "create_default_context", lambda **options: usual(**{**options, **trust}))
    made = ok(recruiter.post("/email-integrations", body), 201)
    assert ok(recruiter.post(f"/email-integrations/{made['id']}/test")) == {"emails": 0}


def test_nobody_else_sees_a_mailbox_and_its_password_is_encrypted(tenant, api, recruiter, mailbox):
    assert ok(api.get("/email-integrations"))["data"] == []
    for method, path in (("GET", ""), ("POST", "/test"), ("POST", "/sync"), ("POST", "/pause"), ("DELETE", "")):
        assert api.call(method, f"/email-integrations/{mailbox['id']}{path}").status_code == 404, path
    with tenant.bound():
        assert PASSWORD not in db.session.scalars(sa.select(EmailIntegration)).one().encrypted_secret
    assert recruiter.delete(f"/email-integrations/{mailbox['id']}").status_code == 204


@pytest.mark.parametrize("kind", ["gmail", "outlook"])
def test_a_provider_is_connected_by_consent(tenant, recruiter, server, provider, monkeypatch, kind):
    page = recruiter.post(f"/email-integrations/consent-page/{kind}")
    assert refused(page, 409) == "provider_not_set_up"
    standing_in = MailProvider("127.0.0.1", "https://x.example/agree", f"{provider}/token", "mail")
    monkeypatch.setitem(mail_oauth.PROVIDERS, kind, standing_in)
    monkeypatch.setattr(mail_oauth.mail_oauth, "_clients", {kind: ("a-client", "a-secret")})
    monkeypatch.setattr(email_integration_service, "IMAP_TLS", server.tls_port)
    usual = ssl.create_default_context
    trust = {"cafile": str(server.certificate)}
    monkeypatch.setattr(ssl, "create_default_context", lambda **options: usual(**{**options, **trust}))
    url = ok(recruiter.post(f"/email-integrations/consent-page/{kind}"))["url"]
    asked = parse_qs(urlsplit(url).query)
    assert asked["client_id"] == ["a-client"] and asked["redirect_uri"][0].endswith("/mailboxes/callback")
    consent = {"code": "a-code", "state": asked["state"][0], "address": USER}
    assert refused(
        tenant.api("MANAGER").post("/email-integrations/consented", consent), 404
    ), "the state of another user"
    wrong = recruiter.post("/email-integrations/consented", {**consent, "code": "wrong"})
    assert refused(wrong, 502) == "login_refused"
    made = ok(recruiter.post("/email-integrations/consented", consent), 201)
    assert (made["kind"], made["port"]) == (kind, server.tls_port)
    make_candidate(tenant, emails=[ADA])
    server.deliver(_mail())
    assert _sync(recruiter, made)["attached"] == 1, "with a new access token"
    server.deliver(_mail(subject="Again"))
    assert _sync(recruiter, made)["attached"] == 1, "with the refresh token that came with it"


def test_answers_to_signed_addresses_are_attached_in_mailboxes_too(
    app, tenant, api, recruiter, server, mailbox, monkeypatch
):
    monkeypatch.setattr(reply_addresses, "domain", "answers.example")
    monkeypatch.setattr(reply_addresses, "_secret", b"for tests")
    candidate = make_candidate(tenant, emails=[ADA])
    made = ok(api.post(f"/candidates/{candidate}/messages", {"subject": "A position", "text": "Hello."}), 201)
    server.deliver(_mail("elsewhere@people.example", Cc=reply_addresses.of(UUID(made["id"]))))
    assert _sync(recruiter, mailbox)["attached"] == 1
    assert _received(api)[0]["thread_id"] == made["thread_id"]


@contextmanager
def _hostile(*lines: bytes, then: bytes = b"", pause: float = 0.0):
    """Serve IMAP that answers each command with these lines, and yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.sendall(b"* OK ready\r\n")
                with connection.makefile("rb") as commands:
                    for command in commands:
                        tag, name = command.split()[0], command.split()[1].upper()
                        if name in (b"UID", b"EXAMINE"):
                            for line in lines:
                                connection.sendall(line)
                                time.sleep(pause)
                        if name == b"CAPABILITY":
                            connection.sendall(b"* CAPABILITY IMAP4rev1\r\n" + then)
                        connection.sendall(tag + b" OK done\r\n")

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    "line",
    [
        b"* SEARCH abc 99999999999999999999\r\n",
        b"* OK [UIDVALIDITY " + b"9" * 5000 + b"]\r\n",
        b"* SEARCH 1\r\n* 1 FETCH (UID 1 RFC822.SIZE " + b"9" * 4401 + b")\r\n",
        b'* SEARCH 1\r\n* 1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE "01-Jan-0001 00:00:00 +2300")\r\n',
        b'* SEARCH 1\r\n* 1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE "%s +0000" BODY[] {4000000000}\r\nxx',
        b"* LIST " + b"a" * 100_000 + b"\r\n",
        b"\xff\xfe\r\n",
    ],
    ids=["search", "validity", "size", "date", "literal", "flood", "bytes"],
)
def test_a_hostile_server_is_an_error_and_no_more(recruiter, monkeypatch, line):
    monkeypatch.setattr(outbound, "allows_private", True)
    monkeypatch.setattr(imap_connection, "ALLOWANCE", 200_000)
    today = clock.now().strftime("%d-%b-%Y %H:%M:%S").encode()
    lines = [line.replace(b"%s", today)] * 5
    with _hostile(*lines) as port:
        answer = recruiter.post("/email-integrations", {**_login(port)})
        if answer.status_code == 201:
            answer = recruiter.post(f"/email-integrations/{answer.get_json()['id']}/sync")
        assert answer.status_code in (200, 502), answer.text


def test_a_server_that_sends_drops_is_cut_off(recruiter, monkeypatch):
    monkeypatch.setattr(outbound, "allows_private", True)
    monkeypatch.setattr(imap_mailbox, "MOST_SECONDS", 1.0)
    monkeypatch.setattr(imap_login.connected.__wrapped__, "__defaults__", (1.0,))
    monkeypatch.setattr(imap_mailbox.opened.__wrapped__, "__defaults__", (1.0,))
    with _hostile(*[b"*"] * 200, pause=0.1) as port:
        begun = time.monotonic()
        assert refused(recruiter.post("/email-integrations", _login(port)), 502) == "mailbox_unreachable"
        assert time.monotonic() - begun < 8


def _login(port):
    return {"address": USER, "password": PASSWORD, "host": "127.0.0.1", "port": port, "security": "none"}


def test_the_mailbox_of_a_suspended_user_is_not_read(tenant, api, server, mailbox):
    ok(api.patch(f"/users/{tenant.users['RECRUITER']}", {"status": "suspended"}))
    with tenant.bound():
        assert mailbox_sync_service.sync_due() == 0


def test_what_another_run_is_reading_is_left_to_it(tenant, server, mailbox):
    with tenant.bound():
        assert mailbox_sync_service.sync_due() == 1
        assert mailbox_sync_service.sync(UUID(mailbox["id"]), only_if_due=True) == ({}, None)
