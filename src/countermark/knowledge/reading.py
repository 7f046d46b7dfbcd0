"""The files of a pack to a `Pack`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from countermark.domain.catalogue import (
    AuthorisedSeller,
    Category,
    CodeShape,
    ImageRef,
    Noun,
    PriceBand,
    Product,
    Tell,
)
from countermark.domain.marks import Alias, Mark
from countermark.domain.origins import Knowledge, Origin
from countermark.domain.packs import Pack, PackHeader
from countermark.domain.rules import Rule, TermList, TestCase
from countermark.errors import PackError
from countermark.knowledge.case_tables import read_case
from countermark.knowledge.csv_tables import CSV_TABLES, read_table
from countermark.knowledge.faults import Faults, Where
from countermark.knowledge.files import HEADER, Files, check_files, level_of
from countermark.knowledge.layout import FileKind, kind_of
from countermark.knowledge.locks import read_lock
from countermark.knowledge.rule_tables import read_list, read_rule
from countermark.knowledge.toml_tables import Table, load_toml, only_keys, placed, tables_of, typed

_PACK_FIELDS: Final[Mapping[type[Knowledge], str]] = {
    Mark: "marks",
    Alias: "aliases",
    Product: "products",
    PriceBand: "prices",
    AuthorisedSeller: "sellers",
    TermList: "lists",
    CodeShape: "codes",
    ImageRef: "images",
    Rule: "rules",
    Tell: "tells",
    TestCase: "cases",
    Noun: "nouns",
    Category: "categories",
}
_PLAIN: Final[Mapping[str, type[Knowledge]]] = {
    "mark": Mark,
    "alias": Alias,
    "code": CodeShape,
    "tell": Tell,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was made of a pack's files.

    Attributes:
        pack: None where there is any fault.
        faults: every fault, in the order of the files.
    """

    pack: Pack | None
    faults: tuple[PackError, ...]


def read_pack(files: Files) -> Pack:
    """The pack that `files` (relative POSIX path -> bytes) hold.

    Raises:
        PackError: names file, table, key and value of the first fault, and how many more there are.
    """
    reader = _read(files)
    if reader.faults.errors:
        raise reader.faults.first()
    return reader.pack()


def inspect_files(files: Files) -> Reading:
    """The pack, or every fault that keeps it from being one."""
    reader = _read(files)
    errors = tuple(reader.faults.errors)
    return Reading(pack=None if errors else reader.pack(), faults=errors)


def _read(files: Files) -> _Reader:
    """A reader that has read the files, header first, the others in the order of their paths."""
    reader = _Reader()
    with reader.faults.kept():
        check_files(files)
        reader.read_header(files)
    if reader.header is None:
        return reader
    for path in sorted(files):
        with reader.faults.kept():
            reader.read_file(path, files[path])
    reader.check_distinct()
    return reader


def read_header(files: Files) -> PackHeader:
    """What `pack.toml` says.

    Raises:
        PackError: it is missing or not of the schema.
    """
    where = Where(pack="", file=HEADER)
    if HEADER not in files:
        raise where.fault("the file is missing", hint="every pack has a pack.toml")
    header = typed(load_toml(files[HEADER], where=where), PackHeader, where=where)
    for name, part in header.parts.items():
        if part.level != name:
            says = f"level is {part.level}"
            raise where.fault(says, key=f"parts.{name}", hint="a part has the level of its name")
    return header


@dataclass(slots=True)
class _Reader:
    """What was read so far."""

    header: PackHeader | None = None
    faults: Faults = field(default_factory=Faults)
    found: dict[str, list[Any]] = field(default_factory=dict)
    lock: dict[str, Any] = field(default_factory=dict)

    def pack(self) -> Pack:
        """The pack, all files having been read."""
        if self.header is None:
            raise self.faults.first()
        found = {name: tuple(values) for name, values in self.found.items()}
        return Pack(header=self.header, lock=self.lock, **found)

    def read_header(self, files: Files) -> None:
        """Read `pack.toml`."""
        self.header = read_header(files)

    def where(self, path: str) -> Where:
        """The file as messages name it."""
        return Where(pack=self.header.id if self.header else "", file=path)

    def read_file(self, path: str, content: bytes) -> None:
        """Read one file and keep what it holds."""
        where, kind = self.where(path), kind_of(path)
        if kind is None:
            hint = "parts are public, members and venue; see the layout of a pack"
            raise where.fault("no such file belongs in a pack", hint=hint)
        if "/" in path and self.header and level_of(path) not in self.header.parts:
            raise where.fault("pack.toml does not name this part", key=f"parts.{level_of(path)}")
        if kind.shape == "parquet" and self.header and path not in self.header.tables:
            hint = f'[tables."{path}"] with generated = true and source, the SHA-256 of what it was made from'
            raise where.fault("pack.toml does not say what this table was made from", hint=hint)
        if kind.shape in {"csv", "parquet"}:
            table = CSV_TABLES[kind.csv]
            self.keep(read_table(content, table, where=where, faults=self.faults))
        elif kind.shape in {"toml", "cases"}:
            self.read_toml(content, kind, where=where)
        elif kind.shape == "lock":
            self.lock |= read_lock(content, where=where)

    def read_toml(self, content: bytes, kind: FileKind, *, where: Where) -> None:
        """Read the tables of one TOML file."""
        document = load_toml(content, where=where)
        only_keys(document, kind.tables, where=where)
        defaults = document.get("defaults", {})
        if not isinstance(defaults, dict):
            raise where.fault("expected a table", key="defaults")
        for name in kind.tables:
            if name == "defaults":
                continue
            for table, origin, at in tables_of(document, name, where=where):
                with self.faults.kept():
                    self.keep([_read_table(name, table, defaults, origin, at)])

    def keep(self, values: Iterable[Knowledge]) -> None:
        """Keep pieces of knowledge under the pack's field of their kind."""
        for value in values:
            self.found.setdefault(_PACK_FIELDS[type(value)], []).append(value)

    def check_distinct(self) -> None:
        """Refuse what is written twice."""
        for name, key in _KEYS.items():
            seen: dict[object, Knowledge] = {}
            for value in self.found.get(name, ()):
                first = seen.setdefault(key(value), value)
                if first is not value:
                    with self.faults.kept():
                        raise _twice(self.where(value.origin.file), key(value), first, value)


def _read_table(
    name: str, table: Table, defaults: Table, origin: Origin, where: Where
) -> Knowledge:
    """The knowledge of one table."""
    if name == "rule":
        return read_rule(table, origin=origin, where=where)
    if name == "list":
        return read_list(table, origin=origin, where=where)
    if name == "case":
        return read_case(table, defaults=defaults, origin=origin, where=where)
    return placed(table, _PLAIN[name], origin=origin, where=where)


def _id(value: Any) -> object:
    """The id of a piece of knowledge."""
    return value.id


_KEYS: Final[Mapping[str, Callable[[Any], object]]] = {
    "marks": _id,
    "lists": _id,
    "codes": _id,
    "images": _id,
    "rules": _id,
    "tells": _id,
    "categories": _id,
    "cases": lambda case: (case.origin.file, case.id),
    "aliases": lambda alias: (alias.mark, alias.text),
    "products": lambda product: (product.style_code, product.gtin),
    "nouns": lambda noun: (noun.lang, noun.noun),
}
"""What must be distinct in a pack."""


def _twice(where: Where, key: object, first: Knowledge, second: Knowledge) -> PackError:
    """The error that something is written twice."""
    what = " ".join(map(str, key)) if isinstance(key, tuple) else key
    place = str(second.origin).removeprefix(second.origin.file).strip()
    return where.at(place).fault(f"{what} is written twice", hint=f"first in {first.origin}")
