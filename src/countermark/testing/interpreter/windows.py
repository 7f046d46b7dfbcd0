"""Every run of consecutive sub-tokens of a text: the stretches in which names and words are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from countermark.features.folding import LETTER, SYMBOL
from countermark.testing.interpreter.folding import Sub, subs_of

MAX_SUBS = 18  # of one window
MAX_TOKENS, SHORTEST, LONGEST = 3, 4, 20
"""Tokens and letters of a window in which a slip is looked for."""
FIRST_UNSPACED = "\u0e00"


class Window(NamedTuple):
    """One stretch of a text.

    Attributes:
        chars: folded, without separators.
        token, token_end: first and last token, both included.
        start, end: bytes of the UTF-8 text.
        attached: whether it touches other characters of its first or last token.
        glued: whether it begins inside a word of Hangul or katakana.
        disguise: whether one of its characters only looks like what it folds to.
        words: the folded characters of each of its tokens.
    """

    chars: str
    token: int
    token_end: int
    start: int
    end: int
    attached: bool
    glued: bool
    disguise: bool
    words: tuple[str, ...]

    @property
    def tokens(self) -> int:
        """How many tokens it has or touches."""
        return self.token_end - self.token + 1


def windows(text: str) -> Iterator[Window]:
    """Every run of at most `MAX_SUBS` sub-tokens."""
    subs = subs_of(text)
    for first in range(len(subs)):
        for stop in range(first + 1, min(len(subs), first + MAX_SUBS) + 1):
            yield _window(subs, first, stop)


def _window(subs: list[Sub], first: int, stop: int) -> Window:
    part = subs[first:stop]
    before = first > 0 and subs[first - 1].token == part[0].token
    after = stop < len(subs) and subs[stop].token == part[-1].token
    follows = first > 0 and part[0].touches and part[0].script == subs[first - 1].script
    glued = follows and part[0].script != ""
    words: dict[int, str] = {}
    for sub in part:
        words[sub.token] = words.get(sub.token, "") + sub.chars
    return Window(
        "".join(words.values()), part[0].token, part[-1].token, part[0].start, part[-1].end,
        before or after, glued, any(sub.disguise for sub in part), tuple(words.values()),
    )  # fmt: skip


def slip_windows(text: str) -> Iterator[tuple[Window, str]]:
    """Runs of one to three whole tokens of an alphabet, with their letters, 4 to 20; symbols are passed over."""
    subs = subs_of(text)
    bounds = [k for k, sub in enumerate(subs) if k == 0 or sub.token != subs[k - 1].token]
    bounds.append(len(subs))
    for first, stop in combinations(range(len(bounds)), 2):
        part = subs[bounds[first] : bounds[stop]]
        letters = "".join(sub.chars for sub in part if sub.kind != SYMBOL)
        plain = (
            all(sub.kind in (LETTER, SYMBOL) for sub in part)
            and max(letters, default="") < FIRST_UNSPACED
        )
        if stop - first <= MAX_TOKENS and plain and SHORTEST <= len(letters) <= LONGEST:
            yield _window(subs, bounds[first], bounds[stop]), letters
