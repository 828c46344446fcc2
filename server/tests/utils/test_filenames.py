"""Names of files: no path, no control characters, and an extension of their type."""

from __future__ import annotations

import pytest

from app.utils import file_types, filenames
from app.utils.file_types import DOC, DOCX, JPEG, PDF, RTF, TXT, XLSX


@pytest.mark.parametrize(
    ("name", "media_type", "safe"),
    [
        ("C:\\cv\\ann.pdf", PDF, "ann.pdf"),
        ("../../etc/ann.PDF", PDF, "ann.PDF"),
        ("resume", TXT, "resume"),
        ("", TXT, "file"),
        (" .. ", PDF, "file"),
        ("résumé, 2 (final).docx", DOCX, "résumé, 2 (final).docx"),
        ("photo.jpeg", JPEG, "photo.jpeg"),
        ("letter.doc", RTF, "letter.doc"),
        ("letter.doc", DOC, "letter.doc"),
        ("people.csv", TXT, "people.csv"),
        ("people.xlsx", XLSX, "people.xlsx"),
        ("resume.bat", TXT, "resume.bat.txt"),
        ("resume.JS", TXT, "resume.JS.txt"),
        ("resume.pdf.exe", PDF, "resume.pdf.exe.pdf"),
        ("resume.docm", DOCX, "resume.docm.docx"),  # macros run under this name only
        ("resume.exe.", TXT, "resume.exe.txt"),  # Windows drops the full stop
        ("resume\u202etxt.exe", TXT, "resumetxt.exe.txt"),
        ("resume.bat\x00.txt", TXT, "resume.bat.txt"),
        ("x" * 300 + ".pdf", PDF, "x" * 196 + ".pdf"),
        ("x" * 198 + ".bat", TXT, "x" * 196 + ".txt"),
        ("x" * 300, PDF, "x" * 200),
    ],
)
def test_names(name, media_type, safe):
    assert filenames.safe(name, media_type) == safe


def test_every_type_has_its_extension():
    named = {value for key, value in vars(file_types).items() if key.isupper() and isinstance(value, str)}
    assert named == filenames.EXTENSIONS.keys()
