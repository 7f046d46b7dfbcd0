"""Where the key that seals secrets in records comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from countermark.adapters.identity import make_vault_key, open_vault
from countermark.errors import UsageError
from countermark.ports import Vault

KEY_FILE: Final = "secrets.key"


def vault_of(reference: str | None, *, folder: Path | None = None) -> Vault:
    """The vault of the key that `reference` names; without one that of the embedded default's own folder.

    Args:
        reference: "file:PATH" or "env:NAME"; None: not set.
        folder: of the embedded default, whose key file is made if it is not there; None for any other.

    Raises:
        UsageError: neither is given: nothing starts without a key, and none is made where others share the records.
        CountermarkError: the key is not there, is none, or others may read it.
    """
    if reference is None and folder is not None:
        make_vault_key(folder / KEY_FILE)
        reference = f"file:{folder / KEY_FILE}"
    if reference is None:
        raise UsageError(
            "no key for secrets in records is named",
            hint="give file:PATH or env:NAME of 64 hex digits, as `openssl rand -hex 32` prints them",
        )
    return open_vault(reference)
