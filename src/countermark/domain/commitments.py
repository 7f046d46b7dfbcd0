"""Commitments: what an event says of a thing's state without telling it.

A commitment is the HMAC-SHA-256 of the state's bytes under a nonce that is kept beside the state. While the nonce is there
anybody who may see the state can check it; when nonce and state are erased, nothing can be guessed from what remains.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

NONCE_BYTES = 16
NOTHING = ""
"""The commitment to a thing that is not there, before it is made or after it is gone."""


def commitment(nonce: bytes, body: bytes) -> str:
    """64 hex digits. Of equal nonces and bodies it is equal.

    Raises:
        ValueError: the nonce is shorter than `NONCE_BYTES`, so that bodies could be guessed.
    """
    if len(nonce) < NONCE_BYTES:
        raise ValueError(f"a nonce of {len(nonce)} bytes hides nothing")
    return hmac.digest(nonce, body, sha256).hex()
