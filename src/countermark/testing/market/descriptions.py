"""Descriptions of listings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from countermark.testing.market.dice import Dice
from countermark.testing.market.drafts import UNNAMED, Draft
from countermark.testing.market.phrasebook import Phrases
from countermark.testing.market.voices import DENSITY, Voice, tidy

_LENGTH: Final = (150.0, 290.0, 560.0)
"""Shortest, usual and longest description, in characters of a Latin alphabet."""

_SPECIAL: Final[Mapping[str, tuple[str, ...]]] = {
    "used": ("used", "used"),
    "clearance": ("clearance", "honest"),
    "genuine": ("honest",),
    "grey": ("grey", "grey"),
    "dupe": ("dupe", "dupe"),
    "accessory": ("accessory", "accessory"),
    "replica": ("replica", "replica"),
    "wanted": ("wanted",),
    "repair": ("repair",),
    "about": ("about",),
    "box": ("box",),
    "misuse": ("stuffing",),
}
"""Which sentences a kind of listing has of its own."""

_SPECIAL_SHARE: Final = {"genuine": 0.4, "accessory": 0.8, "used": 0.85}
_LIES: Final = 0.25
"""Counterfeits whose text tells of receipts and guarantees like an honest one."""
_SILENT: Final = frozenset({"wanted", "repair", "about", "box"})
_UNBRANDED: Final = frozenset({"plain", "everyday", "dupe", "misuse"})
_MANNERS: Final = ("claim", "slang", "contact", "coy", "warning")
_WITHOUT_GOODS: Final = 0.5


def description(
    draft: Draft, phrases: Phrases, fill: Mapping[str, str], voice: Voice, *, dice: Dice
) -> str:
    """The description of `draft`; `fill` has the words for the places of the templates."""
    sentences = phrases.sentences
    chosen = _opening(draft, phrases, voice, dice)
    share = _SPECIAL_SHARE.get(draft.kind, 1.0)
    names = [name for name in _SPECIAL.get(draft.kind, ()) if dice.chance(share)]
    if draft.kind == "fake" and dice.chance(_LIES):
        names.append("honest")
    if draft.kind == "fake" and draft.condition == "used":
        names.append("used")
    names += [name for name in _MANNERS if name in draft.manners]
    names += ["grey"] if "import" in draft.manners else []
    names += ["price"] if fill["price"] else []
    for name in names:
        sentence = voice.pick(sentences[name], len(chosen) + 1)
        if sentence not in chosen:
            chosen.append(sentence)
    _lengthen(chosen, draft, phrases, voice, dice=dice)
    joiner = "" if phrases.language in ("zh", "ja") else " "
    return tidy(joiner.join(chosen).format_map(fill))


def _opening(draft: Draft, phrases: Phrases, voice: Voice, dice: Dice) -> list[str]:
    if draft.kind in _SILENT or draft.kind == "accessory":
        return []
    unbranded = draft.kind in _UNBRANDED or draft.evasion == UNNAMED
    # Whoever evades in the title often keeps the name out of the text.
    unbranded = unbranded or bool(draft.evasion and dice.chance(_WITHOUT_GOODS))
    if draft.kind == "everyday":
        return []
    return [voice.pick(phrases.sentences["plain" if unbranded else "opening"], 5)]


def _lengthen(
    chosen: list[str], draft: Draft, phrases: Phrases, voice: Voice, *, dice: Dice
) -> None:
    """Adds sentences about quality and trade until the text is long enough."""
    wanted = dice.bell(*_LENGTH) * DENSITY.get(phrases.language, 1.0)
    length = sum(map(len, chosen))
    pools = ("trade",) if draft.kind in _SILENT else ("quality", "trade")
    for turn in range(8):
        if length >= wanted:
            return
        options = phrases.sentences[pools[turn % len(pools)]]
        sentence = voice.pick(options, turn + 7) if turn < 4 else dice.pick(options)
        if sentence not in chosen:
            chosen.append(sentence)
            length += len(sentence) + 1
