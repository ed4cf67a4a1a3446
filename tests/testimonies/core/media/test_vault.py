"""Files at rest: encrypted, whole or not at all, readable after a rotation that was killed."""

from __future__ import annotations

import stat

import pytest

from griot.testimonies.core.media.vault import Vault, VaultError


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "vault", tmp_path / "keys" / "vault")


def test_what_goes_in_comes_out_and_is_not_readable_beside(vault, tmp_path):
    secret = b"the teller's words " * 1000
    name = vault.put(secret)
    assert vault.read(name) == secret
    for path in (tmp_path / "vault").rglob("*"):
        if path.is_file():
            assert b"teller" not in path.read_bytes() and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys" / "vault").stat().st_mode) == 0o600


def test_to_take_in_needs_the_public_key_alone(vault, tmp_path):
    vault.put(b"first")
    kept = (tmp_path / "keys" / "vault").read_text()
    (tmp_path / "keys" / "vault").unlink()
    name = vault.put(b"second")
    with pytest.raises(VaultError, match="put it back"):
        vault.read(name)
    (tmp_path / "keys" / "vault").write_text(kept)
    assert vault.read(name) == b"second"


def test_a_rotation_that_was_killed_goes_on(vault, tmp_path):
    names = [vault.put(b"%d" % n) for n in range(5)]
    before = (tmp_path / "keys" / "vault").read_text()
    half = vault.rotate()
    next(half)
    next(half)
    half.close()  # killed here
    assert [vault.read(n) for n in names] == [b"%d" % n for n in range(5)]
    assert sorted(vault.rotate()) == sorted(names)
    after = (tmp_path / "keys" / "vault").read_text()
    assert len(after.splitlines()) == 1 and after != before
    assert [vault.read(n) for n in names] == [b"%d" % n for n in range(5)]
    (tmp_path / "keys" / "vault").write_text(before)
    with pytest.raises(VaultError, match="no key"):
        vault.read(names[0])


def test_what_a_killed_process_left_open_is_swept(vault, tmp_path):
    name = vault.put(b"words")
    left = tmp_path / "vault" / ".scratch" / "left"
    left.mkdir(parents=True)
    (left / "open").write_bytes(b"words")
    with vault.opened(name) as path:
        assert vault.sweep() == 1, "what is in use stays"
        assert path.read_bytes() == b"words" and not left.exists()
    assert not path.exists()


def test_only_names_of_its_own_are_looked_for(vault):
    for name in ("../../etc/passwd", "", "a/b"):
        with pytest.raises(VaultError):
            vault.read(name)
