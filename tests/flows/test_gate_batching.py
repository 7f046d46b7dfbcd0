"""However submissions are ordered and batched, the same is kept as one by one."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.domain.commitments import NOTHING
from gate_parts import TITLES, Gate, SeededChance, gate_knowledge, keeping_in, kept_in, sent

TITLE = st.sampled_from([*TITLES, "Nike Air Max 90 shoes blue", "plain cotton shirt blue"])
SENT = st.tuples(
    st.sampled_from(["l1", "l2"]),
    st.sampled_from(["a.example", "b.example"]),
    TITLE,
    st.integers(0, 2),
)


@st.composite
def plays(draw):
    """Submissions; the same in an order that keeps that of each listing; and where its batches end."""
    one = draw(st.lists(SENT, min_size=1, max_size=9))
    queues: dict[tuple[str, str], list] = {}
    for each in one:
        queues.setdefault(each[:2], []).append(each)
    other = []
    while queues:
        key = draw(st.sampled_from(sorted(queues)))
        other.append(queues[key].pop(0))
        if not queues[key]:
            del queues[key]
    return one, other, sorted(draw(st.sets(st.integers(1, 9))))


@pytest.fixture(scope="module")
def place(tmp_path_factory, plan, snapshot):
    """A gate over one file, in which each play has members of its own."""
    keeping = keeping_in(tmp_path_factory.mktemp("plays"))
    yield Gate(knowledge=gate_knowledge(plan, snapshot), keeping=keeping), itertools.count(1)
    keeping.records.close()


def outcome(gate, member):
    """What is kept of a member, apart from references, times and nonces."""
    kept = kept_in(gate.keeping.records, (member,))
    latest = {}
    for key, known in kept.latest.items():
        said, seen = known.kept.decision, known.sighting
        latest[key[1:]] = (
            seen.digest, seen.previous is None, said.action, said.risk_milli, said.claim, said.mark, said.grounds,
            said.edits, said.findings, said.previous is None,
        )  # fmt: skip
    cases = {key[1:]: (case.state, case.risk_milli) for key, case in kept.cases.items()}
    mine = [event for event in kept.events if event.member == member]
    told = sorted((event.type, event.reason, event.before == NOTHING) for event in mine)
    return latest, cases, told, sum(message.member == member for message in kept.messages)


def play(place, submissions, ends):
    """The outcome of a new member's submissions in batches that end there."""
    gate, numbers = place
    number = next(numbers)
    member = f"play{number}"
    gate = replace(gate, keeping=replace(gate.keeping, chance=SeededChance(number)))
    batch = [
        sent(listing, title, venue=venue, stock=stock, member=member)
        for listing, venue, title, stock in submissions
    ]
    for begin, end in itertools.pairwise(
        [0, *(end for end in ends if end < len(batch)), len(batch)]
    ):
        gate(*batch[begin:end])
    return outcome(gate, member)


@settings(max_examples=40, deadline=None)
@given(plays())
def test_order_and_batching_make_no_difference(place, drawn):
    one, other, ends = drawn
    assert play(place, other, ends) == play(place, one, range(1, len(one)))
