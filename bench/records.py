"""Speed of the records: `python bench/records.py [URL]` writes sightings with their decisions and events in batches.

For batches of 1, 16 and 256 it prints microseconds a sighting, the statements alone and with their commit, which reaches the
disk, and sightings a second; then microseconds to look up a listing that is known, on a table of the size that it has by then.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

from countermark.adapters.records import open_records
from countermark.domain.commitments import commitment
from countermark.domain.events import Event, instant
from countermark.domain.sightings import Decision, Sighting, content_bytes, decision_bytes
from countermark.ports import Kept, Known

MEMBER, VENUE = "0" * 32, "plaza.example"
AT = datetime(2026, 11, 24, 12, 0, 0, 123_456, tzinfo=UTC)
CONTENT = content_bytes({"title": "Leather bag, brown, as new " * 2, "description": "Hardly worn. " * 23, "price_minor": 4_900, "currency": "EUR"})  # fmt: skip
BATCHES = ((1, 500), (16, 2_000), (256, 100_000))  # size, sightings in all


def sightings(chance: random.Random) -> Iterator[tuple[Known, Event]]:
    """Different listings without end, each with its decision and event; references rise."""
    for number in count():
        ref, other = (
            f"{number:016x}{chance.getrandbits(64):016x}",
            f"{number:016x}{chance.getrandbits(64):016x}",
        )
        sighting = Sighting(
            ref=ref, member=MEMBER, venue=VENUE, listing_id=f"{chance.getrandbits(40)}-{number}", seller_id=f"s{number % 5_000}",
            digest=f"{chance.getrandbits(256):064x}", seen_at=AT, previous=None, content=CONTENT,
        )  # fmt: skip
        decision = Decision(
            ref=other, listing=ref, member=MEMBER, action="allow", risk_milli=312, claim=None, mark=None, grounds=(),
            version="a" * 16 + "/" + "b" * 16, by="gate", acting=True, decided_at=AT,
        )  # fmt: skip
        nonce = chance.randbytes(16)
        told = commitment(nonce, decision_bytes(decision))
        event = Event(actor="gate", after=told, at=instant(AT), before="", member=MEMBER, subject=ref, type="listing.judged")  # fmt: skip
        yield (
            Known(sighting=sighting, kept=Kept(decision=decision, nonce=nonce, commitment=told)),
            event,
        )


def main(url: str) -> None:
    chance = random.Random(1)
    source, records, ids = sightings(chance), open_records(url), []
    for size, total in BATCHES:
        batches = [[next(source) for _ in range(size)] for _ in range(total // size)]
        inside, begun = 0.0, time.perf_counter()
        for batch in batches:
            with records.writing() as unit:
                started = time.perf_counter()
                unit.sightings.add([known for known, _ in batch])
                unit.journal.append([event for _, event in batch])
                inside += time.perf_counter() - started
        whole, rows = time.perf_counter() - begun, size * len(batches)
        print(f"batch {size:>3}: {inside / rows * 1e6:7.1f} us statements, {whole / rows * 1e6:8.1f} us with commit, {rows / whole:8,.0f} sightings/s")  # fmt: skip
        ids += [known.sighting.listing_id for batch in batches for known, _ in batch]
    for size in (1, 16, 256):
        asked = [chance.sample(ids, size) for _ in range(2_560 // size)]
        begun = time.perf_counter()
        for some in asked:
            with records.reading() as unit:
                assert len(unit.sightings.known(MEMBER, VENUE, some)) == size
        print(
            f"look up {size:>3}: {(time.perf_counter() - begun) / len(asked) / size * 1e6:7.1f} us a listing"
        )
    records.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/records.db")
