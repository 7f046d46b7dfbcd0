"""Writing a simulated market to a folder: the only place here that touches files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from countermark.domain.tables import LISTINGS
from countermark.errors import UsageError
from countermark.ports import Engine
from countermark.testing.market.accounts import RINGS, SELLERS, rings_table, seller_tables
from countermark.testing.market.catalogue import Catalogue
from countermark.testing.market.chunks import Part, Task, part, tasks
from countermark.testing.market.entities import ENTITIES, LINKS, entity_parts
from countermark.testing.market.labels import LABELS
from countermark.testing.market.population import Population, people
from countermark.testing.market.reading import read_phrasebook
from countermark.testing.market.scene import Scene, scene
from countermark.testing.market.spec import MarketSpec
from countermark.testing.market.truth import TRUTH_EDITS, TRUTH_LISTINGS
from countermark.testing.market.venue import venue_pack

_FILES: Mapping[str, pa.Schema] = {
    "listings.parquet": LISTINGS,
    "edits.parquet": LISTINGS,
    "labels.parquet": LABELS,
    "truth/listings.parquet": TRUTH_LISTINGS,
    "truth/edits.parquet": TRUTH_EDITS,
    "truth/sellers.parquet": SELLERS,
    "truth/rings.parquet": RINGS,
    "truth/entities.parquet": ENTITIES,
    "truth/links.parquet": LINKS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSummary:
    """What was written.

    Attributes:
        kinds: listings by kind, see CLAIM_OF in countermark.testing.market.spec.
    """

    listings: int
    edits: int
    labels: int
    sellers: int
    rings: int
    kinds: Mapping[str, int]


def write_market(
    folder: Path,
    *,
    catalogue: Catalogue,
    listings: int,
    seed: int,
    engine: Engine | None = None,
    progress: Callable[[int], None] | None = None,
) -> MarketSummary:
    """Writes a market of `listings` listings to `folder`, which is made if it is missing.

    The same catalogue, count and seed give the same bytes, whatever the engine.

    Args:
        engine: where parts are made; None: here, one by one.
        progress: called with the number of listings just written.

    Raises:
        UsageError: a number is out of range, or the folder cannot be written.
    """
    if listings < 1 or seed < 0:
        raise UsageError(
            f"a market cannot have {listings} listings and seed {seed}",
            hint="there is at least 1 listing, and the seed is at least 0",
        )
    spec = MarketSpec(listings=listings, seed=seed)
    return write_planned(folder, spec=spec, catalogue=catalogue, engine=engine, progress=progress)


def write_planned(
    folder: Path,
    *,
    spec: MarketSpec,
    catalogue: Catalogue,
    engine: Engine | None = None,
    progress: Callable[[int], None] | None = None,
) -> MarketSummary:
    """Like `write_market`, for a spec with days and an enforcement of its own."""
    stage = scene(spec, catalogue, read_phrasebook())
    population = people(spec, catalogue)
    try:
        with ExitStack() as files:
            out = {
                name: files.enter_context(_writer(folder / name, form))
                for name, form in _FILES.items()
            }
            return _write(folder, out, population, stage, engine=engine, progress=progress)
    except OSError as fault:
        raise UsageError(
            f"{folder} cannot be written: {fault.strerror or fault}",
            hint="name a folder on a disk with space, which you may write",
        ) from fault


def _write(
    folder: Path,
    out: Mapping[str, pq.ParquetWriter],
    population: Population,
    stage: Scene,
    *,
    engine: Engine | None,
    progress: Callable[[int], None] | None,
) -> MarketSummary:
    kinds: Counter[str] = Counter()
    edits = labels = 0
    for made in _parts(tasks(population, stage.spec.listings), stage, engine):
        out["listings.parquet"].write_table(made.listings)
        out["edits.parquet"].write_table(made.edits)
        out["labels.parquet"].write_table(made.labels)
        out["truth/listings.parquet"].write_table(made.truth)
        out["truth/edits.parquet"].write_table(made.truth_edits)
        kinds.update(made.kinds)
        edits, labels = edits + made.edits.num_rows, labels + made.labels.num_rows
        if progress is not None:
            progress(made.listings.num_rows)
    _write_actors(folder, out, population, stage)
    return MarketSummary(
        listings=stage.spec.listings,
        edits=edits,
        labels=labels,
        sellers=len(population.ids),
        rings=len(population.ring.sizes),
        kinds=dict(sorted(kinds.items())),
    )


def _write_actors(
    folder: Path, out: Mapping[str, pq.ParquetWriter], population: Population, stage: Scene
) -> None:
    for table in seller_tables(population):
        out["truth/sellers.parquet"].write_table(table)
    out["truth/rings.parquet"].write_table(rings_table(population, stage))
    for entities, links in entity_parts(population, stage):
        out["truth/entities.parquet"].write_table(entities)
        out["truth/links.parquet"].write_table(links)
    for name, content in venue_pack(population, stage).items():
        path = folder / "venue" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _parts(work: Iterator[Task], stage: Scene, engine: Engine | None) -> Iterator[Part]:
    """The parts in order; an engine makes a few ahead, never all."""
    make = partial(_maker, stage)
    return map(make(), work) if engine is None else engine.map_batches(make, work)


def _maker(stage: Scene) -> Callable[[Task], Part]:
    return partial(part, scene=stage)


def _writer(path: Path, form: pa.Schema) -> pq.ParquetWriter:
    path.parent.mkdir(parents=True, exist_ok=True)
    return pq.ParquetWriter(path, form, compression="zstd")
