"""One-time codes by RFC 6238."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from countermark.adapters.identity import TotpCodes

NOW = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
SECRET = b"12345678901234567890"  # of the RFC
CODES = TotpCodes()


@pytest.mark.parametrize(
    ("unix", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(unix, code):
    assert CODES.step_of(SECRET, code, datetime.fromtimestamp(unix, UTC)) == unix // 30


@pytest.mark.parametrize(
    ("late_s", "works"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_code_works_one_step_before_and_after_its_own(late_s, works):
    code = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").at(NOW)
    step = CODES.step_of(SECRET, code, NOW + timedelta(seconds=late_s))
    assert step == (int(NOW.timestamp()) // 30 if works else None)


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "1" * 10_000]
)
def test_what_is_not_six_digits_is_no_code(code):
    assert CODES.step_of(SECRET, code, NOW) is None


def test_a_code_may_be_typed_as_apps_show_it():
    code = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").at(NOW)
    assert CODES.step_of(SECRET, f" {code[:3]} {code[3:]} ", NOW) is not None


def test_an_app_reads_the_secret_from_the_address():
    totp = pyotp.parse_uri(CODES.address(SECRET, "ada@example.org"))
    assert (totp.byte_secret(), totp.name, totp.issuer) == (
        SECRET,
        "ada@example.org",
        "Countermark",
    )
