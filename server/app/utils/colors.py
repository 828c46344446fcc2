"""Colors with enough contrast to be read (WCAG 2.2, 1.4.3: relative luminance and contrast ratio)."""

from __future__ import annotations

WHITE, BLACK = "#ffffff", "#000000"
READABLE = 4.5  # least contrast ratio of text
STEPS = 40


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colors `#rrggbb`, from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(background: str, color: str) -> str:
    """Return the color, as much darker or lighter as it takes to be read on the background."""
    target = BLACK if contrast(background, BLACK) > contrast(background, WHITE) else WHITE
    mixed = (_mixed(color, target, step / STEPS) for step in range(STEPS + 1))
    return next((each for each in mixed if contrast(each, background) >= READABLE), target)


def ink_on(background: str) -> str:
    """Return white or black, whichever is easier to read on the background."""
    return WHITE if contrast(background, WHITE) >= contrast(background, BLACK) else BLACK


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _mixed(color: str, other: str, share: float) -> str:
    parts = (round(a + (b - a) * share) for a, b in zip(_parts(color), _parts(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
