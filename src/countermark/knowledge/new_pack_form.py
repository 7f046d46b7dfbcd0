"""What an author of a new pack says, and how values are written in its files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date


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


def quoted(text: str) -> str:
    """A TOML string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)


def mark_id(asked: NewPack) -> str:
    """The id of the mark: the name of the pack."""
    return asked.id.rpartition(".")[2]


def csv_cell(text: str) -> str:
    """A CSV cell, quoted where RFC 4180 asks for it."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if any(sign in text for sign in ',"\r\n') else text


def csv_row(*cells: str) -> str:
    """A CSV row."""
    return ",".join(map(csv_cell, cells)) + "\n"
