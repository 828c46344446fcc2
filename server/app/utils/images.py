"""Images from users, made fit to be drawn."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

MAX_PIXELS, MAX_SIDE = 4_000_000, 4_000  # a small file can unfold to gigabytes
# What the library raises for damaged files, besides its own errors (OSError, ValueError).
BROKEN = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, SyntaxError),
    *(EOFError, MemoryError, NotImplementedError, struct.error, zlib.error, Image.DecompressionBombError),
)
DRAWN = (1_200, 400)  # pixels at most: more than print needs


def scaled(image: bytes) -> bytes | None:
    """Return a PNG of at most 1 200 x 400 pixels; None if the image is broken or too large. Best in a child process."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            if opened.width * opened.height > MAX_PIXELS or max(opened.size) > MAX_SIDE:
                return None
            drawn = opened.convert("RGBA")
            drawn.thumbnail(DRAWN)
            target = io.BytesIO()
            drawn.save(target, "PNG")
            return target.getvalue()
    except BROKEN:
        return None
