"""File responses: streamed, as attachments, and never executed by a browser."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, stream_with_context

from app.utils.file_store import Download


def send_download(download: Download) -> Response:
    """Stream a file as an attachment."""
    response = Response(stream_with_context(download.chunks), content_type=download.media_type)  # some run queries
    if download.size is not None:
        response.headers["Content-Length"] = str(download.size)
    # RFC 6266: percent-encoded, so that a file name can contain quotes and any alphabet.
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(download.filename)}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"  # no script of an HTML file runs
    return response


def send_picture(download: Download) -> Response:
    """Stream a public picture, cacheable for a year since its URL changes with its content."""
    response = send_download(download)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # mail programs show the logo
    return response
