"""Text in pictures by tesseract: scans, and photographs of a page."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from app.services.core.child_process import Unreadable
from app.services.resumes.resume_parser import _tools
from app.services.resumes.resume_parser._words import Word

MISSING = "text in pictures is not read on this server: send the file with its text"
MAX_PAGES = 6
RESOLUTION = 300  # pixels per inch, as tesseract wants them
POINTS = 72
A4_WIDTH = 595.0  # points: the page that a photograph shows
MIN_WIDTH, MAX_HEIGHT, MAX_PIXELS = 1800, 5000, 40_000_000
MAX_SIDE = 20_000  # pixels; tesseract reads up to 32 767
CAPITAL = 1.3  # the size of a font, of the height of its capitals
SURE = 25  # of 100; what tesseract is less sure of is dirt
DESCENDING = frozenset("gjpqyçş,;()[]{}|@Q")


def read_scan(data: bytes) -> Iterator[list[Word]]:
    """Yield the words of each page of a PDF without text."""
    pdf = pypdfium2.PdfDocument(data)
    try:
        for number in range(min(len(pdf), MAX_PAGES)):
            page = pdf[number]
            width, height = page.get_size()
            scale = min(RESOLUTION / POINTS, (MAX_PIXELS / max(1.0, width * height)) ** 0.5)
            picture = page.render(scale=scale, grayscale=True).to_pil().convert("L")
            page.close()
            yield _words(picture, 1 / scale)
    finally:
        pdf.close()


def read_photograph(data: bytes) -> Iterator[list[Word]]:
    """Yield the words of a picture, as large as a page; Unreadable if it is broken or too large."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Unreadable("the picture is too large")
            picture = ImageOps.exif_transpose(opened).convert("L")
    except Image.DecompressionBombError as error:
        raise Unreadable("the picture is too large") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Unreadable("the file is broken") from error
    if max(picture.size) > MAX_SIDE:
        raise Unreadable("the picture is too large")
    if picture.width < MIN_WIDTH and picture.height < MAX_HEIGHT:
        factor = MIN_WIDTH / picture.width
        picture = picture.resize((MIN_WIDTH, round(picture.height * factor)), Image.Resampling.LANCZOS)
    yield _words(ImageOps.autocontrast(picture, cutoff=2), A4_WIDTH / picture.width)


def _words(picture: Image.Image, scale: float) -> list[Word]:
    """Return the words of a picture in points; all words of a line have the size of its tallest."""
    header = f"P5 {picture.width} {picture.height} 255\n".encode()
    arguments = [
        "stdin",
        "stdout",
        "-l",
        _tools.scripts() if _tools.find(_tools.TESSERACT) else "eng",
        "--dpi",
        str(RESOLUTION),
        "tsv",
    ]
    answer = _tools.run(_tools.TESSERACT, arguments, header + picture.tobytes(), MISSING)
    rows = [line.split("\t") for line in answer.decode("utf-8", "replace").split("\n")[1:]]
    lines: dict[tuple[str, ...], list[tuple[str, float, float, float, float]]] = {}
    for row in rows:
        if len(row) == 12 and row[0] == "5" and float(row[10]) >= SURE and row[11].strip():
            left, top, width, height = (int(value) * scale for value in row[6:10])
            lines.setdefault(tuple(row[1:5]), []).append((row[11].strip(), left, top, left + width, top + height))
    return [word for line in lines.values() for word in _line(line)]


def _line(line: list[tuple[str, float, float, float, float]]) -> Iterator[Word]:
    heights = sorted(bottom - top for _, _, top, _, bottom in line)
    size = round(CAPITAL * heights[len(heights) * 3 // 4])
    flat = [bottom for text, _, _, _, bottom in line if not DESCENDING.intersection(text)]
    base = sorted(flat)[len(flat) // 2] if flat else max(bottom for *_, bottom in line) - 0.25 * size
    words: list[Word] = []
    for text, left, _, right, _ in line:
        if words and words[-1].text.endswith("@") and left - words[-1].x1 < 0.5 * size:  # a gap that nobody typed
            words[-1].text, words[-1].x1 = words[-1].text + text, right
        else:
            words.append(Word(text, left, right, base - size, base, size))
    yield from words
