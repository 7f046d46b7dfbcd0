"""How a text reads once folded: its characters with their bytes, and the tokens and sub-tokens that they make."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from countermark.features.folding import (
    CODE_MASK,
    DELETE,
    DISGUISE_BIT,
    EXPAND_BIT,
    KIND_SHIFT,
    LAST,
    LETTER,
    SEPARATOR,
    SYMBOL,
    UNSEGMENTED,
    UPPER_BIT,
    fold_table,
)

MAX_BYTES = 20_000
"""Bytes of one text that are looked at."""
MAX_SYMBOLS = 3
"""Symbols in a row that may begin a word."""
VOICING = {"\u3099": "\u3099", "\uff9e": "\u3099", "\u309a": "\u309a", "\uff9f": "\u309a"}
"""Marks that follow a kana, wide and narrow, and the combining character that each is."""


class Glyph(NamedTuple):
    """One character of a text that is seen: what it folds to, its kind, and its bytes.

    Attributes:
        written: as the text has it.
        upper: whether it is a capital.
        disguise: whether it only looks like what it folds to.
    """

    written: str
    folded: str
    kind: int
    upper: bool
    disguise: bool
    start: int
    end: int


class Sub(NamedTuple):
    """One sub-token.

    Attributes:
        chars: folded.
        kind: of its characters.
        disguise: whether one of them is a look-alike.
        script: that of its first character, where words in it begin anew after a space or another script; else "".
        touches: whether no separator stands before it.
        token: its number.
        start, end: its bytes.
    """

    chars: str
    kind: int
    disguise: bool
    script: str
    touches: bool
    token: int
    start: int
    end: int


def glyphs(text: str) -> Iterator[Glyph]:
    """The characters of a text that do not fold to nothing; a voicing mark goes with its kana."""
    table, at = fold_table(), 0
    waiting: Glyph | None = None
    for char in text.encode()[:MAX_BYTES].decode("utf-8", "ignore"):
        begin, at = at, at + len(char.encode())
        packed = int(table.packed[ord(char)]) if ord(char) <= LAST else _beyond(ord(char))
        kind = packed >> KIND_SHIFT & 7
        if kind == DELETE:
            waiting = _voiced(waiting, char, at)
            continue
        if waiting is not None:
            yield waiting
        upper, disguise = bool(packed & UPPER_BIT), bool(packed & DISGUISE_BIT)
        waiting = Glyph(char, _folded(packed), kind, upper, disguise, begin, at)
    if waiting is not None:
        yield waiting


def _voiced(kana: Glyph | None, mark: str, end: int) -> Glyph | None:
    """A kana with the mark that follows it, as one character; anything else as it is."""
    if kana is None or mark not in VOICING or kana.kind != UNSEGMENTED:
        return kana
    together = unicodedata.normalize("NFC", kana.folded + VOICING[mark])
    return kana._replace(folded=together if len(together) == 1 else kana.folded, end=end)


def _beyond(code: int) -> int:
    """The fold of a code point above the table: rare Han letters stay, tags vanish, the rest separates."""
    if code >= 0xE0000:
        return DELETE << KIND_SHIFT | code
    return (UNSEGMENTED if 0x20000 <= code <= 0x323AF else SEPARATOR) << KIND_SHIFT | code


def _folded(packed: int) -> str:
    code = packed & CODE_MASK
    if packed & EXPAND_BIT:
        return "".join(chr(c) for c in fold_table().expansions[code] if c)
    return chr(code)


def read_symbols(text: str) -> Iterator[Glyph]:
    """The characters, symbols read as letters inside a word or before one, and else as separators."""
    seen, previous = list(glyphs(text)), SEPARATOR
    for k, glyph in enumerate(seen):
        inside = previous not in (SEPARATOR, UNSEGMENTED)
        letter = glyph.kind != SYMBOL or inside or _begins_word(seen[k + 1 : k + 1 + MAX_SYMBOLS])
        read = glyph if letter else glyph._replace(kind=SEPARATOR)
        previous = read.kind
        yield read


def _begins_word(following: list[Glyph]) -> bool:
    """Whether a letter follows, other symbols aside."""
    rest = [glyph.kind for glyph in following if glyph.kind != SYMBOL]
    return rest[:1] == [LETTER]


def subs_of(text: str) -> list[Sub]:
    """The sub-tokens of a text, in order."""
    subs: list[Sub] = []
    part: list[Glyph] = []
    token, touches = -1, False
    for before, glyph in _pairs(read_symbols(text)):
        if _cuts(before, glyph):
            _close(subs, part, token=token, touches=touches)
            part, touches = [], before.kind != SEPARATOR
            token += _begins_token(before, glyph)
        if glyph.kind != SEPARATOR:
            part.append(glyph)
    _close(subs, part, token=token, touches=touches)
    return subs


def _pairs(read: Iterator[Glyph]) -> Iterator[tuple[Glyph, Glyph]]:
    before = Glyph(" ", " ", SEPARATOR, upper=False, disguise=False, start=0, end=0)
    for glyph in read:
        yield before, glyph
        before = glyph


def _cuts(before: Glyph, glyph: Glyph) -> bool:
    """Whether a sub-token ends between two characters: other kind, unspaced script, or case going up."""
    rises = glyph.upper and not before.upper
    return glyph.kind != before.kind or glyph.kind == UNSEGMENTED or rises


def _begins_token(before: Glyph, glyph: Glyph) -> bool:
    if glyph.kind == SEPARATOR:
        return False
    return UNSEGMENTED in (glyph.kind, before.kind) or before.kind == SEPARATOR


def _close(subs: list[Sub], part: list[Glyph], *, token: int, touches: bool) -> None:
    if not part:
        return
    subs.append(
        Sub(
            chars="".join(glyph.folded for glyph in part), kind=part[0].kind,
            disguise=any(glyph.disguise for glyph in part), script=_script(part[0].written), touches=touches,
            token=token, start=part[0].start, end=part[-1].end,
        )
    )  # fmt: skip


def _script(char: str) -> str:
    """Hangul or katakana, whatever its width; "" for other scripts."""
    name = unicodedata.name(char, "").removeprefix("HALFWIDTH ")
    return next(
        (script for script in ("HANGUL SYLLABLE", "KATAKANA LETTER") if name.startswith(script)), ""
    )


def joined(text: str) -> str:
    """A text folded, without separators."""
    return "".join(sub.chars for sub in subs_of(text))


def token_count(text: str) -> int:
    """How many tokens a text has."""
    return len({sub.token for sub in subs_of(text)})


def loose(chars: str) -> str:
    """Folded characters as a hasty eye reads them: repeats once, `rn` as `m`, look-alikes as one."""
    return "".join(map(_class, _once(_once(chars).replace("rn", "m"))))


def loose_doubled(chars: str) -> set[str]:
    """As `loose`, with doubled letters kept, since one of the two may be a look-alike: `Nespres5o`."""
    readings = {""}
    for char, run in groupby(chars.replace("rn", "m")):
        one = _class(char)
        doubles = len(list(run)) > 1 and any(_class(digit) == one for digit in "0123456789")
        forms = (one, one * 2) if doubles else (one,)
        readings = {reading + form for reading in readings for form in forms}
    return readings - {loose(chars)}


def _once(chars: str) -> str:
    return "".join(
        char for before, char in zip("\0" + chars, chars, strict=False) if char != before
    )


def _class(char: str) -> str:
    table = fold_table().loose
    return chr(table[ord(char)]) if ord(char) < len(table) else char
