"""Vectors of resumes and jobs: for each encoder one of the text and one of the titles, stored as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from app.models import Job
from app.schemas.parsed_resume_schema import ParsedResume
from app.services.resumes.comparable_text import comparable
from app.services.search.text_embedding import Vector
from app.services.search.text_encoders import Encoder, text_encoders

VERSION = 2  # of what is embedded; stored vectors of another version are made anew
MAX_TITLES = 5
FULL_TEXT = 80  # words; the vector of a shorter text is shorter than 1, by the root of its share
TITLE_SHARE = 0.4  # of a job's vector; the rest is its description, which says more but would drown the title


def form() -> str:
    """Return the name of what `of_resume` returns in this installation: its version and encoders."""
    return f"{VERSION} {text_encoders.names}"


def of_resume(text: str, parsed: ParsedResume) -> bytes:
    """Return text and titles of a resume as float32, for each encoder in turn."""
    return of_texts(comparable(text, parsed), titles_of(parsed))


def of_texts(text: str, titles: Sequence[str]) -> bytes:
    """Return the vectors of a comparable text and of titles, as stored."""
    # A few words are near any job that has them: a line with its title must not outrank a whole resume.
    substance = np.array([[min(1.0, len(text.split()) / FULL_TEXT) ** 0.5], [1.0]], dtype=np.float32)
    parts = [substance * encoder.embed([text, ". ".join(titles)]) for encoder in text_encoders.active]
    # Little-endian, so that the stored bytes are the same on every machine.
    return b"".join(part.astype("<f4").tobytes() for part in parts)


def titles_of(parsed: ParsedResume) -> list[str]:
    """Return the headline and the latest titles, each once; words in capitals as other words."""
    headline = [parsed.headline.value] if parsed.headline else []
    titles = headline + [item.title.value for item in parsed.work if item.title]
    return list(dict.fromkeys(map(_in_usual_case, titles)))[:MAX_TITLES]


def _in_usual_case(title: str) -> str:
    return title.title() if title.isupper() else title


def of_job(job: Job) -> list[Vector]:
    """Return the vectors of a job, for each encoder: its title with its description, and its title."""
    return [_of_job(encoder, job.title, job.description or "") for encoder in text_encoders.active]


@lru_cache(maxsize=1024)
def _of_job(encoder: Encoder, title: str, description: str) -> Vector:
    alone, whole = encoder.embed([title, f"{title}. {description}" if encoder.reads_sentences else description])
    mixed = TITLE_SHARE * alone + (1 - TITLE_SHARE) * whole
    length = np.linalg.norm(mixed)
    vectors = np.stack([mixed / length if length else mixed, alone])
    vectors.setflags(write=False)  # all callers get the same array
    return vectors


def with_headlines(vectors: Sequence[Vector], headlines: Sequence[str | None]) -> list[Vector]:
    """Return the vectors with a headline in place of titles that no resume has, by the first encoder, which is fast."""
    first, *others = vectors
    rows = [row for row, text in enumerate(headlines) if text and not first[row, 1].any()]
    if rows:
        first = first.copy()
        first[rows, 1] = text_encoders.active[0].embed([_in_usual_case(headlines[row] or "") for row in rows])
    return [first, *others]


def unpack(rows: Sequence[bytes | None]) -> list[Vector]:
    """Return stored bytes of the present form as arrays of (rows, 2, dimensions), one per encoder; zeros for None."""
    sizes = [2 * encoder.dimensions for encoder in text_encoders.active]
    empty = bytes(sum(sizes) * 4)  # scoring treats a zero vector as unknown, not as dissimilar
    joined = b"".join(row or empty for row in rows)
    table = np.frombuffer(joined, dtype="<f4").reshape(len(rows), sum(sizes))
    parts = np.split(table, np.cumsum(sizes)[:-1], axis=1)
    return [part.reshape(len(rows), 2, size // 2) for part, size in zip(parts, sizes, strict=True)]
