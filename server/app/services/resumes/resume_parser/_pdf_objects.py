"""The objects of a PDF page as pdfium tells them: order, place, colour, font."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

FAINT = 24  # least difference of brightness (of 255) between text and background that an eye notices
BOLD_WEIGHT = 600
BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]  # on the page: left, top, right, bottom; in the file: left, bottom, right, top
Colour = tuple[int, int, int]


def objects(page: pypdfium2.PdfPage) -> Iterator[pdfium.FPDF_PAGEOBJECT]:
    for at in range(pdfium.FPDFPage_CountObjects(page)):
        yield pdfium.FPDFPage_GetObject(page, at)


def members(form: pdfium.FPDF_PAGEOBJECT) -> Iterator[pdfium.FPDF_PAGEOBJECT]:
    for at in range(pdfium.FPDFFormObj_CountObjects(form)):
        yield pdfium.FPDFFormObj_GetObject(form, at)


def key(each: pdfium.FPDF_PAGEOBJECT) -> int:
    return ctypes.cast(each, ctypes.c_void_p).value or 0


def matrix(each: pdfium.FPDF_PAGEOBJECT) -> Matrix:
    found = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(each, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def bounds(each: pdfium.FPDF_PAGEOBJECT, outer: Matrix) -> Box:
    """Return left, bottom, right and top of an object in the space of the page."""
    edges = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(each, *edges)
    left, bottom, right, top = (edge.value for edge in edges)
    a, b, c, d, e, f = outer
    corners = [(x * a + y * c + e, x * b + y * d + f) for x in (left, right) for y in (bottom, top)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def colour(each: pdfium.FPDF_PAGEOBJECT) -> tuple[Colour, int]:
    """Return the colour and the opacity of an object's fill."""
    parts = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetFillColor(each, *parts):
        return (0, 0, 0), 255
    red, green, blue, opacity = (part.value for part in parts)
    return (red, green, blue), opacity


def is_filled(path: pdfium.FPDF_PAGEOBJECT) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    drawn = pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    return bool(drawn and fill.value and colour(path)[1] >= 255 - FAINT)


def is_bold(target: pdfium.FPDF_PAGEOBJECT, mode: int) -> bool:
    """Return whether a font is bold by its weight or name, or drawn bold by a stroke around it."""
    font = pdfium.FPDFTextObj_GetFont(target)
    if not font:
        return False
    size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(max(size, 1))
    pdfium.FPDFFont_GetBaseFontName(font, buffer, size)
    name = buffer.value.decode("latin-1").lower()
    return mode == 2 or any(word in name for word in BOLD_NAMES) or pdfium.FPDFFont_GetWeight(font) >= BOLD_WEIGHT
