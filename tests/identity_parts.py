"""What tests of people's flows work with: real records and adapters, a clock that tests set, and people."""

from __future__ import annotations

import secrets
from base64 import b32encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import parse_qs, urlsplit

import msgspec
import pyotp

from authenticator import Authenticator
from countermark.adapters.identity import AesVault, Argon2Hasher, Passkeys, Site, TotpCodes
from countermark.domain.members import Member
from countermark.flows.accept_invitation import (
    ByPasskey,
    ByPassword,
    Joining,
    accept_invitation,
    open_invitation,
)
from countermark.flows.identity import ActingPerson, Visit
from countermark.flows.invite_person import invite_person
from countermark.flows.sign_in import (
    begin_passkey,
    sign_in_by_code,
    sign_in_by_passkey,
    sign_in_by_password,
)
from countermark.ports import Means

PASSWORD = "correct horse battery"
ADMIN = ActingPerson(ref="system", may=lambda *_: True)
NOBODY = ActingPerson(ref="f" * 32, may=lambda *_: False)
MEMBER = "a" * 32
HERE = Visit(address="192.0.2.1", purpose="enforcement")


@dataclass
class SetClock:
    """A clock that stands until it is moved."""

    moment: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def now(self):
        return self.moment

    def move(self, seconds):
        self.moment += timedelta(seconds=seconds)


class RisingChance:
    """References that rise, and real secrets."""

    def __init__(self):
        self._next = count(1)

    def refs(self, count):
        return [f"{next(self._next):032x}" for _ in range(count)]

    def nonces(self, count):
        return [secrets.token_bytes(16) for _ in range(count)]

    def secret(self):
        return secrets.token_urlsafe(32)


class SlowHasher(Argon2Hasher):
    """A hasher during whose work something else happens, once."""

    def __init__(self, meanwhile):
        super().__init__(memory_kib=64, passes=1)
        self.meanwhile = [meanwhile]

    def hashed(self, password):
        self._happens()
        return super().hashed(password)

    def matches(self, hashed, password):
        self._happens()
        return super().matches(hashed, password)

    def _happens(self):
        if self.meanwhile:
            self.meanwhile.pop()()


def means_of(records, **other):
    """Everything, with little work for each password."""
    site = Site(
        domain="marks.example.org", name="Countermark", origins=("https://marks.example.org",)
    )
    parts = {
        "records": records, "clock": SetClock(), "chance": RisingChance(), "vault": AesVault([bytes(32)]),
        "passwords": Argon2Hasher(memory_kib=64, passes=1), "codes": TotpCodes(), "passkeys": Passkeys(site),
    }  # fmt: skip
    means = Means(**parts | other)
    with records.writing() as unit:
        unit.members.add(
            Member(ref=MEMBER, kind="brand", name="Acme", created_at=means.clock.now())
        )
    return means


@dataclass
class Somebody:
    """A person, and what they hold to sign in."""

    means: Means
    email: str
    person: object = None
    secret: bytes = b""
    device: Authenticator = field(default_factory=Authenticator)

    def code(self):
        return pyotp.TOTP(b32encode(self.secret).decode()).at(self.means.clock.now())

    def begin(self, password=PASSWORD, visit=HERE):
        return sign_in_by_password(self.email, password, visit=visit, means=self.means).token

    def by_password(self, visit=HERE):
        """Signed in, at the next step of the clock, since each code works once."""
        self.means.clock.move(30)
        return sign_in_by_code(self.begin(visit=visit), self.code(), visit=visit, means=self.means)

    def by_passkey(self, visit=HERE):
        begun = begin_passkey(visit=visit, means=self.means)
        return sign_in_by_passkey(
            begun.token, self.device.sign(begun.question), visit=visit, means=self.means
        )


def secret_of(offer):
    """What an app reads."""
    return pyotp.parse_uri(offer.one_time).byte_secret()


def invited(means, email="ada@example.org", roles=("admin",)):
    return invite_person(
        email, member=MEMBER, roles=frozenset(roles), actor=ADMIN, means=means
    ).token


def joined(means, email="ada@example.org", *, roles=("admin",), passkey=False):
    """Somebody who accepted an invitation, by password and codes or by passkey."""
    token = invited(means, email, roles)
    offer = open_invitation(token, visit=HERE, means=means)
    one = Somebody(means=means, email=email, secret=secret_of(offer))
    shown = (
        ByPasskey(answer=one.device.register(offer.passkey), name="phone")
        if passkey
        else ByPassword(password=PASSWORD, code=one.code())
    )
    one.person = accept_invitation(
        token, offer.token, joining=Joining(name="Ada", shown=shown), visit=HERE, means=means
    )
    return one


def events_of(means):
    """All events, the oldest first."""
    with means.records.reading() as unit:
        return [msgspec.json.decode(body) for _, body in unit.journal.after(0, 10_000)]


def state_of(address):
    return parse_qs(urlsplit(address).query)["state"][0]
