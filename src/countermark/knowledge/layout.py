"""Where each kind of knowledge stands in a pack: which file holds which tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from countermark.domain.origins import LEVELS
from countermark.knowledge.csv_tables import CSV_TABLES, PARQUET
from countermark.knowledge.faults import Where
from countermark.knowledge.files import HEADER, LOCK, MANIFEST, PART_TABLE, SIGNATURE
from countermark.knowledge.parquet_rows import read_parquet_rows

TOP_FILES: Final = (HEADER, "CHANGELOG.md", "LICENSE.md", "README.md", LOCK, MANIFEST, SIGNATURE)
IMAGE_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".webp")
KNOWLEDGE: Final = ("rule", "list", "code")

Shape = Literal["header", "toml", "csv", "parquet", "cases", "lock", "image", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """What a file of a pack holds.

    Attributes:
        tables: arrays of tables a TOML file may have.
        csv: key into `CSV_TABLES`.
    """

    shape: Shape
    tables: tuple[str, ...] = ()
    csv: str = ""


_FIXED: Final = {
    "marks.toml": FileKind(shape="toml", tables=("mark",)),
    "aliases.toml": FileKind(shape="toml", tables=("alias",)),
    "terms.toml": FileKind(shape="toml", tables=KNOWLEDGE),
    "tells.toml": FileKind(shape="toml", tables=("tell",)),
    **{path: FileKind(shape="csv", csv=path) for path in CSV_TABLES},
    **{
        path.removesuffix(".csv") + PARQUET: FileKind(shape="parquet", csv=path)
        for path in CSV_TABLES
    },
    LOCK: FileKind(shape="lock"),
    PART_TABLE: FileKind(shape="other"),
}
"""Files of a part by their path in it."""

_FOLDERS: Final = {
    "rules": ((".toml",), FileKind(shape="toml", tables=KNOWLEDGE)),
    "lists": ((".toml",), FileKind(shape="toml", tables=KNOWLEDGE)),
    "tests": ((".toml",), FileKind(shape="cases", tables=("defaults", "case"))),
    "images": (IMAGE_ENDINGS, FileKind(shape="image")),
}
"""Folders of a part: how the names of their files end, and what the files hold."""


def kind_of(path: str) -> FileKind | None:
    """What the file at `path` holds; None where no such file belongs in a pack."""
    first, _, inside = path.partition("/")
    if inside:
        return _part_kind(inside) if first in LEVELS else None
    if path == HEADER:
        return FileKind(shape="header")
    if path == LOCK:
        return FileKind(shape="lock")
    return FileKind(shape="other") if path in TOP_FILES else None


def _part_kind(inside: str) -> FileKind | None:
    """What a file of a part holds."""
    if inside in _FIXED:
        return _FIXED[inside]
    endings, kind = _FOLDERS.get(inside.partition("/")[0], ((), None))
    return kind if inside.endswith(endings) else None


def text_of(path: str, content: bytes) -> str:
    """What a file of a pack says, as text: one line a row for a table in Parquet, "" for a picture.

    Raises:
        PackError: a table that can not be read.
    """
    kind = kind_of(path)
    if kind is None or kind.shape == "image":
        return ""
    if kind.shape != "parquet":
        return content.decode(errors="replace")
    header, where = CSV_TABLES[kind.csv].header, Where(pack="", file=path)
    rows = read_parquet_rows(content, header=header, where=where)
    return "\n".join([",".join(header), *(",".join(row) for _, row in rows)])
