"""Client of a virus scanner: clamd's INSTREAM protocol, over TCP or a Unix socket."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable

CHUNK = 64 * 1024
MAX_ANSWER = 4096


class ScannerUnreachable(Exception):
    """The scanner does not respond, or returns no verdict."""


class VirusScanner:
    """Scans with the clamd that create_app() configures: `host:port`, a socket path, or empty for none."""

    def __init__(self) -> None:
        self._address = ""
        self._seconds = 30.0

    def init(self, address: str, seconds: float = 30.0) -> None:
        self._address, self._seconds = address, seconds

    @property
    def configured(self) -> bool:
        return bool(self._address)

    def finds(self, chunks: Iterable[bytes]) -> str | None:
        """Return the name of the malware found, or None if clean; ScannerUnreachable if there is no verdict."""
        try:
            answer = self._ask(chunks)
        except OSError as error:
            raise ScannerUnreachable(type(error).__name__) from error
        verdict = answer.decode("ascii", "replace").strip("\x00 \n").removeprefix("stream: ")
        if verdict == "OK":
            return None
        if verdict.endswith(" FOUND"):
            return verdict.removesuffix(" FOUND")[:100]
        raise ScannerUnreachable("no verdict")  # "INSTREAM size limit exceeded. ERROR": the file stays in quarantine

    def _ask(self, chunks: Iterable[bytes]) -> bytes:
        with self._connect() as connection:
            connection.sendall(b"zINSTREAM\x00")  # z: the command and the response end with NUL (clamd(8))
            for chunk in chunks:
                for at in range(0, len(chunk), CHUNK):
                    part = chunk[at : at + CHUNK]
                    connection.sendall(struct.pack("!I", len(part)) + part)
            connection.sendall(struct.pack("!I", 0))  # an empty chunk ends the stream
            answer = b""
            while not answer.endswith(b"\x00") and len(answer) < MAX_ANSWER:
                part = connection.recv(MAX_ANSWER)
                if not part:
                    break
                answer += part
            return answer

    def _connect(self) -> socket.socket:
        if "/" in self._address:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self._seconds)
            connection.connect(self._address)
            return connection
        host, _, port = self._address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=self._seconds)


virus_scanner = VirusScanner()
