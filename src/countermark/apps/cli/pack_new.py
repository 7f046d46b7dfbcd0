"""`countermark pack new`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Final

import typer

from countermark.apps.cli import pack_files
from countermark.domain.currencies import CURRENCIES, decimals
from countermark.errors import UsageError
from countermark.flows.begin_pack import begin_pack
from countermark.knowledge.new_pack_form import FirstRight, NewPack

BAND: Final[Mapping[str, Decimal]] = {"typical": Decimal("1.25"), "high": Decimal("1.5")}
"""Guesses at the rest of a price band, as multiples of its low end."""
RIGHT_PARTS: Final = 4


def new(  # noqa: PLR0913 - one parameter for each option that people can give
    pack_id: Annotated[str, typer.Argument(metavar="ISSUER.NAME", help="Id of the pack, as acme.rockets.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to make; default: ./ISSUER.NAME.")] = None,
    mark: Annotated[str, typer.Option(help="The word, as the brand writes it; default: from the name.")] = "",
    title: Annotated[str, typer.Option(help="What the pack is about; default: the mark.")] = "",
    contact: Annotated[str, typer.Option(help="Mail address or web page; default: an example.")] = "",
    licence: Annotated[str, typer.Option(help="Under which terms others may use it.")] = "CC-BY-4.0",
    nice: Annotated[list[int] | None, typer.Option(help="Nice class of the mark; repeatable.")] = None,
    right: Annotated[str, typer.Option(metavar="OFFICE/NUMBER/TERRITORY/DAY", help="Registered right, as EUIPO/018000009/EU/2034-01-01.")] = "",
    product: Annotated[str, typer.Option(help="Name of one product.")] = "Model One",
    style_code: Annotated[str, typer.Option(help="Its code; default: from the name.")] = "",
    category: Annotated[str, typer.Option(help="Its kind, an id of the core pack's categories.csv.")] = "bags.handbag",
    currency: Annotated[str, typer.Option(help="Currency of the prices, ISO 4217.")] = "EUR",
    low: Annotated[str, typer.Option(help="Lowest price of the genuine product, new.")] = "100",
    typical: Annotated[str, typer.Option(help="Typical price; default: a guess from the lowest.")] = "",
    high: Annotated[str, typer.Option(help="Highest price; default: a guess from the lowest.")] = "",
    begins: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of use; default: today.")] = None,
) -> None:  # fmt: skip
    """Write a new pack: one mark, product, price band, and a rule with its tests; it lints and tests clean."""
    name = pack_id.rpartition(".")[2]
    word = mark or name.replace("-", " ").title()
    asked = NewPack(
        id=pack_id, title=title or word, contact=contact or f"ip@{pack_id.partition('.')[0]}.example",
        licence=licence, mark=word, nice=tuple(nice or ()), style_code=style_code or f"{name.upper()}-1",
        product=product, category=category, currency=currency, low=low,
        typical=typical or _guess(low, "typical", currency), high=high or _guess(low, "high", currency),
        begins=begins.date() if begins else pack_files.today(), right=_right(right, nice),
    )  # fmt: skip
    folder = out or Path(pack_id)
    files = begin_pack(asked)
    pack_files.write_new(folder, files)
    typer.echo(f"{pack_id}: {len(files)} files -> {folder}")
    typer.echo(f"next: countermark pack test {folder}")


def _guess(low: str, part: str, currency: str) -> str:
    """The amount of a part of the band that was not given."""
    if currency not in CURRENCIES:
        return low
    try:
        step = Decimal(1).scaleb(-decimals(currency))
        return f"{(Decimal(low) * BAND[part]).quantize(step, ROUND_HALF_UP):f}"
    except InvalidOperation:
        return low


def _right(given: str, nice: list[int] | None) -> FirstRight | None:
    """The registered right that was given, if any.

    Raises:
        UsageError: not of the form, or without a class.
    """
    if not given:
        return None
    hint = "as EUIPO/018000009/EU/2034-01-01, with --nice for each class"
    parts = given.split("/")
    if len(parts) != RIGHT_PARTS or not nice:
        raise UsageError(f"right {given} is not complete", hint=hint)
    office, number, territory, day = parts
    try:
        expires = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UsageError(f"right {given}: {day} is not a day", hint=hint) from None
    return FirstRight(office=office, number=number, territory=territory, expires=expires)
