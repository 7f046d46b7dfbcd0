"""The `when` line of a rule: parse, write, evaluate in three values.

    expression = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation = "not" negation | "(" expression ")" | name
             | "at_least" "(" number { "," expression } ")"

Values are true, false or unknown (Kleene's strong three-valued logic): `false and unknown` is
false, `true or unknown` is true, everything else with an unknown part is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

MAX_CHARS: Final = 2_000
MAX_DEPTH: Final = 12
MAX_NAMES: Final = 64

_WORD: Final = re.compile(
    r"\s*(?:(?P<word>[a-z][a-z0-9_]*)|(?P<number>[0-9]{1,3})|(?P<sign>[(),]))"
)
_KEYWORDS: Final = frozenset({"and", "or", "not", "at_least"})

Bits = Any
"""A `bool`, a NumPy array of bools, or an unsigned integer array of packed bits."""

Known = tuple[Bits, Bits]
"""(true, known): whether it is true, and whether that is known."""


@dataclass(frozen=True, slots=True)
class Name:
    """The value of one signal."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a tree."""

    term: Tree


@dataclass(frozen=True, slots=True)
class And:
    """All of at least two trees."""

    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of at least two trees, or several."""

    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`count` or more of the trees; 1 <= count <= their number."""

    count: int
    terms: tuple[Tree, ...]


Tree = Name | Not | And | Or | AtLeast
"""A parsed `when`."""


class LogicError(ValueError):
    """A `when` that can not be parsed; the message quotes the place."""


def is_name(text: str) -> bool:
    """Whether `text` can name a signal."""
    return re.fullmatch(r"[a-z][a-z0-9_]{0,39}", text) is not None and text not in _KEYWORDS


def parse(text: str) -> Tree:
    """The tree of a `when` line.

    Raises:
        LogicError: not of the grammar, too long, too deep, or with too many names.
    """
    if len(text) > MAX_CHARS:
        raise LogicError(f"the expression has {len(text)} characters and may have {MAX_CHARS}")
    reader = _Reader(text)
    tree = reader.expression(depth=0)
    reader.end()
    if len(tuple(_walk(tree))) > MAX_NAMES:
        raise LogicError(f"the expression may name {MAX_NAMES} signals")
    return tree


class _Reader:
    """A recursive-descent reader with one word of foresight."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._ahead = ""
        self._next()

    def _next(self) -> str:
        """Step to the next word and return the one before."""
        word, rest = self._ahead, self._text[self._at :]
        found = _WORD.match(rest)
        if found is None and rest.strip():
            raise LogicError(f"{rest.strip()[:20]!r} is not a name, number, bracket or comma")
        self._ahead = found[found.lastgroup or 0] if found else ""
        self._at += found.end() if found else len(rest)
        return word

    def _take(self, word: str) -> None:
        """Step over a word that must stand here."""
        if self._ahead != word:
            raise LogicError(f"{word!r} is missing before {self._ahead or 'the end'!r}")
        self._next()

    def end(self) -> None:
        """Refuse anything that is left."""
        if self._ahead:
            raise LogicError(f"{self._ahead!r} stands where and, or, or the end belongs")

    def expression(self, *, depth: int) -> Tree:
        """Conjunctions joined by `or`."""
        if depth > MAX_DEPTH:
            raise LogicError(f"brackets and not stand more than {MAX_DEPTH} deep")
        terms = [self._conjunction(depth)]
        while self._ahead == "or":
            self._next()
            terms.append(self._conjunction(depth))
        return _joined(Or, terms)

    def _conjunction(self, depth: int) -> Tree:
        """Negations joined by `and`."""
        terms = [self._negation(depth)]
        while self._ahead == "and":
            self._next()
            terms.append(self._negation(depth))
        return _joined(And, terms)

    def _negation(self, depth: int) -> Tree:
        """One operand."""
        if depth > MAX_DEPTH:
            raise LogicError(f"brackets and not stand more than {MAX_DEPTH} deep")
        word = self._next()
        if word == "not":
            return Not(self._negation(depth + 1))
        if word == "at_least":
            return self._at_least(depth + 1)
        if word == "(":
            tree = self.expression(depth=depth + 1)
            self._take(")")
            return tree
        if not is_name(word):
            raise LogicError(f"{word or 'the end'!r} stands where a name belongs")
        return Name(word)

    def _at_least(self, depth: int) -> Tree:
        """The rest of `at_least(k, a, b, c)`."""
        self._take("(")
        number = self._next()
        if not number.isdigit():
            raise LogicError(f"at_least begins with a number, not {number or 'the end'!r}")
        terms = []
        while self._ahead == ",":
            self._next()
            terms.append(self.expression(depth=depth))
        self._take(")")
        if not 1 <= int(number) <= len(terms):
            raise LogicError(f"at_least({number}, ...) of {len(terms)} can never be of use")
        return AtLeast(int(number), tuple(terms))


def _joined(kind: type[And | Or], terms: list[Tree]) -> Tree:
    """Terms under one `and` or `or`; brackets around the same connective say nothing."""
    if len(terms) == 1:
        return terms[0]
    return kind(tuple(part for t in terms for part in (t.terms if isinstance(t, kind) else (t,))))


def _walk(tree: Tree) -> Iterator[str]:
    """Every name where it stands, in order."""
    if isinstance(tree, Name):
        yield tree.name
    else:
        for term in (tree.term,) if isinstance(tree, Not) else tree.terms:
            yield from _walk(term)


def names(tree: Tree) -> tuple[str, ...]:
    """The names in a tree, each once, in order of first use."""
    return tuple(dict.fromkeys(_walk(tree)))


def canonical(tree: Tree) -> str:
    """The tree as text: single spaces, brackets only where needed, `parse` gives it back."""
    if isinstance(tree, Name):
        return tree.name
    if isinstance(tree, AtLeast):
        return f"at_least({tree.count}, {', '.join(map(canonical, tree.terms))})"
    if isinstance(tree, Not):
        return f"not {_bracketed(tree.term, And | Or)}"
    if isinstance(tree, And):
        return " and ".join(_bracketed(term, And | Or) for term in tree.terms)
    return " or ".join(_bracketed(term, Or) for term in tree.terms)


def _bracketed(tree: Tree, kinds: Any) -> str:
    """The text of a tree, in brackets if it is of one of the kinds."""
    text = canonical(tree)
    return f"({text})" if isinstance(tree, kinds) else text


def evaluate(tree: Tree, values: Mapping[str, Known]) -> Known:
    """The value of a tree, given those of its names, for one listing or for a batch.

    Args:
        tree: a parsed `when`.
        values: (true, known) by name; Python bools, equally long NumPy arrays of bools, or packed
            bits of unsigned integers. Only `&`, `|` and `^` are used.

    Returns:
        (true, known) of the same type; nothing is true that is not known.
    """
    if isinstance(tree, Name):
        true, known = values[tree.name]
        return true & known, known
    if isinstance(tree, Not):
        true, known = evaluate(tree.term, values)
        return known ^ true, known
    parts = [evaluate(term, values) for term in tree.terms]
    trues = [true for true, _ in parts]
    falses = [known ^ true for true, known in parts]
    enough = _least(tree)
    true = _at_least(enough, trues)
    return true, true | _at_least(len(parts) - enough + 1, falses)


def _least(tree: And | Or | AtLeast) -> int:
    """How many terms must be true."""
    if isinstance(tree, AtLeast):
        return tree.count
    return len(tree.terms) if isinstance(tree, And) else 1


def _at_least(count: int, bits: list[Bits]) -> Bits:
    """Whether at least `count` (>= 1) of the bits are set: a counter of `count` steps."""
    reached: list[Bits] = [None] * count
    for bit in bits:
        for step in range(count - 1, 0, -1):
            below = reached[step - 1]
            if below is not None:
                gained = below & bit
                reached[step] = gained if reached[step] is None else reached[step] | gained
        reached[0] = bit if reached[0] is None else reached[0] | bit
    return reached[-1]
