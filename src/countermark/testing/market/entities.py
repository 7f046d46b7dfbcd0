"""Who is behind the accounts: phones, payees, addresses, devices, photos, shippers and workshops.

Accounts of a ring share some of them, everybody shares a few by chance, and not every true tie is
seen. Ids and values are worked out from keys, so that parts can be made one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa

from countermark.testing.market.contacts import mixed, nickname_of, phone
from countermark.testing.market.dice import Dice
from countermark.testing.market.places import PLACES
from countermark.testing.market.population import Ints, Population
from countermark.testing.market.scene import Scene
from countermark.testing.market.sellers import Seller, sellers_of
from countermark.testing.market.truth import ring_id

ENTITIES = pa.schema(
    [
        pa.field("entity_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("country", pa.string()),
        pa.field("ring_id", pa.string()),
    ]
)
"""What exists. ring_id: the ring that controls it; null for nobody's or a stranger's."""

LINKS = pa.schema(
    [
        pa.field("from_id", pa.string(), nullable=False),
        pa.field("to_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("probability", pa.float32(), nullable=False),
        pa.field("is_true", pa.bool_(), nullable=False),
        pa.field("observed", pa.bool_(), nullable=False),
    ]
)
"""Ties. An investigator sees those that are observed, true or not, with their probability."""

TIES: Final = {
    "phone": ("uses_phone", "venue", 3.0, 0.85, 0.02),
    "payee": ("paid_to", "payment", 6.0, 0.80, 0.03),
    "address": ("at_address", "venue", 8.0, 0.75, 0.05),
    "device": ("on_device", "device", 4.0, 0.70, 0.01),
    "photo": ("shows_photo", "image", 2.0, 0.80, 0.04),
    "shipper": ("ships_by", "logistics", 60.0, 0.65, 0.06),
}
"""By kind of entity: the tie, who sees it, accounts of a ring for one of them, how often the tie
is seen, and how often an account is tied to a stranger's or a public one."""

SUPPLIED: Final = ("supplied_by", "purchase")
"""The tie from a shipper to a workshop, and who sees it."""

_SUPPLIED_SEEN: Final = 0.4
_ACCOUNTS_A_WORKSHOP: Final = 120
_RINGS_A_WORKSHOP: Final = 3
_OWN_SHARE: Final = 0.08
"""How often an account of a ring has something of its own instead of the ring's."""
_SHARED_ANYWAY: Final = {"payee": 0.04, "address": 0.06, "photo": 0.25, "shipper": 1.0}
"""How often an ordinary account uses something public: an agency, a maker's photo, a carrier."""
_PUBLIC: Final = 40
_BLOCK: Final = 10_000

_SALTS: Final = {kind: place + 1 for place, kind in enumerate((*TIES, "workshop"))}


def entity_parts(population: Population, scene: Scene) -> Iterator[tuple[pa.Table, pa.Table]]:
    """ENTITIES and LINKS of a market, part by part; no entity is in two parts."""
    rings = population.ring
    workshops = 1 + len(rings.sizes) // _RINGS_A_WORKSHOP
    yield _public(workshops)
    solos = np.flatnonzero(population.rings < 0)
    for number, first in enumerate(range(0, len(solos), _BLOCK)):
        known = Known(dice=Dice(*scene.spec.seeds("entities", 2 * number)))
        for seller in sellers_of(population, solos[first : first + _BLOCK]):
            _add_alone(seller, population.ids[solos], known)
        yield known.tables()
    first = len(population.ids) - int(rings.sizes.sum())
    bounds = np.concatenate([[first], first + np.cumsum(rings.sizes)])
    step = max(1, _BLOCK // 10)
    for number, ring in enumerate(range(0, len(rings.sizes), step)):
        known = Known(dice=Dice(*scene.spec.seeds("entities", 2 * number + 1)))
        for one in range(ring, min(ring + step, len(rings.sizes))):
            accounts = sellers_of(population, np.arange(bounds[one], bounds[one + 1]))
            _add_ring(accounts, int(rings.voices[one]), workshops, population.ids[solos], known)
        yield known.tables()


@dataclass(slots=True, kw_only=True)
class Known:
    """Entities and links of one part while it is made; an entity is kept once."""

    dice: Dice
    entities: dict[str, tuple[object, ...]] = field(default_factory=dict)
    links: list[tuple[object, ...]] = field(default_factory=list)

    def add(self, kind: str, key: int, country: str, ring: int = -1) -> str:
        """The id of the entity with `key`, which is kept."""
        name = _entity_id(kind, key)
        self.entities[name] = (name, kind, _value(kind, key, country), country, ring_id(ring))
        return name

    def add_account(self, seller: Seller) -> str:
        """The id of an account, which is kept."""
        name = f"account:{seller.seller_id}"
        ring = ring_id(seller.ring)
        self.entities[name] = (name, "account", seller.seller_id, seller.country, ring)
        return name

    def tie(self, from_id: str, to_id: str, kind: str) -> None:
        """Keeps a true tie to an entity of `kind`, seen or not."""
        tie, source, _, seen, _ = TIES[kind]
        probability = round(self.dice.between(0.6, 1.0), 3)
        observed = self.dice.chance(seen)
        self.links.append((from_id, to_id, tie, source, probability, True, observed))

    def mistake(self, from_id: str, to_id: str, kind: str) -> None:
        """Keeps a tie that somebody sees and that is not there."""
        tie, source, *_ = TIES[kind]
        probability = round(self.dice.between(0.25, 0.9), 3)
        self.links.append((from_id, to_id, tie, source, probability, False, True))

    def tables(self) -> tuple[pa.Table, pa.Table]:
        """What was kept, as ENTITIES and LINKS."""
        return _table(list(self.entities.values()), ENTITIES), _table(self.links, LINKS)


def _public(workshops: int) -> tuple[pa.Table, pa.Table]:
    """What belongs to no account: agencies, forwarders, carriers, makers' photos, workshops."""
    known = Known(dice=Dice(0))
    for number in range(_PUBLIC):
        for kind in _SHARED_ANYWAY:
            known.add(kind, _public_key(kind, number), PLACES[number % len(PLACES)].country)
    for number in range(workshops):
        known.add("workshop", _public_key("workshop", number), "TR" if number % 7 == 3 else "CN")
    return known.tables()


def _add_alone(seller: Seller, others: Ints, known: Known) -> None:
    """An account of its own: ties to its own things, some public ones, some by mistake."""
    account, dice = known.add_account(seller), known.dice
    for kind, (*_, strange) in TIES.items():
        if dice.chance(_SHARED_ANYWAY.get(kind, 0.0)):
            known.tie(account, _entity_id(kind, _any_public(kind, dice)), kind)
        else:
            own = known.add(kind, _own_key(kind, seller.number), seller.country)
            known.tie(account, own, kind)
        if dice.chance(strange):
            known.mistake(account, _stranger(kind, others, dice), kind)


def _add_ring(
    accounts: list[Seller], voice: int, workshops: int, others: Ints, known: Known
) -> None:
    """A ring: its accounts share a few of everything, down to shippers and workshops."""
    dice, size = known.dice, len(accounts)
    made_by = [
        _public_key("workshop", dice.whole(0, workshops - 1))
        for _ in range(1 + size // _ACCOUNTS_A_WORKSHOP)
    ]
    shared = {kind: 1 + int(size / share) for kind, (_, _, share, *_) in TIES.items()}
    for seller in accounts:
        account = known.add_account(seller)
        for kind, (*_, strange) in TIES.items():
            # The first of each is used most; that is what makes a choke point.
            number = int(dice.share() ** 1.5 * shared[kind])
            key = _ring_key(kind, voice, number)
            if dice.chance(_OWN_SHARE):
                key = _own_key(kind, seller.number)
            known.tie(account, known.add(kind, key, seller.country, seller.ring), kind)
            if dice.chance(strange):
                known.mistake(account, _stranger(kind, others, dice), kind)
    for number in range(shared["shipper"]):
        shipper = known.add("shipper", _ring_key("shipper", voice, number), "CN", accounts[0].ring)
        workshop = _entity_id("workshop", dice.pick(made_by))
        seen = (round(dice.between(0.5, 1.0), 3), True, dice.chance(_SUPPLIED_SEEN))
        known.links.append((shipper, workshop, *SUPPLIED, *seen))


def _stranger(kind: str, others: Ints, dice: Dice) -> str:
    if kind in _SHARED_ANYWAY:
        return _entity_id(kind, _any_public(kind, dice))
    other = int(others[dice.whole(0, len(others) - 1)])
    return _entity_id(kind, _own_key(kind, other))


def _any_public(kind: str, dice: Dice) -> int:
    return _public_key(kind, int(dice.share() ** 2 * _PUBLIC))


def _own_key(kind: str, number: int) -> int:
    return mixed(number, 1000 + _SALTS[kind])


def _public_key(kind: str, number: int) -> int:
    return mixed(number, 2000 + _SALTS[kind])


def _ring_key(kind: str, voice: int, number: int) -> int:
    return mixed(voice + number, 3000 + _SALTS[kind])


def _entity_id(kind: str, key: int) -> str:
    return f"{kind}:{mixed(key, 4000 + _SALTS[kind]):016x}"


def _value(kind: str, key: int, country: str) -> str:
    if kind == "phone":
        return phone(key, country)
    if kind == "address":
        return f"{country}, {nickname_of(key).title()} Road {key % 400 + 1}"
    if kind == "payee":
        return f"{country}{key % 10**16:016d}"
    return f"{nickname_of(key)}-{key % 10**8:08d}"


def _table(rows: list[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, entry.type) for column, entry in zip(columns, schema, strict=True)],
        schema=schema,
    )
