"""What shows who somebody is: passwords, one-time codes, passkeys, providers; and what keeps secrets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from countermark.domain.credentials import NewPasskey, OpenIdentity, Passkey
from countermark.domain.limits import BucketLimit, FailureLimit
from countermark.domain.people import Person
from countermark.ports.records import Keeping


class PasswordHasher(Protocol):
    """Slow one-way hashes of passwords."""

    def hashed(self, password: str) -> str:
        """A hash with a salt of its own."""

    def matches(self, hashed: str | None, password: str) -> bool:
        """Whether it is the hash of this password; of None it is not, after the same work."""

    def is_dated(self, hashed: str) -> bool:
        """Whether it was made with less work than is asked for now."""


class OneTimeCodes(Protocol):
    """Codes that are made from a secret and the time."""

    def step_of(self, secret: bytes, code: str, now: datetime) -> int | None:
        """The number of the step of which this is the code, among those near `now`."""

    def address(self, secret: bytes, account: str) -> str:
        """What an authenticator app reads the secret from."""


class PasskeyCeremonies(Protocol):
    """What is asked of authenticators, and whether they answer as they must. Questions and answers are JSON."""

    def ask_to_register(self, challenge: bytes, *, person: Person, has: Sequence[Passkey]) -> str:
        """What a browser needs to make a key for `person`, on a device that is not among `has`."""

    def registered(self, challenge: bytes, answer: str) -> NewPasskey | None:
        """The key that was made; None if the answer is not right in every point."""

    def ask_to_sign_in(self, challenge: bytes) -> str:
        """What a browser needs to sign in anybody who has a key with us."""

    def credential_of(self, answer: str) -> bytes | None:
        """Of which credential an answer claims to be."""

    def signed_in(self, challenge: bytes, answer: str, *, passkey: Passkey) -> int | None:
        """What the authenticator counts now; None if the answer is not right in every point."""


class OpenIdProvider(Protocol):
    """A provider that knows people: OpenID Connect, code flow with PKCE."""

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent. Raises NotPossible if the provider cannot be reached."""

    def identity(
        self, code: str, *, nonce: str, verifier: str, now: datetime
    ) -> OpenIdentity | None:
        """Who it is; None if the provider or its word is not right in every point."""


class Vault(Protocol):
    """Keeps secrets with a key that does not stand where they do."""

    def seal(self, secret: bytes, *, owner: str) -> bytes:
        """What may stand in records; only opens for the same owner."""

    def open(self, sealed: bytes, *, owner: str) -> bytes:
        """The secret. Raises RecordsError when it was sealed with another key, for another owner, or changed."""

    def fingerprint(self, what: str, text: str, salt: bytes = b"") -> str:
        """64 hex digits by which a text is known again, and which tell nothing of it without the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLimits:
    """How often it may be tried to sign in.

    Attributes:
        account: failures of one account by password and code; passkeys and providers are not held up by it.
        network: tries of one network that did not succeed.
        begun: questions that one network may ask for by which people sign in.
        key: what one API key may do, in calls or whatever the caller counts.
    """

    account: FailureLimit = field(default_factory=FailureLimit)
    network: BucketLimit = field(default_factory=lambda: BucketLimit(burst=30, per_minute=2))
    begun: BucketLimit = field(default_factory=lambda: BucketLimit(burst=300, per_minute=60))
    key: BucketLimit = field(default_factory=lambda: BucketLimit(burst=2_000, per_minute=60_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Means(Keeping):
    """What flows about people work with, beside what every flow that keeps something has."""

    vault: Vault
    passwords: PasswordHasher
    codes: OneTimeCodes
    passkeys: PasskeyCeremonies
    provider: OpenIdProvider | None = None
    limits: SignInLimits = field(default_factory=SignInLimits)
