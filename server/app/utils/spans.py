"""Spans of time, from a beginning to an end: what they have in common, and what one leaves of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]
STEP = timedelta(minutes=15)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Merge spans that overlap or touch."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def without(spans: list[Span], taken: Iterable[Span]) -> list[Span]:
    """Return what is left of sorted spans that do not overlap, in one pass over both."""
    left: list[Span] = []
    rest = iter(merged(taken))
    busy = next(rest, None)
    for begin, end in spans:
        while busy is not None and busy[0] < end:
            if busy[1] > begin:
                if begin < busy[0]:
                    left.append((begin, busy[0]))
                begin = max(begin, busy[1])
            if busy[1] >= end:  # it may reach into the next span
                break
            busy = next(rest, None)
        if begin < end:
            left.append((begin, end))
    return left


def overlaps(first: list[Span], second: list[Span]) -> Iterator[Span]:
    """Yield what both have in common."""
    for begin, end in first:
        for other_begin, other_end in second:
            if max(begin, other_begin) < min(end, other_end):
                yield max(begin, other_begin), min(end, other_end)


def cut(span: Span, length: timedelta) -> Iterator[Span]:
    """Yield the spans of this length within a span that begin on a quarter hour."""
    begin, end = span
    # Quarter hours in UTC are quarter hours everywhere: offsets of time zones are multiples of 15 minutes.
    past = timedelta(minutes=begin.minute % 15, seconds=begin.second, microseconds=begin.microsecond)
    begin += STEP - past if past else timedelta()
    while begin + length <= end:
        yield begin, begin + length
        begin += STEP


def holds(spans: Iterable[Span], wanted: Span) -> bool:
    """Return whether one of the spans contains the wanted one."""
    return any(begin <= wanted[0] and wanted[1] <= end for begin, end in spans)
