"""Images from users, made fit to be drawn."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageOps

MAX_PIXELS, MAX_SIDE = 4_000_000, 4_000  # a small file can unfold to gigabytes
# What the library raises for damaged files, besides its own errors (OSError, ValueError).
BROKEN = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, SyntaxError),
    *(EOFError, MemoryError, NotImplementedError, struct.error, zlib.error, Image.DecompressionBombError),
)
DRAWN = (1_200, 400)  # pixels at most: more than print needs


SQUARE = 256  # pixels of a side
# A phone photo has 12 million. A JPEG is decoded at a fraction of its size, a PNG as a whole: 4 bytes for each pixel.
MAX_PHOTO_PIXELS = {"JPEG": 50_000_000, "PNG": 12_000_000}


def square(image: bytes) -> bytes | None:
    """Return the middle of a picture as a JPEG of 256 x 256 pixels, upright and without metadata.

    None if the picture is broken or has too many pixels. Best in a child process.
    """
    try:
        # Without `formats`, a file could choose any of Pillow's decoders, whatever its type is.
        with Image.open(io.BytesIO(image), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MAX_PHOTO_PIXELS[str(opened.format)]:
                return None
            opened.draft("RGB", (2 * SQUARE, 2 * SQUARE))
            ratio = 2 * SQUARE / min(opened.size)  # the shorter side still covers the square
            opened.thumbnail((opened.width * ratio, opened.height * ratio), reducing_gap=2.0)
            drawn = ImageOps.fit(ImageOps.exif_transpose(opened).convert("RGBA"), (SQUARE, SQUARE))
            page = Image.new("RGB", drawn.size, "white")
            page.paste(drawn, mask=drawn.getchannel("A"))
            target = io.BytesIO()
            page.save(target, "JPEG", quality=85)
            return target.getvalue()
    except BROKEN:
        return None


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
