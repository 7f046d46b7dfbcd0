"""One text by which a mark is named, before it is compiled."""

from __future__ import annotations

from dataclasses import dataclass

from countermark.features.tokens import folded_text

LONG_NAME = 5  # letters from which a misspelt everyday word is told from others


@dataclass(frozen=True, slots=True, kw_only=True)
class NameEntry:
    """One text by which a mark is named.

    Attributes:
        mark: number of the mark.
        how: an alias kind, or "model".
        anchors: number of its anchor set, -1 for none.
        never: number of its word set of `never_near`, -1 for none.
        product: number of the product, -1 where it is no model.
        plain: the alias, where `text` is only a form that the search can meet it in.
    """

    text: str
    mark: int
    how: str
    class_: str
    anchors: int = -1
    never: int = -1
    product: int = -1
    plain: str = ""

    @property
    def folded(self) -> str:
        """Folded and without spaces: two entries with the same are the same to a search."""
        return folded_text(self.text).replace(" ", "")
