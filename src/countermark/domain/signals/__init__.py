"""The typed questions that a rule can ask: one value a question, told apart by `op`.

The first line of each docstring is shown to people as the plain explanation of the question. An
empty tuple means *not restricted*. Names of term lists are `core.<id>` for a list of the core
pack, or the id of a list of the same pack.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, get_args

from countermark.domain.signals.base import Field, SignalBase
from countermark.domain.signals.facts import (
    CategorySignal,
    CodeSignal,
    ConditionSignal,
    ImageSignal,
    MakerSignal,
    NumberSignal,
    PlaceSignal,
    PriceSignal,
    RuleSignal,
    SellerSignal,
    VariantSignal,
)
from countermark.domain.signals.text import (
    BrandSignal,
    ContactSignal,
    ContextSignal,
    NearSignal,
    PatternSignal,
    PhraseSignal,
    TermSignal,
)

Signal = (
    BrandSignal
    | TermSignal
    | PhraseSignal
    | ContextSignal
    | NearSignal
    | PatternSignal
    | PriceSignal
    | NumberSignal
    | CategorySignal
    | ConditionSignal
    | PlaceSignal
    | MakerSignal
    | SellerSignal
    | CodeSignal
    | VariantSignal
    | ImageSignal
    | RuleSignal
    | ContactSignal
)
"""Any question, as a tagged union."""

OPERATORS: Final = MappingProxyType(
    {str(kind.__struct_config__.tag): kind for kind in get_args(Signal)}
)
"""Every operator by its name, in the order of the format's table."""

__all__ = [
    "OPERATORS",
    "BrandSignal",
    "CategorySignal",
    "CodeSignal",
    "ConditionSignal",
    "ContactSignal",
    "ContextSignal",
    "Field",
    "ImageSignal",
    "MakerSignal",
    "NearSignal",
    "NumberSignal",
    "PatternSignal",
    "PhraseSignal",
    "PlaceSignal",
    "PriceSignal",
    "RuleSignal",
    "SellerSignal",
    "Signal",
    "SignalBase",
    "TermSignal",
    "VariantSignal",
]
