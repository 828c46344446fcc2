"""Serves the application with granian, which takes less time per request than gunicorn: `python granian_server.py`.

It takes HOST, PORT, WEB_CONCURRENCY, WEB_THREADS and METRICS_PORT as gunicorn does, but leaves more to the proxy in
front of it. The proxy must receive whole requests before it passes them on (there is no time limit for a client that
stops in the middle of a body), drop headers with an underscore (`X_Forwarded_For` would count as `X-Forwarded-For`),
and answer requests that are not HTTP. nginx does so by default. In production, TRUSTED_PROXIES must be set.
"""

from __future__ import annotations

import signal
import sys
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

import metrics_server
import web_process
from config import load_settings
from config.settings import Environment

HEADER_MILLISECONDS = 10_000  # to read the head of a request
BUFFER = 64 * 1024  # bytes, of a head


def load() -> Any:
    """Return the application; each process calls it."""
    # Until granian sets its own, a worker has the handlers of the first process, which would drop a SIGTERM that comes
    # while the worker loads: it would serve on, until it is killed.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    web_process.release_memory()
    web_process.before_import()
    from wsgi import app

    web_process.after_import()
    return app


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = load_settings()
    if settings.environment is Environment.PRODUCTION and not settings.trusted_proxies:
        sys.exit("granian must run behind a proxy that receives whole requests: set TRUSTED_PROXIES, or use gunicorn.")
    metrics_port = metrics_server.prepare()
    server = Server(
        "granian_server:load",
        factory=True,
        address=web_process.HOST,
        port=web_process.PORT,
        interface=Interfaces.WSGI,
        workers=web_process.PROCESSES,
        blocking_threads=web_process.THREADS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=BUFFER),
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=web_process.STOP_SECONDS,
    )
    if metrics_port:
        server.on_startup(lambda: metrics_server.serve(metrics_port))
        server.on_shutdown(metrics_server.clean_up)
    server.serve()


if __name__ == "__main__":
    main()
