"""The words of PDF pages by pdfium, with what is hidden set apart.

Text can be hidden in many ways: without paint, too small to read, in the colour of its background, behind a picture or
outside the page. Such text fools programs and not people, so that it is no part of the resume.
"""

from __future__ import annotations

import ctypes
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

import pypdfium2
import pypdfium2.raw as pdfium

from app.services.core.child_process import Unreadable
from app.services.resumes.resume_parser import _pdf_objects as drawn
from app.services.resumes.resume_parser._lines import SMALLEST
from app.services.resumes.resume_parser._pdf_letters import Letter, Style, turned, words_of
from app.services.resumes.resume_parser._pdf_objects import FAINT, Box, Colour
from app.services.resumes.resume_parser._words import PageWords, Word

MAX_PAGES = 30
MAX_LETTERS = 60_000  # per page; a full page of small print has 10 000
OUTLINE = 1  # a stroke alone
STROKED = 2  # a fill with a stroke around it, which looks bold
INVISIBLE = {3, 7}  # text rendering modes: no fill and no stroke, clipping only (ISO 32000-1, table 106)
DOUBTFUL = 60  # difference of a colour channel below which the picture of the page is looked at
MAX_PIXELS = 4_000_000
SCAN = 0.5  # share of the page that one picture covers if the page is a scan; its text is invisible on purpose
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
MISSING = "\ufffd"
HYPHENS = {0x02, 0xFFFE}  # how pdfium marks a hyphen at the end of a line
BLANK = 0x20
WHITE = (255, 255, 255)
DESCENT = 0.22  # of the font size, below the baseline

MAX_OBJECTS = 20_000  # per page
MANY_PAINTS = 1000  # per page; a resume with charts has some hundred
BAND = 20.0  # points
MAX_LINKS = 100  # per page
UNSEEN = 2 | 32  # flags of fields that are not shown (ISO 32000-1, table 165)


@dataclass(slots=True)
class _Paint:
    """A filled area or a picture (without a colour), in the order of drawing."""

    box: Box
    colour: Colour | None
    order: int


NOWHERE = (0.0, 0.0, 0.0, 0.0)
PLAIN = Style(0.0, False, 0, (0, 0, 0), 255, 0, 0)
ADDED = Letter(" ", NOWHERE, PLAIN, -1)  # a blank or a line end that pdfium adds


def read_pages(data: bytes) -> Iterator[PageWords]:
    """Yield the words of each page; Unreadable if the file is encrypted or broken."""
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        reason = pdfium.FPDF_GetLastError()
        if reason == pdfium.FPDF_ERR_SUCCESS:  # the file has no pages
            return
        is_locked = reason == pdfium.FPDF_ERR_PASSWORD
        raise Unreadable("the file is encrypted" if is_locked else "the file is broken") from error
    try:
        pdf.init_forms()  # the values of form fields belong to the text
        for number in range(min(len(pdf), MAX_PAGES)):
            page = pdf[number]
            yield _Page(pdf, page).read()
            page.close()
    except pypdfium2.PdfiumError as error:
        raise Unreadable("the file is broken") from error
    finally:
        pdf.close()


class _Page:
    """One page while it is read."""

    def __init__(self, pdf: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> None:
        self.pdf, self.page = pdf, page
        self.left, self.bottom, self.right, self.top = (
            float(edge) for edge in page.get_bbox()
        )  # need not begin at zero
        self.rotation = page.get_rotation()
        sides = self.right - self.left, self.top - self.bottom
        self.width, self.height = sides if self.rotation in (0, 180) else sides[::-1]
        self.styles: dict[int, Style] = {}
        self.fonts: dict[int, bool] = {0: False}
        self.paints: list[_Paint] = []
        self.bands: defaultdict[int, list[_Paint]] = defaultdict(list)  # the paints across each band of the page
        self.is_crowded = False
        self.picture: tuple[bytes, int, int, int, float] | None = None  # drawn when it is first asked for

    def read(self) -> PageWords:
        """Return the words of the page."""
        self._find_paints()
        seen, hidden = self._letters()
        turns = [letter.turn for letter in seen if letter.turn >= 0]
        upright = max(set(turns), key=turns.count, default=0)  # a whole page may lie on its side
        straight = [turned(letter, upright) for letter in seen if letter.turn in (upright, -1)]
        aside = [turned(letter, letter.turn) for letter in seen if letter.turn != upright]
        return PageWords(
            [*words_of(straight), *self._fields()],
            words_of(aside),
            words_of([turned(letter, letter.turn) for letter in hidden]),
            self._links(),
        )

    def _find_paints(self) -> None:
        """Note what is painted over an area."""
        order = 0
        for order, (each, kind, outer) in self._objects():
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE or kind == pdfium.FPDF_PAGEOBJ_PATH and drawn.is_filled(each):
                colour = drawn.colour(each)[0] if kind == pdfium.FPDF_PAGEOBJ_PATH else None
                self.paints.append(_Paint(self._box(*drawn.bounds(each, outer)), colour, order))
        self.is_crowded = order == MAX_OBJECTS or len(self.paints) > MANY_PAINTS
        for paint in self.paints:
            top, bottom = max(0.0, paint.box[1]), min(self.height, paint.box[3])
            for band in range(int(top / BAND), int(bottom / BAND) + 1):
                self.bands[band].append(paint)

    @cached_property
    def orders(self) -> dict[int, int]:
        """The order of drawing of text objects, which only text in a painted area needs."""
        return {drawn.key(each): at for at, (each, kind, _) in self._objects() if kind == pdfium.FPDF_PAGEOBJ_TEXT}

    def _objects(self) -> Iterator[tuple[int, drawn.Drawn]]:
        """Return the objects of the page with their numbers in the order of drawing, up to MAX_OBJECTS."""
        return enumerate(islice(drawn.objects(self.page), MAX_OBJECTS), start=1)

    def _letters(self) -> tuple[list[Letter], list[Letter]]:
        """Return the letters that a reader sees, in the order of the file, and those that nobody can see."""
        text = self.page.get_textpage()
        # The bare handle, because each call would ask the object for it.
        every = [self._letter(text.raw, at) for at in range(min(text.count_chars(), MAX_LETTERS))]
        text.close()
        is_scan = self._is_scan()
        seen: list[Letter] = []
        hidden: list[Letter] = []
        for letter in every:
            (hidden if self._is_hidden(letter, is_scan) else seen).append(letter)
        return seen, hidden

    def _letter(self, text: pdfium.FPDF_TEXTPAGE, at: int) -> Letter:
        code = pdfium.FPDFText_GetUnicode(text, at)
        target = pdfium.FPDFText_GetTextObject(text, at)
        if not target or code <= BLANK and pdfium.FPDFText_IsGenerated(text, at) == 1:
            return ADDED
        char = "-" if code in HYPHENS else MISSING if not code else chr(code)
        box = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(text, at, box)
        key = drawn.key(target)
        style = self.styles.get(key) or self._add_style(text, at, key, target)
        left, bottom, right, top = box.left, box.bottom, box.right, box.top
        if style.turn == 0:  # fonts disagree on the height of letters, and only the baseline tells what is in a row
            x, y = ctypes.c_double(), ctypes.c_double()
            pdfium.FPDFText_GetCharOrigin(text, at, x, y)
            bottom, top = y.value - DESCENT * style.size, y.value + (1 - DESCENT) * style.size
        place = self._box(left, bottom, right, top)
        turn = (style.turn + self.rotation // 90) % 4
        return Letter(LIGATURES.get(char, char), place, style, turn)

    def _add_style(self, text: pdfium.FPDF_TEXTPAGE, at: int, key: int, target: pdfium.FPDF_PAGEOBJECT) -> Style:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(text, at, matrix)
        size = pdfium.FPDFText_GetFontSize(text, at) * math.hypot(matrix.c, matrix.d)
        mode = pdfium.FPDFTextObj_GetTextRenderMode(target)
        is_bold = mode == STROKED or self._is_bold(pdfium.FPDFTextObj_GetFont(target))
        turn = round(math.atan2(matrix.c, matrix.a) / (math.pi / 2)) % 4
        self.styles[key] = Style(size, is_bold, mode, *drawn.colour(target, is_outline=mode == OUTLINE), turn, key)
        return self.styles[key]

    def _is_bold(self, font: pdfium.FPDF_FONT) -> bool:
        # Some programs write an object per letter, but no file has many fonts.
        key = drawn.key(font)
        if key not in self.fonts:
            self.fonts[key] = drawn.is_bold(font)
        return self.fonts[key]

    def _box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return a box of the file as it stands on the page that a reader sees, from its top left corner."""
        a, b, c, d = left - self.left, bottom - self.bottom, right - self.left, top - self.bottom
        if self.rotation == 0:
            return a, self.height - d, c, self.height - b
        if self.rotation == 90:
            return b, a, d, c
        if self.rotation == 180:
            return self.width - c, b, self.width - a, d
        return self.width - d, self.height - c, self.width - b, self.height - a

    def _is_scan(self) -> bool:
        """Return whether a picture covers the page, so that its invisible text was recognised in the picture."""
        page = self.width * self.height
        return any(paint.colour is None and _area(paint.box) > SCAN * page for paint in self.paints)

    def _is_hidden(self, letter: Letter, is_scan: bool) -> bool:
        if letter.turn < 0:
            return False
        style = letter.style
        if style.mode in INVISIBLE:
            return not is_scan
        left, top, right, bottom = letter.box
        x, y = (left + right) / 2, (top + bottom) / 2
        if not (0 <= x <= self.width and 0 <= y <= self.height):
            return True
        if abs(style.size) < SMALLEST or style.opacity < FAINT:
            return True
        if self.is_crowded:  # the picture tells what is seen, at a cost that does not grow with what is painted
            return not is_scan and not self._shows(letter.box)
        under: Colour | None = WHITE
        for paint in self.bands.get(int(y / BAND), ()):
            a, b, c, d = paint.box
            if a <= x <= c and b <= y <= d:
                if paint.order > self.orders.get(style.key, 0):
                    return not is_scan and not self._shows(letter.box)
                under = paint.colour
        return _is_faint(under, style.colour) and not is_scan and not self._shows(letter.box)

    def _shows(self, box: Box) -> bool:
        """Return whether something is drawn in a box: the areas and colours of the file tell less than its picture."""
        if self.picture is None:
            scale = min(2.0, math.sqrt(MAX_PIXELS / (self.width * self.height)))
            try:
                bitmap = self.page.render(scale=scale, grayscale=True)
            except ValueError:  # a page that shows nothing of itself
                return False
            self.picture = (bytes(bitmap.buffer), bitmap.stride, bitmap.width, bitmap.height, scale)
        pixels, stride, width, height, scale = self.picture
        left, top, right, bottom = (round(edge * scale) for edge in box)
        left, right = max(0, left), min(width, max(right, left + 1))
        rows = [pixels[y * stride + left : y * stride + right] for y in range(max(0, top), min(height, bottom + 1))]
        values = b"".join(rows)
        return bool(values) and max(values) - min(values) >= FAINT

    def _links(self) -> list[str]:
        found: list[str] = []
        position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
        while len(found) < MAX_LINKS and pdfium.FPDFLink_Enumerate(self.page, position, link):
            action = pdfium.FPDFLink_GetAction(link)
            size = pdfium.FPDFAction_GetURIPath(self.pdf, action, None, 0) if action else 0
            if size > 1:
                buffer = ctypes.create_string_buffer(size)
                pdfium.FPDFAction_GetURIPath(self.pdf, action, buffer, size)
                found.append(buffer.raw[: size - 1].decode("utf-8", "replace"))
        return found

    def _fields(self) -> list[Word]:
        """Return the values of form fields at the places of the fields."""
        words: list[Word] = []
        for at in range(pdfium.FPDFPage_GetAnnotCount(self.page)):
            field = pdfium.FPDFPage_GetAnnot(self.page, at)
            if pdfium.FPDFAnnot_GetSubtype(field) == pdfium.FPDF_ANNOT_WIDGET:
                words += self._field(field)
            pdfium.FPDFPage_CloseAnnot(field)
        return words

    def _field(self, field: pdfium.FPDF_ANNOTATION) -> Iterator[Word]:
        size = pdfium.FPDFAnnot_GetStringValue(field, b"V", None, 0)
        if pdfium.FPDFAnnot_GetFlags(field) & UNSEEN or size <= 2:
            return
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDFAnnot_GetStringValue(field, b"V", ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
        rect = pdfium.FS_RECTF()
        pdfium.FPDFAnnot_GetRect(field, rect)
        left, top, right, bottom = self._box(rect.left, rect.bottom, rect.right, rect.top)
        lines = buffer.raw[: size - 2].decode("utf-16-le", "replace").splitlines()
        step = (bottom - top) / max(1, len(lines))
        for number, line in enumerate(lines):
            y = top + number * step
            yield Word(line, left, right, y, y + step, min(step, 12.0))


@lru_cache(maxsize=256)
def _is_faint(under: Colour | None, colour: Colour) -> bool:
    """Return whether a colour is hard to tell from what is under it; nobody knows what a picture has at a place."""
    return under is None or max(abs(a - b) for a, b in zip(under, colour)) < DOUBTFUL


def _area(box: Box) -> float:
    left, top, right, bottom = box
    return (right - left) * (bottom - top)
