"""Territories as registries and contracts name them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_MEMBER_STATES: Final = (
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
)
EUROPEAN_UNION: Final = frozenset(_MEMBER_STATES.split())
"""ISO 3166-1 alpha-2 codes of the member states."""


def reaches(territory: Iterable[str], place: str) -> bool:
    """Whether a territory (country codes, "EU" or "*") has the country `place` in it."""
    parts = frozenset(territory)
    return "*" in parts or place in parts or ("EU" in parts and place in EUROPEAN_UNION)
