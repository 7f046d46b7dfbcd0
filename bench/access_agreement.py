"""Asks the code and the Cedar policy of the tests the same random questions; then changes the code's tables, word by word.

`python bench/access_agreement.py [questions]`: prints where they disagree, the time, and how many of the changes the
questions find: each adds or takes one role, scope, relation, purpose or kind of member at one kind of thing and action,
or allows what nobody may.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from random import Random
from types import MappingProxyType

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/domain/access"))

from oracle import disagreement, oracle
from scenes import border_cases, random_case

from countermark.domain.access import MemberKind, Purpose, Relation, Role, Scope, permissions
from countermark.domain.access.reading import Permission

AT_ONCE = 500
WORDS = {
    "roles": Role,
    "scopes": Scope,
    "relations": Relation,
    "purposes": Purpose,
    "members": MemberKind,
}


def ask(count):
    """Cases and what the oracle allows, in pieces; the time of each side in seconds."""
    random, asked, spent = Random(count), [], defaultdict(float)
    border = list(border_cases())
    for begin in range(0, count, AT_ONCE):
        begun = time.perf_counter()
        cases = border[begin : begin + AT_ONCE]
        cases += [random_case(random) for _ in range(AT_ONCE - len(cases))]
        spent["draw"] += time.perf_counter() - begun
        begun = time.perf_counter()
        answers = oracle(cases)
        spent["cedar"] += time.perf_counter() - begun
        begun = time.perf_counter()
        for case in cases:
            case.answer()
        spent["decide"] += time.perf_counter() - begun
        asked += zip(cases, answers, strict=True)
    return asked, spent


def changes():
    """Every permission with one word more or less; what nobody may, allowed to all at home."""
    anybody = {name: frozenset(words) for name, words in WORDS.items()}
    at_home = Permission(**{**anybody, "relations": (Relation.OWN,)})
    for pair, needed in permissions.PERMISSIONS.items():
        if needed is None:
            yield pair, "allowed", at_home
            continue
        for name, word in ((name, word) for name, words in WORDS.items() for word in words):
            changed = set(getattr(needed, name)) ^ {word}
            kept = tuple(each for each in WORDS[name] if each in changed)
            value = kept if name == "relations" else frozenset(kept)
            yield pair, f"{name} {word}", replace(needed, **{name: value})


def survivors(asked):
    """The changes that no question finds, and how many changes there were."""
    by_pair, kept, left, made = defaultdict(list), permissions.PERMISSIONS, [], 0
    for case, allowed in asked:
        by_pair[case.thing.kind, case.action].append((case, allowed))
    for pair, what, changed in changes():
        made += 1
        permissions.PERMISSIONS = MappingProxyType({**kept, pair: changed})
        if not any(disagreement(*each, permissions.FIELDS) for each in by_pair[pair]):
            left.append(f"{pair[1]} of {pair[0]}: {what}")
    permissions.PERMISSIONS = kept
    return left, made


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    asked, spent = ask(count)
    found = [what for each in asked if (what := disagreement(*each, permissions.FIELDS))]
    allowed = sum(case.action in answers for case, answers in asked)
    print(f"{len(asked):,} questions, {allowed:,} allowed, {len(found)} disagreements {found[:5]}")
    print(", ".join(f"{what} {seconds:.1f} s" for what, seconds in spent.items()))
    left, made = survivors(asked)
    print(f"{made - len(left):,} of {made:,} changes of one word found; not found:")
    print("\n".join(f"  {each}" for each in left))


if __name__ == "__main__":
    main()
