"""Faults in a pack's files: one clear `PackError` each, collected so that an author sees all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from countermark.errors import PackError

MAX_SHOWN = 60


def shown(value: object) -> str:
    """A value as a message quotes it: one line, at most 60 characters."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place in a pack, for messages.

    Attributes:
        pack: the pack's id, "" before it is known.
        table: table or row inside the file, "" for the whole file.
    """

    pack: str
    file: str
    table: str = ""

    def at(self, table: str) -> Where:
        """The same file at another table or row."""
        return Where(pack=self.pack, file=self.file, table=table)

    def __str__(self) -> str:
        """The place as a message begins with it."""
        head = f"pack {self.pack}: " if self.pack else "pack: "
        return f"{head}{self.file} {self.table}".rstrip()

    def fault(self, says: str, *, key: str = "", hint: str = "") -> PackError:
        """The error that something at this place, perhaps at a key, is wrong."""
        at = f"{self}, {key}" if key else str(self)
        return PackError(f"{at}: {says}", hint=hint)


@dataclass(slots=True)
class Faults:
    """Errors met so far; reading goes on past each."""

    errors: list[PackError] = field(default_factory=list)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep a `PackError` of the block and go on after it."""
        try:
            yield
        except PackError as error:
            self.errors.append(error)

    def first(self) -> PackError:
        """The first error, which tells how many more there are."""
        error, more = self.errors[0], len(self.errors) - 1
        if not more:
            return error
        rest = f"{more} more {'faults' if more > 1 else 'fault'}: lint the pack to see all"
        return PackError(str(error), hint=f"{error.hint}; {rest}" if error.hint else rest)
