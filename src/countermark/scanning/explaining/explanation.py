"""One listing explained: why each rule fired, what would have stopped it, what the seller is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from countermark.operators.base import TEXT_COLUMNS, Look
from countermark.scanning.explaining.sentences import LANGUAGES, Sentences, money
from countermark.scanning.findings import findings_table
from countermark.scanning.looking import look_at
from countermark.scanning.mentions import mentions_of
from countermark.scanning.plan import Plan, RuleOutcome, ask_layers


def explain_listing(batch: pa.RecordBatch, plan: Plan, sentences: Sentences) -> dict[str, Any]:
    """Everything that the rules say to the one listing of `batch`.

    Returns:
        `mentions`; `grounds`: rules that fired, with facts, and the exclusions that would have stopped each;
        `stopped`: rules that would have fired but for an exclusion; `unknown`: rules that lacked a fact;
        `seller`: what the seller is told, by language.
    """
    look = look_at(batch, plan.snapshot, plan.lookup)
    asked = ask_layers(look, plan)
    outcomes = [outcome for part in asked for outcome in part.outcomes()]
    findings = findings_table(look, asked, plan).to_pylist()
    by_rule = {outcome.planned.rule.id: outcome for outcome in outcomes}
    grounds = [_ground(finding, by_rule[finding["rule"]], look) for finding in findings]
    told = [g for g in grounds if g["disclosable"] and g["status"] == "active"]
    return {
        "mentions": next(mentions_of(batch, plan))["mentions"],
        "grounds": grounds,
        "stopped": _stopped(outcomes, look),
        "unknown": [
            {"rule": o.planned.rule.id, "missing": _missing(o)} for o in outcomes if o.unknown.any()
        ],
        "seller": {language: _seller_text(told, sentences, language) for language in LANGUAGES},
    }


def _ground(finding: Mapping[str, Any], outcome: RuleOutcome, look: Look) -> dict[str, Any]:
    rule = outcome.planned.rule
    names = sorted(rule.signals)
    true = {name for k, name in enumerate(names) if finding["true_signals"] >> k & 1}
    return {
        "rule": rule.id, "rev": rule.rev, "title": rule.title, "claim": rule.claim, "status": finding["status"],
        "reason": rule.reason, "disclosable": finding["disclosable"], "mark": finding["mark"],
        "true": [_signal(name, rule.signals[name]) for name in names if name in true],
        "would_have_stopped_it": [_signal(name, rule.signals[name]) for name in rule.unless],
        "facts": _facts(finding, look),
    }  # fmt: skip


def _signal(name: str, signal: Any) -> dict[str, str]:
    return {"signal": name, "asks": signal.explanation(), "of": ", ".join(signal.lists)}


def _facts(finding: Mapping[str, Any], look: Look) -> dict[str, str]:
    """The facts of a finding in words, for sentences and people."""
    marks = {mark.id: mark.text for mark in look.snapshot.marks}
    goods = look.snapshot.goods
    code = finding["style_code"]
    model = goods.names[goods.style_codes.index(code)] if code else ""
    mark = marks.get(finding["mark"] or "", "")
    share = finding["asked_share"]
    return {
        "mark": mark, "model": _model(mark, model), "text": _text(finding["mention"], look),
        "word": _text(finding["word"], look), "price": money(finding["price_minor"], finding["currency"]),
        "band": money(finding["band_minor"], finding["currency"]), "share": "" if share is None else f"{share:.0%}",
        "how": finding["how"] or "",
    }  # fmt: skip


def _model(mark: str, model: str) -> str:
    """The model with its mark, which many models name themselves."""
    return model if model and mark.casefold() in model.casefold() else f"{mark} {model}".strip()


def _text(span: Mapping[str, int] | None, look: Look) -> str:
    """The stretch of the listing that a span means."""
    if span is None:
        return ""
    text = look.batch.column(TEXT_COLUMNS[span["field"]])[0].as_py() or ""
    return text.encode()[span["start"] : span["end"]].decode("utf-8", "replace")


def _stopped(outcomes: list[RuleOutcome], look: Look) -> list[dict[str, Any]]:
    stopped = []
    for outcome in outcomes:
        by = [name for name, mask in outcome.blocked.items() if mask.any()]
        if by and not outcome.fired.any():
            subject = int(outcome.subjects[np.flatnonzero(outcome.blocked[by[0]])[0]])
            mark = look.snapshot.marks[look.mark[subject]].id if look.mark[subject] >= 0 else None
            signals = outcome.planned.rule.signals
            stopped.append(
                {
                    "rule": outcome.planned.rule.id,
                    "mark": mark,
                    "by": [_signal(n, signals[n]) for n in by],
                }
            )
    return stopped


def _missing(outcome: RuleOutcome) -> list[str]:
    """The signals of a rule that could not be judged."""
    at = int(np.flatnonzero(outcome.unknown)[0])
    return [
        name
        for name, answer in sorted(outcome.answers.items())
        if not answer.known[at] and name not in outcome.blocked
    ]


def _seller_text(grounds: list[dict[str, Any]], sentences: Sentences, language: str) -> list[str]:
    """Each reason once, then each thing to send once."""
    found = [sentences.found(g["reason"], g["facts"], language) for g in grounds]
    asked = [sentences.ask(g["reason"], language) for g in grounds]
    return list(dict.fromkeys(found + asked))
