"""Serves the metrics of all processes on a port of its own; gunicorn's configuration and granian's server start it."""

from __future__ import annotations

import logging
import os
import platform
import shutil
import tempfile

from config import load_settings
from config.version import VERSION

OURS = "fairlead-metrics-"


def prepare() -> int:
    """The port, or 0; gives the processes a folder for their figures, before any of them imports the client."""
    port = load_settings().metrics_port
    if port and not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=OURS)
    return port


def clean_up() -> None:
    """Remove the folder that `prepare` made."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    if os.path.basename(folder).startswith(OURS):
        shutil.rmtree(folder, ignore_errors=True)


def serve(port: int) -> None:
    """Answer from a thread of this process, which handles no request itself; if the port is taken, do without."""
    from prometheus_client import CollectorRegistry, Info, multiprocess, start_http_server

    registry = CollectorRegistry()
    built = {"version": VERSION, "python": platform.python_version()}
    Info("fairlead_build", "What is running.", registry=registry).info(built)
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    try:
        start_http_server(port, load_settings().metrics_host, registry)
    except OSError as error:
        logging.getLogger(__name__).warning("metrics are not served on port %s: %s", port, error)


def forget(pid: int) -> None:
    """A process has ended: what it held of gauges goes."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # it has no types
