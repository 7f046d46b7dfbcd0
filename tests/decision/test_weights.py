"""Weights: priors, bytes, and what a reader refuses."""

from __future__ import annotations

import json

import msgspec
import pytest
from markets import rule

from countermark.decision.weights import (
    parse_weights,
    prior_weights,
    readable,
    weights_bytes,
    weights_id,
    weights_plain,
)
from countermark.errors import PolicyError

RULES = (rule("b", prior="conclusive"), rule("a", prior="weak"))
PLAIN = weights_plain(prior_weights(RULES))


def changed(**fields: object) -> bytes:
    """Weights with other values in some fields, whatever they are."""
    return msgspec.json.encode({**PLAIN, **fields})


@pytest.mark.parametrize(
    ("prior", "bits"), [("weak", 1.0), ("moderate", 2.5), ("strong", 4.5), ("conclusive", 7.0)]
)
def test_an_unmeasured_rule_weighs_what_its_author_says(prior: str, bits: float) -> None:
    assert prior_weights([rule("a", prior=prior)]).rules[0].bits == bits


def test_the_same_weights_are_the_same_bytes_whatever_the_order_of_the_rules() -> None:
    first, second = prior_weights(RULES), prior_weights(RULES[::-1])
    assert weights_bytes(first) == weights_bytes(second)
    assert weights_id(first) == weights_id(second)
    assert (weights_id(first)[:2], len(weights_id(first))) == ("w-", 14)


def test_weights_are_read_as_they_were_written() -> None:
    weights = prior_weights(RULES)
    assert parse_weights(weights_bytes(weights), source="w.json") == weights


def test_weights_have_no_floats_in_them() -> None:
    def refused(number: str) -> None:
        raise AssertionError(f"{number} is a float")

    assert json.loads(weights_bytes(prior_weights(RULES)), parse_float=refused)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{", "not weights of this version"),
        (b"{}", "missing required field"),
        (weights_bytes(prior_weights(RULES)).replace(b"weights/1", b"weights/2"), "invalid enum"),
        (weights_bytes(prior_weights(RULES)).replace(b"7000000", b"-7"), "must not have less"),
        (weights_bytes(prior_weights(RULES)).replace(b"asked-share", b"colour"), "colour"),
        (changed(terms=[]), "term asked-share is missing"),
        (changed(seller_terms=PLAIN["seller_terms"][::-1]), "term naming-share is not known here"),
        (
            weights_bytes(prior_weights(RULES)).replace(b'"fits"', b'"suits"'),
            "term role has other values than own, fits",
        ),
        (changed(earlier=[{"base": 0, "rules": [], "terms": []}]), "does not weigh 2 rules"),
        (changed(earlier=[{"base": 0, "rules": [0, 0], "terms": [[0]]}]), "weighs 1 of 11 terms"),
    ],
)
def test_what_is_not_weights_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        parse_weights(data, source="w.json")


def test_an_impossible_base_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="no odds"):
        prior_weights(RULES, base_rate=1.0)


def test_the_strongest_evidence_is_read_first() -> None:
    said = list(readable(prior_weights(RULES)))
    assert said[0] == ("core.test/b rev 1", 7.0)
    assert [bits for _, bits in said] == sorted((bits for _, bits in said), reverse=True)


def test_a_term_has_bits_for_every_bin() -> None:
    term = prior_weights(RULES).terms[0]
    with pytest.raises(ValueError, match="9 bins and 2 bits"):
        msgspec.structs.replace(term, bits_micro=(0, 0))
