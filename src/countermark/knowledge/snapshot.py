"""All packs compiled at one moment: the knowledge that a scan reads. Immutable, and named by the hash of its sources."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import msgspec
import numpy as np

from countermark.domain.catalogue import CodeShape
from countermark.domain.rules import Rule
from countermark.errors import SnapshotError
from countermark.features.near_misses import NearIndex
from countermark.features.windows import Index

SEMANTICS = 5
"""Raised whenever the same sources would be judged otherwise; a snapshot of another number is refused."""

ALIAS, MODEL, TERM = range(3)
"""What an entry of `Names` is: an alias of a mark, the name of a model, a word of a list."""


class Names(NamedTuple):
    """What can show that a listing is worth a closer look.

    Attributes:
        lexicon: loose; entry i is described by the other fields.
        near: entries again, for one slip of the hand.
        kind: int8, ALIAS, MODEL or TERM.
        ref: int32, number in `Aliases`, or of the word set.
        tokens: int32, of the folded text.
        unspaced: bool, of a script written without spaces: parted by one it is two other words.
        texts: as the packs write them.
    """

    lexicon: Index
    near: NearIndex
    kind: np.ndarray
    ref: np.ndarray
    tokens: np.ndarray
    unspaced: np.ndarray
    texts: tuple[str, ...]


class Aliases(NamedTuple):
    """The names of marks; parallel arrays over aliases and models.

    Attributes:
        mark: int32 number in `Snapshot.marks`.
        how: int8, code in `recognition.HOW` when named plainly.
        distinct: int8: 0 coined, 1 ambiguous, 2 generic.
        anchors: int32 row of `AnchorSets`; asked of coined aliases only when misspelt.
        never: int32 word set of `never_near`, or -1.
        product: int32 product of a model, or -1.
    """

    mark: np.ndarray
    how: np.ndarray
    distinct: np.ndarray
    anchors: np.ndarray
    never: np.ndarray
    product: np.ndarray


class AnchorSets(NamedTuple):
    """What must stand beside a word that is not distinctive.

    Attributes:
        strong: uint8 sum of BRAND_ATTRIBUTE, PRODUCT_NAME, STYLE_CODE, GTIN.
        categories: bool (n, categories), descendants included.
        marks: bool (n, marks), other marks whose mention counts.
        least: int8, how many pieces of evidence; generic words need two unless one is strong.
    """

    strong: np.ndarray
    categories: np.ndarray
    marks: np.ndarray
    least: np.ndarray


BRAND_ATTRIBUTE, PRODUCT_NAME, STYLE_CODE, GTIN = 1, 2, 4, 8


class Words(NamedTuple):
    """Words that say something about a listing already known to be worth a look.

    Attributes:
        lexicon: strict, of all sets; what titles and kinds of goods are searched for.
        set: int32, number in `sets` of each entry.
        said, said_set: likewise of the sets that mean something in any text: all but nouns and models.
        sets: "list:core.fit_before", "noun:bags.handbag", "noun-first:bags.handbag", "product:17", "never:3", "phrase:5".
    """

    lexicon: Index
    set: np.ndarray
    said: Index
    said_set: np.ndarray
    sets: tuple[str, ...]


class Goods(NamedTuple):
    """Products and what genuine ones cost; parallel arrays.

    Attributes:
        style_codes: sorted as the packs gave them.
        gtins: "" where none.
        mark, category: int32.
        is_range: bool, the row stands for all goods of the mark in the category.
        colours: those it was made in, joined by "|"; "" not stated.
        first_year: int32, first sold, 0 not stated.
        lowest: int64, the least low of any band of the product, to compare the ranges of one mark.
        reference: int64 (n, 2): a typical price of one new piece in minor units, and the number of its currency; -1 for none.
        band_key: int64 sorted, see `band_key`.
        band: int64 (n, 3) low, typical, high in minor units.
        currencies: the codes in use; their position is their number.
    """

    style_codes: tuple[str, ...]
    gtins: tuple[str, ...]
    names: tuple[str, ...]
    mark: np.ndarray
    category: np.ndarray
    is_range: np.ndarray
    colours: tuple[str, ...]
    first_year: np.ndarray
    lowest: np.ndarray
    reference: np.ndarray
    band_key: np.ndarray
    band: np.ndarray
    currencies: tuple[str, ...]


def band_key(product: Any, currency: Any, condition: Any, pack_size: Any) -> Any:
    """The int64 key of a price band; arrays are welcome. Pack sizes above 4095 have none."""
    return ((product * 256 + currency) * 8 + condition) * 4096 + pack_size


class Sellers(NamedTuple):
    """Authorised sellers: `keys[i]` is venue, tab and seller id; rows of a seller are `first[i]:first[i + 1]`.

    Attributes:
        mark: int32.
        styles: style code that the permission is for, "" for all goods of the mark.
        territories: ISO codes joined by "|", "*" for everywhere.
    """

    keys: tuple[str, ...]
    first: np.ndarray
    mark: np.ndarray
    styles: tuple[str, ...]
    territories: tuple[str, ...]


class MarkRow(NamedTuple):
    """One mark as scans name it."""

    id: str
    text: str
    pack: str
    has_right: bool


class PackRef(NamedTuple):
    """One source of a snapshot."""

    id: str
    serial: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Snapshot:
    """Compiled knowledge.

    Attributes:
        id: "cm1-" and 16 hex digits of the hash of sources, semantics and day.
        as_of: the day for which validity was decided.
        categories: alliance category ids; their position is their number.
        seller_lists: name of a list of sellers that a rule asks -> its hashes.
        codes: shapes of codes by pack id, "/" and their own id.
        granted: rule id -> status after validity dates; a venue's policy may lower it further.
        notes: what the compiler decided about conflicts, one sentence each.
    """

    id: str
    as_of: date
    packs: tuple[PackRef, ...]
    marks: tuple[MarkRow, ...]
    categories: tuple[str, ...]
    names: Names
    aliases: Aliases
    anchors: AnchorSets
    words: Words
    goods: Goods
    sellers: Sellers
    rules: tuple[Rule, ...]
    granted: dict[str, str]
    codes: dict[str, CodeShape]
    seller_lists: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]


_ARRAYS: dict[str, Any] = {
    "names.lexicon": Index, "names.near": NearIndex, "names": Names, "aliases": Aliases, "anchors": AnchorSets,
    "words.lexicon": Index, "words.said": Index, "words": Words, "goods": Goods, "sellers": Sellers,
}  # fmt: skip


def _flatten(prefix: str, value: Any, arrays: dict[str, np.ndarray], plain: dict[str, Any]) -> None:
    for name, part in value._asdict().items():
        key = f"{prefix}.{name}"
        if isinstance(part, np.ndarray):
            arrays[key] = part
        elif hasattr(part, "_asdict"):
            _flatten(key, part, arrays, plain)
        else:
            plain[key] = part


def snapshot_bytes(snapshot: Snapshot) -> bytes:
    """The snapshot as one file; the same snapshot gives the same bytes."""
    arrays: dict[str, np.ndarray] = {}
    plain: dict[str, Any] = {"semantics": SEMANTICS, "as_of": snapshot.as_of.isoformat()}
    for part in ("names", "aliases", "anchors", "words", "goods", "sellers"):
        _flatten(part, getattr(snapshot, part), arrays, plain)
    for part in ("id", "packs", "marks", "categories", "granted", "seller_lists", "notes"):
        plain[part] = getattr(snapshot, part)
    plain["rules"] = msgspec.to_builtins(snapshot.rules)
    plain["codes"] = msgspec.to_builtins(snapshot.codes)
    header = np.frombuffer(msgspec.json.encode(plain, order="sorted"), np.uint8)
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, header=header, **arrays)
    return out.getvalue()


def parse_snapshot(data: bytes, *, source: str) -> Snapshot:
    """The snapshot that `snapshot_bytes` wrote.

    Raises:
        SnapshotError: not a snapshot, cut short, or of another version.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        plain = msgspec.json.decode(arrays.pop("header").tobytes())
    except Exception as error:
        raise _no_snapshot(source) from error
    if plain.get("semantics") != SEMANTICS:
        raise SnapshotError(
            f"{source}: made for semantics {plain.get('semantics')}, this engine has {SEMANTICS}",
            hint="build it again with countermark snapshot build",
        )

    try:
        return _assembled(arrays, plain)
    except (KeyError, TypeError, ValueError) as error:
        raise _no_snapshot(source) from error


def _no_snapshot(source: str) -> SnapshotError:
    return SnapshotError(
        f"{source}: not a snapshot, or cut short",
        hint="build it again with countermark snapshot build",
    )


def _assembled(arrays: Mapping[str, np.ndarray], plain: Mapping[str, Any]) -> Snapshot:
    """The snapshot of the arrays and plain values of a file."""

    def part(prefix: str) -> Any:
        values: dict[str, Any] = {}
        for name in _ARRAYS[prefix]._fields:
            key = f"{prefix}.{name}"
            if key in arrays:
                values[name] = arrays[key]
            elif key in _ARRAYS:
                values[name] = part(key)
            else:
                values[name] = tuple(plain[key]) if isinstance(plain[key], list) else plain[key]
        return _ARRAYS[prefix](**values)

    return Snapshot(
        id=plain["id"], as_of=date.fromisoformat(plain["as_of"]), packs=tuple(PackRef(*p) for p in plain["packs"]),
        marks=tuple(MarkRow(*m) for m in plain["marks"]), categories=tuple(plain["categories"]),
        names=part("names"), aliases=part("aliases"), anchors=part("anchors"), words=part("words"),
        goods=part("goods"), sellers=part("sellers"), rules=msgspec.convert(plain["rules"], tuple[Rule, ...], strict=False),
        granted=plain["granted"], codes=msgspec.convert(plain["codes"], dict[str, CodeShape]), notes=tuple(plain["notes"]),
        seller_lists={name: tuple(hashes) for name, hashes in plain["seller_lists"].items()},
    )  # fmt: skip
