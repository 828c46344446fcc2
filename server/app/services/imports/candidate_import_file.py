"""Converts a candidate table (any common CSV form, or XLSX) to plain CSV; runs in a child process."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import openpyxl

from app.services.core.child_process import Unreadable
from app.utils import csv_table, file_types, text_encoding

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL = 20_000  # characters; the rest of a longer cell is dropped
MAX_TEXT = 100_000_000  # characters; a small workbook can repeat one long text in each cell
CHUNK = 1024 * 1024
DELIMITERS = ",;\t|"  # the first one wins a tie, as in a table with one column
USUAL = "cp1252"  # what spreadsheets write in Western Europe and America
MAX_SAMPLE, MAX_LINES = 100_000, 50  # characters and lines that tell the delimiter
MAX_DECODED = 5_000  # lines that tell the encoding
SEPARATOR_LINE = re.compile(r"sep=([,;\t|])", re.IGNORECASE)
# A column of normalised files that no table has: what is wrong with a row, before its cells are read.
FAULT = "\ufffd"
TOO_MANY_CELLS = "too_many_cells"
# Marks of direction and width that are copied with what they surround.
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def normalise(source: str, target: str) -> tuple[list[str], int]:
    """Write the rows of a file as UTF-8 CSV with a header, and return the columns and the number of rows.

    The files are streamed. Unreadable if the table is not valid, with the reason.
    """
    with open(source, "rb") as stream:
        is_workbook = file_types.sniff_table(stream) == file_types.XLSX
    with open(target, "w", encoding="utf-8", newline="") as plain:
        return _write(_xlsx(source) if is_workbook else _csv(source), csv.writer(plain))


def _write(rows: Iterator[list[str]], writer: Any) -> tuple[list[str], int]:
    header = [INVISIBLE.sub("", cell).strip() for cell in next(rows, [])]
    # Spreadsheets often export empty columns at the right of the table.
    while header and not header[-1]:
        header.pop()
    _check_header(header)
    count = blank = size = 0
    writer.writerow([*header, FAULT])
    for row in rows:
        if not any(cell.strip() for cell in row):
            blank += 1
            continue
        count += blank + 1
        if count > MAX_ROWS:
            raise Unreadable(f"the table has more than {MAX_ROWS} rows")
        for _ in range(blank):  # blank rows keep the row numbers users see; trailing ones are dropped
            writer.writerow([""] * (len(header) + 1))
        blank = 0
        # Short rows are padded. A cell too many may be a value with a delimiter in it: the row must not be cut.
        fault = TOO_MANY_CELLS if any(cell.strip() for cell in row[len(header) :]) else ""
        cells = [_clean(cell) for cell in [*row, *([""] * len(header))][: len(header)]]
        size += sum(map(len, cells))
        if size > MAX_TEXT:
            raise Unreadable("the table has too much text")
        writer.writerow([*cells, fault])
    if not count:
        raise Unreadable("the table has no rows")
    return header, count


def _clean(cell: str) -> str:
    """Return a cell without invisible marks, and without the quote of `csv_table.quoted`."""
    return csv_table.unquoted(INVISIBLE.sub("", cell).strip())[:MAX_CELL]


def rows_of(chunks: Iterator[bytes]) -> Iterator[dict[str, str]]:
    """Yield the rows of a normalised file by column, as it streams in."""
    reader = csv.reader(_lines(chunks))
    header = next(reader)
    for row in reader:
        yield dict(zip(header, row, strict=True))


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        # Split before decoding: a chunk may end within a character of several bytes.
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode() + "\n"
    if rest:
        yield rest.decode()


def _check_header(header: list[str]) -> None:
    if not header:
        raise Unreadable("the first row contains no column names")
    if len(header) > MAX_COLUMNS:
        raise Unreadable(f"the table has more than {MAX_COLUMNS} columns")
    if len(set(header)) != len(header):
        raise Unreadable("two columns have the same name")
    if any(not cell or len(cell) > 100 for cell in header):
        raise Unreadable("a column name is empty or longer than 100 characters")


def _csv(source: str) -> Iterator[list[str]]:
    encoding = _encoding_of(source)
    csv.field_size_limit(10 * MAX_CELL)  # process-wide, but this is a child process
    with open(source, encoding=encoding, newline="", errors="replace") as text:
        # Excel's first line may name the delimiter: `sep=;`.
        named = SEPARATOR_LINE.fullmatch(text.readline(20).strip("\ufeff\r\n "))
        text.seek(0)
        delimiter = named[1] if named else _delimiter_of(text.read(MAX_SAMPLE))
        text.seek(0)
        lines = islice(text, 1 if named else 0, None)
        try:
            # PostgreSQL cannot store NUL characters.
            yield from csv.reader((line.replace("\x00", "") for line in lines), delimiter=delimiter)
        except csv.Error as error:
            raise Unreadable("the table is not well-formed CSV") from error


def _delimiter_of(sample: str) -> str:
    """Return the delimiter that gives the most rows as many cells as the header, or else the most cells."""
    lines = sample.splitlines()[:MAX_LINES]

    def fit(delimiter: str) -> tuple[float, int]:
        try:
            rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(row)]
        except csv.Error:
            return 0.0, 0
        columns = len(rows[0]) if rows else 0
        alike = sum(len(row) == columns for row in rows) / max(1, len(rows))
        return (alike if columns > 1 else 0.0), columns

    return max(DELIMITERS, key=fit)


def _encoding_of(source: str) -> str:
    """Return the encoding of a file; Unreadable if its letters fit several and the likeliest is an unusual one."""
    with open(source, "rb") as stream:
        if stream.read(2) in (b"\xff\xfe", b"\xfe\xff"):  # as in Excel's Unicode text
            return "utf-16"
    try:
        with open(source, encoding="utf-8-sig") as text:
            while text.read(CHUNK):
                pass
        return "utf-8-sig"
    except UnicodeError:
        pass
    with open(source, "rb") as stream:
        # Only lines with letters beyond ASCII tell one encoding from another, wherever in the file they are.
        lines = (line[:MAX_SAMPLE] for line in stream if not line.isascii())
        found = text_encoding.decode(b"".join(islice(lines, MAX_DECODED)))
    if not found.is_certain and found.encoding not in (USUAL, "utf-8"):
        raise Unreadable("the text encoding is not certain: save the table as UTF-8")
    return "utf-8-sig" if found.encoding == "utf-8" else found.encoding


def _xlsx(source: str) -> Iterator[list[str]]:
    with open(source, "rb") as stream:  # opened by path, the name would have to end in .xlsx
        # Streamed, with the last computed values instead of formulas, and without linked workbooks.
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise Unreadable("the workbook has no sheet")
        most = MAX_ROWS + 2  # the reader fills gaps: one row far below would yield a million empty ones
        # One column and one row beyond the limits, so that a larger table is refused instead of cut.
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1, max_row=most), start=1):
            if number == most:
                raise Unreadable(f"the table has more than {MAX_ROWS} rows")
            yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, float) and value.is_integer():  # a workbook may store 7 as 7.0
        return str(int(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime) and value.time() == time.min:  # a date cell has a time, too: midnight
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else str(value)
