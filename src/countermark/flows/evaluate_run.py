"""What a truth table must be before a run is held against it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from countermark.domain.decisions import TRUTHS
from countermark.errors import UsageError


def check_shared(truth: pa.Table, decisions: pa.Table, *, source: str) -> None:
    """Refuse a truth of other listings than the run's.

    Raises:
        UsageError: no listing of the truth was decided on in the run.
    """
    known = pc.is_in(
        truth.column("listing_id").cast(pa.string()), value_set=decisions.column("listing_id")
    )
    if len(truth) and len(decisions) and not pc.any(known).as_py():
        raise UsageError(
            f"{source}: none of its {len(truth):,} listings is among those that the run decided on",
            hint=f"an id of the run is {decisions.column('listing_id')[0].as_py()!r}, of the truth "
            f"{truth.column('listing_id')[0].as_py()!r}",
        )


def truth_of(table: pa.Table, *, source: str, split: str = "") -> pa.Table:
    """The rows of a truth table, of one split if one is named.

    Raises:
        UsageError: a column is missing, a claim is unknown, or there is no such split.
    """
    for name in ("listing_id", "claim", *(["split"] if split else [])):
        if name not in table.column_names:
            raise UsageError(
                f"{source}: a truth needs the column {name}",
                hint=f"its columns are {', '.join(table.column_names)}",
            )
    claim = table.column("claim").cast(pa.string())
    strange = pc.unique(claim.filter(pc.invert(pc.is_in(claim, value_set=pa.array(TRUTHS)))))
    if len(strange):
        raise UsageError(
            f"{source}: claim {strange[0].as_py()!r} is unknown",
            hint=f"known are {', '.join(TRUTHS)}",
        )
    if not split:
        return table
    known = table.column("split").cast(pa.string())
    if not pc.any(pc.equal(known, split)).as_py():
        names = sorted(filter(None, pc.unique(known).to_pylist()))
        raise UsageError(
            f"{source}: no seller is of split {split!r}", hint=f"splits are {', '.join(names)}"
        )
    return table.filter(pc.equal(known, split))
