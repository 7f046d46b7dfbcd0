import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.features.contacts import contacts, may_have_contacts


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("add wechat: fakeshop88", "wechat"), ("加微信 abc12345 看货", "wechat"), ("加V❤ shop_8899", "wechat"), ("vx: kicks2026", "wechat"),
        ("WhatsApp +86 138 0013 8000", "whatsapp"), ("ватсап +7 912 345-67-89", "whatsapp"), ("t.me/best_reps", "telegram"),
        ("mail me: shop (at) example (dot) com", "email"), ("see www.example-shop.com", "url"), ("wa +1 - 555 - 0159 - 608", "phone"), ("call 1 3 8 0 0 1 3 8 0 0 0", "phone"),
        ("一三八零零一三八零零零", "phone"), ("visit kicks dot com", "url"),
    ],
)  # fmt: skip
def test_ways_out_of_the_marketplace_are_seen(text, kind):
    assert kind in {found.kind for found in contacts(text)}


@pytest.mark.parametrize(
    "text",
    [
        "size 42 EU, 8.5 US",
        "model AB1234-567",
        "2026-11-24",
        "Igual às fotos. Com garantia",
        "neat stitching. Top quality",
        "at weekends. The surface is smooth",
        "Nike Air Max 90",
        "price 199.00",
        "ISBN 978",
        "Nike Roshe 844994-002",
        "Tissot T091.420.47.057.00",
        "602956008606",
        "logitech 910-000872",
        "Asus R510VX-DM534T i7-7700HQ",
    ],
)
def test_sizes_models_and_dates_are_no_contacts(text):
    assert contacts(text) == []


@pytest.mark.parametrize(
    ("text", "evasive"),
    [("+49 170 1234567", False), ("1*3*8*0*0*1*3*8*0*0*0", True), ("www.shop.com", False)],
)
def test_a_contact_written_to_escape_is_told_from_a_plain_one(text, evasive):
    assert contacts(text)[0].evasive is evasive


PIECES = (
    "wechat", "wei xin", "微信", "加 V", "v❤", "vx", "WX", "卫星号", "WhatsApp", "w-app", "ватсап", "واتس آب", "telegram", "tg", "t.me/", "电报",
    "id", "号", "@", "＠", " at ", "(at)", "[at]", ".", " dot ", "(dot)", "[dot]", "com", "cc", "vip", "shop", "ru", "https://", "www . ", "mail",
    "+", "0", "1", "3", "8", "①", "⑧", "一", "三", "８", "零", "壹", " ", "-", "·", "*", "(", ")", "/", "_", "abcde", "kicks2026", "\u00a0", "\u3000", "．", "（", "…", "㏂", "𝟗", "ⓦ", "ﻮﺍﺗﺲ", "：", "é", "İ", "ſ", "ﬀ",
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=16).map("".join))
def test_the_cheap_test_of_a_column_passes_whatever_has_a_contact(text):
    assert may_have_contacts(pa.array([text]))[0] or not contacts(text)


def test_a_text_full_of_contacts_is_read_as_fast_as_another():
    text = "wechat nikeshop1 +86 138 0013 8000 " * 3000
    found = contacts(text)
    assert len(found) == 6000
    assert len({c.start for c in found}) == len(found)
