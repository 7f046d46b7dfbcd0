"""KP11: what a rule claims is borne out by what it looks at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from countermark.domain.rules import Rule
from countermark.domain.signals import BrandSignal, Signal
from countermark.knowledge.lint.subject import Remark, Subject, error, rule_place, when_signals

KP11 = "KP11"

SCOPE: Final = frozenset({"brand", "condition", "category"})
"""What says which goods are meant, and nothing against them."""
CIRCUMSTANCE: Final = frozenset({"price", "number", "place", "seller"})
"""What is said about an offer and never about the goods: it raises a suspicion at most."""
OPENLY: Final = frozenset({"official", "transliteration", "model"})
"""Ways to name a mark that hide nothing; a disguised name is a ground of its own."""
WORDS: Final = frozenset({"term", "phrase", "pattern", "context", "near"})
"""What the listing itself says."""


def supported(subject: Subject) -> Iterator[Remark]:
    """KP11: each claim needs its own kind of ground."""
    for rule in subject.live_rules:
        asked = when_signals(rule)
        operators = {one.op for one in asked} | {"name" for one in asked if _is_disguise(one)}
        if "rule" in operators:
            continue
        for says, advice in _faults(rule, operators, operators - SCOPE):
            yield error(KP11, rule_place(rule), says, advice)


def _is_disguise(asked: Signal) -> bool:
    """Whether the question is not only which mark is named, but that its name is disguised."""
    return isinstance(asked, BrandSignal) and bool(asked.how) and not set(asked.how) & OPENLY


def _faults(rule: Rule, operators: set[str], grounds: set[str]) -> Iterator[tuple[str, str]]:
    """What is missing, and what to do."""
    suspected = "claim suspected_counterfeit"
    if not grounds:
        yield f"it claims {rule.claim} of everything that names the brand", "add a ground"
    elif rule.claim == "suspected_counterfeit" and grounds <= {"place", "seller"}:
        yield (
            "who sells, and from where, says nothing about whether goods are genuine",
            "claim grey_market, or add a ground in the goods",
        )
    elif rule.claim == "declared_replica" and not grounds & WORDS:
        yield "it claims declared_replica and reads no words of the listing", suspected
    elif rule.claim == "misuse_of_mark" and not operators & ({"brand", "image"} | WORDS):
        yield "it claims misuse_of_mark and looks for no mark", suspected
    elif rule.claim == "grey_market" and not grounds - {"price", "number"}:
        yield (
            "it claims grey_market from figures alone",
            "add where it is sold, by whom, or a code; or " + suspected,
        )
    if grounds and grounds <= CIRCUMSTANCE and rule.prior in {"strong", "conclusive"}:
        yield (
            f"prior is {rule.prior} and its grounds are only {', '.join(sorted(grounds))}",
            "call it moderate or weak",
        )
