"""Offline resume parsing: from the bytes of a file to facts with their positions in the text."""

from app.services.resumes.resume_parser._child import parse_file_in_child, parse_in_child
from app.services.resumes.resume_parser._contact_points import stands_whole
from app.services.resumes.resume_parser._dates import normalise as normal_date
from app.services.resumes.resume_parser._dates import total_years
from app.services.resumes.resume_parser._extraction import read_lines
from app.services.resumes.resume_parser._parse import parse_lines, parse_text
from app.services.resumes.resume_parser._tools import missing_programs
from app.utils import file_types

# DOC files and pictures are read only where optional programs are installed; without them, the file is kept.
PARSABLE = frozenset(
    {file_types.PDF, file_types.DOCX, file_types.ODT, file_types.RTF, file_types.TXT}
    | {file_types.DOC, file_types.JPEG, file_types.PNG}
)

__all__ = [
    "PARSABLE",
    "missing_programs",
    "normal_date",
    "parse_file_in_child",
    "parse_in_child",
    "parse_lines",
    "parse_text",
    "read_lines",
    "stands_whole",
    "total_years",
]
