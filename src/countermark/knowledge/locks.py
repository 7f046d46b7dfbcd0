"""`rules.lock.json`: which revision of each rule was released with which logic.

Each part has its own lock, since the id and the hash of a secret rule are secrets too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from countermark.domain.origins import LEVELS
from countermark.domain.packs import LockEntry, Pack
from countermark.domain.rules import Rule, RuleId
from countermark.errors import PackError
from countermark.knowledge.canonical import canonical_json
from countermark.knowledge.faults import Where
from countermark.knowledge.files import lock_path
from countermark.knowledge.rule_logic import logic_hash

LOCK_FORMAT: Final = "countermark.lock/1"


class _Lock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The lock file as written."""

    format: Literal["countermark.lock/1"]
    rules: Mapping[RuleId, LockEntry]


def read_lock(content: bytes, *, where: Where) -> Mapping[RuleId, LockEntry]:
    """What was released, by full rule id.

    Raises:
        PackError: not a lock file.
    """
    try:
        return msgspec.json.decode(content, type=_Lock).rules
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        says = str(error)
        hint = "write it again with the lock command; do not edit it"
        raise where.fault(f"not a lock: {says[:1].lower()}{says[1:]}", hint=hint) from None


def lock_files(pack: Pack) -> Mapping[str, bytes]:
    """The lock files of a release of `pack`: path -> content; drafts are not locked.

    Raises:
        PackError: a rule breaks a promise of an earlier release.
    """
    for id_, says in lock_faults(pack).items():
        raise PackError(f"rule {id_}: {says}")
    files = {}
    for part in LEVELS:
        rules = [rule for rule in pack.rules if rule.level == part and rule.status != "draft"]
        if rules:
            entries = {rule.id: msgspec.to_builtins(_entry(rule, pack)) for rule in rules}
            lock = {"format": LOCK_FORMAT, "rules": entries}
            files[lock_path(part)] = canonical_json(lock) + b"\n"
    return files


def _entry(rule: Rule, pack: Pack) -> LockEntry:
    """The line of one rule."""
    before = pack.lock.get(rule.id)
    return LockEntry(
        rev=rule.rev,
        logic=logic_hash(rule),
        first_serial=before.first_serial if before else pack.serial,
        last_serial=pack.serial,
        status=rule.status,
    )


def lock_faults(pack: Pack) -> Mapping[RuleId, str]:
    """Rules that break a promise of an earlier release, each with what is wrong.

    A change of logic raises `rev`; `rev` never falls; a released rule is retired, never deleted or
    made a draft again; a retired id stays retired.
    """
    faults = {}
    present = {rule.id: rule for rule in pack.rules}
    for id_, before in pack.lock.items():
        rule = present.get(id_)
        says = (
            "was released and is gone: retire it instead" if rule is None else _broken(rule, before)
        )
        if says:
            faults[id_] = says
    return faults


def _broken(rule: Rule, before: LockEntry) -> str:
    """What a rule breaks of its earlier release; "" for nothing."""
    if rule.rev < before.rev:
        return f"rev is {rule.rev} and {before.rev} was released"
    if rule.rev == before.rev and logic_hash(rule) != before.logic:
        return f"the logic changed and rev is still {rule.rev}: raise it to {rule.rev + 1}"
    if rule.status == "draft":
        return f"was released as {before.status} and can not be a draft again"
    if before.status == "retired" and rule.status != "retired":
        return f"was retired in serial {before.last_serial} and its id is never used again"
    return ""
