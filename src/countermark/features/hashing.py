"""The hashes that windows of text are looked up by, and the bit filters and tables that are asked for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from countermark.features.kernels import kernel

SHORT_MASK = np.uint64(0xFFFF)
SEED = np.uint64(0xCBF29CE484222325)
STEP = np.uint64(0x100000001B3)
MIX = np.uint64(0x9E3779B97F4A7C15)


@kernel
def step(state: np.uint64, char: np.uint64) -> np.uint64:
    """A hash state with one more character."""
    return (state ^ char) * STEP


@kernel
def mixed(state: np.uint64) -> np.uint64:
    """A hash state with its bits spread, as filters and tables want it."""
    spread = (state ^ (state >> np.uint64(29))) * MIX
    return spread ^ (spread >> np.uint64(32))


@kernel
def is_set(bits: np.ndarray, place: np.uint64) -> bool:
    """Whether one bit of an array is set."""
    return (bits[place >> np.uint64(6)] >> (place & np.uint64(63))) & np.uint64(1) != 0


@kernel
def bit_is_set(bits: np.ndarray, key: np.uint64) -> bool:
    """Whether the place of a hash is set in a bit filter."""
    return is_set(bits, key & np.uint64(len(bits) * 64 - 1))


@kernel
def may_hold(sieve: np.ndarray, key: np.uint64) -> bool:
    """Whether a sieve, see `knowledge.lexicon.sieve`, may hold a hash; false is certain."""
    word = sieve[key >> np.uint64(12) & np.uint64(len(sieve) - 1)]
    once, again = word >> (key & np.uint64(63)), word >> (key >> np.uint64(6) & np.uint64(63))
    return once & again & np.uint64(1) != 0


@kernel
def lookup(slots: np.ndarray, first: np.ndarray, key: np.uint64) -> int:
    """Position of the first entry with this hash, or -1."""
    mask = np.uint64(len(slots) - 1)
    place = (key >> np.uint64(20)) & mask
    while first[place] >= 0 and slots[place] != key:
        place = (place + np.uint64(1)) & mask
    return first[place]


@kernel
def short_place(first: np.uint64, second: np.uint64, length: int) -> np.uint64:
    """Bit number, in `short_bits`, of windows that begin so and have this many characters."""
    return mixed(step(step(SEED, first), second) ^ np.uint64(length)) & SHORT_MASK


@kernel
def exact_hash(char: np.ndarray, first: Any, stop: Any) -> np.uint64:
    """The hash of folded characters."""
    state = SEED
    for k in range(first, stop):
        state = step(state, np.uint64(char[k]))
    return state


@kernel
def short_key(char: np.ndarray, first: int, length: int) -> np.uint64:
    """The hash that a short entry of these characters is kept under."""
    return mixed(exact_hash(char, first, first + length) ^ MIX)


@kernel
def state_after(letter: np.ndarray, k: int, letters: int) -> np.uint64:
    """The hash state after so many letters from k on."""
    state = SEED
    for j in range(k, k + letters):
        state = step(state, np.uint64(letter[j]))
    return state
