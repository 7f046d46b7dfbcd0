"""The key that seals secrets in records."""

from __future__ import annotations

import os

import pytest

from countermark.adapters.identity import AesVault, make_vault_key, open_vault
from countermark.errors import CountermarkError, NotFound, RecordsError

OLD, NEW = bytes(32), bytes(range(32))
posix = pytest.mark.skipif(os.name != "posix", reason="never: modes are those of POSIX")


def test_a_secret_is_opened_for_its_owner_and_hidden_from_others():
    vault = AesVault([NEW])
    sealed = vault.seal(b"secret", owner="p1")
    assert vault.open(sealed, owner="p1") == b"secret"
    assert b"secret" not in sealed
    assert sealed != vault.seal(b"secret", owner="p1")
    with pytest.raises(RecordsError, match="p2 was changed"):
        vault.open(sealed, owner="p2")


def test_no_byte_of_a_sealed_secret_can_be_changed():
    vault = AesVault([NEW])
    sealed = vault.seal(b"secret", owner="p1")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(RecordsError):
            vault.open(changed, owner="p1")
    for length in range(len(sealed)):
        with pytest.raises(RecordsError):
            vault.open(sealed[:length], owner="p1")


def test_an_earlier_key_opens_and_the_present_one_seals():
    before, both, after = AesVault([OLD]), AesVault([NEW, OLD]), AesVault([NEW])
    sealed = before.seal(b"secret", owner="p1")
    assert both.open(sealed, owner="p1") == b"secret"
    assert after.open(both.seal(b"secret", owner="p1"), owner="p1") == b"secret"
    with pytest.raises(RecordsError, match="a key that is not here"):
        after.open(sealed, owner="p1")


def test_fingerprints_differ_by_what_by_salt_by_text_and_by_key():
    vault = AesVault([NEW])
    given = [("a", "bc", b""), ("ab", "c", b""), ("a", "b", b"c"), ("a", "bd", b"")]
    prints = {vault.fingerprint(*each) for each in given} | {AesVault([OLD]).fingerprint(*given[0])}
    assert len(prints) == 5
    assert vault.fingerprint("a", "bc") == AesVault([NEW, OLD]).fingerprint("a", "bc")


def test_a_vault_never_shows_its_key():
    assert NEW.hex() not in repr(AesVault([NEW]))
    with pytest.raises(ValueError, match="32 bytes"):
        AesVault([])


@posix
def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "vault.key"
    assert make_vault_key(path)
    content = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert not make_vault_key(path)
    assert path.read_text() == content
    vault = open_vault(f"file:{path}")
    assert vault.open(vault.seal(b"x", owner="p"), owner="p") == b"x"
    path.chmod(0o644)
    with pytest.raises(CountermarkError, match=r"vault\.key can be read by others"):
        open_vault(f"file:{path}")


def test_a_key_comes_from_the_environment_by_name():
    vault = open_vault("env:KEY", environment={"KEY": f"{NEW.hex()} {OLD.hex()}"})
    assert vault.open(AesVault([OLD]).seal(b"x", owner="p"), owner="p") == b"x"


@pytest.mark.parametrize(
    "reference", ["", "file:", "env:", NEW.hex(), "file:/no/such/file", "env:NOT_SET"]
)
def test_without_a_key_nothing_is_opened(reference):
    with pytest.raises((NotFound, CountermarkError), match=r"key for secrets|key file"):
        open_vault(reference, environment={})


@pytest.mark.parametrize("text", ["", "short", "g" * 64, NEW.hex() + "0"])
def test_what_is_no_key_is_refused_without_being_shown(text):
    with pytest.raises(CountermarkError, match="env K holds no key for secrets") as refused:
        open_vault("env:K", environment={"K": text})
    assert not text or text not in str(refused.value)
