"""Results as pages of plain text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

WEIGHED = (
    "mark", "role", "how", "style_code", "asked_share", "price_minor", "currency", "seller_id", "seller_age_days",
    "seller_listings", "seller_rating",
)  # fmt: skip
ORDER = ("remove", "hold", "review", "evaluate", "allow")


def run_page(summary: Mapping[str, Any], folder: Path) -> str:
    """What a scan found."""
    counts, actions = summary["counts"], summary["actions"]
    lines = [
        f"{counts['scanned']:,} listings scanned, {counts['naming']:,} name a mark, {counts['findings']:,} findings",
        f"{counts['refused']:,} rows refused, {counts['set_aside']:,} values set aside (rejected.parquet)",
        "decisions: " + ", ".join(f"{actions[name]:,} {name}" for name in ORDER if name in actions),
    ]
    fired = sorted(
        ((c["fired"], rule) for rule, c in counts["rules"].items() if c["fired"]), reverse=True
    )
    lines += [f"  {number:>9,}  {rule}" for number, rule in fired[:12]]
    lines += [f"note: {note}" for note in summary["notes"]]
    return "\n".join([*lines, f"-> {folder}"])


def explanation_page(explained: Mapping[str, Any]) -> str:
    """One decision for an analyst."""
    listing, decision = explained["listing"], explained["decision"]
    risk, grounds = f"{decision['risk']:.0f}", ", ".join(decision["grounds"]) or "none"
    lines = [
        f"{listing['listing_id']}  {listing.get('title', '(no finding, so its text was not kept)')}",
        f"  risk {risk} of 100 -> {decision['action']}  ({decision['version']})",
        f"  grounds: {grounds}",
    ]
    if not explained["grounds"]:
        facts = (f"{k} {listing[k]}" for k in WEIGHED if k in listing)
        lines.append(f"  weighed with: {', '.join(facts)}")
    lines += [
        f"  names {mention['brand']}: {mention['text']!r} in {mention['field']} ({mention['how']})"
        for mention in explained["mentions"]
    ]
    for ground in explained["grounds"]:
        lines += _ground_lines(ground)
    lines += [_stopped_line(stopped) for stopped in explained["stopped"]]
    lines += [
        "  how the risk comes about:",
        *(f"    {line}" for line in explained["account"]["text"].splitlines()),
    ]
    lines.append("  the seller is told:")
    lines += [
        f"    {text}" for text in explained["seller"]["en"] or ["nothing: no disclosable ground"]
    ]
    lines += [f"    {text}" for text in explained["seller"]["zh"]]
    return "\n".join(map(visible, lines))


def visible(line: str) -> str:
    """A line in which no character moves the cursor, changes the screen or turns the direction of reading."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def _stopped_line(stopped: Mapping[str, Any]) -> str:
    by = ", ".join(signal["signal"] for signal in stopped["by"])
    return f"  would have fired but for {by}: {stopped['rule']} ({stopped['mark']})"


def _ground_lines(ground: Mapping[str, Any]) -> list[str]:
    facts = ", ".join(f"{name} {value}" for name, value in ground["facts"].items() if value)
    unless = ", ".join(signal["signal"] for signal in ground["would_have_stopped_it"])
    return [
        f"  {ground['rule']} rev {ground['rev']} [{ground['status']}]: {ground['title']}",
        f"    facts: {facts}",
        f"    would have stopped it: {unless or 'nothing'}",
    ]
