"""What people show to sign in, as records keep it, and what a password must be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 128
_MIN_DISTINCT: Final = 5
# Those of the commonest that are long enough to be typed here at all; others are refused by their length.
_COMMONEST: Final = """
123456789012 1234567890123 1234567890abc 123456789abc 0123456789ab 123qwe123qwe 1q2w3e4r5t6y 1qaz2wsx3edc
1qaz2wsx3edc4rfv qazwsxedcrfv qwertyuiop12 qwertyuiop123 qwertyuiop[] qwerty123456 qwerty1234567 qwertyqwerty
asdfghjkl123 asdfasdfasdf zxcvbnm12345 password1234 password12345 password123456 passwordpassword passw0rd1234
p@ssw0rd1234 p@ssword1234 mypassword123 iloveyou1234 iloveyouforever letmein12345 letmeinletmein welcome12345
administrator admin1234567 adminadmin123 changeme1234 changemenow12 countermark1 countermark123 unbelievable
abcdefghijkl abcdefgh1234 abcd12345678 trustno1trustno1 sunshine1234 princess1234 football1234 baseball1234
correcthorsebatterystaple monkeymonkey dragondragon superman1234 liverpool123
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeSecret:
    """What a person's one-time codes are made from.

    Attributes:
        sealed: the secret, as `ports.Vault` seals it for this person.
        last_step: the step of the last code that was used; only later ones work.
    """

    person: str
    member: str
    sealed: bytes
    last_step: int
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """What an authenticator told of a key that it made.

    Attributes:
        credential: the id by which the authenticator calls it.
        public_key: COSE.
    """

    credential: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A key pair of a person's device, of which we have the public half.

    Attributes:
        name: by which the person tells their devices apart.
        sign_count: as the authenticator last counted; 0 of those that do not count.
    """

    ref: str
    person: str
    member: str
    name: str
    credential: bytes
    public_key: bytes
    sign_count: int
    added_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdentity:
    """Who somebody is to a provider: both together never mean anybody else; an e-mail address may."""

    issuer: str
    subject: str


def password_fault(password: str, email: str) -> str | None:
    """What is wrong with a new password, in words that go after "the password"; None if nothing."""
    folded = password.strip().casefold()
    if len(password) < MIN_PASSWORD:
        return f"has {len(password)} characters; it needs {MIN_PASSWORD}"
    if len(password) > MAX_PASSWORD:
        return f"has {len(password)} characters; {MAX_PASSWORD} is the most"
    if folded in {email, email.partition("@")[0]}:
        return "is the e-mail address"
    if folded in _COMMONEST.split():
        return "is one of the commonest"
    if len(set(folded)) < _MIN_DISTINCT:
        return f"has fewer than {_MIN_DISTINCT} different characters"
    return None
