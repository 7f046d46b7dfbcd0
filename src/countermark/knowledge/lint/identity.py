"""KP02 and KP03: who issued the pack, in which order, under which terms, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from countermark.domain.origins import highest_level
from countermark.domain.packs import OPEN_ISSUER
from countermark.knowledge.faults import shown
from countermark.knowledge.files import HEADER, lock_path
from countermark.knowledge.lint.subject import Remark, Subject, error, rule_place, warning
from countermark.knowledge.locks import lock_faults
from countermark.knowledge.requirements import unmet

KP02, KP03 = "KP02", "KP03"
REVIEW_LIMIT = timedelta(days=366)
"""Longest time between the first day of use and the next look."""
CODED_LIMIT = timedelta(days=184)
"""Longest life of a list of words that sellers agreed on."""
LIFE_LIMIT = timedelta(days=731)
"""Longest life of a pack."""


def identity(subject: Subject) -> Iterator[Remark]:
    """KP02: the id's first part is the issuer, serials rise, changed logic has a higher rev."""
    header, released = subject.pack.header, subject.context.released_serial
    if not header.id.startswith(f"{header.issuer}."):
        says = f'id is "{header.id}" and issuer "{header.issuer}"'
        yield error(KP02, HEADER, says, f"begin the id with {header.issuer}.")
    if header.serial <= released:
        says = f"serial is {header.serial} and {released} was released"
        yield error(KP02, HEADER, says, f"raise it to {released + 1}")
    for other in header.supersedes:
        if other.partition(".")[0] not in (header.issuer, OPEN_ISSUER):
            says = f'supersedes "{other}" of another issuer'
            yield warning(KP02, HEADER, says, "have that issuer sign this pack too")
    for rule_id, says in lock_faults(subject.pack).items():
        level = highest_level(rule.level for rule in subject.pack.rules if rule.id == rule_id)
        local = rule_id.rpartition("/")[2]
        advice = "see the lock for what was released"
        yield error(KP02, lock_path(level), f'rule "{local}" {says}', advice)


def terms(subject: Subject) -> Iterator[Remark]:
    """KP03: licences, contact, audience, what is required, and dates present and within their limits."""
    header = subject.pack.header
    if "@" not in header.contact and "://" not in header.contact:
        says = f"contact is {shown(header.contact)}"
        yield error(KP03, HEADER, says, "give a mail address or a web page")
    for name, part in header.parts.items():
        if name == "venue" and not part.audience:
            says = "part venue names no audience"
            yield error(KP03, HEADER, says, 'name the marketplaces, as "venue:<name>"')
    for image in subject.pack.images:
        if not image.licence:
            says = f'image "{image.id}" has no licence'
            yield error(KP03, image.origin, says, "say under which terms it may be used")
    for says, advice in unmet(header.requires, subject.context.core_versions):
        yield error(KP03, HEADER, says, advice)
    yield from _pack_dates(subject)
    yield from _rule_dates(subject)


def _pack_dates(subject: Subject) -> Iterator[Remark]:
    """The dates of the pack against each other and against the day of the check."""
    header, today = subject.pack.header, subject.context.as_of
    begins, ends = header.valid_from.date(), header.expires.date()
    if not begins <= header.review_by <= begins + REVIEW_LIMIT:
        says = f"review_by is {header.review_by} and valid_from {begins}"
        yield error(KP03, HEADER, says, "set a review within 12 months after valid_from")
    if not begins < ends <= begins + LIFE_LIMIT:
        says = f"expires is {ends} and valid_from {begins}"
        yield error(KP03, HEADER, says, "end the pack within 24 months after valid_from")
    if ends < today:
        says = f"the pack expired on {ends}"
        yield error(KP03, HEADER, says, "release a new edition")
    elif header.review_by < today:
        says = f"the review was due on {header.review_by}"
        yield warning(KP03, HEADER, says, "review it: until then its rules only evaluate")


def _rule_dates(subject: Subject) -> Iterator[Remark]:
    """The review dates of rules, and the ends of word lists."""
    header, today = subject.pack.header, subject.context.as_of
    latest = header.valid_from.date() + REVIEW_LIMIT
    for rule in subject.live_rules:
        due = rule.review_by or header.review_by
        if due > latest:
            says = f"review_by is {due}, more than 12 months after {header.valid_from.date()}"
            yield error(KP03, rule_place(rule), says, "set an earlier review")
        elif due < today and rule.review_by:
            says = f"the review was due on {due}"
            yield warning(KP03, rule_place(rule), says, "review it: until then it only evaluates")
    for words in subject.pack.lists:
        ends = words.expires
        if words.level == "venue" and (
            ends is None or ends > header.valid_from.date() + CODED_LIMIT
        ):
            says = f'list "{words.id}" of agreed words {"never ends" if ends is None else f"ends on {ends}"}'
            yield warning(KP03, words.origin, says, "end it within 6 months: agreed words change")
        if words.expires and words.expires < today:
            says = f'list "{words.id}" expired on {words.expires}'
            yield warning(KP03, words.origin, says, "look at its words again or retire it")
