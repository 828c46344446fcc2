"""The search query language: words, "phrases", pre*, field:word, AND, OR, NOT, brackets; parsed into a tree.

    query  = or; or = and {"OR" and}; and = not {["AND"] not}
    not    = ["NOT" | "-"] item; item = "(" query ")" | [field ":"] (word | word "*" | '"' words '"')

Operators are uppercase. Words are folded as in the index; one that splits into several (`San-Francisco`) is a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from app.utils.errors import BadRequest
from app.utils.text import words

MAX_WORDS = 16  # a phrase counts once; each adds conditions to the statement
MAX_DEPTH = 12  # the parser and the compilation to SQL are recursive
MIN_PREFIX = 2  # letters; a single one would match a large part of the index
MAX_WORD_LENGTH = 60  # the length of candidate_words.word; cut here and in the index, long words still match
# Such as `title:"data engineer"`, `-java` or `eng*`. A minus within a word (`full-stack`) is part of the word.
TOKEN = re.compile(
    r'\s+|(?P<bracket>[()])|(?P<minus>-(?=\S))|(?:(?P<field>[a-z]+):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s()":]+))'
)


class Field(IntEnum):
    """A field that contains words; the value is its weight in the rank and its bit in the index."""

    TEXT = 1
    LOCATION = 2
    SKILL = 4
    TITLE = 8
    NAME = 16  # the triggers compute these values from the order of the lines


FIELDS = {field.name.lower(): field for field in Field}


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or with `is_prefix` all words with that prefix; `is_lenient` tolerates a typo in a name."""

    word: str
    field: Field | None = None
    is_prefix: bool = False
    is_lenient: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Adjacent words, in this order."""

    words: tuple[str, ...]
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """A part that must not match."""

    node: Node


@dataclass(frozen=True, slots=True)
class BooleanNode:
    """All of the nodes, or with `is_or` any of them."""

    nodes: tuple[Node, ...]
    is_or: bool = False


Node = Term | Phrase | Not | BooleanNode
NOTHING = BooleanNode((), True)  # matches nobody


def parse(text: str) -> Node | None:
    """Parse a query; None if it contains no word. BadRequest if it is malformed or has more than MAX_WORDS words."""
    reader = _Reader(_tokens(text))
    node = reader.either(0)
    if reader.here is not None:
        raise _bad("a closing bracket has no opening bracket")
    if node is not None and sum(1 for _ in leaves(node)) > MAX_WORDS:
        raise BadRequest(f"A search can have at most {MAX_WORDS} words.", code="too_many_words")
    return node


def leaves(node: Node, negated: bool = True) -> Iterator[Term | Phrase]:
    """Yield the words and phrases of a tree; with `negated=False`, without those under a NOT."""
    if isinstance(node, BooleanNode):
        for each in node.nodes:
            yield from leaves(each, negated)
    elif isinstance(node, Not):
        if negated:
            yield from leaves(node.node, negated)
    else:
        yield node


def lenient(node: Node) -> Node:
    """Return the tree with each plain word made lenient, unless it is restricted to a field other than name."""
    if isinstance(node, BooleanNode):
        return BooleanNode(tuple(lenient(each) for each in node.nodes), node.is_or)
    if isinstance(node, Term) and not node.is_prefix and node.field in (None, Field.NAME):
        return Term(node.word, node.field, is_lenient=True)
    return node


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str = ""
    field: Field | None = None


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise _bad("a quotation mark is not closed" if text[at] == '"' else f"{text[at]!r} is not allowed here")
        at = match.end()
        if match["bracket"] or match["minus"]:
            tokens.append(_Token(match["bracket"] or "NOT"))
        elif match["phrase"] is not None or match["word"]:
            tokens += _words(match)
    return tokens


def _words(match: re.Match[str]) -> list[_Token]:
    field, word = match["field"], match["word"]
    if field is not None and field not in FIELDS:
        raise _bad(f"{field[:20]}: is not a field; the fields are {', '.join(FIELDS)}")
    if word in ("AND", "OR", "NOT") and field is None:  # `title:OR` is a word
        return [_Token(word)]
    found = FIELDS[field] if field else None
    if word is None:
        return [_Token("phrase", match["phrase"], found)]
    return [_Token("word", word, found)]


class _Reader:
    """A recursive-descent parser; `here` is the next token."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = iter(tokens)
        self.here = next(self._tokens, None)

    def _kind(self) -> str | None:
        return self.here.kind if self.here else None

    def _next(self) -> _Token:
        token, self.here = self.here, next(self._tokens, None)
        assert token is not None
        return token

    def either(self, depth: int) -> Node | None:
        if depth > MAX_DEPTH:
            raise _bad("brackets are nested too deeply")
        nodes = [self.all_of(depth, depth > 0)]  # only a whole query may be empty
        while self._kind() == "OR":
            self._next()
            nodes.append(self.all_of(depth, True))
        return _several(nodes, True)

    def all_of(self, depth: int, needed: bool) -> Node | None:
        nodes: list[Node | None] = []
        expected = True
        while self._kind() not in (None, "OR", ")"):
            if self._kind() == "AND":
                if expected:
                    raise _bad("AND needs a term on both sides")
                self._next()
                expected = True
                continue
            nodes.append(self.one(depth))
            expected = False
        # Such as `a AND`, `a OR`, `()` or `OR a`.
        if expected and (nodes or needed or self.here is not None):
            raise _bad("an operator or a bracket is missing a term")
        return _several(nodes, False)

    def one(self, depth: int) -> Node | None:
        token = self._next()
        if token.kind == "NOT":
            if self._kind() in (None, "AND", "OR", ")"):
                raise _bad("NOT needs a term after it")
            if depth > MAX_DEPTH:
                raise _bad("negations are nested too deeply")
            node = self.one(depth + 1)
            return Not(node) if node is not None else None  # `NOT !!!` negates no word
        if token.kind == "(":
            node = self.either(depth + 1)
            if self._kind() != ")":
                raise _bad("a bracket is not closed")
            self._next()
            return node
        return _leaf(token)


def _leaf(token: _Token) -> Node | None:
    found = [word[:MAX_WORD_LENGTH] for word in words(token.text)]
    if not found:
        return None
    if len(found) > 1:
        return Phrase(tuple(found), token.field)  # also `San-Fran*`: a phrase has no prefixes
    is_prefix = token.kind == "word" and token.text.endswith("*")
    if is_prefix and len(found[0]) < MIN_PREFIX:
        raise _bad(f"a prefix needs at least {MIN_PREFIX} letters")
    return Term(found[0], token.field, is_prefix)


def _several(nodes: list[Node | None], is_or: bool) -> Node | None:
    present = tuple(dict.fromkeys(node for node in nodes if node is not None))  # `java java` is one term
    if len(present) < 2:
        return present[0] if present else None
    return BooleanNode(present, is_or)


def _bad(why: str) -> BadRequest:
    return BadRequest(f"The search query is invalid: {why}.", code="bad_query")
