"""An IMAP server with mailboxes, in a process of its own, and a line to it that breaks."""

from __future__ import annotations

import getpass
import grp
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.factories.certificate import self_signed
from tools.with_services import free_port

USER, PASSWORD, TOKEN = "rita@harbour.example", "between-the-piers", "an-access-token"
NOBODY = 65_534
DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
CONFIG = """
base_dir = {run}
protocols = imap
listen = 127.0.0.1
log_path = {folder}/log
mail_location = maildir:{run}/mail/%u
default_internal_user = {user}
default_login_user = {login_user}
default_internal_group = {group}
first_valid_uid = 0
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login xoauth2
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/certificate.pem
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home={run}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""
OAUTH = """introspection_mode = post
introspection_url = {url}
username_attribute = email
active_attribute = active
active_value = true
"""


@dataclass
class ImapServer:
    """Its ports, the folder and the owner of the mailboxes, its certificate, and how many emails it was given."""

    port: int
    tls_port: int
    folder: Path
    uid: int
    certificate: Path
    delivered: int = field(default=0)

    def deliver(self, mail: bytes, age: float = 0, user: str = USER) -> None:
        """Put an email into a mailbox as it arrives, or as it arrived some seconds ago."""
        self.delivered += 1
        new = self.folder / "mail" / user / "new"
        for name in ("new", "cur", "tmp"):
            (new.parent / name).mkdir(parents=True, exist_ok=True)
            os.chown(new.parent / name, self.uid, -1)
        os.chown(new.parent, self.uid, -1)
        path = new / f"{int(time.time())}.{self.delivered}.tests"
        path.write_bytes(mail.replace(b"\r\n", b"\n"))
        os.chown(path, self.uid, -1)
        moment = time.time() - age
        os.utime(path, (moment, moment))

    def empty(self, user: str = USER) -> None:
        """Remove a mailbox."""
        shutil.rmtree(self.folder / "mail" / user, ignore_errors=True)


@contextmanager
def imap_server(folder: Path, introspection_url: str = "http://127.0.0.1:9/") -> Iterator[ImapServer]:
    """Run dovecot."""
    assert DOVECOT, "dovecot is not installed"
    port, tls_port = free_port(), free_port()
    (folder / "certificate.pem").write_bytes(self_signed("127.0.0.1"))
    (folder / "oauth2.conf").write_text(OAUTH.format(url=introspection_url))
    own, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    # Not as root, which it refuses for what faces the network.
    users = {"user": "dovecot", "login_user": "dovenull", "group": "dovecot"} if os.getuid() == 0 else {}
    uid = NOBODY if os.getuid() == 0 else os.getuid()  # it opens no mailbox as root either
    run = Path(tempfile.mkdtemp(prefix="dovecot-"))  # short, as sockets need it, and open to those users
    run.chmod(0o755)
    facts = {"user": own, "login_user": own, "group": group, "uid": uid, "run": run, **users}
    ports = {"port": port, "tls_port": tls_port, "password": PASSWORD}
    config = folder / "dovecot.conf"
    config.write_text(CONFIG.format(folder=folder, **facts, **ports))
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, folder)
        yield ImapServer(port, tls_port, run, uid, folder / "certificate.pem")
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(run, ignore_errors=True)


def _wait_for(port: int, folder: Path) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as connection:
            if b"OK" in connection.recv(100):
                return
        time.sleep(0.1)
    raise AssertionError(f"the IMAP server does not start: {(folder / 'log').read_text()[-2000:]}")


@contextmanager
def breaking_line(port: int, after: list[int]) -> Iterator[int]:
    """Yield a port that leads to another; each connection breaks after so many bytes, once the list is empty none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server, port, after), daemon=True).start()
        yield server.getsockname()[1]


def _accept(server: socket.socket, port: int, after: list[int]) -> None:
    with suppress(OSError):
        while True:
            client, _ = server.accept()
            limit = after.pop(0) if after else None
            there = socket.create_connection(("127.0.0.1", port))
            for source, target, most in ((client, there, None), (there, client, limit)):
                threading.Thread(target=_pump, args=(source, target, most), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket, most: int | None) -> None:
    passed = 0
    with suppress(OSError):
        while data := source.recv(4096):
            passed += len(data)
            if most is not None and passed > most:
                break
            target.sendall(data)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)  # wakes the thread of the other direction
        each.close()
