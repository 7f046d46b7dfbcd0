"""One-time codes by RFC 6238: six digits, 30 seconds, SHA-1, which all authenticator apps know."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import Final

import pyotp
from pyotp.exceptions import OTPVerificationError

_WINDOW: Final = 1  # steps before and after the present one
_SIX_DIGITS: Final = re.compile(r"[0-9]{6}")


class TotpCodes:
    """A `ports.OneTimeCodes`.

    Args:
        issuer: the name under which apps list the secret.
    """

    def __init__(self, issuer: str = "Countermark") -> None:
        self._issuer = issuer

    def step_of(self, secret: bytes, code: str, now: datetime) -> int | None:
        """See the port. One step before and after the present one will do."""
        digits = "".join(code[:20].split())
        if not _SIX_DIGITS.fullmatch(digits):
            return None
        try:
            totp = pyotp.TOTP(_text(secret))
            return totp.verify_and_get_timecode(digits, for_time=now, valid_window=_WINDOW)
        except OTPVerificationError:
            return None

    def address(self, secret: bytes, account: str) -> str:
        """See the port: an address of the form otpauth://."""
        totp = pyotp.TOTP(_text(secret))
        return totp.provisioning_uri(name=account, issuer_name=self._issuer)


def _text(secret: bytes) -> str:
    return base64.b32encode(secret).decode().rstrip("=")
