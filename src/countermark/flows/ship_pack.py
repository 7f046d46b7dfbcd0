"""Ship a signed pack as one file, and receive one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from countermark.domain.origins import Level
from countermark.errors import PackError
from countermark.flows.sign_pack import check_unchanged
from countermark.knowledge.archives import open_archive, pack_archive
from countermark.knowledge.files import Files
from countermark.knowledge.manifest import sha256
from countermark.knowledge.reading import read_header
from countermark.knowledge.verifying import TrustedKey, Verified, verify_pack


class Shipment(NamedTuple):
    """One archive: its name holds the hash of the signed manifest, and so of all that is in it."""

    name: str
    content: bytes


def ship(files: Files, *, parts: Sequence[Level]) -> Shipment:
    """The archive of a signed pack with these parts.

    Raises:
        PackError: the pack is not signed, changed since, lacks a part, or a part is for the author's
            machine only.
    """
    if "venue" in parts:
        says = "part venue does not leave its author's machine in clear"
        raise PackError(says, hint="sealing it to marketplaces is not built yet: ship the others")
    content = pack_archive(files, parts)
    check_unchanged(files)
    header, pack_hash = read_header(files), sha256(files["PACK.json"])
    return Shipment(f"{header.id}-{header.serial}-{pack_hash[:16]}.tar", content)


def receive(
    archive: bytes, *, trusted: Mapping[str, TrustedKey], threshold: int, highest_serial: int
) -> tuple[Verified, Files]:
    """What the signature of an archive says, and its files; arguments as of `verify_pack`.

    Raises:
        PackError, SignatureRefused: nothing of the archive is to be used.
    """
    files = open_archive(archive)
    verified = verify_pack(
        files, trusted=trusted, threshold=threshold, highest_serial=highest_serial
    )
    return verified, files
