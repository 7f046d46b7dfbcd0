"""Passkeys by WebAuthn: a person's device signs a challenge, after it made sure who holds it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    parse_authentication_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from countermark.domain.credentials import NewPasskey, Passkey
from countermark.domain.people import Person

MAX_ANSWER: Final = 1 << 16
MAX_CREDENTIAL: Final = 1_023  # as the standard has it
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Whom passkeys are for.

    Attributes:
        domain: to which they are bound, like "marks.example.org".
        name: as authenticators show it.
        origins: from which browsers may answer, like "https://marks.example.org".
    """

    domain: str
    name: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passkeys:
    """A `ports.PasskeyCeremonies`. The authenticator must have verified its user, by finger, face or PIN."""

    site: Site

    def ask_to_register(self, challenge: bytes, *, person: Person, has: Sequence[Passkey]) -> str:
        """See the port."""
        options = generate_registration_options(
            rp_id=self.site.domain,
            rp_name=self.site.name,
            user_id=person.ref.encode(),
            user_name=person.email,
            user_display_name=person.name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential) for key in has],
        )
        return options_to_json(options)

    def registered(self, challenge: bytes, answer: str) -> NewPasskey | None:
        """See the port."""

        def verify() -> NewPasskey:
            made = verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.site.domain,
                expected_origin=list(self.site.origins),
                require_user_verification=True,
            )
            if len(made.credential_id) > MAX_CREDENTIAL:
                raise ValueError("a credential id of more bytes than there can be")
            return NewPasskey(
                credential=made.credential_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
            )

        return _if_right(answer, verify)

    def ask_to_sign_in(self, challenge: bytes) -> str:
        """See the port. No keys are named, so that nobody learns who has some."""
        options = generate_authentication_options(
            rp_id=self.site.domain,
            challenge=challenge,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def credential_of(self, answer: str) -> bytes | None:
        """See the port."""
        return _if_right(answer, lambda: base64url_to_bytes(json.loads(answer)["rawId"]))

    def signed_in(self, challenge: bytes, answer: str, *, passkey: Passkey) -> int | None:
        """See the port. The device must name the person that it made the key for."""

        def verify() -> int:
            given = parse_authentication_credential_json(answer)
            if given.raw_id != passkey.credential:
                raise ValueError("another credential")
            if given.response.user_handle != passkey.person.encode():
                raise ValueError("another person")
            done = verify_authentication_response(
                credential=given,
                expected_challenge=challenge,
                expected_rp_id=self.site.domain,
                expected_origin=list(self.site.origins),
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
            return done.new_sign_count

        return _if_right(answer, verify)


def _if_right(answer: str, make: Callable[[], Made]) -> Made | None:
    """What `make` makes of a stranger's answer; None for whatever is wrong with it.

    The parsers below are given JSON, CBOR and keys of anybody's making; none of their many errors may be anything
    but a refusal.
    """
    if len(answer) > MAX_ANSWER:
        return None
    try:
        return make()
    except Exception:  # noqa: BLE001
        return None
