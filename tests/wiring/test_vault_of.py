"""Where the key that seals secrets comes from."""

from __future__ import annotations

import pytest

from countermark.errors import NotFound, UsageError
from countermark.wiring.identity import KEY_FILE, vault_of


def test_nothing_starts_without_a_key():
    with pytest.raises(UsageError, match="no key for secrets"):
        vault_of(None)


def test_the_embedded_default_makes_its_own_key_once(tmp_path):
    sealed = vault_of(None, folder=tmp_path).seal(b"x", owner="p")
    assert vault_of(None, folder=tmp_path).open(sealed, owner="p") == b"x"
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_key_that_is_named_is_never_made(tmp_path):
    with pytest.raises(NotFound):
        vault_of(f"file:{tmp_path / 'lost.key'}", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
