"""KP17: codes, GTINs and reference pictures are what they say they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from countermark.domain.catalogue import ImageRef
from countermark.knowledge.files import level_of
from countermark.knowledge.layout import kind_of
from countermark.knowledge.lint.subject import Remark, Subject, error, folded, warning

KP17 = "KP17"
MAX_IMAGE_BYTES: Final = 2 << 20
_MAGIC: Final = {
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".webp": (b"RIFF",),
}


def sound_tables(subject: Subject) -> Iterator[Remark]:
    """KP17: check digits, distinct GTINs and names, dates in order, pictures and their prints."""
    yield from _gtins(subject)
    yield from _days(subject)
    yield from _alias_owners(subject)
    yield from _images(subject)


def has_check_digit(gtin: str) -> bool:
    """Whether the last digit of a GTIN of 8, 12, 13 or 14 digits is the GS1 check digit."""
    digits = [int(digit) for digit in reversed(gtin)]
    weighted = sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return weighted % 10 == 0


def _gtins(subject: Subject) -> Iterator[Remark]:
    """GTINs with a wrong check digit, or on two products."""
    owner: dict[str, str] = {}
    for product in subject.pack.products:
        if not product.gtin:
            continue
        if not has_check_digit(product.gtin):
            says = f'gtin "{product.gtin}" has a wrong check digit'
            yield error(KP17, product.origin, says, "copy it again from the label")
        first = owner.setdefault(product.gtin.zfill(14), product.style_code)
        if first != product.style_code:
            says = f'gtin "{product.gtin}" already belongs to style {first}'
            yield error(KP17, product.origin, says, "a GTIN is given to one product only")


def _days(subject: Subject) -> Iterator[Remark]:
    """Products and sellers whose last day lies before the first."""
    for product in subject.pack.products:
        if product.first_sold and product.last_sold and product.last_sold < product.first_sold:
            says = f"last_sold {product.last_sold} is before first_sold {product.first_sold}"
            yield error(KP17, product.origin, says, "correct one of them")
    for seller in subject.pack.sellers:
        if seller.valid_to and seller.valid_to < seller.valid_from:
            says = f"valid_to {seller.valid_to} is before valid_from {seller.valid_from}"
            yield error(KP17, seller.origin, says, "correct one of them")


def _alias_owners(subject: Subject) -> Iterator[Remark]:
    """One text that names two marks of the pack."""
    owner: dict[str, str] = {}
    for alias in subject.pack.aliases:
        first = owner.setdefault(folded(alias.text), alias.mark)
        if first != alias.mark:
            says = f'alias "{alias.text}" already names mark "{first}"'
            yield warning(KP17, alias.origin, says, "give each an anchor that tells them apart")


def _images(subject: Subject) -> Iterator[Remark]:
    """Pictures of the index, and pictures that it does not name."""
    named = set()
    for image in subject.pack.images:
        if image.file:
            path = f"{image.level}/images/{image.file}"
            named.add(path)
            yield from _image(image, path, subject)
    for path in sorted(subject.files):
        kind = kind_of(path)
        if kind is not None and kind.shape == "image" and path not in named:
            says = "the picture is not in the index"
            yield error(KP17, path, says, f"add a row to {level_of(path)}/images/index.csv")


def _image(image: ImageRef, path: str, subject: Subject) -> Iterator[Remark]:
    """One picture against its row."""
    content = subject.files.get(path)
    if content is None:
        yield error(KP17, image.origin, f"{path} is missing", "add it, or leave file empty")
        return
    ending = path[path.rfind(".") :]
    found = hashlib.sha256(content).hexdigest()
    if found != image.sha256:
        says = f"sha256 of {path} is {found}, not {image.sha256}"
        yield error(KP17, image.origin, says, "put the right picture or the right hash")
    if not content.startswith(_MAGIC.get(ending, ())):
        yield error(KP17, image.origin, f"{path} is not a {ending[1:]} picture", "convert it")
    if len(content) > MAX_IMAGE_BYTES:
        says = f"{path} has {len(content)} bytes and may have {MAX_IMAGE_BYTES}"
        yield error(KP17, image.origin, says, "make it smaller")
