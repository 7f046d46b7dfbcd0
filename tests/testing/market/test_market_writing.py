import hashlib
from datetime import date

import numpy as np
import pyarrow.parquet as pq
import pytest

from countermark.adapters.engines.processes import ProcessEngine
from countermark.errors import UsageError
from countermark.testing.market import MarketSpec, write_market, write_planned
from countermark.testing.market.chunks import CHUNK, owners_of, tasks
from countermark.testing.market.population import people


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_equal_seeds_give_equal_bytes_in_other_processes_too(market, catalogue, tmp_path):
    engine = ProcessEngine(processes=2)
    write_market(tmp_path, catalogue=catalogue, listings=24_000, seed=11, engine=engine)
    assert digests(tmp_path) == digests(market.folder)


def test_another_seed_gives_another_market(catalogue, tmp_path):
    for seed in (1, 2):
        write_market(tmp_path / str(seed), catalogue=catalogue, listings=50, seed=seed)
    first, second = (digests(tmp_path / str(seed)) for seed in (1, 2))
    assert first["listings.parquet"] != second["listings.parquet"]


@pytest.mark.parametrize("listings", [1, 2, 7, 300])
def test_a_market_has_any_size(catalogue, tmp_path, listings):
    written = []
    summary = write_market(
        tmp_path, catalogue=catalogue, listings=listings, seed=3, progress=written.append
    )
    assert sum(written) == summary.listings == sum(summary.kinds.values()) == listings


def test_the_parts_cover_every_listing_and_every_slot(catalogue):
    spec = MarketSpec(listings=CHUNK + 5, seed=4)
    population = people(spec, catalogue)
    parts = list(tasks(population, spec.listings))
    owned = [row for part in parts for row in part.rows]
    assert [part.first for part in parts] == [0, CHUNK]
    assert len(owned) == spec.listings == population.sizes.sum()


def test_each_account_owns_as_many_listings_as_it_has(catalogue):
    spec = MarketSpec(listings=999, seed=4)
    population = people(spec, catalogue)
    owners = owners_of(population, np.arange(999), 999)
    assert [int((owners == n).sum()) for n in range(len(population.ids))] == list(population.sizes)


def test_days_and_enforcement_can_be_chosen(catalogue, tmp_path):
    spec = MarketSpec(
        listings=40, seed=5, starts_on=date(2026, 1, 1), days=3, enforced_on=date(2026, 1, 2)
    )
    write_planned(tmp_path, spec=spec, catalogue=catalogue)
    seen = pq.read_table(tmp_path / "listings.parquet")["observed_at"].to_pylist()
    assert {at.date() for at in seen} <= {date(2026, 1, day) for day in (1, 2, 3)}


@pytest.mark.parametrize("wrong", [{"listings": 0}, {"seed": -1}])
def test_impossible_numbers_are_refused(catalogue, tmp_path, wrong):
    asked = {"listings": 5, "seed": 1} | wrong
    with pytest.raises(UsageError, match="a market cannot have"):
        write_market(tmp_path, catalogue=catalogue, **asked)


def test_a_folder_that_cannot_be_made_is_refused(catalogue, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write_market(tmp_path / "file", catalogue=catalogue, listings=5, seed=1)
