"""The first rule of a new pack, with its price bands and its tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from countermark.domain.currencies import decimals
from countermark.knowledge.new_pack_form import NewPack, csv_row, mark_id, quoted

FLOOR: Final = (45, 100)
"""The share of the lowest genuine price under which the first rule fires."""


@dataclass(frozen=True, slots=True)
class FirstPrices:
    """The band of the first product, in minor units."""

    currency: str
    low: int
    typical: int
    high: int

    def text(self, minor: int) -> str:
        """An amount as people write it."""
        digits = decimals(self.currency)
        whole, fraction = divmod(minor, 10**digits)
        return f"{whole}.{fraction:0{digits}d}" if digits else str(whole)

    @property
    def floor(self) -> int:
        """The lowest price at which the first rule stays quiet."""
        share, whole = FLOOR
        return -(-self.low * share // whole)

    @property
    def used_low(self) -> int:
        """The low end of the example band for used goods."""
        return max(1, self.low // 3)

    def table(self, asked: NewPack) -> str:
        """`prices.csv`: new goods, and a guess for used ones."""
        header = "style_code,currency,condition,pack_size,low,typical,high,valid_from,valid_to\n"
        new = map(self.text, (self.low, self.typical, self.high))
        used = map(self.text, (self.used_low, self.typical // 2, self.high * 2 // 3))
        days = (str(asked.begins), str(asked.begins + timedelta(days=364)))
        first = (asked.style_code, self.currency)
        return (
            header
            + csv_row(*first, "new", "1", *new, *days)
            + csv_row(*first, "used", "1", *used, *days)
        )


def price_rule(asked: NewPack) -> str:
    """`rules/price.toml`."""
    mark = quoted(mark_id(asked))
    return f"""[[rule]]
id     = "price-floor-new"
rev    = 1
status = "evaluation"
claim  = "suspected_counterfeit"
title  = {quoted(f"New {asked.mark} goods far under the lowest known price, unlisted seller")}
reason = "price_inconsistent_with_genuine_goods"
prior  = "moderate"
expect = {{ max_rate = 0.0005, min_precision = 0.80 }}
falsepositives = ["clearance by an authorised dealer that is not on the list yet"]

[rule.signals]
brand  = {{ op = "brand", mark = {mark}, in = ["title", "attributes.brand"] }}
new    = {{ op = "condition", is = ["new"] }}
cheap  = {{ op = "price", below = {FLOOR[0] / FLOOR[1]}, of = "band.low" }}
listed = {{ op = "seller", authorised_for = {mark} }}
fit    = {{ op = "context", list = "core.fit_before", around = "brand", side = "before", \
within = 2, cancel = "core.genuine_claim" }}
style  = {{ op = "context", list = "core.style_after", around = "brand", side = "after" }}
wanted = {{ op = "context", list = "core.wanted", around = "brand", side = "before" }}
part   = {{ op = "category", is = ["parts", "repair", "toys.miniature"] }}

[rule.logic]
when   = "brand and new and cheap"
unless = ["listed", "fit", "style", "wanted", "part"]
"""


def price_cases(asked: NewPack, prices: FirstPrices) -> str:
    """`tests/price.toml`: what fires the rule, what does not, and what blocks it."""
    blocks = "\n".join(
        f'[[case]]\nid = "{id_}"\nlisting = {{ {listing} }}\n{says or "fire = []"}\n'
        for id_, listing, says in _cases(asked, prices)
    )
    return f"""# fire = every rule that must fire; a rule that is not named must stay quiet.
# blocked = the rule's "when" holds, and exactly these "unless" signals stop it.
[defaults]
title = {quoted(f"{asked.mark} {asked.product}")}
brand = {quoted(asked.mark)}
category = {quoted(asked.category)}
condition = "new"
price = {prices.text(prices.floor // 2)}
currency = {quoted(asked.currency)}
seller = "S-9"
venue = "example-market"
style_code = {quoted(asked.style_code)}
observed_at = {asked.begins + timedelta(days=1)}

{blocks}"""


def _cases(asked: NewPack, prices: FirstPrices) -> tuple[tuple[str, str, str], ...]:
    """Id, listing and expectation of each case."""
    name = f"{asked.mark} {asked.product}"
    passing = f"description = {quoted(f'Lighter than {name}')}"
    fire = 'fire = ["price-floor-new"]'
    return (
        ("far-too-cheap", "", fire),
        ("just-under-the-floor", f"price = {prices.text(prices.floor - 1)}", fire),
        ("just-over-the-floor", f"price = {prices.text(prices.floor)}", ""),
        ("used-and-cheap", f'condition = "used", price = {prices.text(prices.used_low // 4)}', ""),
        ("no-price", 'price = ""', ""),
        ("another-brand", 'title = "Nordhal 30 litres", brand = "Nordhal"', ""),
        ("authorised", 'seller = "S-1"', _blocked("listed")),
        ("made-to-fit", f"title = {quoted(f'Rain shield for {name}')}", _blocked("fit")),
        ("in-the-style", f"title = {quoted(f'{asked.mark} style, no logo')}", _blocked("style")),
        ("looked-for", f"title = {quoted(f'WTB {name}')}", _blocked("wanted")),
        ("spare-part", 'category = "parts"', _blocked("part")),
        ("named-in-passing", f'title = "Nordhal 30 litres", brand = "Nordhal", {passing}', ""),
    )


def _blocked(exclusion: str) -> str:
    """A case that this exclusion stops."""
    return f'fire = []\nblocked = {{ "price-floor-new" = ["{exclusion}"] }}'
