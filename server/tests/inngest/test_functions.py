"""The convention of Inngest functions, and each function through the runner."""

from __future__ import annotations

import pytest

from app.inngest.function import CURE, FUNCTIONS, check_signature
from app.inngest.functions import FUNCTIONS as REGISTERED


def test_the_first_functions_are_registered():
    assert {job.id for job in REGISTERED} >= {
        "send-email",
        "parse-resume",
        "refresh-job-matches",
        "refresh-candidate-matches",
        "purge-expired",
    }
    assert len({job.id for job in FUNCTIONS}) == len(FUNCTIONS)


async def good(ctx, step):
    pass


async def hinted(ctx: object, step):
    pass


async def renamed(context, step):
    pass


def plain(ctx, step):
    pass


def test_a_function_of_the_convention_is_taken():
    check_signature(good)


@pytest.mark.parametrize("handler", [hinted, renamed, plain])
def test_anything_else_is_refused_at_import_with_the_cure(handler):
    with pytest.raises(TypeError) as caught:
        check_signature(handler)
    assert CURE in str(caught.value)
