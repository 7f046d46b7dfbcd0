"""Begin a pack: the files of a first edition whose own tests pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from countermark.knowledge.new_pack import new_pack
from countermark.knowledge.new_pack_form import NewPack, quoted

CASES: Final = "public/tests/price.toml"
PASSING: Final = "named-in-passing"


def begin_pack(asked: NewPack) -> Mapping[str, bytes]:
    """The files of `new_pack`, with the cases that the core lists and the mutants ask for.

    Raises:
        PackError: something asked for can not stand in a pack.
    """
    files = dict(new_pack(asked))
    text = files[CASES].decode()
    if PASSING not in text:
        files[CASES] = f"{_with_listed_word(text)}\n{_named_in_passing(asked)}".encode()
    return files


def _with_listed_word(text: str) -> str:
    """The cases with a word that stands in `core.wanted`, where "wanted" alone does not."""
    return text.replace('"Wanted: ', '"WTB ')


def _named_in_passing(asked: NewPack) -> str:
    """A case that names the mark where the rule does not look: it needs the brand signal."""
    compared = quoted(f"Lighter than {asked.mark} {asked.product}")
    return f"""[[case]]
id = "{PASSING}"
listing = {{ title = "Nordhal 30 litres", brand = "Nordhal", description = {compared} }}
fire = []
"""
