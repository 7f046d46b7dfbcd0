"""The challenger: gradient-boosted trees that may order the queue and nothing else.

It sees what the weights of evidence see, what they make of it, and more, and cannot be read, so it
never moves a risk and is never a ground. It knows how facts go together, which sums of bits do not:
where its order of the queue is better than that of the risks, the weights have something to learn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

import numpy as np
import pyarrow as pa

from countermark.decision.evidence import Rows, numbers, words
from countermark.decision.labels import Labelled, labelled_of
from countermark.decision.prices import usual_prices, usual_share
from countermark.decision.scoring import Weighed
from countermark.decision.weights import weights_id
from countermark.domain.decisions import RANKS
from countermark.domain.tables import ROLES
from countermark.errors import MissingExtra, PolicyError, UsageError
from countermark.knowledge.recognition import HOW

_HEAD: Final = "countermark challenger 2"
_NUMBERS: Final = (
    *("marks", "asked_share", "condition", "price_minor", "seller_age_days", "seller_listings"),
    *("seller_rating", "stock", "sold", "photos", "abroad"),
)
_SIGNALS: Final = 64
_MANY: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengerSettings:
    """How the trees are grown.

    Attributes:
        snapshot_id: the snapshot whose questions the bits `true_signals` of the named listings
            answer; the bits are then learned from, and the challenger works for that snapshot
            only. "": they are not read.
        least_findings: labelled findings below which a rule is no column.
        rounds: trees at most; cross-fitting by seller chooses how many.
        folds, seed: of the cross-fitting.
        threads: equal models on any number of threads; more are faster.
    """

    snapshot_id: str = ""
    least_findings: int = 5
    rounds: int = 300
    folds: int = 5
    seed: int = 0
    threads: int = 1


def train_challenger(
    weighed: Weighed, labels: pa.Table, *, settings: ChallengerSettings | None = None
) -> bytes:
    """The trees as text; an equal scan, weights, labels and settings give equal bytes.

    Raises:
        MissingExtra: lightgbm is not installed.
        UsageError: fewer labelled sellers than folds, or labels of one kind only.
    """
    settings, boosting, rows = settings or ChallengerSettings(), _lightgbm(), weighed.rows
    every = labelled_of(labels, rows)
    labelled = every.take(every.row >= 0)
    so = labelled.is_so("counterfeit")
    fold = _folds(rows, labelled, settings)
    if not 0 < so.sum() < len(so) or len(np.unique(fold)) < settings.folds:
        raise UsageError(
            f"{len(so)} labels, {int(so.sum())} of counterfeits, cannot train a challenger",
            hint=f"label listings of both kinds from at least {settings.folds} sellers",
        )
    names = tuple(_names(weighed, labelled, settings))
    data = boosting.Dataset(
        _columns(weighed, names)[labelled.row], label=so, weight=labelled.worth,
        feature_name=list(names), free_raw_data=False, params={"verbosity": -1},
    )  # fmt: skip
    model = _grown(boosting, data, fold, settings)
    head = f"{_HEAD} {weights_id(weighed.scores.weights)} {settings.snapshot_id}".rstrip()
    return f"{head}\n{model.model_to_string()}".encode()


def ranks_of(model: bytes, weighed: Weighed, *, snapshot_id: str, threads: int = 1) -> pa.Table:
    """The challenger's order of the listings of a scan; schema `domain.decisions.RANKS`.

    Args:
        snapshot_id: of the scan.

    Raises:
        MissingExtra: lightgbm is not installed.
        PolicyError: not a challenger, or one that reads other weights or the bits of another
            snapshot.
    """
    booster = _loaded(model, weights_id(weighed.scores.weights), snapshot_id)
    rows = weighed.rows
    columns = _columns(weighed, tuple(booster.feature_name()))
    ranks = booster.predict(columns, num_threads=threads) if len(rows) else np.zeros(0)
    return pa.Table.from_arrays([rows.ids, pa.array(ranks.astype(np.float32))], schema=RANKS)


def _lightgbm() -> ModuleType:
    try:
        import lightgbm
    except ImportError as error:
        raise MissingExtra(
            "the challenger needs lightgbm, which is not installed",
            hint="pip install 'countermark[challenger]', or decide without ranks",
        ) from error
    return lightgbm


def check_challenger(model: bytes, *, weights: str, snapshot_id: str) -> None:
    """Refuse, before anything is scanned, what cannot order the queue of these weights and snapshot.

    Raises:
        MissingExtra: lightgbm is not installed.
        PolicyError: no challenger of this version, or one for other weights or another snapshot.
    """
    _loaded(model, weights, snapshot_id)


def _loaded(model: bytes, weights: str, snapshot_id: str) -> Any:
    head, _, text = model.decode("utf-8", errors="replace").partition("\n")
    said = head.removeprefix(_HEAD).split()
    if not head.startswith(_HEAD) or not said or "\nend of trees" not in text:
        raise PolicyError("these bytes are no challenger of this version", hint="train it again")
    made_for, snapshot = said[0], "".join(said[1:])
    if made_for != weights:
        raise PolicyError(
            f"the challenger reads what weights {made_for} make of the evidence, and {weights} "
            "are given",
            hint="train it on these weights",
        )
    if snapshot not in ("", snapshot_id):
        raise PolicyError(
            f"the challenger reads the questions of snapshot {snapshot}, the scan is of "
            f"{snapshot_id}",
            hint="train it on this snapshot, or without a snapshot id",
        )
    return _lightgbm().Booster(model_str=text)


def _folds(rows: Rows, labelled: Labelled, settings: ChallengerSettings) -> np.ndarray:
    """The fold of each label; a listing without a seller is its own seller."""
    seller = rows.seller[labelled.row]
    cluster = np.where(seller >= 0, seller, len(rows.sellers) + np.arange(len(seller)))
    _, first, cluster = np.unique(cluster, return_index=True, return_inverse=True)
    by_label = np.argsort(np.argsort(first))[cluster]
    chance = np.random.default_rng(settings.seed).permutation(len(first))
    return np.asarray(chance[by_label] % settings.folds)


def _grown(boosting: ModuleType, data: Any, fold: np.ndarray, settings: ChallengerSettings) -> Any:
    """Trees on all labels, as many as did best on held-out sellers."""
    growth = {
        "objective": "binary",
        "metric": "binary_logloss",
        "verbosity": -1,
        "learning_rate": 0.05,
        "num_leaves": 31,
        "min_data_in_leaf": 20,
        "lambda_l2": 5.0,
        "feature_fraction": 0.8,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "deterministic": True,
        "force_row_wise": True,
        "seed": settings.seed,
        "num_threads": settings.threads,
    }
    parts = [
        (np.flatnonzero(fold != number), np.flatnonzero(fold == number))
        for number in np.unique(fold)
    ]
    stop = boosting.early_stopping(30, verbose=False)
    history = boosting.cv(growth, data, settings.rounds, folds=parts, callbacks=[stop])
    rounds = len(history["valid binary_logloss-mean"])
    return boosting.train(growth, data, num_boost_round=max(1, rounds))


def _names(weighed: Weighed, labelled: Labelled, settings: ChallengerSettings) -> Iterator[str]:
    """Names of the columns; the model keeps them, and they say how to make the columns again."""
    rows = weighed.rows
    yield from ("bits", "seller_bits", *(f"bin|{name}" for name in weighed.scores.bins))
    yield from _NUMBERS
    yield from ("how", "role", "usual_share")
    yield from ("others", "others_suspect", "others_findings", "others_asked_share")
    if settings.snapshot_id:
        yield from (f"signal|{k}" for k in range(_SIGNALS))
    is_labelled = np.zeros(len(rows), bool)
    is_labelled[labelled.row] = True
    for number, rule in enumerate(_active(rows)):
        mine = rows.fired.row[rows.fired.key == number]
        if rule and is_labelled[mine].sum() >= settings.least_findings:
            yield f"rule|{rule}"


def _active(rows: Rows) -> list[str]:
    """Rule of each key, "" where it only evaluates: what is evaluated moves no queue."""
    return [key.rule if key.status == "active" else "" for key in rows.fired.keys]


def _columns(weighed: Weighed, names: tuple[str, ...]) -> np.ndarray:
    """float32 (rows, names); NaN where not known."""
    rows, named = weighed.rows, weighed.named
    found = np.full((len(rows), len(names)), np.nan, np.float32)
    at, made = rows.named, _made_columns(weighed)
    true, known = (_bits(named, name, at) for name in ("true_signals", "known_signals"))
    active = np.array(_active(rows), dtype=object)
    for place, name in enumerate(names):
        kind, _, rest = name.partition("|")
        if kind == "rule":
            found[:, place] = 0
            found[rows.fired.row[active[rows.fired.key] == rest], place] = 1
        elif kind == "signal":
            bit = np.uint64(rest)
            answer = ((true >> bit) & np.uint64(1)).astype(np.float32)
            found[:, place] = np.where((known >> bit) & np.uint64(1), answer, np.nan)
        elif kind == "bin":
            found[:, place] = weighed.scores.bins[rest]
        elif name in ("how", "role"):
            found[:, place] = words(named.column(name), at, HOW if name == "how" else ROLES)
        else:
            column = made[name] if name in made else numbers(named.column(name), at)
            found[:, place] = column
    return found


def _bits(named: pa.Table, name: str, at: np.ndarray) -> np.ndarray:
    bits = named.column(name).to_numpy().astype(np.uint64)
    return np.where(at >= 0, bits[at], np.uint64(0)) if len(bits) else np.zeros(len(at), np.uint64)


def _made_columns(weighed: Weighed) -> Mapping[str, np.ndarray]:
    """The weighed evidence, how cheap each listing is in its own scan, and what its seller's others look like."""
    rows, named = weighed.rows, weighed.named
    codes = np.where(rows.seller >= 0, rows.seller, len(rows.sellers))
    size = len(rows.sellers) + 1
    acting = np.array([bool(rule) for rule in _active(rows)], bool)
    chosen = rows.fired.row[acting[rows.fired.key]] if len(acting) else rows.fired.row
    fired = np.bincount(chosen, minlength=len(rows)).astype(float)
    share = np.minimum(numbers(named.column("asked_share"), rows.named), 10.0)

    def others(values: np.ndarray) -> np.ndarray:
        known = ~np.isnan(values)
        total = np.bincount(codes, np.where(known, values, 0.0), size)[codes]
        count = np.bincount(codes, known, size)[codes] - known
        rest = total - np.where(known, values, 0.0)
        mean = np.divide(rest, count, out=np.full(len(rest), np.nan), where=count > 0)
        return np.where(rows.seller >= 0, mean, np.nan)

    count = np.minimum(np.bincount(codes, minlength=size)[codes] - 1.0, _MANY)
    return {
        "bits": weighed.scores.counterfeit,
        "seller_bits": weighed.scores.seller,
        "usual_share": usual_share(named, rows.named, usual_prices(named)),
        "others": np.where(rows.seller >= 0, count, np.nan),
        "others_suspect": others((fired > 0).astype(float)),
        "others_findings": others(fired),
        "others_asked_share": others(share),
    }
