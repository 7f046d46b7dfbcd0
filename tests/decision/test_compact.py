"""Parts on end: the same values in less memory, whatever the parts hold."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from markets import market, policy

from countermark.decision.compact import FEW, compact
from countermark.decision.deciding import FINDINGS_READ, NAMED_READ, Basis, decide
from countermark.decision.evidence import words
from countermark.decision.weights import prior_weights
from countermark.domain.decisions import SELLER_TOTALS
from countermark.domain.tables import FINDINGS, NAMED, ROLES


def test_parts_with_other_values_are_one_table_of_the_same_values() -> None:
    parts = [
        pa.table({"listing_id": ["a", "b"], "role": ["own", None], "stock": pa.array([1, 2])}),
        pa.table({"listing_id": ["c"], "role": ["fits"], "stock": pa.array([None], pa.int64())}),
        pa.table({"listing_id": ["d", "e"], "role": ["fits", "own"], "stock": pa.array([5, 6])}),
    ]
    whole = compact(parts, ["listing_id", "role", "stock"])
    plain = pa.concat_tables(parts)
    assert whole.select(["listing_id", "stock"]) == plain.select(["listing_id", "stock"])
    assert whole["role"].cast(pa.string()).to_pylist() == plain["role"].to_pylist()
    at = np.array([4, 0, -1, 1, 2])
    assert words(whole["role"], at, ROLES).tolist() == words(plain["role"], at, ROLES).tolist()
    assert words(whole["role"], at, ROLES).tolist() == [0, 0, -1, -1, 1]


def test_columns_of_few_values_are_columns_of_a_scan() -> None:
    assert set(FEW) <= {*NAMED.names, *FINDINGS.names}


def test_what_is_decided_is_the_same_over_compact_parts() -> None:
    drawn = market(3000, seed=12)
    basis = Basis(
        weights=prior_weights(drawn.rules), policy=policy(), snapshot_id="s", rules=drawn.rules
    )
    tables = []
    for table, columns in ((drawn.findings, FINDINGS_READ), (drawn.named, NAMED_READ)):
        parts = (table.slice(at, 700) for at in range(0, len(table), 700))
        tables.append(compact(parts, columns))
    nobody = SELLER_TOTALS.empty_table()
    small = decide(*tables, nobody, basis=basis, scanned=9000)
    large = decide(drawn.findings, drawn.named, nobody, basis=basis, scanned=9000)
    assert small.decisions == large.decisions
    assert small.sellers == large.sellers


def test_no_part_is_an_empty_table() -> None:
    assert compact([NAMED.empty_table()], NAMED.names).num_rows == 0
