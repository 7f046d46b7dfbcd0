"""Places that make one market."""

from __future__ import annotations

from typing import Final

EUROPEAN_UNION: Final = frozenset(
    [
        *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE"),
        *("IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"),
    ]
)
"""ISO 3166-1 alpha-2 codes of the members of the European Union, inside which goods cross no border."""
