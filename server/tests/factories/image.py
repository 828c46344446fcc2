"""Images."""

from __future__ import annotations

import io

from PIL import Image


def png(width: int = 400, height: int = 160) -> bytes:
    """A plain PNG: black on a bit per pixel, so that even a large one is a small file."""
    drawn = io.BytesIO()
    Image.new("1", (width, height)).save(drawn, "PNG")
    return drawn.getvalue()
