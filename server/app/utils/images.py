"""Images: whether one can be drawn."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

MAX_PIXELS = 16_000_000  # a small file can unfold to gigabytes


def is_drawable(image: bytes) -> bool:
    """Return whether an image can be read, and does not unfold to a size that exhausts memory."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                return False
            opened.load()
            return True
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return False
