"""Labels of a run to weights and a challenger."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.challenger import ChallengerSettings, train_challenger
from countermark.decision.learning import learn
from countermark.decision.scoring import weighed_of
from countermark.decision.weights import Weights
from countermark.domain.decisions import LABEL_CLAIMS, LABELS, ORIGINS
from countermark.errors import UsageError
from countermark.knowledge.snapshot import Snapshot


def labels_of(table: pa.Table, *, source: str) -> pa.Table:
    """A label file's rows in the form of `LABELS`.

    Args:
        table: `listing_id`, `origin`, and either `claim` (one of LABEL_CLAIMS) or `label` (true: counterfeit).

    Raises:
        UsageError: a column is missing or a value is none that labels have.
    """
    names = table.column_names
    if "listing_id" not in names or not {"claim", "label"} & set(names):
        raise UsageError(
            f"{source}: labels need listing_id and claim or label",
            hint=f"its columns are {', '.join(names)}",
        )
    if table.column("listing_id").null_count:
        raise UsageError(
            f"{source}: a label has no listing_id", hint="each label is of one listing"
        )
    claim = (
        table.column("claim").cast(pa.string())
        if "claim" in names
        else pc.if_else(_yes_or_no(table.column("label"), source), "counterfeit", "not_counterfeit")
    )
    origin = table.column("origin") if "origin" in names else pa.nulls(len(table))
    origin = origin.cast(pa.string()).fill_null("review")
    for values, known, what in ((claim, LABEL_CLAIMS, "claim"), (origin, ORIGINS, "origin")):
        strange = pc.unique(
            values.filter(pc.invert(pc.is_in(values, value_set=pa.array(known)))).drop_null()
        )
        if len(strange):
            raise UsageError(
                f"{source}: {what} {strange[0].as_py()!r} is unknown",
                hint=f"known are {', '.join(known)}",
            )
    inclusion = table.column("inclusion") if "inclusion" in names else pa.nulls(len(table))
    columns = [table.column("listing_id"), claim, origin, _shares(inclusion, source)]
    return pa.table([c.cast(f.type) for c, f in zip(columns, LABELS, strict=True)], schema=LABELS)


def _yes_or_no(column: pa.ChunkedArray, source: str) -> pa.ChunkedArray:
    try:
        return column.cast(pa.string()).cast(pa.bool_())
    except pa.ArrowInvalid:
        raise UsageError(
            f"{source}: a label is neither true nor false",
            hint="true: counterfeit; the column claim can say more",
        ) from None


def _shares(column: pa.ChunkedArray, source: str) -> pa.ChunkedArray:
    try:
        share = column.cast(pa.float64())
    except pa.ArrowInvalid:
        raise UsageError(
            f"{source}: an inclusion is not a number", hint="it is in (0, 1]"
        ) from None
    inside = pc.and_(pc.greater(share, 0), pc.less_equal(share, 1))
    if pc.any(pc.invert(inside)).as_py():
        raise UsageError(f"{source}: an inclusion is not in (0, 1]", hint="empty means not known")
    return share


def train_weights(
    tables: Mapping[str, pa.Table], labels: pa.Table, *, snapshot: Snapshot, challenger: bool
) -> tuple[Weights, bytes | None]:
    """The weights that labels teach, and the challenger if one is wanted.

    Args:
        tables: findings, named and sellers of the run.
    """
    findings, named = tables["findings"], tables["named"]
    weights = learn(findings, named, labels, rules=snapshot.rules, totals=tables["sellers"])
    if not challenger:
        return weights, None
    totals, rules = tables["sellers"], snapshot.rules
    weighed = weighed_of(findings, named, totals, weights=weights, rules=rules)
    settings = ChallengerSettings(snapshot_id=snapshot.id)
    return weights, train_challenger(weighed, labels, settings=settings)
