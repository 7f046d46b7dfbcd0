"""The files of a small pack that an author begins with: it reads, and lints clean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from countermark.domain.currencies import parse_minor
from countermark.errors import PackError
from countermark.knowledge.first_rule import FirstPrices, price_cases, price_rule
from countermark.knowledge.new_pack_form import NewPack, csv_row, mark_id, quoted
from countermark.knowledge.reading import read_pack

MIN_LOW: Final = 100
EXCLUDED: Final = ("parts", "repair", "toys.miniature")
"""Categories that the first rule never fires on."""


def new_pack(asked: NewPack) -> Mapping[str, bytes]:
    """The files of a first edition: one mark, alias, product, price, and a rule with its tests.

    Raises:
        PackError: something asked for can not stand in a pack.
    """
    if asked.category.partition(".")[0] in EXCLUDED or asked.category in EXCLUDED:
        says = f"pack {asked.id}: category {asked.category} is for goods of other makers"
        raise PackError(says, hint="give the category of the brand's own goods")
    prices = _prices(asked)
    texts = {
        "pack.toml": _header(asked),
        "CHANGELOG.md": f"# {asked.title}\n\n## 1\n\nFirst edition. {_TO_DO}\n",
        "public/marks.toml": _mark(asked),
        "public/aliases.toml": _alias(asked),
        "public/products.csv": _products(asked),
        "public/prices.csv": prices.table(asked),
        "public/sellers.csv": _sellers(asked),
        "public/rules/price.toml": price_rule(asked),
        "public/tests/price.toml": price_cases(asked, prices),
    }
    files = {path: text.encode() for path, text in texts.items()}
    read_pack(files)
    return files


def _prices(asked: NewPack) -> FirstPrices:
    """The band of the first product."""
    amounts = (asked.low, asked.typical, asked.high)
    try:
        low, typical, high = (parse_minor(amount, asked.currency) for amount in amounts)
    except ValueError as error:
        raise PackError(f"pack {asked.id}: {error}", hint="give amounts such as 119.00") from None
    if low < MIN_LOW:
        says = f"pack {asked.id}: low {asked.low} {asked.currency} leaves no room for tests"
        raise PackError(says, hint=f"give at least {MIN_LOW} of the smallest unit")
    return FirstPrices(asked.currency, low, typical, high)


_TO_DO: Final = "The band for used goods and the authorised seller are examples: put your own."


def _header(asked: NewPack) -> str:
    """`pack.toml`."""
    day, licence = asked.begins, quoted(asked.licence)
    return f"""format     = "countermark.pack/1"
id         = {quoted(asked.id)}
serial     = 1
version    = {quoted(f"{day.year}.{day.month}.1")}
title      = {quoted(asked.title)}
issuer     = {quoted(asked.id.partition(".")[0])}
contact    = {quoted(asked.contact)}
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
office    = {quoted(right.office)}
number    = {quoted(right.number)}
status    = "registered"
nice      = {list(asked.nice)}
territory = [{quoted(right.territory)}]
expires   = {right.expires}
"""
    )
    return f"""[[mark]]
id   = {quoted(mark_id(asked))}
kind = "word"
text = {quoted(asked.mark)}
nice = {list(asked.nice)}
{stated}"""


def _alias(asked: NewPack) -> str:
    """`aliases.toml`."""
    return f"""# kind: official, transliteration, misspelling or coded
# class: coined, or ambiguous or generic, which need anchors
[[alias]]
mark  = {quoted(mark_id(asked))}
text  = {quoted(asked.mark)}
lang  = "und"
kind  = "official"
class = "ambiguous"
anchors = {{ any_of = ["brand_attribute", "product_name", "style_code", \
{quoted(f"category:{asked.category}")}], min = 1 }}
"""


def _products(asked: NewPack) -> str:
    """`products.csv`."""
    header = "style_code,gtin,name,also,mark,category,colours,first_sold,last_sold,serial_rule\n"
    mark, product = mark_id(asked), asked.product
    return header + csv_row(asked.style_code, "", product, "", mark, asked.category, "", "", "", "")


def _sellers(asked: NewPack) -> str:
    """`sellers.csv`."""
    header = "venue,seller_id,name,scope,territory,valid_from,valid_to,evidence\n"
    name, scope = f"{asked.mark} store", f"mark:{mark_id(asked)}"
    return header + csv_row("example-market", "S-1", name, scope, "*", str(asked.begins), "", "")
