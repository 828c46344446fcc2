"""Files as answers: streamed, always a download, never run by a browser."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app, stream_with_context

from app.utils.file_store import Download


def public_base() -> str:
    """The base of the addresses that we hand out; never taken from the request."""
    return current_app.config["SETTINGS"].public_url.rstrip("/")


def send_download(download: Download) -> Response:
    """Stream a file as an attachment."""
    response = Response(stream_with_context(download.chunks), content_type=download.media_type)
    if download.size is not None:
        response.headers["Content-Length"] = str(download.size)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(download.filename)}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
