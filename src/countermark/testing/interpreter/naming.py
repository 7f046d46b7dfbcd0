"""Which of the stretches that read as names are mentions of a mark: overlaps settled, anchors asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from countermark.domain.catalogue import Product
from countermark.domain.marks import Anchors
from countermark.knowledge.disguises import CHANCE, MEANT
from countermark.knowledge.recognition import HOW
from countermark.testing.interpreter.goods import Kinds, product_of_code
from countermark.testing.interpreter.knowledge import Knowledge, falls_under
from countermark.testing.interpreter.names import MODEL
from countermark.testing.interpreter.spots import BRAND, NAMED_IN, TITLE, Named, Spot

NEVER_WITHIN = 6  # tokens between a name and a word that speaks against it
GENERIC_EVIDENCE = 2  # pieces of evidence that a generic word needs where none is strong


def settled(names: list[Named]) -> list[Named]:
    """The names without those that stand inside a longer name of another mark.

    One that stands inside a name of its own mark as well, not shorter than the other's, stays: "Jordan" in "Jordan 1"
    is evidence for it. Names of two marks on one stretch both stay, to ask for their anchors.
    """
    return [name for name in names if not _swallowed(name, names)]


def _swallowed(name: Named, names: Iterable[Named]) -> bool:
    around = [o for o in names if o.spot.contains(name.spot) and not o.spot.same_stretch(name.spot)]
    own = max((_bytes(o) for o in around if o.entry.mark == name.entry.mark), default=0)
    foreign = max((_bytes(o) for o in around if o.entry.mark != name.entry.mark), default=0)
    return foreign > own


def _bytes(name: Named) -> int:
    return name.spot.end - name.spot.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a listing shows beside its names.

    Attributes:
        names: all that were settled.
        words: every word of every set.
        kinds: the kinds of goods given and read from the title.
    """

    listing: Mapping[str, Any]
    names: list[Named]
    words: list[Spot]
    kinds: Kinds
    knowledge: Knowledge


def accepted(around: Surroundings) -> list[Named]:
    """The names that are anchored and that nothing speaks against."""
    return [
        name
        for name in around.names
        if _anchored(name, around) and not _spoken_against(name, around)
    ]


def outermost(accepted: list[Named]) -> list[Named]:
    """The accepted names that stand in no longer one of the same mark, in order of place."""
    outer = [name for name in accepted if not _inside_own(name, accepted)]
    first: dict[tuple[str, Spot], Named] = {}
    for name in sorted(outer, key=_rank):
        first.setdefault((name.entry.mark, name.spot), name)
    return sorted(
        first.values(),
        key=lambda name: (
            NAMED_IN.index(name.spot.field),
            name.spot.token,
        ),
    )


def _rank(name: Named) -> tuple[bool, int]:
    """An alias before a model, and the plainer way of naming first."""
    return name.entry.kind == MODEL, HOW.index(name.how)


def _inside_own(name: Named, accepted: Iterable[Named]) -> bool:
    """Whether a longer accepted name of the same mark contains it."""
    return any(
        other.entry.mark == name.entry.mark
        and other.spot.contains(name.spot)
        and not other.spot.same_stretch(name.spot)
        for other in accepted
    )


def _anchored(name: Named, around: Surroundings) -> bool:
    """Whether enough stands beside a name that means other things too, or whose spelling may be chance.

    A spelling that is meant as a disguise stands for one piece of evidence.
    """
    class_, meant = name.entry.class_, name.weight == MEANT
    if (class_ == "coined" and name.weight != CHANCE) or (class_ == "ambiguous" and meant):
        return True
    anchors = name.entry.anchors
    if not _strong(name, around).isdisjoint(anchors.any_of):
        return True
    generic = class_ == "generic" and not meant
    least = max(anchors.min, GENERIC_EVIDENCE) if generic else anchors.min
    return _weak(name, anchors, around) >= least


def _strong(name: Named, around: Surroundings) -> set[str]:
    """The strong anchors that a listing shows for the mark of a name.

    A model beside an alias is as good as a brand attribute, and the other way round it is a product name.
    """
    mark, is_model = name.entry.mark, name.entry.kind == MODEL
    own = [other for other in around.names if other.entry.mark == mark]
    strong = set()
    if any(other.spot.field == BRAND for other in own):
        strong.add("brand_attribute")
    if is_model and any(other.entry.kind != MODEL for other in own):
        strong.add("brand_attribute")
    if not is_model and any(
        other.entry.kind == MODEL and other.spot.field != BRAND for other in own
    ):
        strong.add("product_name")
    for column in ("style_code", "gtin"):  # either tells the product, and with it the other
        product: Product | None = product_of_code(around.listing, column, around.knowledge)
        if product is not None and product.mark == mark:
            strong |= {"style_code", "gtin"}
    return strong


def _weak(name: Named, anchors: Anchors, around: Surroundings) -> int:
    """How many pieces of weak evidence stand beside a name.

    They are: the kind of goods given, the kind read from the title, such a title that begins with the name, and other
    marks that the anchors name.
    """
    tops = [
        anchor.removeprefix("category:")
        for anchor in anchors.any_of
        if anchor.startswith("category:")
    ]
    given = any(falls_under(kind, tops) for kind in around.kinds.given)
    read = any(falls_under(kind, tops) for kind in around.kinds.read)
    leads = read and name.spot.field == TITLE and name.spot.token == 0
    sure = {f"mark:{other.entry.mark}" for other in around.names if other.entry.class_ == "coined"}
    return given + read + leads + (not sure.isdisjoint(anchors.any_of))


def _spoken_against(name: Named, around: Surroundings) -> bool:
    """Whether a word beside which the alias means something else stands close by, and not in the name itself."""
    never = {f"never:{word}" for word in name.entry.never}
    for word in around.words:
        distance = name.spot.distance(word) if word.what in never else None
        if distance is not None and distance <= NEVER_WITHIN and not _within(name.spot, word):
            return True
    return False


def _within(name: Spot, word: Spot) -> bool:
    return name.token <= word.token and word.token_end <= name.token_end
