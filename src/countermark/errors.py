"""Every deliberate error of Countermark.

    CountermarkError          one clear line for the user, with a hint
    ├── UsageError            the command was called in a way that cannot work
    ├── SourceError           a source of listings cannot be read
    ├── PackError             a pack cannot be read, linted, tested, signed or verified
    │   └── SignatureRefused  a pack's bytes are not what its signer signed
    ├── SnapshotError         a snapshot cannot be built or loaded
    ├── PolicyError           a policy file asks for something impossible
    ├── RunError              a run folder cannot be written, resumed or read
    ├── NotFound              something was asked for by an id that does not exist
    ├── NotAllowed            the actor may not do that
    ├── TooOften              the same was tried too often
    ├── NotPossible           the thing is in no state in which that can be done
    ├── Conflict              somebody else changed the thing first
    ├── Busy                  too much is asked at once; nothing was done
    ├── RecordsError          the database cannot be opened, read or written
    └── MissingExtra          an optional package is needed and not installed

Catch `CountermarkError` to catch them all. A `ValueError` from this package is a programmer's mistake, not a user's.
"""

from __future__ import annotations


class CountermarkError(Exception):
    """A refusal that the user can act on: lower case, no final stop, one line; names thing, value and place.

    Attributes:
        hint: what would work, in one line; may be empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(CountermarkError):
    """The command was called in a way that cannot work."""


class SourceError(CountermarkError):
    """A source of listings cannot be read."""


class PackError(CountermarkError):
    """A pack cannot be read, linted, tested, signed or verified."""


class SignatureRefused(PackError):
    """A pack's bytes are not what its signer signed."""


class SnapshotError(CountermarkError):
    """A snapshot cannot be built or loaded."""


class PolicyError(CountermarkError):
    """A policy file asks for something impossible."""


class RunError(CountermarkError):
    """A run folder cannot be written, resumed or read."""


class NotFound(CountermarkError):
    """Something was asked for by an id that does not exist."""


class NotAllowed(CountermarkError):
    """The actor may not do that."""


class TooOften(CountermarkError):
    """The same was tried too often.

    Attributes:
        wait_s: seconds after which it may be tried again.
    """

    def __init__(self, message: str, *, hint: str = "", wait_s: int) -> None:
        super().__init__(message, hint=hint)
        self.wait_s = wait_s


class NotPossible(CountermarkError):
    """The thing is in no state in which that can be done."""


class Conflict(CountermarkError):
    """Somebody else changed the thing first."""


class Busy(CountermarkError):
    """Too much is asked at once; nothing was done."""


class RecordsError(CountermarkError):
    """The database cannot be opened, read or written."""


class MissingExtra(CountermarkError):
    """An optional package is needed and not installed."""
