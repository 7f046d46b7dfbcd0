"""Packs as folders: what is read is what is there, and nothing outside."""

from __future__ import annotations

import pytest

from countermark.adapters.packs import read_folder, write_folder
from countermark.errors import PackError

FILES = {"pack.toml": b"a = 1\n", "public/rules/x.toml": b"", "public/images/a.png": b"\x89PNG"}


def test_what_was_written_is_read(tmp_path):
    write_folder(tmp_path / "new" / "pack", FILES)
    assert read_folder(tmp_path / "new" / "pack") == FILES


def test_writing_replaces_files_and_leaves_others_alone(tmp_path):
    write_folder(tmp_path, FILES)
    write_folder(tmp_path, {"pack.toml": b"a = 2\n"})
    assert read_folder(tmp_path) == {**FILES, "pack.toml": b"a = 2\n"}


@pytest.mark.parametrize(
    "path", ["../x.toml", "/x.toml", "a/../../x", "a\\b", "", ".", "a//b", "c:/x", "a\nb", "x."]
)
def test_a_path_that_leaves_the_folder_is_not_written(tmp_path, path):
    with pytest.raises(PackError, match="is not a plain relative path"):
        write_folder(tmp_path / "pack", {path: b""})
    assert not (tmp_path / "pack").exists()


def test_symbolic_links_are_not_followed(tmp_path):
    write_folder(tmp_path / "pack", FILES)
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "pack" / "public" / "link.toml").symlink_to(tmp_path / "secret")
    with pytest.raises(PackError, match="neither a plain file nor a folder"):
        read_folder(tmp_path / "pack")


def test_nothing_is_written_through_a_linked_folder(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "public").symlink_to(tmp_path / "outside")
    with pytest.raises(PackError, match="is a symbolic link"):
        write_folder(tmp_path / "pack", FILES)
    assert not list((tmp_path / "outside").iterdir())


def test_what_is_not_a_folder_is_refused(tmp_path):
    with pytest.raises(PackError, match="is not a folder"):
        read_folder(tmp_path / "none")


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path):
    with (tmp_path / "pack.toml").open("wb") as file:
        file.truncate((16 << 20) + 1)
    with pytest.raises(PackError, match=r"pack\.toml has 16777217 bytes and may have 16777216"):
        read_folder(tmp_path)
