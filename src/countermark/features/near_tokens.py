"""The tokens of a folded text as `near_misses` compares them: runs of letters that an entry may be one slip away from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from countermark.features.everyday import BASE
from countermark.features.hashing import bit_is_set, mixed
from countermark.features.kernels import ONE, kernel, signed
from countermark.features.tokens import DIGITS, FOREIGN, MAX_TEXT, Scratch

UNASKED, EVERYDAY, RARE, UNFIT = range(4)
"""What a token is: not looked up yet; an everyday word; another; one with digits or letters of no alphabet."""


class Tokens(NamedTuple):
    """The tokens of one text as windows of letters, symbols passed over.

    Attributes:
        prefix: uint64, polynomial hash of the letters before each; from two of them comes that of any window.
        first, char_first: first letter and first character of each token, and one more.
        start, end: byte offsets of each token.
        flags: UNASKED, EVERYDAY, RARE or UNFIT.
    """

    prefix: np.ndarray
    first: np.ndarray
    char_first: np.ndarray
    start: np.ndarray
    end: np.ndarray
    flags: np.ndarray


def room_for(longest: int) -> Tokens:
    """Room for the tokens of a text of `longest` bytes."""
    room = min(longest, MAX_TEXT) * 4 + 8

    def empty() -> np.ndarray:
        return np.empty(room, np.uint32)

    return Tokens(
        np.empty(room, np.uint64), empty(), empty(), empty(), empty(), np.empty(room, np.uint8)
    )


@kernel
def read_tokens(folded: Scratch, subs: int, out: Tokens) -> int:
    """Fill `out` from a folded text; returns the number of tokens. Which are everyday words is asked when it matters."""
    char, flags, sub_first, sub_token = (
        folded.char,
        folded.flags,
        folded.sub_first,
        folded.sub_token,
    )
    prefix, n, tokens, s, end = (
        out.prefix,
        np.uint64(0),
        np.uint64(0),
        np.uint64(0),
        np.uint64(subs),
    )
    state = np.uint64(0)
    prefix[0] = state
    while s < end:
        stop = s + ONE
        while stop < end and sub_token[stop] == sub_token[s]:
            stop += ONE
        out.first[tokens], out.char_first[tokens], flag = n, sub_first[s], UNASKED
        for k in range(sub_first[s], sub_first[stop]):
            kind = flags[k] & (FOREIGN | DIGITS)
            if kind != FOREIGN | DIGITS:
                state = state * BASE + np.uint64(char[k])
                prefix[n + ONE] = state
                n += ONE
                if kind == DIGITS or char[k] >= 0x0E00:
                    flag = UNFIT
        out.flags[tokens] = flag
        out.start[tokens] = folded.start[sub_first[s]]
        out.end[tokens] = folded.end[sub_first[stop] - ONE]
        tokens, s = tokens + ONE, stop
    out.first[tokens], out.char_first[tokens] = n, sub_first[end]
    return signed(tokens)


@kernel
def all_everyday(common: np.ndarray, char: np.ndarray, words: Tokens, t: int, u: int) -> bool:
    """Whether the tokens from t to u are everyday words; each is looked up once."""
    everyday = True
    for k in range(np.uint64(t), np.uint64(u) + ONE):
        if words.flags[k] == UNASKED:
            state = np.uint64(0)
            for c in range(words.char_first[k], words.char_first[k + ONE]):
                state = state * BASE + np.uint64(char[c])
            known = bit_is_set(common, mixed(state)) & bit_is_set(common, mixed(state ^ BASE))
            words.flags[k] = EVERYDAY if known else RARE
        everyday &= words.flags[k] == EVERYDAY
    return everyday
