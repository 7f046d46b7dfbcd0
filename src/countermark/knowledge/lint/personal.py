"""KP19: no personal data in clear, and nobody judged by who they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from countermark.domain.rules import Rule
from countermark.domain.signals import PhraseSignal, PlaceSignal, SellerSignal
from countermark.knowledge.lint.subject import (
    Remark,
    Subject,
    error,
    folded,
    rule_place,
    warning,
    when_signals,
)

KP19 = "KP19"
SCOPE: Final = frozenset({"brand", "condition", "category"})

_MAIL: Final = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_PHONE: Final = re.compile(
    r"(?<![\w.])\+[0-9][0-9 ().-]{7,18}[0-9](?!\w)|(?<!\w)00[1-9][0-9 -]{8,16}"
)
_ACCOUNT: Final = re.compile(
    r"(?<!\w)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?:[A-Z0-9]{1,3})?(?!\w)"
)
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_FICTIONAL: Final = re.compile(r"555[ .-]?01[0-9]{2}")
"""Numbers that no subscriber has, kept for stories and tests."""
_RESERVED: Final = (".example", ".test", ".invalid", "example.com", "example.org", "example.net")

_TRAIT_WORDS: Final = """
african american arab arabs buddhist catholic chinese christian disabled foreigner foreigners gay
german gypsies gypsy hindu hindus immigrant immigrants jew jewish jews korean lesbian migrant
migrants muslim muslims nigerian pakistani romanian russian turkish ukrainian vietnamese
"""
TRAITS: Final = frozenset(_TRAIT_WORDS.split())
"""Words for people's nationality, origin, belief, sex or health, where they stand alone."""


def spares_people(subject: Subject) -> Iterator[Remark]:
    """KP19: mail, phone and account numbers in clear; protected traits as a ground."""
    for place, text in _texts(subject):
        for what in _personal(text):
            says = f"holds {what}"
            yield error(KP19, place, says, "keep people's data in hashed sets only")
    for place, listing in ((str(c.origin), c.listing) for c in subject.pack.cases):
        yield from _test_data(place, listing)
    for rule in subject.live_rules:
        yield from _traits(rule)
    yield from _sellers_in_clear(subject)
    for words in subject.pack.lists:
        for word in words.words:
            if folded(word) in TRAITS:
                says = f'"{word}" stands for who people are'
                yield error(KP19, words.origin, says, "judge the goods, not the people")


def _sellers_in_clear(subject: Subject) -> Iterator[Remark]:
    """Lists of sellers whose words are no hashes."""
    asked = {
        name
        for rule in subject.live_rules
        for one in rule.signals.values()
        if isinstance(one, SellerSignal)
        for name in one.lists
    }
    for words in subject.pack.lists:
        if words.id in asked and not all(map(_HASH.fullmatch, words.words)):
            says = f'list "{words.id}" is asked for sellers and holds words in clear'
            advice = "write the SHA-256 of venue, a tab and seller id, in hex"
            yield error(KP19, words.origin, says, advice)


def _texts(subject: Subject) -> Iterator[tuple[str, str]]:
    """Every text of lists, names, rules and tells, with its place."""
    pack = subject.pack
    for words in pack.lists:
        yield from ((str(words.origin), word) for word in words.words)
    for alias in pack.aliases:
        yield str(alias.origin), alias.text
    for seller in pack.sellers:
        yield from ((str(seller.origin), text) for text in (seller.name, seller.evidence))
    for rule in pack.rules:
        for text in (rule.title, *rule.falsepositives):
            yield rule_place(rule), text
        for asked in rule.signals.values():
            if isinstance(asked, PhraseSignal):
                yield from ((rule_place(rule), text) for text in asked.any + asked.all)
    for tell in pack.tells:
        yield from ((str(tell.origin), text) for text in (tell.question, *tell.sources))


def _personal(text: str) -> Iterator[str]:
    """What personal data a text holds, in words; the data itself is not repeated."""
    mail = _MAIL.search(text)
    if mail and not mail[1].endswith(_RESERVED):
        yield "a mail address"
    rest, accounts = _ACCOUNT.subn(" ", text)
    if accounts:
        yield "an account number"
    phone = _PHONE.search(rest)
    if phone and not _FICTIONAL.search(phone[0]):
        yield "a telephone number"


def _test_data(place: str, listing: Mapping[str, Any]) -> Iterator[Remark]:
    """Personal data in a test listing, which may need some: it must be invented."""
    for key in ("title", "description", "seller_name"):
        for what in _personal(str(listing.get(key, ""))):
            says = f"{key} holds {what} that may be real"
            advice = "use addresses under .example and numbers such as +1 202 555 0143"
            yield warning(KP19, place, says, advice)


def _traits(rule: Rule) -> Iterator[Remark]:
    """Rules that hold against people who they are or where they come from."""
    for asked in rule.signals.values():
        for word in asked.any + asked.all if isinstance(asked, PhraseSignal) else ():
            if folded(word) in TRAITS:
                says = f'"{word}" stands for who people are'
                yield error(KP19, rule_place(rule), says, "judge the goods, not the people")
    asked_in_when = when_signals(rule)
    grounds = {asked.op for asked in asked_in_when} - SCOPE
    origins = [a for a in asked_in_when if isinstance(a, PlaceSignal) and not a.market]
    if grounds == {"place"} and origins:
        says = "language or country of dispatch is the only ground"
        yield error(KP19, rule_place(rule), says, "add a ground in the goods or the offer")
