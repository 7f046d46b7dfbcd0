"""Weights of evidence: how many bits each rule and each plain fact adds to the log-odds.

A bit doubles the odds. All numbers are kept in whole millionths, so that the same weights are the
same bytes wherever they are written.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import Any, Final, Literal, NamedTuple

import msgspec

from countermark.decision.calibration import Calibration
from countermark.decision.others import SELLER_TERMS
from countermark.decision.terms import LISTING_TERMS, MICRO, Term, TermKind, micro, prior_term
from countermark.domain.decisions import (
    BASE_RATE,
    FLOOR_RATE,
    PRIOR_BITS,
    QUESTION_OF_CLAIM,
    QUESTIONS,
)
from countermark.domain.rules import Rule
from countermark.errors import PolicyError
from countermark.knowledge.canonical import canonical_json

FORMAT: Final = "countermark.weights/1"


class RuleWeight(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one revision of a rule is worth, and what was measured of it.

    Attributes:
        claim: what it says; its bits count for the question of that claim alone.
        bits_micro: what it adds beside all other evidence; never negative.
        single_micro: log2 likelihood ratio of the rule alone, shrunk towards its author's prior.
        labelled: listings that it fired for and that somebody labelled.
        confirmed: those of them that are what it claims.
        sellers: distinct sellers of the labelled listings; few sellers teach little.
        precision_micro: share confirmed, by inverse sampling probability; None: none labelled.
        lower_micro: one-sided 95 % Clopper-Pearson lower bound of the precision.
        lift_micro: precision / share of the claim among labelled listings that name a mark.
        marginal_micro: the same over listings that no other rule of the question fired for.
    """

    rule: str
    rev: int
    claim: str
    bits_micro: int
    single_micro: int
    labelled: int = 0
    confirmed: int = 0
    sellers: int = 0
    precision_micro: int | None = None
    lower_micro: int = 0
    lift_micro: int | None = None
    marginal_micro: int | None = None

    @property
    def bits(self) -> float:
        """What it adds to the log-odds, in bits."""
        return self.bits_micro / MICRO

    @property
    def lower(self) -> float:
        """Lower bound of its precision, 0 to 1; 0 when nothing was measured."""
        return self.lower_micro / MICRO


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question's start and end.

    Attributes:
        base_micro: log-odds of a listing that names a mark, without evidence, in bits.
        calibration: from summed bits to a probability.
        labelled, positive: labels learned from, and those that are what is asked.
        error_micro: cross-fitted expected calibration error; None: not measured.
    """

    base_micro: int
    calibration: Calibration = Calibration()
    labelled: int = 0
    positive: int = 0
    error_micro: int | None = None

    @property
    def base(self) -> float:
        """Log-odds without evidence, in bits."""
        return self.base_micro / MICRO


class EarlierRound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the evidence weighs in a round before the last; all in millionths of a bit.

    Attributes:
        base: log-odds of a listing that names a mark.
        rules: of each of `Weights.rules`.
        terms: of the bins of each of `Weights.terms`.
        seller_terms: of the bins of each of `Weights.seller_terms`; empty in the first round.
    """

    base: int
    rules: tuple[int, ...]
    terms: tuple[tuple[int, ...], ...]
    seller_terms: tuple[tuple[int, ...], ...] = ()


class Round(NamedTuple):
    """What the evidence weighs in one round.

    Attributes:
        base: log-odds of a listing that names a mark, in bits.
        rules: bits of a rule by id and revision.
        seller_terms: empty in a first round that others follow.
    """

    base: float
    rules: Mapping[tuple[str, int], float]
    terms: tuple[Term, ...]
    seller_terms: tuple[Term, ...]


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Everything that turns findings and plain facts into a risk.

    Attributes:
        questions: by `domain.decisions.QUESTIONS`.
        rules: ordered by id and revision.
        terms: bits of plain facts of a listing, for the question of counterfeits.
        seller_terms: bits of the other listings of its seller.
        usual: usual asking prices, see `prices.usual_prices`.
        earlier: the rounds before the last one, see `others.py`; the fields above are of the last.
        account: calibration of the risk of an account.
        floor_micro: probability that a listing which names no mark is counterfeit.
    """

    format: Literal["countermark.weights/1"] = FORMAT
    questions: Mapping[str, Question]
    rules: tuple[RuleWeight, ...]
    terms: tuple[Term, ...]
    seller_terms: tuple[Term, ...]
    usual: Mapping[str, int] = {}
    earlier: tuple[EarlierRound, ...] = ()
    account: Calibration = Calibration()
    floor_micro: int

    def __post_init__(self) -> None:
        """Refuse weights that cannot be used."""
        if set(self.questions) != set(QUESTIONS):
            raise ValueError(f"questions are {sorted(self.questions)}, not {QUESTIONS}")
        _check_terms(self.terms, LISTING_TERMS)
        _check_terms(self.seller_terms, SELLER_TERMS)
        low = min((rule.bits_micro for rule in self.rules), default=0)
        if low < 0:
            raise ValueError(f"a rule has {low} millionths of a bit and must not have less than 0")
        for each in self.earlier:
            if len(each.rules) != len(self.rules):
                raise ValueError(f"an earlier round does not weigh {len(self.rules)} rules")
            if len(each.terms) != len(self.terms):
                weighs = f"{len(each.terms)} of {len(self.terms)} terms"
                raise ValueError(f"an earlier round weighs {weighs}")
            if len(each.seller_terms) not in (0, len(self.seller_terms)):
                raise ValueError(f"an earlier round weighs {len(each.seller_terms)} seller terms")
        _ = self.rounds  # refuses terms of other bins

    @cached_property
    def by_rule(self) -> Mapping[tuple[str, int], RuleWeight]:
        """The rules by id and revision."""
        return {(each.rule, each.rev): each for each in self.rules}

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        """All rounds of the question of counterfeits, the last one last."""
        keys, counterfeit = list(self.by_rule), self.questions["counterfeit"]
        before = [
            Round(
                each.base / MICRO,
                {key: bits / MICRO for key, bits in zip(keys, each.rules, strict=True)},
                _with_bits(self.terms, each.terms),
                _with_bits(self.seller_terms, each.seller_terms) if each.seller_terms else (),
            )
            for each in self.earlier
        ]
        own = {key: rule.bits for key, rule in self.by_rule.items()}
        return (*before, Round(counterfeit.base, own, self.terms, self.seller_terms))

    @property
    def floor_risk(self) -> float:
        """Risk in percent of a listing that is in no table of decisions."""
        return 100 * self.floor_micro / MICRO


def _check_terms(terms: Sequence[Term], kinds: Sequence[TermKind]) -> None:
    """Refuse others than the facts that are asked, in their order, with the words that they may be."""
    for term, kind in zip_longest(terms, kinds):
        if term is None:
            raise ValueError(f"term {kind.name} is missing")
        if kind is None or term.name != kind.name:
            raise ValueError(f"term {term.name} is not known here")
        if term.values != kind.values:
            raise ValueError(f"term {term.name} has other values than {', '.join(kind.values)}")


def _with_bits(terms: tuple[Term, ...], bits: tuple[tuple[int, ...], ...]) -> tuple[Term, ...]:
    pairs = zip(terms, bits, strict=True)
    return tuple(msgspec.structs.replace(term, bits_micro=each) for term, each in pairs)


def prior_weights(rules: Sequence[Rule], *, base_rate: float = BASE_RATE) -> Weights:
    """The weights that the authors of the rules believe in, for a market without labels.

    Args:
        base_rate: share of listings naming a mark that are counterfeit, in (0, 1); the same is
            assumed for the other questions.
    """
    start = Question(base_micro=micro(bits_of_odds(base_rate)))
    return Weights(
        questions=dict.fromkeys(QUESTIONS, start),
        rules=tuple(prior_weight(rule) for rule in sorted(rules, key=lambda r: (r.id, r.rev))),
        terms=tuple(prior_term(kind) for kind in LISTING_TERMS),
        seller_terms=tuple(prior_term(kind) for kind in SELLER_TERMS),
        floor_micro=micro(FLOOR_RATE),
    )


def prior_weight(rule: Rule) -> RuleWeight:
    """What a rule is worth by its author's word alone."""
    bits = micro(PRIOR_BITS[rule.prior])
    return RuleWeight(
        rule=rule.id, rev=rule.rev, claim=rule.claim, bits_micro=bits, single_micro=bits
    )


def bits_of_odds(probability: float) -> float:
    """Log-odds in bits of a probability in (0, 1)."""
    if not 0 < probability < 1:
        raise ValueError(f"a probability of {probability} has no odds")
    return math.log2(probability / (1 - probability))


def weights_bytes(weights: Weights) -> bytes:
    """The weights as canonical JSON; the same weights give the same bytes."""
    return canonical_json(msgspec.to_builtins(weights))


def parse_weights(data: bytes, *, source: str) -> Weights:
    """The weights that `weights_bytes` wrote.

    Raises:
        PolicyError: not weights, cut short, or of another version.
    """
    try:
        return msgspec.json.decode(data, type=Weights)
    except (msgspec.DecodeError, ValueError) as error:
        says = str(error).splitlines()[0]
        raise PolicyError(
            f"{source}: not weights of this version: {says[:1].lower()}{says[1:]}",
            hint="learn them again, or leave them out to use the authors' priors",
        ) from error


def weights_plain(weights: Weights) -> dict[str, Any]:
    """The weights as plain JSON values, as a run keeps them."""
    plain: dict[str, Any] = msgspec.to_builtins(weights)
    return plain


def weights_of(plain: Mapping[str, Any]) -> Weights:
    """The weights that `weights_plain` wrote."""
    return msgspec.convert(plain, Weights)


def weights_id(weights: Weights) -> str:
    """The name of weights, "w-" and 12 hex digits of the weights' bytes."""
    return f"w-{hashlib.sha256(weights_bytes(weights)).hexdigest()[:12]}"


def question_of(claim: str) -> str:
    """The question that a claim answers."""
    return QUESTION_OF_CLAIM[claim]


def readable(weights: Weights) -> Iterable[tuple[str, float]]:
    """Every piece of evidence in words and its bits that are not 0, the strongest first."""
    said = [(f"{each.rule} rev {each.rev}", each.bits) for each in weights.rules]
    said += [line for term in (*weights.terms, *weights.seller_terms) for line in term.lines()]
    return sorted(((what, bits) for what, bits in said if bits), key=lambda s: (-s[1], s[0]))
