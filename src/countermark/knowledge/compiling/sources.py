"""The packs of a snapshot: which of those given are in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countermark.domain.catalogue import Product
from countermark.domain.marks import Alias
from countermark.domain.packs import OPEN_ISSUER, Pack
from countermark.errors import SnapshotError
from countermark.knowledge.requirements import core_versions, unmet


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSource:
    """One pack.

    Attributes:
        sha256: of its files, in hex.
        signed_for: issuers whose keys signed it, as far as that was verified.
        notes: what was changed in it before it is compiled, one sentence each.
    """

    pack: Pack
    sha256: str
    signed_for: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def current(sources: Sequence[PackSource]) -> list[PackSource]:
    """The sources without those that another replaces.

    Raises:
        SnapshotError: a pack is given twice, or replaces one whose issuer did not consent.
    """
    issuers: dict[str, str] = {}
    for source in sources:
        pack = source.pack
        if pack.id in issuers:
            raise SnapshotError(
                f"pack {pack.id} is given twice", hint="give each pack once, in its newest serial"
            )
        issuers[pack.id] = pack.header.issuer
    old = set()
    for source in sources:
        for replaced in source.pack.header.supersedes:
            if replaced in issuers and not _may_replace(source, issuers[replaced]):
                raise SnapshotError(
                    f"pack {source.pack.id} supersedes {replaced} and {issuers[replaced]} did not sign it",
                    hint="have that issuer sign the pack too and build with --trust, or leave one of the two out",
                )
            old.add(replaced)
    return [source for source in sources if source.pack.id not in old]


def _may_replace(source: PackSource, issuer: str) -> bool:
    """Whether a pack may take the place of one of this issuer: its own, one that speaks for nobody, or by consent."""
    return issuer in (source.pack.header.issuer, OPEN_ISSUER) or issuer in source.signed_for


def check_owners(packs: Sequence[Pack]) -> None:
    """Refuse names and products of marks that are not of the same pack: nobody names another's mark.

    Raises:
        SnapshotError: names the place.
    """
    for pack in packs:
        own = {mark.id for mark in pack.marks}
        claims: list[Alias | Product] = [*pack.aliases, *pack.products]
        for claimed in claims:
            if claimed.mark not in own:
                raise SnapshotError(
                    f"{pack.id}: {claimed.origin}: mark {claimed.mark} is not of this pack",
                    hint="names and products stand in the pack that has their mark",
                )


def check_requirements(packs: Sequence[Pack]) -> None:
    """Refuse a pack that needs another engine, or core lists that are not here in the version it was written for.

    Raises:
        SnapshotError: says what is missing.
    """
    lists = core_versions(packs)
    for pack in packs:
        for says, advice in unmet(pack.header.requires, lists):
            raise SnapshotError(f"pack {pack.id}: {says}", hint=advice)
