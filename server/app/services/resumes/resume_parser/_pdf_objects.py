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
Drawn = tuple[pdfium.FPDF_PAGEOBJECT, int, Matrix]  # an object, its kind, and the matrix of the forms around it


def objects(page: pypdfium2.PdfPage) -> Iterator[Drawn]:
    """Yield the objects of a page in the order of drawing, those of forms too, with their kind and outer matrix."""
    count, get = pdfium.FPDFPage_CountObjects(page), pdfium.FPDFPage_GetObject
    yield from _flat((get(page, at) for at in range(count)), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0))


def _flat(objects: Iterator[pdfium.FPDF_PAGEOBJECT], outer: Matrix) -> Iterator[Drawn]:
    for each in objects:
        kind = pdfium.FPDFPageObj_GetType(each)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            count, get = pdfium.FPDFFormObj_CountObjects(each), pdfium.FPDFFormObj_GetObject
            yield from _flat((get(each, at) for at in range(count)), times(matrix(each), outer))
        else:
            yield each, kind, outer


def key(each: pdfium.FPDF_PAGEOBJECT | pdfium.FPDF_FONT) -> int:
    """Return the address of an object, which all handles of it share."""
    return ctypes.c_void_p.from_buffer(each).value or 0  # several times faster than a cast, and needed for every letter


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


def colour(each: pdfium.FPDF_PAGEOBJECT, is_outline: bool = False) -> tuple[Colour, int]:
    """Return the colour and the opacity of an object's fill, or of its outline."""
    red, green, blue, opacity = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
    ask = pdfium.FPDFPageObj_GetStrokeColor if is_outline else pdfium.FPDFPageObj_GetFillColor
    if not ask(each, red, green, blue, opacity):
        return (0, 0, 0), 255
    return (red.value, green.value, blue.value), opacity.value


def is_filled(path: pdfium.FPDF_PAGEOBJECT) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    drawn = pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    return bool(drawn and fill.value and colour(path)[1] >= 255 - FAINT)


def is_bold(font: pdfium.FPDF_FONT) -> bool:
    """Return whether a font is bold by its weight or name."""
    size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(max(size, 1))
    pdfium.FPDFFont_GetBaseFontName(font, buffer, size)
    name = buffer.value.decode("latin-1").lower()
    return any(word in name for word in BOLD_NAMES) or pdfium.FPDFFont_GetWeight(font) >= BOLD_WEIGHT
