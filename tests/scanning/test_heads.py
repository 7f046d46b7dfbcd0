"""The head noun of a title says what is sold: in many languages, around "for" and "with", beside names and punctuation."""

from __future__ import annotations

import pytest

from countermark.scanning.looking import look_at


@pytest.fixture
def sold(listings, plan):
    """The kind of goods of one listing, and the style code of the product that it is held against."""

    def act(title, **more):
        batch = listings({"title": title, "condition": "new", **more})
        look = look_at(batch, plan.snapshot, plan.lookup)
        category = int(look.columns["category"][0])
        products = [look.snapshot.goods.style_codes[p] for p in look.product.tolist() if p >= 0]
        return look.snapshot.categories[category] if category >= 0 else "", products

    return act


@pytest.mark.parametrize(
    ("title", "category"),
    [
        # English, German, Chinese, Japanese, Korean, Turkish: the head stands last
        ("iPad charger", "electronics.charger"),
        ("Rolex watch box", "parts.packaging"),
        ("Louis Vuitton bag strap", "parts.strap"),
        ("Gucci belt buckle", "parts.spare"),
        ("Apple ink cartridge", "electronics.printer_supply"),
        ("Apple desktop memory module", "electronics.component"),
        ("Apple Watch band 42mm", "parts.strap"),
        ("Rolex Uhr Armband für Uhr", "parts.strap"),
        ("Apple Laptop Ladegerät", "electronics.charger"),
        ("苹果平板电脑充电器", "electronics.charger"),
        ("劳力士手表 表盒", "parts.packaging"),
        ("ロレックス 腕時計 ベルト 時計用バンド", "parts.strap"),
        ("아이폰 휴대폰 충전기", "electronics.charger"),
        ("Rolex saat kordonu", "parts.strap"),
        # Russian, Spanish, French, Italian, Portuguese, Indonesian, Vietnamese, Thai, Arabic: it stands first
        ("чехол iPhone кожа часы", "parts.case"),
        ("correa reloj Rolex", "parts.strap"),
        ("bracelet de montre Rolex", "parts.strap"),
        ("montre Rolex bracelet de montre cuir", "watches.watch"),
        ("custodia borsa Gucci", "parts.case"),
        ("capa celular iPhone tablet", "parts.case"),
        ("tali jam tangan Rolex", "parts.strap"),
        ("dây đồng hồ Rolex", "parts.strap"),
        ("เคสโทรศัพท์ iPhone", "parts.case"),
        ("كفر ايفون جوال", "parts.case"),
    ],
)
def test_the_head_stands_where_the_language_puts_it(sold, title, category):
    assert sold(title)[0] == category


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("case for Apple phone", "parts.case"),
        ("funda para teléfono Apple", "parts.case"),
        ("чехол для телефона Apple", "parts.case"),
        ("étui pour tablette Apple", "parts.case"),
        ("Hülle für Apple Handy", "parts.case"),
        ("custodia per tablet Apple", "parts.case"),
        ("苹果手机用保护壳", "parts.case"),
        ("保护壳适用苹果手机", "parts.case"),
        ("アップル スマホ用ケース", "parts.case"),
        ("애플 휴대폰용 케이스", "parts.case"),
        ("Apple telefon için kılıf", "parts.case"),
        ("For Apple phone silicone case", "parts.case"),
    ],
)
def test_what_the_goods_fit_is_not_sold(sold, title, category):
    assert sold(title)[0] == category


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("Nike shoes with box and dust bag", "footwear.sneaker"),
        ("Rolex watch without box, gift box", "watches.watch"),
        ("Gucci Tasche mit Geschenkbox", "bags.handbag"),
        ("sac Gucci avec pochon", "bags.handbag"),
        ("bolso Gucci sin caja de regalo", "bags.handbag"),
        ("Gucci bag, gift box included", "bags.handbag"),
        ("Gucci handbag dust bag included", "bags.handbag"),
        ("グッチ バッグ 保存袋 付き", "bags.handbag"),
        ("구찌 가방 더스트백 포함", "bags.handbag"),
        ("Nike hat and leather gloves", "accessories.hat"),
        ("Apple camera and camcorder tripod", "parts"),
        ("Gucci bag - leather strap", "bags.handbag"),
        ("Rolex 手表，包装盒", "watches.watch"),
        ("Rolex watch/gift box", "watches.watch"),
        ("Nike T-shirt", "apparel.tshirt"),
        ("Apple iPhone USB C cable", "electronics.cable"),
    ],
)
def test_what_comes_along_or_in_a_later_clause_is_not_the_goods(sold, title, category):
    assert sold(title)[0] == category


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("Strap Rolex watch", "parts.strap"),
        ("Laptop Apple charger", "electronics.charger"),
        ("Nike shoes Gucci bag", "footwear.sneaker"),
        ("Rolex watch repair", "repair"),
        ("Watch repair, Rolex watch", "repair"),
    ],
)
def test_a_name_begins_a_phrase_and_goods_made_for_others_go_first(sold, title, category):
    assert sold(title)[0] == category


@pytest.mark.parametrize(
    ("title", "product"),
    [
        ("Apple iPad", ["apple:ipad"]),
        ("Apple iPad tablet", ["apple:ipad"]),
        ("Apple iPad charger", ["apple:any:electronics.charger"]),
        ("cargador Apple iPad", ["apple:any:electronics.charger"]),
        ("Rolex Submariner watch", ["rolex:submariner"]),
        ("Rolex Submariner watch box", []),
        ("Rolex Submariner", ["rolex:submariner"]),
        ("Louis Vuitton Neverfull wallet", ["louis-vuitton:any:bags.wallet"]),
    ],
)
def test_a_model_is_meant_only_where_the_head_noun_is_of_its_kind(sold, title, product):
    assert sold(title)[1] == product


@pytest.mark.parametrize(
    ("title", "stated", "category"),
    [
        ("Apple iPad", "electronics.phone", "electronics.phone"),
        ("Apple charger", "electronics.phone", "electronics.charger"),
        ("Apple phone", "electronics", "electronics.phone"),
        ("Rolex watch", "bags.handbag", "bags.handbag"),
        ("Nike shoes", "Jackets", "apparel.jacket"),
        ("iPhone silicone case", "Phones / Mobile phones", "parts.case"),
    ],
)
def test_a_stated_category_yields_to_a_closer_noun_and_to_goods_made_for_others(
    sold, title, stated, category
):
    assert sold(title, category=stated)[0] == category


def test_a_price_is_not_held_against_goods_that_only_lie_above(sold):
    assert sold("Apple iPad keyboard")[1] == ["apple:any:electronics"]
    assert sold("Apple iPad photo paper")[1] == []
