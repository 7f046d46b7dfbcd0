"""Key and trust files."""

from __future__ import annotations

import os

import pytest

from countermark.adapters.keys import new_key, read_key, read_trust, trust_entry, write_key
from countermark.errors import CountermarkError, NotFound

posix = pytest.mark.skipif(os.name != "posix", reason="never: modes are those of POSIX")


def test_a_key_is_read_as_it_was_written(tmp_path):
    key, path = new_key(), tmp_path / "keys" / "k.pem"
    write_key(path, key)
    assert read_key(path) == key


@posix
def test_only_its_owner_may_read_a_key(tmp_path):
    path = tmp_path / "k.pem"
    write_key(path, new_key())
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(CountermarkError, match=r"k\.pem can be read by others"):
        read_key(path)


def test_a_key_is_never_replaced(tmp_path):
    path = tmp_path / "k.pem"
    write_key(path, new_key())
    before = path.read_bytes()
    with pytest.raises(CountermarkError, match="is there already"):
        write_key(path, new_key())
    assert path.read_bytes() == before


def test_what_is_no_key_is_refused(tmp_path):
    path = tmp_path / "k.pem"
    path.touch(mode=0o600)
    with pytest.raises(CountermarkError, match="is not a private key in PEM"):
        read_key(path)
    with pytest.raises(NotFound, match="no such file"):
        read_key(tmp_path / "none.pem")


def test_a_trust_file_says_who_may_sign_for_whom(tmp_path):
    one, two = new_key(), new_key()
    path = tmp_path / "trust.toml"
    path.write_text(trust_entry(one, ("acme",)) + "\n" + trust_entry(two, ("acme", "korvane")))
    trusted = read_trust(path)
    assert trusted[one.id].public == one.public
    assert trusted[two.id].issuers == {"acme", "korvane"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("keys = 1", "expected `object`"),
        ("[keys", "trust file"),
        ('[keys."ed25519:00"]\npublic = "zz"\nissuers = []', "regex"),
        (f'[keys."ed25519:00"]\npublic = "{"0" * 64}"\nissuers = []', "is not the id of its key"),
    ],
)
def test_a_trust_file_of_another_form_is_refused(tmp_path, text, says):
    path = tmp_path / "trust.toml"
    path.write_text(text)
    with pytest.raises(CountermarkError, match=says):
        read_trust(path)
