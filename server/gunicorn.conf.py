"""gunicorn: threads for slow clients, a time-out for stuck workers, a graceful stop."""

import ctypes
import gc
import multiprocessing
import os
import sys
from typing import Any

# For `metrics_server`: gunicorn reads this file by its path, from any folder.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import json  # noqa: E402

from gunicorn import util  # noqa: E402

import metrics_server  # noqa: E402

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '5000')}"
worker_class = "gthread"
# Without Redis and PostgreSQL one process serves a laptop; more of them want both.
workers = int(os.environ.get("WEB_CONCURRENCY", 2 * multiprocessing.cpu_count() if os.environ.get("REDIS_URL") else 1))
threads = int(os.environ.get("WEB_THREADS", "16"))
timeout = 60
graceful_timeout = 30
keepalive = 5
limit_request_line = 8190  # the most that gunicorn can limit it to
limit_request_fields = 100
# Workers touch a heartbeat file there, which could block them on a busy disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
forwarder_headers = ""  # nobody sets SCRIPT_NAME or PATH_INFO by a header
control_socket_disable = True
accesslog = None  # the application logs each request itself, without personal data
errorlog = "-"
loglevel = "warning"

# glibc keeps what a thread has freed for that thread: with passwords that is 19 MB each. Large pieces go back at once.
M_MMAP_THRESHOLD = -3
if hasattr(ctypes.CDLL(None), "mallopt"):
    ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 1024 * 1024)

PROBLEMS = {
    400: ("bad_request", "The request is not HTTP as we read it."),
    414: ("uri_too_long", "The address is longer than 8 190 characters."),
    431: ("header_fields_too_large", "The headers are too many or too long."),
}


def write_problem(sock: Any, status: int, reason: str, detail: str) -> None:
    """What gunicorn refuses before the application sees it is a problem document too (RFC 9457); it echoes nothing."""
    code, sentence = PROBLEMS.get(status, ("http_error", reason))
    body = {"type": f"urn:fairlead:problem:{code}", "title": reason, "status": status, "detail": sentence, "code": code}
    text = json.dumps({**body, "instance": "", "request_id": "", "errors": []})
    head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    head += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
    util.write_nonblock(sock, f"{head}Content-Length: {len(text)}\r\n\r\n{text}".encode("latin1"))


util.write_error = write_problem  # gunicorn has no setting for it

metrics_port = metrics_server.prepare()
# Each process leaves a file of figures behind: with metrics on none is replaced.
max_requests = 0 if metrics_port else 20_000
max_requests_jitter = max_requests // 10


def when_ready(server: Any) -> None:
    """The figures of all processes are told by this one."""
    if metrics_port:
        try:
            metrics_server.serve(metrics_port)
        except OSError as error:  # figures are no reason not to serve
            server.log.warning("metrics are not served on port %s: %s", metrics_port, error)


def on_exit(server: Any) -> None:
    metrics_server.clean_up()


def child_exit(server: Any, worker: Any) -> None:
    if metrics_port:
        metrics_server.forget(worker.pid)


def post_fork(server: Any, worker: Any) -> None:
    """Import the application without the collector, which would walk the new objects again and again, for seconds."""
    gc.disable()


def post_worker_init(worker: Any) -> None:
    """Exempt what start-up built from collection, since it is never freed, and collect less often than by default."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 20, 20)
