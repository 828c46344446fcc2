"""Embeddings of resumes and jobs: one vector for the text and one for the titles, stored as bytes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from app.models import Job
from app.schemas.parsed_resume_schema import ParsedResume
from app.services.search.text_embedding import DIMENSIONS, Vector, embed

MAX_TITLES = 5
MAX_TEXT = 20_000  # characters; embed() ignores all but the first 2048 tokens anyway


def of_resume(text: str, parsed: ParsedResume) -> bytes:
    """Return text and titles of a resume as 2 x 256 float32."""
    headline = [parsed.headline.value] if parsed.headline else []
    titles = headline + [item.title.value for item in parsed.work if item.title]
    # Little-endian, so that the stored bytes are the same on every machine.
    return embed([text[:MAX_TEXT], ". ".join(titles[:MAX_TITLES])]).astype("<f4").tobytes()


def of_job(job: Job) -> Vector:
    """Return text and title of a job in the same form."""
    skills = ", ".join([*job.required_skills, *job.preferred_skills])
    return _cached(f"{job.title}. {job.description or ''} {skills}", job.title)


@lru_cache(maxsize=1024)
def _cached(*texts: str) -> Vector:
    vectors = embed(list(texts))
    vectors.setflags(write=False)  # all callers get the same array
    return vectors


def unpack(rows: list[bytes | None]) -> Vector:
    """Return stored bytes as an array of (rows, 2, 256); zeros for rows without an embedding."""
    empty = bytes(2 * DIMENSIONS * 4)  # scoring treats a zero vector as unknown, not as dissimilar
    joined = b"".join(row or empty for row in rows)
    return np.frombuffer(joined, dtype="<f4").reshape(len(rows), 2, DIMENSIONS)
