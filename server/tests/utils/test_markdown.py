"""Markdown of strangers costs little and becomes nothing but text, lists and links."""

from __future__ import annotations

import time

import pytest

from app.utils.markdown import to_html
from app.utils.validation_errors import pointer_to


@pytest.mark.parametrize("mark", ["[", "\n![", "[](<[> ", "![*`", "> ", "*a ", "`", "a_b", "&amp;", "- ", "\n- a"])
def test_text_made_of_marks_costs_no_seconds(mark):
    started = time.process_time()
    html = to_html((mark * 20_000)[:20_000])
    assert time.process_time() - started < 1 and "<script" not in html


def test_what_is_no_text_is_left_out():
    text = (
        "# One\n\n<script>x</script> **b** [l](https://a.example) [j](javascript:x) ![p](https://a.example/p.png)\nnext"
    )
    html = str(to_html(text))
    assert html.startswith("<h2>One</h2><p>&lt;script&gt;x&lt;/script&gt; <strong>b</strong>")
    assert 'href="https://a.example" rel="nofollow noopener"' in html and "<img" not in html and "<br>" in html


@pytest.mark.parametrize(
    "place, pointer",
    [
        (("a", 0, "b/c~d"), "/a/0/b~1c~0d"),
        ((), ""),
        (("custom_fields", "size", "list[function-after[clean_line(), constrained-str]]"), "/custom_fields/size"),
        (("custom_fields", "x", "[key]"), "/custom_fields/x"),
        (("list", "float"), "/list"),
    ],
)
def test_pointers_lead_to_the_input(place, pointer):
    assert pointer_to(place) == pointer
