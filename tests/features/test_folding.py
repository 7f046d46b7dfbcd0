import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.features.tokens import folded_text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Nike", "nike"), ("NIKE", "nike"), ("Ｎｉｋｅ", "nike"), ("Nіkе", "nike"), ("𝓝𝓲𝓴𝓮", "nike"), ("🅽🅸🅺🅴", "nike"),
        ("ɴɪᴋᴇ", "nike"), ("N\u200bi\u00adke", "nike"), ("\u202eNike\u202c", "nike"), ("Hermès", "hermes"), ("Straße", "strasse"),
        ("Nike™", "nike"), ("ΝΙΚΕ", "nike"), ("n@ke", "nake"), ("$amsung", "samsung"), ("$50", "50"), ("N.i.k.e", "n i k e"),
        ("愛馬仕", "爱马仕"), ("るいゔぃとん", "ルイヴイトン"), ("ﾙｲｳﾞｨﾄﾝ", "ルイヴイトン"), ("ﾊﾟﾅｿﾆｯｸ", "パナソニツク"), ("耐克鞋nike", "耐克鞋 nike"), ("٣٤", "34"),
        ("iPhone13", "iphone13"), ("أديداس", "اديداس"), ("", ""), ("!!!", ""),
    ],
)  # fmt: skip
def test_disguises_come_off(text, folded):
    assert folded_text(text) == folded


@given(st.text(max_size=80))
def test_case_makes_no_difference_to_latin_and_cyrillic(text):
    plain = "".join(c for c in text if c.isascii() or "а" <= c.lower() <= "я")
    assert folded_text(plain.upper()).replace(" ", "") == folded_text(plain.lower()).replace(
        " ", ""
    )


@given(st.text(max_size=200))
def test_any_text_folds_without_control_or_invisible_characters(text):
    folded = folded_text(text)
    assert "\u200b" not in folded
    assert all(c == " " or not c.isspace() for c in folded)
