"""Questions about figures, goods and places answer true, false or unknown: one table of cases an operator."""

from __future__ import annotations

from operator_tables import TITLE, cases

EUR = {"currency": "EUR", "condition": "new"}


BELOW = {"op": "price", "below": 0.45}


@cases(
    ({**EUR, "price_minor": 5354}, BELOW, True),
    ({**EUR, "price_minor": 5355}, BELOW, False),
    ({**EUR, "price_minor": 10_700, "pack_size": 2}, BELOW, True),
    ({**EUR, "price_minor": 10_720, "pack_size": 2}, BELOW, False),
    ({**EUR, "price_minor": 30_000}, {"op": "price", "above": 2}, True),
    ({**EUR, "price_minor": 20_000}, {"op": "price", "above": 2}, False),
    ({**EUR, "price_minor": 6_000}, BELOW | {"of": "band.typical"}, True),
    ({**EUR, "price_minor": 6_000}, BELOW | {"of": "category_median"}, None),
    (EUR, BELOW, None),
    ({**EUR, "price_minor": 3900, "currency": "USD"}, BELOW, None),
    ({**EUR, "price_minor": 3900, "currency": None}, BELOW, None),
    ({**EUR, "price_minor": 3900, "condition": None}, BELOW, None),
    ({**EUR, "price_minor": 3900, "condition": "refurbished"}, BELOW, None),
    ({**EUR, "price_minor": 3900, "condition": "used"}, BELOW, False),
    ({**EUR, "price_minor": 3900, "title": "Korvane socks"}, BELOW, None),
)
def test_price(answer, listing, signal, says):
    assert answer(listing, signal) is says


YOUNG = {"op": "number", "field": "seller_age_days", "lt": 30}


@cases(
    ({"seller_age_days": 29}, YOUNG, True),
    ({"seller_age_days": 30}, YOUNG, False),
    ({}, YOUNG, None),
    ({"stock": 0}, {"op": "number", "field": "stock", "eq": 0}, True),
    ({"stock": 5}, {"op": "number", "field": "stock", "ge": 5, "le": 5}, True),
    ({"stock": 5}, {"op": "number", "field": "stock", "gt": 5}, False),
    ({"seller_rating": 0.5}, {"op": "number", "field": "seller_rating", "lt": 0.6}, True),
    ({}, {"op": "number", "field": "title_length", "eq": len(TITLE)}, True),
    ({}, {"op": "number", "field": "description_length", "ge": 0}, None),
    ({"description": ""}, {"op": "number", "field": "description_length", "eq": 0}, True),
    ({}, {"op": "number", "field": "marks_in_title", "eq": 1}, True),
    ({}, {"op": "number", "field": "pack_size", "eq": 1}, True),
    ({"title": "3 pcs Korvane socks"}, {"op": "number", "field": "pack_size", "eq": 3}, True),
)
def test_number(answer, listing, signal, says):
    assert answer(listing, signal) is says


@cases(
    ({"category": "bags.rucksack"}, {"op": "category", "is": ["bags.rucksack"]}, True),
    ({"category": "bags.rucksack"}, {"op": "category", "is": ["bags"]}, True),
    ({"category": "bags.rucksack"}, {"op": "category", "is": ["parts"]}, False),
    ({"category": "bags.rucksack"}, {"op": "category", "is": ["bags"], "not": ["bags.rucksack"]}, False),
    ({"category": "bags.rucksack"}, {"op": "category", "not": ["parts"]}, True),
    ({"title": "Korvane jacket"}, {"op": "category", "is": ["apparel"]}, True),
    ({"title": "Korvane Xyz"}, {"op": "category", "is": ["apparel"]}, None),
    ({"title": "Korvane Xyz"}, {"op": "category", "not": ["apparel"]}, None),
)  # fmt: skip
def test_category(answer, listing, signal, says):
    assert answer(listing, signal) is says


NEW = {"op": "condition", "is": ["new", "open_box"]}


@cases(
    ({"condition": "new"}, NEW, True),
    ({"condition": "used"}, NEW, False),
    ({}, NEW, None),
    ({"title": "brand new Korvane rucksack"}, NEW, True),
    ({"title": "Korvane rucksack", "description": "worn once"}, NEW, False),
    ({"condition": "new", "description": "worn once"}, NEW, True),
    ({}, {"op": "condition", "is": ["unknown"]}, True),
    ({"condition": "new"}, {"op": "condition", "is": ["unknown"]}, False),
    ({}, {"op": "condition", "is": ["used", "unknown"]}, True),
)
def test_condition(answer, listing, signal, says):
    assert answer(listing, signal) is says


@cases(
    ({"market": "DE"}, {"op": "place", "market": ["DE", "AT"]}, True),
    ({"market": "FR"}, {"op": "place", "market": ["DE", "AT"]}, False),
    ({}, {"op": "place", "market": ["DE"]}, None),
    ({"ships_from": "CN", "language": "en"}, {"op": "place", "ships_from": ["CN"], "language": ["en"]}, True),
    ({"ships_from": "CN", "language": "de"}, {"op": "place", "ships_from": ["CN"], "language": ["en"]}, False),
    ({"ships_from": "CN"}, {"op": "place", "ships_from": ["CN"], "language": ["en"]}, None),
    ({"market": "DE", "ships_from": "CN"}, {"op": "place", "abroad": True}, True),
    ({"market": "DE", "ships_from": "CN"}, {"op": "place", "abroad": False}, False),
    ({"market": "US", "ships_from": "US"}, {"op": "place", "abroad": True}, False),
    ({"market": "DE", "ships_from": "PL"}, {"op": "place", "abroad": True}, False),
    ({"market": "DE", "ships_from": "PL"}, {"op": "place", "abroad": False}, True),
    ({"market": "DE", "ships_from": "GB"}, {"op": "place", "abroad": True}, True),
    ({"market": "DE"}, {"op": "place", "abroad": True}, None),
    ({"ships_from": "CN"}, {"op": "place", "abroad": False}, None),
    ({"market": "DE", "ships_from": "CN"}, {"op": "place", "abroad": True, "market": ["FR"]}, False),
)  # fmt: skip
def test_place(answer, listing, signal, says):
    assert answer(listing, signal) is says


@cases(
    ({"brand": "Korvane"}, {"op": "maker", "is": ["same"]}, True),
    ({"brand": "Kоrvane"}, {"op": "maker", "is": ["same"]}, True),
    ({"brand": "Korvane"}, {"op": "maker", "is": ["other", "other_mark", "nobody"]}, False),
    ({"brand": "Tallow 400"}, {"op": "maker", "is": ["other_mark"]}, True),
    ({"brand": "Tallow 400"}, {"op": "maker", "is": ["same", "other"]}, False),
    ({"brand": "Nordhal"}, {"op": "maker", "is": ["other"]}, True),
    ({"brand": "Nordhal"}, {"op": "maker", "is": ["same", "other_mark", "nobody"]}, False),
    ({"brand": "no brand"}, {"op": "maker", "is": ["nobody"]}, True),
    ({"brand": "Unbranded/Generic"}, {"op": "maker", "is": ["nobody"]}, True),
    ({"brand": "ノーブランド品"}, {"op": "maker", "is": ["nobody"]}, True),
    ({"brand": "OEM by Korvane"}, {"op": "maker", "is": ["nobody"]}, False),
    ({"brand": "Nordhal"}, {"op": "maker", "is": ["other", "nobody"]}, True),
    ({"brand": "Nordhal"}, {"op": "maker", "is": ["nobody"], "list": "core.replica_slang"}, False),
    ({"brand": "replica"}, {"op": "maker", "is": ["nobody"], "list": "core.replica_slang"}, True),
    ({}, {"op": "maker", "is": ["same"]}, None),
    ({"brand": "  "}, {"op": "maker", "is": ["other"]}, None),
)  # fmt: skip
def test_maker(answer, listing, signal, says):
    assert answer(listing, signal) is says
