"""Small packs: a core of a few words, and a brand pack of which a test states what it is about."""

from __future__ import annotations

from datetime import date

import pytest

from countermark.knowledge.reading import read_pack
from countermark.testing.interpreter.comparing import comparison_of
from small_packs import small

DAY = date(2026, 11, 24)
CORE = {
    "categories.csv": "id,title\n" + "".join(f"{c},x\n" for c in ("bags", "bags.handbag", "bags.rucksack", "bags.wallet", "apparel", "apparel.jacket", "lighting", "lighting.headlamp", "repair", "electronics", "electronics.phone", "parts", "parts.case")),
    "nouns.csv": "category,lang,noun\nbags.handbag,en,bag\nbags.handbag,en,bags\nbags.wallet,en,wallet\nelectronics.phone,en,phone\nparts.case,en,case\n"
    "bags.rucksack,en,rucksack\nbags.rucksack,en,rucksacks\nbags.rucksack,zh,登山包\napparel.jacket,en,jacket\n",
    "terms.toml": "".join(
        f'[[list]]\nid = "{name}"\nnote = "x"\nmatch = "token"\nterms = {words}\n'
        for name, words in {
            "fit_before": '["for", "fits", "compatible with"]', "genuine_claim": '["genuine", "original"]', "replica_slang": '["replica"]', "cond_new": '["new", "brand new"]',
            "cond_used": '["used"]', "pack_unit": '["pcs"]', "included": '["with"]', "style_after": '["style", "inspired"]', "repair": '["repair"]', "wanted": '["wanted"]',
        }.items()
    ),
}  # fmt: skip
BRAND = {
    "marks.toml": '[[mark]]\nid = "bellissa"\nkind = "word"\ntext = "Bellissa"\n[[mark]]\nid = "tallow"\nkind = "word"\ntext = "Tallow"\n',
    "aliases.toml": """
[[alias]]
mark = "bellissa"
text = "Bellissa"
lang = "en"
kind = "official"
class = "coined"
[[alias]]
mark = "bellissa"
text = "ベリサ"
lang = "ja"
kind = "transliteration"
class = "coined"
[[alias]]
mark = "bellissa"
text = "Amber Nova"
lang = "en"
kind = "official"
class = "coined"
[[alias]]
mark = "tallow"
text = "Tallow"
lang = "en"
kind = "official"
class = "ambiguous"
anchors = { any_of = ["brand_attribute", "category:bags.handbag"] }
never_near = ["rendered beef fat"]
""",
    "products.csv": "style_code,gtin,name,also,mark,category,colours,first_sold,last_sold,serial_rule\n"
    "bellissa:any:electronics,,,,bellissa,electronics,,,,\nB-1,,Rosa Grande,,bellissa,bags.handbag,slate,2020-01-01,,\n",
    "prices.csv": "style_code,currency,condition,pack_size,low,typical,high,valid_from,valid_to\n"
    "bellissa:any:electronics,EUR,new,1,100.00,150.00,200.00,2026-01-01,\nB-1,EUR,new,1,100.00,150.00,200.00,2026-01-01,\n",
}


@pytest.fixture(scope="session")
def pack():
    """Reads a pack of these files of its public part."""

    def made(name, files, valid_from="2026-01-01"):
        return read_pack(small(name, files, valid_from=f"{valid_from}T00:00:00Z"))

    return made


@pytest.fixture(scope="session")
def core(pack):
    """Kinds of goods, their nouns and the word lists that rules ask for, a few words each."""
    return pack("core.small", CORE)


@pytest.fixture(scope="session")
def compared(pack, core):
    """The core and the brand pack with these rules and other files, compiled both ways."""

    def made(*rules, others=(), **files):
        given = {**BRAND, **{name.replace("_", "."): text for name, text in files.items()}}
        if rules:
            given["rules/rules.toml"] = "".join(rules)
        packs = [core, pack("brand.small", given), *others]
        return comparison_of(packs, vocabulary=["rendered", "beef", "nova"], as_of=DAY)

    return made
