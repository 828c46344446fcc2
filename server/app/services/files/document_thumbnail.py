"""Thumbnails: the first page of a document as a small image. Run in a child process, since files are untrusted."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw

from app.services.core.child_process import Unreadable
from app.utils import file_types

WIDTH, HEIGHT = 320, 452  # the ratio of A4
MAX_PIXELS = 50_000_000  # 150 MB as RGB; a file of a few kilobytes can declare any size
KINDS = frozenset({file_types.PDF, file_types.JPEG, file_types.PNG, file_types.TXT})
MAX_TEXT = 3_000


def draw(data: bytes, media_type: str) -> bytes:
    """Return a PNG of at most 320 x 452 pixels; Unreadable if the file type is unsupported or the image too large."""
    if media_type not in KINDS:
        raise Unreadable("this file type has no thumbnail")
    picture = DRAWERS.get(media_type, _picture)(data)
    picture.thumbnail((WIDTH, HEIGHT))
    target = io.BytesIO()
    picture.convert("RGB").save(target, "PNG", optimize=True)  # PNG does not support CMYK, which some JPEG files use
    return target.getvalue()


def draw_file(path: str, media_type: str) -> bytes:
    """Like `draw`, for a file on disk."""
    return draw(Path(path).read_bytes(), media_type)


def _page(data: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[0]
        width, height = page.get_size()
        # A broken page may have no size.
        drawn: Image.Image = page.render(scale=min(WIDTH / max(width, 1), HEIGHT / max(height, 1))).to_pil()
        return drawn
    finally:
        document.close()


def _text(data: bytes) -> Image.Image:
    """Draw the beginning of a text on a white page."""
    page = Image.new("RGB", (WIDTH, HEIGHT), "white")
    text = data[:MAX_TEXT].decode("utf-8", "replace").expandtabs(4)  # the cut may split a character
    ImageDraw.Draw(page).multiline_text((12, 12), text, fill="black", font_size=8)
    return page


def _picture(data: bytes) -> Image.Image:
    # Reads only the header. Without `formats`, a file could choose any of Pillow's decoders, whatever its type is.
    picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
    if picture.width * picture.height > MAX_PIXELS:
        raise Unreadable("the image is too large")
    return picture


DRAWERS = {file_types.PDF: _page, file_types.TXT: _text}
