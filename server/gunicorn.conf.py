"""gunicorn: threads for slow clients, a time-out for stuck workers, a graceful stop."""

import json
import os
import sys
from typing import Any

# For the modules beside it: gunicorn reads this file by its path, from any folder.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gunicorn import util  # noqa: E402

import metrics_server  # noqa: E402
import web_process  # noqa: E402

bind = f"{web_process.HOST}:{web_process.PORT}"
worker_class = "gthread"
workers = web_process.PROCESSES
threads = web_process.THREADS
timeout = 60
graceful_timeout = web_process.STOP_SECONDS
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

web_process.release_memory()

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
        metrics_server.serve(metrics_port)


def on_exit(server: Any) -> None:
    metrics_server.clean_up()


def child_exit(server: Any, worker: Any) -> None:
    if metrics_port:
        metrics_server.forget(worker.pid)


def post_fork(server: Any, worker: Any) -> None:
    web_process.before_import()


def post_worker_init(worker: Any) -> None:
    web_process.after_import()
