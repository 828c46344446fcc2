"""HTML of received emails, made safe to show."""

from __future__ import annotations

import re
from html import unescape

import nh3

MAX_HTML = 200_000  # deep nesting takes quadratic time
TAGS = set(
    "p br div span strong b em i u s a ul ol li h1 h2 h3 h4 blockquote hr pre code table thead tbody tr th td".split()
)
ABSOLUTE = re.compile(r"^(?:https?://|mailto:|tel:)", re.IGNORECASE)


def clean(html: str) -> str:
    """Return HTML without scripts, styles, images and forms: a picture would tell the sender who reads it, and when."""
    return nh3.clean(
        html[:MAX_HTML],
        tags=TAGS,
        attributes={"a": {"href"}},
        attribute_filter=lambda _tag, _name, value: value if ABSOLUTE.match(value) else None,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        clean_content_tags={"script", "style", "head", "title"},
    )


def to_text(html: str) -> str:
    """Return the text of HTML, with its line breaks."""
    broken = re.sub(r"<(?:br|/p|/div|/li|/tr|/h\d)\b[^>]{0,200}>", "\n", html[:MAX_HTML], flags=re.IGNORECASE)
    text = nh3.clean(broken, tags=set(), clean_content_tags={"script", "style", "head", "title"})
    text = unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    return "\n".join(line.strip() for line in text.splitlines()).strip()
