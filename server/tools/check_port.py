"""Check that nothing listens on the port of `make run`: `python tools/check_port.py PORT`. Names the next free one."""

from __future__ import annotations

import socket
import sys


def is_free(port: int) -> bool:
    """Return whether a server can listen on a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn sets it
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def main(text: str) -> str | None:
    """Return what is wrong with a port, or None."""
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        return f"PORT must be a number from 1 to 65535, not {text}."
    port = int(text)
    if is_free(port):
        return None
    free = next((other for other in range(port + 1, min(port + 100, 65_536)) if is_free(other)), None)
    cure = f" Try: make run PORT={free}" if free else ""
    return f"Port {port} is in use.{cure}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
