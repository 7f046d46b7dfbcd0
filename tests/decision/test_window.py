"""The window: what it counts, and how little it holds."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.decision.window import BUCKET_LISTINGS, BUCKETS, NONE, Tally, Window

SIZES = st.sampled_from(
    [0, 1, 7, 1_000, BUCKET_LISTINGS - 1, BUCKET_LISTINGS, BUCKET_LISTINGS + 1, 3 * BUCKET_LISTINGS]
)
TALLIES = st.builds(
    lambda size, acted, fired: Tally(
        listings=size, acted=min(acted, size), fired={rule: min(n, size) for rule, n in fired.items() if min(n, size)}
    ),
    SIZES, st.integers(0, 50), st.dictionaries(st.sampled_from("abc"), st.integers(1, 90), max_size=3),
)  # fmt: skip


def recount(tallies):
    """The same, counted plainly: full buckets of the last ones, and what came since the last was full."""
    buckets, filling = [], []
    for tally in tallies:
        filling.append(tally)
        if sum(each.listings for each in filling) >= BUCKET_LISTINGS:
            buckets.append(filling)
            filling = []
    some = [each for bucket in [*buckets[-BUCKETS:], filling] for each in bucket]
    fired = sum((Counter(each.fired) for each in some), Counter())
    return sum(each.listings for each in some), sum(each.acted for each in some), dict(fired)


@settings(deadline=None)
@given(st.lists(TALLIES, max_size=60))
def test_the_window_is_a_recount_of_the_last_listings(tallies):
    window = Window()
    for tally in tallies:
        window = window.after(tally)
        assert len(window.full) <= BUCKETS
        assert window.filling.listings < BUCKET_LISTINGS
    total = window.total
    assert (total.listings, total.acted, dict(total.fired)) == recount(tallies)


def test_the_window_forgets_nothing_of_its_span_and_everything_before_it():
    span, window = (
        BUCKETS * BUCKET_LISTINGS,
        Window().after(Tally(listings=1, acted=1, fired={"old": 1})),
    )
    step = Tally(listings=100, fired={"new": 1})
    for _ in range(span // 100 - 1):
        window = window.after(step)
    assert window.total.fired["old"] == 1
    for _ in range(BUCKET_LISTINGS // 100 + 1):
        window = window.after(step)
    assert window.total.fired["old"] == window.total.acted == 0
    assert span <= window.total.listings < span + BUCKET_LISTINGS


def test_a_window_is_a_value():
    before = Window()
    before.after(Tally(listings=5, acted=2, fired={"a": 5}))
    assert before == Window()
    assert dict(NONE.fired) == {}
