"""Small packs for tests of any stage: a header, a core of a few words, and the brand pack that an author begins with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from countermark.knowledge.new_pack import new_pack
from countermark.knowledge.new_pack_form import NewPack

TODAY = date(2026, 11, 24)

_HEADER = """format = "countermark.pack/1"
id = "{id}"
serial = {serial}
version = "1"
title = "For tests"
issuer = "{issuer}"
contact = "packs@countermark.example"
licence = "CC-BY-4.0"
valid_from = {valid_from}
review_by = 2027-10-30
expires = 2028-10-01T00:00:00Z
supersedes = {supersedes}
[parts.public]
level = "public"
licence = "CC-BY-4.0"
"""
_LISTS = {"fit_before": ["for", "fits"], "style_after": ["style"], "wanted": ["wtb"], "genuine_claim": ["genuine"]}  # fmt: skip
_CATEGORIES = ("toys", "toys.figure", "toys.miniature", "parts", "repair")


def header(id_, *, serial=1, valid_from="2026-11-01T00:00:00Z", supersedes=()):
    """`pack.toml` of a pack with a public part."""
    issuer = id_.partition(".")[0]
    text = _HEADER.format(
        id=id_, serial=serial, issuer=issuer, valid_from=valid_from, supersedes=list(supersedes)
    )
    return text.encode()


def small(id_, public, **changes) -> dict[str, bytes]:
    """The files of a pack with these texts in its public part."""
    return {
        "pack.toml": header(id_, **changes),
        **{f"public/{path}": text.encode() for path, text in public.items()},
    }


def lists(words: Mapping[str, list[str]]) -> str:
    """Word lists as TOML."""
    return "".join(f'[[list]]\nid = "{name}"\nterms = {terms}\n' for name, terms in words.items())


CORE_LISTS = lists(_LISTS)
CORE = small(
    "core.general",
    {
        "categories.csv": "id,title\n" + "".join(f"{name},x\n" for name in _CATEGORIES),
        "lists/all.toml": CORE_LISTS,
    },
)
ASKED = NewPack(
    id="acme.zorvik", title="Zorvik", contact="ip@acme.example", licence="CC-BY-4.0", mark="Zorvik",
    nice=(28,), style_code="ZO-1", product="Rocket One", category="toys.figure", currency="EUR",
    low="119.00", typical="149.00", high="159.00", begins=date(2026, 11, 1),
)  # fmt: skip
ACME = new_pack(ASKED)
"""The pack that `countermark pack new` writes; its own tests pass beside CORE."""
