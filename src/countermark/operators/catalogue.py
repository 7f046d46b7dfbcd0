"""Every operator by its name. To add one: a signal in `domain.signals`, a function in its family, a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from countermark.operators.base import Answer, Look
from countermark.operators.code import code, variant
from countermark.operators.contact import contact
from countermark.operators.facts import category, condition, number, place
from countermark.operators.image import image
from countermark.operators.maker import maker
from countermark.operators.price import price
from countermark.operators.seller import seller
from countermark.operators.text import brand, context, near, pattern, phrase, term

Operator = Callable[[Look, Any, Mapping[str, Answer]], Answer]

CATALOGUE: Mapping[str, Operator] = MappingProxyType(
    {
        "brand": brand, "term": term, "phrase": phrase, "context": context, "near": near, "pattern": pattern,
        "price": price, "number": number, "category": category, "condition": condition, "place": place,
        "maker": maker,        "seller": seller, "code": code, "variant": variant, "image": image, "contact": contact,
    }
)  # fmt: skip
"""`rule`, which asks for another rule's `when`, is answered by the plan itself."""
