"""Which reader reads which file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import fsspec

from countermark.adapters.sources.csv_files import read_csv
from countermark.adapters.sources.json_lines import read_json_lines
from countermark.adapters.sources.parquet_files import read_parquet
from countermark.errors import CountermarkError, SourceError
from countermark.ports import RawChunk, Source

CHUNK_ROWS = 32_768
Reader = Callable[..., Iterator[RawChunk]]
READERS: Mapping[str, Reader] = {
    ".parquet": read_parquet,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
}
PACKED = (".gz", ".zst")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """Files of listings, read one after the other."""

    files: tuple[fsspec.core.OpenFile, ...]
    encoding: str

    def chunks(self) -> Iterator[RawChunk]:
        """Every row of every file."""
        for file in self.files:
            name = str(file.path)
            try:
                yield from READERS[_kind(name)](file, name, encoding=self.encoding, rows=CHUNK_ROWS)
            except CountermarkError:
                raise
            except Exception as error:  # whatever the driver of some store or compression raises
                raise SourceError(
                    f"{name}: {_first_line(error)}",
                    hint="the file is cut short or not what its name says",
                ) from error

    def fingerprint(self) -> str:
        """Hash of names, sizes and times of change, and of the encoding they are read in."""
        seen = sha256(self.encoding.encode())
        for file in self.files:
            info = file.fs.info(file.path)
            seen.update(
                f"{file.path}\t{info.get('size')}\t{info.get('mtime', info.get('LastModified'))}\n".encode()
            )
        return seen.hexdigest()[:16]


def open_source(url: str, *, encoding: str = "utf-8") -> Source:
    """The listings at a path, folder, glob or fsspec URL.

    Raises:
        SourceError: nothing there, or files of a kind that is not read.
    """
    try:
        fs, path = fsspec.core.url_to_fs(url)
        paths = (
            fs.find(path)
            if fs.isdir(path)
            else sorted(fs.glob(path))
            if fsspec.core.has_magic(path)
            else [path]
        )
        found = [p for p in paths if _kind(p) in READERS] if len(paths) != 1 else paths
        missing = not found or not fs.exists(found[0])
    except Exception as error:  # whatever the driver of some store raises
        raise SourceError(f"{url}: {_first_line(error)}") from error
    if missing:
        raise SourceError(
            f"{url}: no listings there",
            hint=f"kinds of file are {', '.join(READERS)}, also {' and '.join(PACKED)}",
        )
    for name in found:
        if _kind(name) not in READERS:
            raise SourceError(
                f"{name}: not a kind of file that is read",
                hint=f"kinds of file are {', '.join(READERS)}",
            )
    files = tuple(fsspec.core.OpenFile(fs, p, mode="rb", compression=_packing(p)) for p in found)
    return FileSource(files=files, encoding=encoding)


def _kind(name: str) -> str:
    for ending in PACKED:
        name = name.removesuffix(ending)
    return "." + name.rpartition("/")[2].rpartition(".")[2].lower()


def _packing(name: str) -> str | None:
    return "gzip" if name.endswith(".gz") else "zstd" if name.endswith(".zst") else None


def _first_line(error: Exception) -> str:
    text = (str(error) or type(error).__name__).split("\n")[0].strip().rstrip(".")
    return (text[:1].lower() if text[1:2].islower() else text[:1]) + text[1:200]
