"""Operators asked one by one, beside the core pack and the example of the format."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import numpy as np
import pytest
from operator_tables import PACK, ROOT, TITLE

from countermark.adapters.packs import read_folder
from countermark.domain.signals import Signal
from countermark.flows.build_snapshot import snapshot_of
from countermark.operators.catalogue import CATALOGUE
from countermark.scanning.looking import look_at
from countermark.scanning.plan import plan_of


@pytest.fixture(scope="session")
def korvane_world():
    """The core pack and the example of the format."""
    packs = [read_folder(ROOT / "packs/core"), read_folder(PACK)]
    words = ["for", "the", "and", "candle", "tallow", "lamp"]
    return plan_of(snapshot_of(packs, vocabulary=words, as_of=date(2026, 11, 24)))


@pytest.fixture
def answer(korvane_world, listings):
    """What an operator says to a listing that names Korvane: True, False, or None for unknown."""

    def act(listing, signal, **around):
        look = look_at(
            listings({"title": TITLE, **listing}), korvane_world.snapshot, korvane_world.lookup
        )
        known = {name: one(look, given, {}) for name, given in around.items()}
        said = one(look, signal, known)
        subject = int(np.flatnonzero(look.mark == korvane_world.lookup.marks["korvane"])[0])
        assert not (said.true & ~said.known).any()
        return bool(said.true[subject]) if said.known[subject] else None

    def one(look, given, around):
        signal = msgspec.convert(given, Signal)
        return CATALOGUE[signal.op](replace(look, pack="korvane.outdoor"), signal, around)

    return act
