"""Edits: what changed, and whether other goods stand in a listing's place."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.decision.edits import KEPT_SHARE, SWITCHED, edits_between, kept_share
from countermark.domain.offers import CONTENT, NOT_CONTENT, Offer
from offer_texts import offers

SAME_GOODS = [
    ("Nike Air Max 90 shoes", "NIKE air max 90 shoes NEW"), ("Niek Airmax", "Nike Air Max"), ("Handtashce", "Handtasche"),
    ("Louis Vuiton bag", "Louis Vuitton handbag, brown"), ("Shoes", "Nike Air Max 90 shoes"), ("café crème", "cafe\u0301 creme\u0300"),
    ("ＮＩＫＥ　ｓｈｏｅｓ", "nike trainers"), ("耐克运动鞋男款", "耐克男款运动鞋 全新"), ("Nike鞋", "nike 鞋"), ("nike运动鞋", "Nike 运动 鞋 42"),
    ("ナイキ スニーカー", "ナイキ スニカー"), ("ﾅｲｷ ｽﾆｰｶｰ", "ナイキ スニーカー"), ("ルイヴィトン バッグ", "ルイヴィトンのバッグ 中古"),
    ("나이키 운동화 정품", "나이키 운동화를 팝니다"), ("구찌 가방", "구찌가방 정품"), ("Кроссовки мужские", "Кросовки мужские 42"),
    ("Сумка женская", "сумки женская кожа"), ("𠮷野家のシャツ", "𠮷野家 シャツ"), ("!!!", "???"),
]  # fmt: skip
OTHER_GOODS = [
    ("Phone case, black", "Rolex watch gold"), ("cotton shirt white", "leather wallet"),
    ("手机壳 黑色", "劳力士手表"), ("耐克运动鞋男", "阿迪达斯女士手提包"), ("スマホケース", "ロレックス 腕時計"), ("휴대폰 케이스", "롤렉스 시계 정품"),
    ("Чехол для телефона", "Часы мужские Ролекс"), ("🔥🔥", "Nike shoes"),
]  # fmt: skip


def offer(title="t", **given):
    return Offer(listing_id="a", title=title, **given)


@pytest.mark.parametrize(("before", "after"), SAME_GOODS)
def test_a_slip_a_space_or_a_word_more_is_no_switch(before, after):
    assert kept_share(before, after) >= KEPT_SHARE
    assert edits_between(offer(before), offer(after)) == ("title",)
    assert edits_between(offer(after), offer(before)) == ("title",)


@pytest.mark.parametrize(("before", "after"), OTHER_GOODS)
def test_other_goods_are_a_switch(before, after):
    assert edits_between(offer(before), offer(after)) == (SWITCHED, "title")
    assert edits_between(offer(after), offer(before)) == (SWITCHED, "title")


@pytest.mark.parametrize(
    ("name", "before", "after", "switched"),
    [
        ("brand", "Nike", "NIKE", False), ("brand", "Adiddas", "Adidas", False), ("brand", "Louis-Vuitton", "Louis Vuitton ", False),
        ("brand", "Nike", "Nike, Inc.", False), ("brand", "Nike", "Adidas", True), ("brand", None, "Nike", False), ("brand", "Nike", "", False),
        ("brand", "耐克", "阿迪达斯", True), ("brand", "Нике", "Найк", True),
        ("category", "bags", "bags.handbag", False), ("category", "bags.handbag", "bags.tote", True), ("category", "bag", "bags", True),
        ("gtin", "400 638-1333931", "4006381333931", False), ("gtin", "4006381333931", "4006381333948", True),
        ("style_code", "cw2288-111", "CW2288 111", False), ("style_code", "CW2288-111", "CW2288-112", True),
        ("colour", "red", "blue", False), ("price", "1.00", "900.00", False), ("serial", "1", "2", False),
    ],
)  # fmt: skip
def test_another_kind_of_goods_make_or_model_is_a_switch_and_another_spelling_is_not(
    name, before, after, switched
):
    said = (SWITCHED, name) if switched else (name,)
    assert edits_between(offer(**{name: before}), offer(**{name: after})) == said
    assert edits_between(offer(**{name: after}), offer(**{name: before})) == said


@settings(max_examples=150, deadline=None)
@given(offers(), offers())
def test_edits_name_what_differs_whichever_way(before, after):
    there, back = edits_between(before, after), edits_between(after, before)
    differing = [name for name in CONTENT if getattr(before, name) != getattr(after, name)]
    assert [name for name in there if name != SWITCHED] == differing
    assert there == back
    assert there[:1] == (SWITCHED,) or SWITCHED not in there


@given(offers())
def test_nothing_is_an_edit_of_itself_whatever_the_stock(offer):
    other = msgspec.structs.replace(offer, **dict.fromkeys(NOT_CONTENT))
    assert edits_between(offer, offer) == edits_between(offer, other) == ()


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_two_titles_share_is_a_share_whichever_way(one, other):
    assert 0 <= kept_share(one, other) <= 1
    assert kept_share(one, other) == kept_share(other, one)
    assert kept_share(one, one) == 1


@pytest.mark.parametrize("title", ["", " ", "!?", "🔥"])
def test_titles_without_a_word_share_all_or_nothing(title):
    assert kept_share(title, "") == 1
    assert kept_share(title, "nike shoes") == 0


def letters(first, size):
    return "".join(chr(first + k % 4_000) for k in range(size))


LONG = {
    "words": (" ".join(f"abcd{k:x}efgh" for k in range(500)), " ".join(f"ijkl{k:x}mnop" for k in range(500))),
    "one word": ("ab" * 2_500, "cd" * 2_500), "letters": ("a b " * 1_250, "c d " * 1_250),
    "near words": ("abcdefgh " * 500, "zyxwvuts " * 500), "chinese": (letters(0x4E00, 5_000), letters(0x6000, 5_000)),
    "ligatures": ("ﷺ" * 5_000, "ﷻ" * 5_000), "two words of letters": ("x" * 2_499 + " " + "y" * 2_500, "v" * 2_499 + " " + "w" * 2_500),
}  # fmt: skip


@pytest.mark.parametrize("kind", LONG)
def test_endless_titles_try_nobodys_patience(kind):
    before, after = (title[:5_000] for title in LONG[kind])
    kept_share(before, after)
    begun = time.perf_counter()
    kept_share(before, after)
    assert time.perf_counter() - begun < 0.1
