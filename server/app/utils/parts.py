"""Many things, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def parts(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in lists of at most `size`, in their order; nothing where there are none."""
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part
