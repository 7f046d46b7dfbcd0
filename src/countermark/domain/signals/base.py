"""What every question of a rule has in common."""

from __future__ import annotations

import inspect
import re
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

SignalName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,39}$(?!\n)",
        description="lower-case letters, digits and '_', at most 40",
    ),
]
LIST_NAME: Final = re.compile(r"(core\.)?[a-z0-9][a-z0-9_-]{0,63}")
ListNames = str | tuple[str, ...]
"""One name of a term list, or several. (A pattern in such a union makes msgspec 0.22 crash, so
`check_lists` looks at their form.)"""
Place = Annotated[
    str, Meta(pattern=r"^[A-Z]{2}$(?!\n)", description="an ISO 3166-1 alpha-2 code, upper case")
]
Language = Annotated[
    str, Meta(pattern=r"^[a-z]{2}$(?!\n)", description="an ISO 639-1 code, lower case")
]

Field = Literal[
    "title",
    "description",
    "attributes.brand",
    "attributes.style_code",
    "attributes.gtin",
    "attributes.serial",
    "attributes.colour",
    "attributes.size",
    "seller.name",
    "ocr",
]
"""The texts of a listing. `ocr` is text read from its photos, unknown until they were read."""


def names(given: str | tuple[str, ...]) -> tuple[str, ...]:
    """One name or several, as a tuple."""
    return (given,) if isinstance(given, str) else given


def check_lists(lists: tuple[str, ...]) -> None:
    """Refuse what can not be the name of a list.

    Raises:
        ValueError: names it.
    """
    for name in lists:
        if LIST_NAME.fullmatch(name) is None:
            raise ValueError(f'list "{name}" is neither core.<id> nor the id of a list')


class SignalBase(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="op",
):
    """One typed question about one listing: an operator with its arguments."""

    @property
    def op(self) -> str:
        """The operator's name, as packs write it."""
        return str(self.__struct_config__.tag)

    @property
    def lists(self) -> tuple[str, ...]:
        """Names of the term lists that the question reads."""
        return ()

    @property
    def refers_to(self) -> tuple[str, ...]:
        """Names of the signals of the same rule whose place in the text the question uses."""
        return ()

    @classmethod
    def explanation(cls) -> str:
        """What the question is, in one plain sentence."""
        return (inspect.getdoc(cls) or "").partition("\n")[0]
