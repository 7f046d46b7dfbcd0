"""Questions about photos. No picture is looked at yet, so every answer is unknown, never false."""

from __future__ import annotations

from collections.abc import Mapping

from countermark.domain.signals import ImageSignal
from countermark.operators.base import Answer, Look


def image(look: Look, _signal: ImageSignal, _: Mapping[str, Answer]) -> Answer:
    """A photo shows a known picture or logo. Unknown until photos are read."""
    return Answer.unknown(len(look))
