"""Letters as PDF from plain HTML, in Latin, Greek and Cyrillic scripts, with a letterhead and numbered pages."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from textwrap import shorten

import nh3
import ttf_opensans
from fpdf import FPDF
from fpdf.errors import FPDFException
from fpdf.fonts import TextStyle, TTFFont
from PIL import Image

from app.utils import images

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
MARGIN = 25  # millimetres, like all measures below
LOGO_HEIGHT, LOGO_WIDTH = 14, 60  # at most
TOP = 12  # of the letterhead
LINE = 5
MOST_LINES = 8
COUNT = "{#}"  # replaced by fpdf2, whose usual "{nb}" is more likely in a text
MOST_HTML = 60_000  # characters: a few placeholders can repeat a long text without end
MOST_TAGS = 3_000  # each takes the layout a millisecond or more
FOOT = 80  # characters of the sender beside the number of the page
INK, SOFT = (27, 31, 35), (87, 96, 106)
HEADINGS = {"h1": 18, "h2": 14, "h3": 12}  # points
SPACED = ("p", "ul", "ol")
CELL = re.compile(r"<(t[dh])>.*?</\1>", re.DOTALL)
SPACING = '<{} line-height="1.35">'


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes, in which language: the name, further lines such as the address, and a PNG or JPEG image."""

    company: str
    lines: tuple[str, ...] = ()
    logo: bytes | None = None
    language: str = "en"
    page_number: str = "Page {number} of {count}"


class _Letter(FPDF):
    """A letter: its first page has the letterhead, each page the sender and its number at the foot."""

    def __init__(self, head: Letterhead) -> None:
        super().__init__(format="A4")
        self._head = head
        self._logo = images.scaled(head.logo) if head.logo is not None else None
        self.alias_nb_pages(COUNT)
        for style, font in FACES.items():
            self.add_font(FAMILY, style, str(font.path))
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN)

    def header(self) -> None:
        if self.page_no() > 1:
            return
        if self._logo is not None:
            with Image.open(io.BytesIO(self._logo)) as image:
                scale = min(LOGO_WIDTH / image.width, LOGO_HEIGHT / image.height)
                self.image(image, MARGIN, TOP, image.width * scale, image.height * scale)
        self.set_y(TOP)
        self._line(self._head.company, "B", 11, INK)
        for line in self._head.lines[:MOST_LINES]:
            self._line(line, "", 9, SOFT)
        self.set_y(max(self.get_y(), TOP + LOGO_HEIGHT) + 2 * LINE)
        self.set_font(FAMILY, size=11)
        self.set_text_color(*INK)

    def footer(self) -> None:
        self.set_y(-MARGIN + LINE)
        self.set_font(FAMILY, size=8)
        self.set_text_color(*SOFT)
        self.cell(0, LINE, shorten(self._head.company, FOOT, placeholder=" …"), align="L")
        self.set_x(MARGIN)
        self.cell(0, LINE, self._head.page_number.format(number=self.page_no(), count=COUNT), align="R")
        self.set_text_color(*INK)

    def _line(self, text: str, style: str, size: int, color: tuple[int, int, int]) -> None:
        self.set_font(FAMILY, style, size)
        self.set_text_color(*color)
        beside_logo = LOGO_WIDTH + LINE if self._logo is not None else 0
        self.set_x(MARGIN + beside_logo)
        self.multi_cell(0, LINE, text, align="R", new_x="LMARGIN", new_y="NEXT")


def draw(html: str, title: str, head: Letterhead) -> bytes:
    """Return the PDF; tags that letters do not have are removed. ValueError if it is too long or the layout fails.

    Best in a child process: a hostile text takes minutes.
    """
    if len(html) > MOST_HTML or html.count("<") > MOST_TAGS:
        raise ValueError("the letter is too long")
    page = _Letter(head)
    page.set_title(title)
    page.set_author(head.company)
    page.set_lang(head.language)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            page.add_page()
            page.write_html(_spaced(clean(html)), font_family=FAMILY, tag_styles=_styles(), li_prefix_color=INK)
            return bytes(page.output())
    except BROKEN as error:
        raise ValueError(f"the letter cannot be rendered: {type(error).__name__}") from error
    finally:
        for font in page.fonts.values():  # the library leaves their files open
            if isinstance(font, TTFFont):
                font.close()


def _styles() -> dict[str, TextStyle]:
    return {
        tag: TextStyle(color=INK, font_style="B", font_size_pt=size, t_margin=4, b_margin=1)
        for tag, size in HEADINGS.items()
    }


def _spaced(html: str) -> str:
    """Give lines of text some room; `clean` has left no attributes. The layout has no line breaks within cells."""
    html = CELL.sub(lambda found: found[0].replace("<br>", " "), html)
    for tag in SPACED:
        html = html.replace(f"<{tag}>", SPACING.format(tag))
    return html


def clean(html: str) -> str:
    """Remove all tags except those of letters, and all attributes."""
    return nh3.clean(html, tags=TAGS, attributes={})
