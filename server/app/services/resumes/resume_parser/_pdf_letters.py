"""Letters of a page joined to words, by blanks, gaps and lines."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from app.services.resumes.resume_parser._pdf_objects import Box, Colour
from app.services.resumes.resume_parser._words import Word

WORD_GAP = 0.17  # of the font size; a blank takes 0.2 to 0.35
CLOSE, CLOSE_GAP = 0.015, 0.08  # some programs place every letter by itself, closer than its width, and blanks as well
REACH = 0.05  # of the font size, that any letter may reach over the next one
FEW = 4  # letters that tell nothing of what is usual
NEW_LINE = 0.4  # of the font size: letters whose baselines differ by more are no word
MIN_TRACKED = 4  # letters that stand alone in a row
MAX_TRACKING = 1.2  # of the font size
TRACKED = 0.07  # of the font size, between letters that are set apart


@dataclass(slots=True)
class Style:
    """What the letters of one text object have in common."""

    size: float
    bold: bool
    mode: int
    colour: Colour
    opacity: int
    turn: int  # quarter turns clockwise, in the space of the file
    key: int  # address of the text object


@dataclass(slots=True)
class Letter:
    text: str
    box: Box
    style: Style
    turn: int  # quarter turns clockwise


def turned(letter: Letter, turn: int) -> Letter:
    """Return a letter with the box that it has if the page is turned so that the letter stands upright."""
    if letter.turn < 0 or turn == letter.turn == 0:
        return letter
    left, top, right, bottom = letter.box
    box = {
        0: letter.box,
        3: (-bottom, left, -top, right),  # read upwards
        2: (-right, -bottom, -left, -top),
        1: (top, -right, bottom, -left),  # read downwards
    }[turn]
    return Letter(letter.text, box, letter.style, 0)


def words_of(letters: list[Letter]) -> list[Word]:
    """Join letters in the order of the file; a blank, a gap or another line ends a word."""
    runs = list(_runs(letters))
    reach = _reach(runs)
    words = [word for run in runs for word in _joined(run, reach)]
    return _without_tracking([word for word in words if word.text.strip()])


def _runs(letters: list[Letter]) -> Iterator[list[Letter]]:
    """Yield the letters that follow one another in a line, without those that are drawn twice, as shadows."""
    run: list[Letter] = []
    last: Letter | None = None
    places: set[tuple[str, int, int]] = set()
    for letter in letters:
        if letter.turn >= 0:
            step = min(1.0, 0.2 * abs(letter.style.size)) or 1.0  # points between a letter and its shadow
            place = (letter.text, round(letter.box[0] / step), round(letter.box[3] / step))
            if place in places and not (last and _is_ligature(last, letter)):
                continue
            places.add(place)
            if last and not _is_same_run(last, letter):
                yield run
                run = []
            last = letter
        run.append(letter)
    yield run


def _reach(runs: list[list[Letter]]) -> dict[str, float]:
    """Return how far a letter usually reaches over the next one, as that of an f does, in shares of the font size."""
    gaps: dict[str, list[float]] = defaultdict(list)
    for run in runs:
        for left, right in pairwise(run):
            if left.turn >= 0 and right.turn >= 0 and left.style.size and not _is_ligature(left, right):
                gaps[left.text].append((right.box[0] - left.box[2]) / left.style.size)
    # Not the median: some letters mostly end words.
    usual = {letter: sorted(found)[len(found) // 4] for letter, found in gaps.items() if len(found) >= FEW}
    return {letter: max(0.0, -gap - REACH) for letter, gap in usual.items()}


def _joined(run: list[Letter], reach: dict[str, float]) -> Iterator[Word]:
    """Yield the words of a run. Where all letters are set apart, the gaps that pdfium takes for blanks are none."""
    least, is_tracked, is_close = _spacing([letter for letter in run if letter.turn >= 0])
    word: Word | None = None
    last: Letter | None = None
    for letter in run:
        if letter.turn < 0 and is_tracked:
            continue
        if letter.text.isspace():
            last = None
            continue
        left, top, right, bottom = letter.box
        gap = least - reach.get(last.text, 0.0) if is_close and last else least
        if word and last and (_is_ligature(last, letter) or _goes_on(last, letter, gap)):
            word.text += letter.text
            word.x1, word.top, word.bottom = max(word.x1, right), min(word.top, top), max(word.bottom, bottom)
            word.size = max(word.size, letter.style.size)
        else:
            if word:
                yield word
            word = Word(letter.text, left, right, top, bottom, letter.style.size, letter.style.bold)
        last = letter
    if word:
        yield word


def _spacing(run: list[Letter]) -> tuple[float, bool, bool]:
    """Return the least gap between words as a share of the font size, and whether letters are set apart or overlap."""
    gaps = sorted(right.box[0] - left.box[2] for left, right in pairwise(run))
    size = median([letter.style.size for letter in run] or [0.0])
    usual = gaps[len(gaps) // 3] / size if len(gaps) >= MIN_TRACKED - 1 and size else 0.0
    if usual > TRACKED:
        return usual + WORD_GAP, True, False
    is_close = usual < -CLOSE
    return CLOSE_GAP if is_close else WORD_GAP, False, is_close


def _is_ligature(last: Letter, letter: Letter) -> bool:
    """Return whether two letters are one sign, which pdfium gives as two in the same box."""
    return letter.box == last.box and letter.style is last.style


def _is_same_run(last: Letter, letter: Letter) -> bool:
    gap = letter.box[0] - last.box[2]
    return _is_level(last, letter) and abs(gap) <= MAX_TRACKING * max(last.style.size, letter.style.size)


def _is_level(last: Letter, letter: Letter) -> bool:
    return abs(letter.box[3] - last.box[3]) <= NEW_LINE * max(last.style.size, letter.style.size)


def _goes_on(last: Letter, letter: Letter, least: float) -> bool:
    size = max(last.style.size, letter.style.size)
    gap = letter.box[0] - last.box[2]
    # Small capitals are two sizes in one word; an accent may be drawn back over its letter.
    is_near = _is_level(last, letter) and -0.6 * size <= gap <= least * size
    return is_near and last.style.bold == letter.style.bold or unicodedata.combining(letter.text[0]) > 0


def _without_tracking(words: list[Word]) -> list[Word]:
    """Join letters that are set apart, as in `A N N A   L I S`; a gap that is clearly wider parts two words."""
    joined: list[Word] = []
    at = 0
    while at < len(words):
        end = at + 1
        while end < len(words) and _are_tracked(words[end - 1], words[end]):
            end += 1
        joined += _tracked(words[at:end]) if end - at >= MIN_TRACKED else words[at:end]
        at = end
    return joined


def _are_tracked(left: Word, right: Word) -> bool:
    single = len(left.text) == len(right.text) == 1
    level = abs(left.bottom - right.bottom) <= 1 and abs(left.size - right.size) < 0.5
    return single and level and 0 < right.x0 - left.x1 <= MAX_TRACKING * left.size


def _tracked(letters: list[Word]) -> list[Word]:
    gaps = [right.x0 - left.x1 for left, right in zip(letters, letters[1:])]
    usual = sorted(gaps)[len(gaps) // 2] if len(gaps) < 6 else sorted(gaps)[len(gaps) // 3]
    words = [letters[0]]
    for gap, letter in zip(gaps, letters[1:]):
        if gap > usual + 0.2 * letter.size:
            words.append(letter)
        else:
            words[-1].text += letter.text
            words[-1].x1 = letter.x1
    return words
