"""Letters as PDF from plain HTML, in Latin, Greek and Cyrillic scripts."""

from __future__ import annotations

import warnings

import nh3
import ttf_opensans
from fpdf import FPDF
from fpdf.errors import FPDFException
from fpdf.fonts import TTFFont

FAMILY = "OpenSans"
FACES = {
    "": ttf_opensans.OPENSANS_REGULAR,
    "B": ttf_opensans.OPENSANS_BOLD,
    "I": ttf_opensans.OPENSANS_ITALIC,
    "BI": ttf_opensans.OPENSANS_BOLDITALIC,
}
# Errors of the layout for nested tables, malformed ones and cells that are too narrow.
BROKEN = (FPDFException, ValueError, LookupError, TypeError, AttributeError, NotImplementedError, AssertionError)
# No images or links, so that nothing is fetched.
TAGS = {
    "h1", "h2", "h3", "p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "hr", "table", "thead", "tbody",
    "tr", "th", "td",
}  # fmt: skip


def draw(html: str, title: str) -> bytes:
    """Return the PDF; other tags are removed. ValueError if the layout fails."""
    page = FPDF(format="A4")
    page.set_title(title)
    for style, font in FACES.items():
        page.add_font(FAMILY, style, str(font.path))
    page.set_margins(25, 25)
    page.set_auto_page_break(True, 25)
    page.add_page()
    page.set_font(FAMILY, size=11)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            page.write_html(clean(html), font_family=FAMILY)
            return bytes(page.output())
    except BROKEN as error:
        raise ValueError(f"the letter cannot be rendered: {type(error).__name__}") from error
    finally:
        _close_fonts(page)


def _close_fonts(page: FPDF) -> None:
    """Close the font files, which the library leaves open."""
    for font in page.fonts.values():
        if isinstance(font, TTFFont):
            font.close()


def clean(html: str) -> str:
    """Remove all tags except those of letters, and all attributes."""
    return nh3.clean(html, tags=TAGS, attributes={})
