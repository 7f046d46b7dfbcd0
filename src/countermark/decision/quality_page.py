"""How good decisions are: figures, as plain values and as a page for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from countermark.decision.account_quality import AccountQuality
from countermark.decision.shares import Share
from countermark.domain.tables import CLAIMS

LET_THROUGH = "let through"
"""What the confusion calls a listing that is neither reviewed, held nor removed."""

_FEW = 10
"""Trials below which a share is shown as too few to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One listing that was judged wrongly, with what the truth table says of it."""

    listing_id: str
    risk: float
    action: str
    truth: str
    about: Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good decisions are.

    Attributes:
        listings, counterfeits: in the truth table.
        shares: by name: precision and recall of found counterfeits, of those over the risk
            threshold, precision of what is held or removed and of what is removed, and, by
            question, of each claim.
        groups: by column and value: recall and precision of found counterfeits.
        error: expected calibration error over all listings, 0 to 1; listings without a decision
            have the floor risk.
        error_decided: the same over listings with a decision.
        orders: precision among the first listings that hold a share of all counterfeits, by that
            share: in the order of the risk and, where a challenger ranked them, in its order.
        accounts: how good the risks of accounts are; None: not measured.
        confusion: truth -> claim acted on -> listings.
        misses: counterfeits that were not found, the lowest risk first.
        false_alarms: listings held or removed that are nothing of the kind, the highest first.
    """

    listings: int
    counterfeits: int
    shares: Mapping[str, Share]
    groups: Mapping[str, Mapping[str, Mapping[str, Share]]]
    error: float
    error_decided: float
    orders: Mapping[str, Mapping[float, float]]
    accounts: AccountQuality | None
    confusion: Mapping[str, Mapping[str, int]]
    misses: tuple[Mistake, ...]
    false_alarms: tuple[Mistake, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return _quality_dict(self)

    def as_text(self) -> str:
        """A page for people."""
        return _quality_text(self)


def _quality_dict(quality: Quality) -> dict[str, Any]:
    """Plain values for JSON."""
    return {
        "listings": quality.listings,
        "counterfeits": quality.counterfeits,
        "shares": {name: _share_dict(share) for name, share in quality.shares.items()},
        "groups": {
            column: {
                value: {name: _share_dict(share) for name, share in shares.items()}
                for value, shares in values.items()
            }
            for column, values in quality.groups.items()
        },
        "calibration_error": quality.error,
        "calibration_error_decided": quality.error_decided,
        "precision_at_recall": {
            name: {f"{share:g}": precision for share, precision in order.items()}
            for name, order in quality.orders.items()
        },
        "accounts": quality.accounts and quality.accounts.as_dict(),
        "confusion": {truth: dict(row) for truth, row in quality.confusion.items()},
        "misses": [_mistake_dict(miss) for miss in quality.misses],
        "false_alarms": [_mistake_dict(alarm) for alarm in quality.false_alarms],
    }


def _share_dict(share: Share) -> dict[str, Any]:
    return {"value": share.value, **asdict(share)}


def _mistake_dict(mistake: Mistake) -> dict[str, Any]:
    return {
        "listing_id": mistake.listing_id, "risk": mistake.risk, "action": mistake.action,
        "truth": mistake.truth, **mistake.about,
    }  # fmt: skip


def _quality_text(quality: Quality) -> str:
    """A page for people: shares in percent with the interval over sellers in brackets."""
    lines = [f"{quality.listings} listings, {quality.counterfeits} of them counterfeit", ""]
    lines += [_share_line(name, share) for name, share in quality.shares.items()]
    lines += [
        "",
        f"{'expected calibration error, all listings':<42} {100 * quality.error:6.2f} points",
        f"{'expected calibration error, decided':<42} {100 * quality.error_decided:6.2f} points",
    ]
    lines += _order_lines(quality.orders)
    lines += ["", *quality.accounts.lines()] if quality.accounts else []
    for column, values in quality.groups.items():
        lines += ["", f"by {column.replace('_', ' ')}"]
        for value, shares in values.items():
            lines += [_share_line(f"  {value}: {name}", share) for name, share in shares.items()]
    lines += ["", *_confusion_lines(quality.confusion)]
    lines += _mistake_lines("missed, the lowest risk first", quality.misses)
    lines += _mistake_lines("wrongly held or removed, the highest risk first", quality.false_alarms)
    return "\n".join(lines) + "\n"


def _order_lines(orders: Mapping[str, Mapping[float, float]]) -> list[str]:
    """Precision at shares of all counterfeits, an order beside the other."""
    shares = next(iter(orders.values()), {})
    if not shares:
        return []
    lines = [
        "",
        f"{'precision of the first that hold':<42}" + "".join(f"{s:>8.0%}" for s in shares),
    ]
    for name, order in orders.items():
        said = "".join(f"{100 * precision:>8.1f}" for precision in order.values())
        lines.append(f"{'  in order of the ' + name:<42}{said}")
    return lines


def _share_line(name: str, share: Share) -> str:
    if share.value is None:
        return f"{name:<42}      -  none"
    said = f"{name:<42} {100 * share.value:6.1f} %"
    if share.trials < _FEW:
        return f"{said}  {share.successes} of {share.trials}, too few to say"
    within = f"[{100 * share.seller_low:.1f}, {100 * share.seller_high:.1f}]"
    return f"{said}  {within:<14} {share.successes} of {share.trials}"


def _confusion_lines(confusion: Mapping[str, Mapping[str, int]]) -> list[str]:
    columns = list(next(iter(confusion.values()))) if confusion else list(CLAIMS)
    head = "".join(f"{column:>23}" for column in columns)
    lines = [f"{'truth, and what was claimed of it':<34}{head}"]
    for truth, row in confusion.items():
        lines.append(f"{truth:<34}" + "".join(f"{row[column]:>23}" for column in columns))
    return lines


def _mistake_lines(title: str, mistakes: Iterable[Mistake]) -> list[str]:
    lines = []
    for mistake in mistakes:
        about = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in mistake.about.items() if v)
        lines.append(
            f"  {mistake.listing_id}  risk {mistake.risk:.2f}  {mistake.action}  "
            f"{mistake.truth}  {about}"
        )
    return ["", title, *lines] if lines else []
