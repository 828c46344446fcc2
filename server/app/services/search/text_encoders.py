"""The models that turn texts into vectors: one that every installation has, and one that is optional."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.services.search import sentence_embedding, text_embedding
from app.services.search.text_embedding import Vector

Cosines = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Encoder:
    """A model: `embed` returns one unit vector per text, or the zero vector for an empty text.

    `titles` and `text` are two cosines each, measured on resumes of 24 occupations (decision 0031): that of a resume
    and a job on average, and that of people who do exactly this work.
    """

    name: str
    dimensions: int
    embed: Callable[[list[str]], Vector]
    reads_sentences: bool  # the order of words counts
    titles: Cosines
    text: Cosines


STATIC = Encoder("static", text_embedding.DIMENSIONS, text_embedding.embed, False, (0.12, 0.78), (0.28, 0.78))
MINILM = Encoder("minilm", sentence_embedding.DIMENSIONS, sentence_embedding.embed, True, (0.29, 0.86), (0.24, 0.64))


class TextEncoders:
    """The encoders of this installation; create_app() sets them from the configuration."""

    def __init__(self) -> None:
        self.active: tuple[Encoder, ...] = (STATIC,)

    @property
    def names(self) -> str:
        return "+".join(encoder.name for encoder in self.active)

    def init(self, with_sentences: bool) -> None:
        self.active = (STATIC, MINILM) if with_sentences else (STATIC,)


text_encoders = TextEncoders()
