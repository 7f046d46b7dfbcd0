"""The files of a small pack that an author begins with: it reads, and lints clean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from countermark.domain.currencies import decimals, parse_minor
from countermark.errors import PackError
from countermark.knowledge.reading import read_pack

FLOOR: Final = (45, 100)
"""The share of the lowest genuine price under which the first rule fires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRight:
    """The registered right of the mark, as its registry states it."""

    office: str
    number: str
    territory: str
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPack:
    """What an author knows on the first day.

    Attributes:
        id: `<issuer>.<name>`.
        mark: the word, as the brand writes it.
        nice: classes it is registered or known for.
        style_code, product, category: one product; the category is an id of the core pack.
        currency, low, typical, high: what it really sells for, new, as text ("119.00").
        begins: first day of use.
        right: None for an author who does not own the mark: its rules then find suspects only.
    """

    id: str
    title: str
    contact: str
    licence: str
    mark: str
    nice: tuple[int, ...]
    style_code: str
    product: str
    category: str
    currency: str
    low: str
    typical: str
    high: str
    begins: date
    right: FirstRight | None = None


def new_pack(asked: NewPack) -> Mapping[str, bytes]:
    """The files of a first edition: one mark, alias, product, price, and a rule with its tests.

    Raises:
        PackError: something asked for can not stand in a pack.
    """
    try:
        low, typical, high = (
            parse_minor(amount, asked.currency) for amount in (asked.low, asked.typical, asked.high)
        )
    except ValueError as error:
        raise PackError(f"pack {asked.id}: {error}", hint="give amounts such as 119.00") from None
    prices = _Prices(asked.currency, low, typical, high)
    texts = {
        "pack.toml": _header(asked),
        "CHANGELOG.md": f"# {asked.title}\n\n## 1\n\nFirst edition. {_TO_DO}\n",
        "public/marks.toml": _mark(asked),
        "public/aliases.toml": _alias(asked),
        "public/products.csv": _products(asked),
        "public/prices.csv": prices.table(asked),
        "public/sellers.csv": _sellers(asked),
        "public/rules/price.toml": _rule(asked),
        "public/tests/price.toml": _cases(asked, prices),
    }
    files = {path: text.encode() for path, text in texts.items()}
    read_pack(files)
    return files


_TO_DO: Final = "The band for used goods and the authorised seller are examples: put your own."


def _quoted(text: str) -> str:
    """A TOML string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _mark_id(asked: NewPack) -> str:
    """The id of the mark: the name of the pack."""
    return asked.id.rpartition(".")[2]


def _cell(text: str) -> str:
    """A CSV cell, quoted where RFC 4180 asks for it."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if any(sign in text for sign in ',"\r\n') else text


def _row(*cells: str) -> str:
    """A CSV row."""
    return ",".join(map(_cell, cells)) + "\n"


def _header(asked: NewPack) -> str:
    """`pack.toml`."""
    day, licence = asked.begins, _quoted(asked.licence)
    return f"""format     = "countermark.pack/1"
id         = {_quoted(asked.id)}
serial     = 1
version    = {_quoted(f"{day.year}.{day.month}.1")}
title      = {_quoted(asked.title)}
issuer     = {_quoted(asked.id.partition(".")[0])}
contact    = {_quoted(asked.contact)}
licence    = {licence}
languages  = ["en"]
valid_from = {day}T00:00:00Z
review_by  = {day + timedelta(days=364)}
expires    = {day + timedelta(days=729)}T00:00:00Z

[parts.public]
level   = "public"
licence = {licence}

[requires]
engine = ">=0.1,<2"
lists  = {{ "core.fit_before" = 1, "core.genuine_claim" = 1, "core.style_after" = 1, \
"core.wanted" = 1 }}
"""


def _mark(asked: NewPack) -> str:
    """`marks.toml`."""
    right = asked.right
    stated = (
        ""
        if right is None
        else f"""[[mark.right]]
office    = {_quoted(right.office)}
number    = {_quoted(right.number)}
status    = "registered"
nice      = {list(asked.nice)}
territory = [{_quoted(right.territory)}]
expires   = {right.expires}
"""
    )
    return f"""[[mark]]
id   = {_quoted(_mark_id(asked))}
kind = "word"
text = {_quoted(asked.mark)}
nice = {list(asked.nice)}
{stated}"""


def _alias(asked: NewPack) -> str:
    """`aliases.toml`."""
    return f"""# kind: official, transliteration, misspelling or coded
# class: coined, or ambiguous or generic, which need anchors
[[alias]]
mark  = {_quoted(_mark_id(asked))}
text  = {_quoted(asked.mark)}
lang  = "und"
kind  = "official"
class = "ambiguous"
anchors = {{ any_of = ["brand_attribute", "product_name", "style_code", \
{_quoted(f"category:{asked.category}")}], min = 1 }}
"""


def _products(asked: NewPack) -> str:
    """`products.csv`."""
    header = "style_code,gtin,name,also,mark,category,colours,first_sold,last_sold,serial_rule\n"
    mark, product = _mark_id(asked), asked.product
    return header + _row(asked.style_code, "", product, "", mark, asked.category, "", "", "", "")


def _sellers(asked: NewPack) -> str:
    """`sellers.csv`."""
    header = "venue,seller_id,name,scope,territory,valid_from,valid_to,evidence\n"
    name, scope = f"{asked.mark} store", f"mark:{_mark_id(asked)}"
    return header + _row("example-market", "S-1", name, scope, "*", str(asked.begins), "", "")


@dataclass(frozen=True, slots=True)
class _Prices:
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
            header + _row(*first, "new", "1", *new, *days) + _row(*first, "used", "1", *used, *days)
        )


def _rule(asked: NewPack) -> str:
    """`rules/price.toml`."""
    mark = _quoted(_mark_id(asked))
    return f"""[[rule]]
id     = "price-floor-new"
rev    = 1
status = "evaluation"
claim  = "suspected_counterfeit"
title  = {_quoted(f"New {asked.mark} goods far under the lowest known price, unlisted seller")}
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


def _cases(asked: NewPack, prices: _Prices) -> str:
    """`tests/price.toml`: what fires the rule, what does not, and what blocks it."""
    name = f"{asked.mark} {asked.product}"
    fire = 'fire = ["price-floor-new"]'
    cases = [
        ("far-too-cheap", "", fire),
        ("just-under-the-floor", f"price = {prices.text(prices.floor - 1)}", fire),
        ("just-over-the-floor", f"price = {prices.text(prices.floor)}", ""),
        ("used-and-cheap", f'condition = "used", price = {prices.text(prices.used_low // 4)}', ""),
        ("no-price", 'price = ""', ""),
        ("another-brand", f'title = {_quoted(asked.product)}, brand = "Nordhal"', ""),
        ("authorised", 'seller = "S-1"', _blocked("listed")),
        ("made-to-fit", f"title = {_quoted(f'Cover for {name}')}", _blocked("fit")),
        ("in-the-style", f"title = {_quoted(f'{asked.mark} style, no logo')}", _blocked("style")),
        ("looked-for", f"title = {_quoted(f'Wanted: {name}')}", _blocked("wanted")),
        ("spare-part", 'category = "parts"', _blocked("part")),
    ]
    blocks = "\n".join(
        f'[[case]]\nid = "{id_}"\nlisting = {{ {listing} }}\n{says or "fire = []"}\n'
        for id_, listing, says in cases
    )
    return f"""# fire = every rule that must fire; a rule that is not named must stay quiet.
# blocked = the rule's "when" holds, and exactly these "unless" signals stop it.
[defaults]
title = {_quoted(name)}
brand = {_quoted(asked.mark)}
category = {_quoted(asked.category)}
condition = "new"
price = {prices.text(prices.floor // 2)}
currency = {_quoted(asked.currency)}
seller = "S-9"
venue = "example-market"
style_code = {_quoted(asked.style_code)}
observed_at = {asked.begins + timedelta(days=1)}

{blocks}"""


def _blocked(exclusion: str) -> str:
    """A case that this exclusion stops."""
    return f'fire = []\nblocked = {{ "price-floor-new" = ["{exclusion}"] }}'
