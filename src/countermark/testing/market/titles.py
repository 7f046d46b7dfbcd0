"""Titles of listings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from countermark.testing.market.dice import Dice
from countermark.testing.market.drafts import UNNAMED, Draft
from countermark.testing.market.phrasebook import Phrases
from countermark.testing.market.voices import DENSITY, Voice, tidy

_LENGTH: Final = (30.0, 58.0, 100.0)
"""Shortest, usual and longest title, in characters of a Latin alphabet."""

_SEPARATORS: Final = (" ", " ", ", ", " - ", " | ", " / ", " * ")
_SHOUTED: Final = 0.04
_MOST: Final = 5
_LIKE_STUFFING: Final = 0.1
"""Lawful imitations whose titles read like those that misuse the mark; their texts say what they are."""
_PLAIN_TITLES: Final = frozenset({"wanted", "repair"})
_OWN_TEMPLATES: Final = frozenset(
    {
        *("plain", "genuine", "used", "clearance", "grey", "dupe", "replica", "accessory"),
        *("wanted", "repair", "about", "box"),
    }
)


def title(
    draft: Draft, phrases: Phrases, fill: Mapping[str, str], voice: Voice, *, dice: Dice
) -> str:
    """The title of `draft`; `fill` has the words for the places of the templates."""
    parts = [tidy(_template(draft, phrases, voice, dice).format_map(fill))]
    parts += [tidy(token.format_map(fill)) for token in _tokens(draft, phrases, dice)]
    wanted = dice.bell(*_LENGTH) * DENSITY.get(phrases.language, 1.0)
    length = sum(map(len, parts))
    while length < wanted and len(parts) < _MOST and draft.kind not in _PLAIN_TITLES:
        part = voice.pick(phrases.words["extras"], len(parts))
        if part in parts:
            part = dice.pick(phrases.words["adjectives"])
        parts.append(part)
        length += len(part) + 1
    joined = voice.always(_SEPARATORS, 1).join(parts)
    return joined.upper() if dice.chance(_SHOUTED) and not draft.evasion else joined


def _template(draft: Draft, phrases: Phrases, voice: Voice, dice: Dice) -> str:
    if draft.kind == "everyday":
        return "{noun}"
    return voice.pick(phrases.titles[_kind(draft, dice)], 2)


def _kind(draft: Draft, dice: Dice) -> str:
    if draft.evasion == UNNAMED or "boast" in draft.manners:
        return "unnamed"
    if draft.kind == "dupe" and dice.chance(_LIKE_STUFFING):
        return "stuffing"
    if draft.kind in _OWN_TEMPLATES:
        return draft.kind
    if draft.kind == "misuse":
        return "stuffing"
    if draft.condition == "used":
        return "used"
    return "clearance" if dice.chance(0.2) else "genuine"


def _tokens(draft: Draft, phrases: Phrases, dice: Dice) -> list[str]:
    """Short additions that say something about the goods."""
    tokens = []
    if draft.pack > 1 and dice.chance(0.85):
        tokens.append(dice.pick(phrases.tokens["pack"]))
    if "claim" in draft.manners and dice.chance(0.5):
        tokens.append(dice.pick(phrases.tokens["authentic"]))
    if "slang" in draft.manners and dice.chance(0.5):
        tokens.append(dice.pick(phrases.tokens["slang"]))
    if draft.kind == "clearance" and dice.chance(0.4):
        tokens.append(dice.pick(phrases.tokens["clearance"]))
    return tokens
