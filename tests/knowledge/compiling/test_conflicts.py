"""Packs that contradict each other: nobody is first, and nobody speaks for another."""

from __future__ import annotations

import pytest

from countermark.errors import SnapshotError
from countermark.knowledge.compiling import PackSource, build_snapshot
from countermark.knowledge.reading import read_pack
from small_packs import CORE, TODAY, small

PRODUCTS = "style_code,gtin,name,also,mark,category,colours,first_sold,last_sold,serial_rule\n"
PRICES = "style_code,currency,condition,pack_size,low,typical,high,valid_from,valid_to\n"
SAME = "9521234500018"


def brand(id_, mark, *, style="A-1", gtin="", low="", of="", **more):
    """A pack of one mark with one product, of that mark unless another is said, and perhaps its price."""
    files = {
        "marks.toml": f'[[mark]]\nid = "{mark}"\nkind = "word"\ntext = "{mark}"\n',
        "products.csv": f"{PRODUCTS}{style},{gtin},Model {mark},,{of or mark},toys.figure,,,,\n",
        **more,
    }
    if low:
        files["prices.csv"] = f"{PRICES}{style},EUR,new,1,{low},200.00,300.00,2026-01-01,\n"
    return read_pack(small(id_, files))


def built(*packs):
    sources = [PackSource(pack=pack, sha256="0" * 64) for pack in (read_pack(CORE), *packs)]
    return build_snapshot(sources, vocabulary=["nova"], as_of=TODAY)


def test_the_same_style_code_of_two_issuers_is_two_styles():
    goods = built(brand("a.x", "aa", low="100.00"), brand("b.x", "bb", low="50.00")).goods
    assert goods.band[:, 0].tolist() == [100_00, 50_00]
    assert (goods.band_key >> 23).tolist() == [0, 1]


def test_a_band_of_somebody_else_is_not_a_band():
    goods = built(brand("a.x", "aa"), brand("b.x", "bb", low="50.00")).goods
    assert (goods.band_key >> 23).tolist() == [1]


def test_two_packs_of_one_issuer_may_not_disagree_on_a_band():
    with pytest.raises(SnapshotError, match="two price bands for A-1 EUR new on one day"):
        built(brand("a.x", "aa", low="100.00"), brand("a.y", "ab", low="50.00"))


def test_a_gtin_of_two_brands_tells_neither_and_is_noted():
    snapshot = built(
        brand("a.x", "aa", gtin=SAME), brand("b.x", "bb", gtin=f"0{SAME}"), brand("c.x", "cc", gtin="95012346")
    )  # fmt: skip
    assert snapshot.goods.gtins == ("", "", "95012346")
    assert f"gtin {SAME} is on goods of several marks: it tells none of them" in snapshot.notes


def test_a_product_of_anothers_mark_is_refused():
    with pytest.raises(SnapshotError, match=r"b\.x: .* mark aa is not of this pack"):
        built(brand("a.x", "aa"), brand("b.x", "bb", of="aa"))


def test_a_name_of_anothers_mark_is_refused():
    alias = '[[alias]]\nmark = "aa"\ntext = "Zelkova"\nlang = "en"\nkind = "official"\nclass = "coined"\n'
    with pytest.raises(SnapshotError, match=r"b\.x: .* mark aa is not of this pack"):
        built(brand("a.x", "aa"), brand("b.x", "bb", **{"aliases.toml": alias}))


def test_a_name_of_two_brands_needs_an_anchor_of_each_and_is_noted():
    alias = '[[alias]]\nmark = "{}"\ntext = "Zelkova"\nlang = "en"\nkind = "official"\nclass = "coined"\n'
    packs = [brand(f"{m[0]}.x", m, **{"aliases.toml": alias.format(m)}) for m in ("aa", "bb")]
    snapshot = built(*packs)
    named = [snapshot.names.texts.index("Zelkova"), len(snapshot.names.texts)]
    assert snapshot.aliases.distinct[snapshot.names.ref[named[0]]] == 1
    assert "zelkova is claimed by aa, bb: each needs an anchor of its own" in snapshot.notes
