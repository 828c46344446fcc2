"""A page as words with positions, whatever it was read from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Word:
    """A word and its box in points from the top left corner of the page; `size` is that of the font."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool = False


@dataclass(slots=True)
class PageWords:
    """The words of a page: those that a reader sees, those that stand sideways, and those that nobody can see."""

    words: list[Word]
    turned: list[Word]
    hidden: list[Word]
    links: list[str]  # addresses behind words and pictures
