"""Markdown of tenants' users as HTML that is safe to show to anybody (CommonMark 0.31)."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "h4", "blockquote", "code", "pre", "hr"}
SCHEMES = {"http", "https", "mailto", "tel"}
MOST_MARKS = 400  # of one kind
LEVELS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}  # the title of the page is h1
# Without HTML in the text, and with the line breaks of the writer. A heading needs a #: a line below a text is a rule.
_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["lheading", "html_block", "html_inline"])

# For texts made of marks, whose reading would take seconds: paragraphs and line breaks alone.
_plain = MarkdownIt("zero", {"breaks": True}).enable(["newline"])


@lru_cache(maxsize=128)  # a page shows its description in several places
def to_html(text: str) -> Markup:
    """Return headings, lists, bold, italic, links and paragraphs; links to pages and addresses only."""
    parser = _plain if any(text.count(mark) > MOST_MARKS for mark in "[*_`<!>&") else _parser
    tokens = parser.parse(text)
    for token in tokens:
        token.tag = LEVELS.get(token.tag, token.tag)
    html = parser.renderer.render(tokens, parser.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel="nofollow noopener")
    return Markup(clean.replace(">\n<", "><").strip())
