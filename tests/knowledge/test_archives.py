"""A pack in one file: what is shipped is what arrives, and nothing else can come along."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermark.errors import PackError
from countermark.knowledge.archives import open_archive, pack_archive
from countermark.knowledge.signing import SigningKey, sign_pack
from countermark.knowledge.verifying import TrustedKey, verify_pack

KEY = SigningKey(secret=bytes(range(32)))
TRUSTED = {KEY.id: TrustedKey(public=KEY.public, issuers=frozenset({"korvane"}))}
SALTS = {"members": bytes(32), "venue": bytes(32)}


@pytest.fixture(scope="module")
def signed(korvane):
    return sign_pack(korvane, keys=[KEY], salts=SALTS)


def test_what_was_shipped_arrives_and_verifies(signed):
    arrived = open_archive(pack_archive(signed, ["public", "members"]))
    assert arrived == {path: data for path, data in signed.items() if path[:6] != "venue/"}
    assert verify_pack(arrived, trusted=TRUSTED).parts == ("public", "members")


def test_the_public_part_alone_verifies_and_tells_nothing_of_the_others(signed):
    archive = pack_archive(signed, ["public"])
    assert verify_pack(open_archive(archive), trusted=TRUSTED).parts == ("public",)
    assert b"label-wording" not in archive
    assert b"paper lantern grade" not in archive


def test_the_same_pack_gives_the_same_bytes(signed):
    backwards = dict(reversed(signed.items()))
    assert pack_archive(signed, ["public"]) == pack_archive(backwards, ["public"])


def test_a_pack_that_is_not_signed_is_not_shipped(korvane):
    with pytest.raises(PackError, match=r"PACK\.json is missing: only a signed pack"):
        pack_archive(korvane, ["public"])


def test_a_part_that_is_not_there_is_not_shipped(signed):
    public = {path: data for path, data in signed.items() if path[:8] != "members/"}
    with pytest.raises(PackError, match="the pack has no part members"):
        pack_archive(public, ["members"])


def tar(*members, form=tarfile.USTAR_FORMAT):
    """A tar of (name, content, changes to its header)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as made:
        for name, content, changes in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for key, value in changes.items():
                setattr(info, key, value)
            made.addfile(info, io.BytesIO(content))
    return out.getvalue()


def whole(public):
    return tar(("public.tar", public, {}))


LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}


@pytest.mark.parametrize(
    ("archive", "says"),
    [
        (tar(("PACK.json", b"", LINK)), "is not one that countermark pack ship makes"),
        (whole(tar(("public/a.toml", b"", LINK))), "is not one that"),
        (whole(tar(("public/a.toml", b"", {"type": tarfile.LNKTYPE}))), "is not one that"),
        (whole(tar(("public/a.toml", b"", {"type": tarfile.CHRTYPE}))), "is not one that"),
        (whole(tar(("public", b"", {"type": tarfile.DIRTYPE}))), "not a plain relative path"),
        (whole(tar(("public/a.toml", b"", {"mtime": 1}))), "is not one that"),
        (whole(tar(("public/a.toml", b"", {"mode": 0o4755}))), "is not one that"),
        (whole(tar(("public/a.toml", b"1", {}), ("public/a.toml", b"2", {}))), "is not one that"),
        (whole(tar(("public/b.toml", b"", {}), ("public/a.toml", b"", {}))), "is not one that"),
        (whole(tar(("public/a.toml", b"1", {}))[:700]), "is not one that"),
        (tar(("PACK.json", b"", {})) + b"tail", "is not one that"),
        (whole(tar(("../a.toml", b"", {}))), "not a plain relative path"),
        (whole(tar(("/public/a.toml", b"", {}))), "not a plain relative path"),
        (whole(tar(("public/../../a.toml", b"", {}))), "not a plain relative path"),
        (whole(tar(("members/a.toml", b"", {}))), "does not belong in part public"),
        (whole(tar(("PACK.sig", b"", {}))), "does not belong in part public"),
        (tar(("evil.sh", b"", {})), "evil.sh does not belong in the archive"),
        (whole(tar(("public/A.toml", b"", {}), ("public/a.toml", b"", {}))), "differ by case only"),
        (b"", "is not one that"),
        (b"PK\x03\x04", "is not one that"),
        (whole(tar(("public/" + "a" * 110, b"", {}), form=tarfile.PAX_FORMAT)), "not a plain relative path"),
    ],
)  # fmt: skip
def test_nothing_else_comes_along(archive, says):
    with pytest.raises(PackError, match=says):
        open_archive(archive)


def test_a_file_beyond_the_bounds_of_a_pack_is_refused():
    large = bytes((16 << 20) + 1)
    with pytest.raises(PackError, match=r"public/a\.toml has 16777217 bytes and may have"):
        open_archive(whole(tar(("public/a.toml", large, {}))))


def test_a_path_that_a_tar_can_not_hold_is_told(signed):
    with pytest.raises(PackError, match="is too long a path to ship"):
        pack_archive({**signed, f"public/images/{'a' * 110}.png": b""}, ["public"])


@given(data=st.data())
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_archive_is_refused_or_fails_to_verify(signed, data):
    archive = bytearray(pack_archive(signed, ["public"]))
    at = data.draw(st.integers(0, len(archive) - 1))
    archive[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(PackError):
        verify_pack(open_archive(bytes(archive)), trusted=TRUSTED)
