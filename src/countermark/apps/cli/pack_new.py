"""`countermark pack new`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Final

import typer

from countermark.domain.currencies import CURRENCIES, decimals
from countermark.errors import UsageError
from countermark.knowledge.new_pack import new_pack
from countermark.knowledge.new_pack_form import FirstRight, NewPack
from countermark.wiring import packs as pack_files

BAND: Final[Mapping[str, Decimal]] = {"typical": Decimal("1.25"), "high": Decimal("1.5")}
"""Guesses at the rest of a price band, as multiples of its low end."""
RIGHT_PARTS: Final = 4
RIGHT_FORM: Final = "OFFICE/NUMBER/TERRITORY/DAY"
RIGHT_HINT: Final = "as EUIPO/018000009/EU/2034-01-01, with --nice for each class"

PackName = Annotated[
    str, typer.Argument(metavar="ISSUER.NAME", help="Id of the pack, as acme.rockets.")
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder to make; default: ./ISSUER.NAME.")
]
MarkText = Annotated[
    str, typer.Option(help="The word, as the brand writes it; default: from the name.")
]
Title = Annotated[str, typer.Option(help="What the pack is about; default: the mark.")]
Contact = Annotated[str, typer.Option(help="Mail address or web page; default: an example.")]
Licence = Annotated[str, typer.Option(help="Under which terms others may use it.")]
Nice = Annotated[list[int] | None, typer.Option(help="Nice class of the mark; repeatable.")]
Right = Annotated[str, typer.Option(metavar=RIGHT_FORM, help=f"Registered right, {RIGHT_HINT}.")]
ProductName = Annotated[str, typer.Option(help="Name of one product.")]
StyleCode = Annotated[str, typer.Option(help="Its code; default: from the name.")]
CategoryId = Annotated[str, typer.Option(help="Its kind, an id of core's categories.csv.")]
Currency = Annotated[str, typer.Option(help="Currency of the prices, ISO 4217.")]
Low = Annotated[str, typer.Option(help="Lowest price of the genuine product, new.")]
Typical = Annotated[str, typer.Option(help="Typical price; default: a guess from the lowest.")]
High = Annotated[str, typer.Option(help="Highest price; default: a guess from the lowest.")]
Begins = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="First day of use; default: today."),
]


def new(  # noqa: PLR0913, PLR0917 - one parameter for each option that people can give
    pack_id: PackName, out: Out = None, mark: MarkText = "", title: Title = "",
    contact: Contact = "", licence: Licence = "CC-BY-4.0", nice: Nice = None, right: Right = "",
    product: ProductName = "Model One", style_code: StyleCode = "",
    category: CategoryId = "bags.handbag", currency: Currency = "EUR", low: Low = "100",
    typical: Typical = "", high: High = "", begins: Begins = None,
) -> None:  # fmt: skip
    """Write a new pack: a mark, a product, its prices, and a rule with tests that pass."""
    issuer, _, name = pack_id.partition(".")
    word = mark or name.rpartition(".")[2].replace("-", " ").title()
    asked = NewPack(
        id=pack_id,
        title=title or word,
        contact=contact or f"ip@{issuer}.example",
        licence=licence,
        mark=word,
        nice=tuple(nice or ()),
        style_code=style_code or f"{name.upper()}-1",
        product=product,
        category=category,
        currency=currency,
        low=low,
        typical=typical or _guess(low, "typical", currency),
        high=high or _guess(low, "high", currency),
        begins=begins.date() if begins else pack_files.today(),
        right=_right(right, nice) if right else None,
    )
    folder, files = out or Path(pack_id), new_pack(asked)
    pack_files.write_new(folder, files)
    typer.echo(f"{pack_id}: {len(files)} files -> {folder}")


def _guess(low: str, part: str, currency: str) -> str:
    """The amount of a part of the band that was not given."""
    if currency not in CURRENCIES:
        return low
    try:
        step = Decimal(1).scaleb(-decimals(currency))
        return f"{(Decimal(low) * BAND[part]).quantize(step, ROUND_HALF_UP):f}"
    except InvalidOperation:
        return low


def _right(given: str, nice: list[int] | None) -> FirstRight:
    """The registered right that was given.

    Raises:
        UsageError: not of the form, or without a class.
    """
    parts = given.split("/")
    if len(parts) != RIGHT_PARTS or not nice:
        raise UsageError(f"right {given} is not complete", hint=RIGHT_HINT)
    office, number, territory, day = parts
    try:
        expires = date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"right {given}: {day} is not a day", hint=RIGHT_HINT) from None
    return FirstRight(office=office, number=number, territory=territory, expires=expires)
