"""Files at rest: encrypted, whole or not at all, readable after a rotation that was killed."""

from __future__ import annotations

import io
import itertools
import os
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.testimonies.core.media.age import CHUNK, Unreadable
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


class Film(io.BytesIO):
    """What takes its time to be sealed: until `goes_on`."""

    def __init__(self) -> None:
        super().__init__(b"the film" * 1000)
        self.begun, self.goes_on = threading.Event(), threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.begun.set()
        self.goes_on.wait()
        return super().read(size)


def test_what_is_being_sealed_while_keys_are_rotated_can_be_opened(vault, tmp_path):
    names, film = {vault.put(b"there before")}, Film()
    with ThreadPoolExecutor(2) as pool:
        sealed = pool.submit(vault.put, film)
        film.begun.wait()
        rotation = pool.submit(lambda: set(vault.rotate()))
        while not (tmp_path / "keys" / "vault.rotating").exists():
            time.sleep(0.01)
        names.add(vault.put(b"for the new key"))
        film.goes_on.set()
        assert rotation.result() == names | {sealed.result()}
    assert vault.read(sealed.result()) == b"the film" * 1000
    assert len((tmp_path / "keys" / "vault").read_text().splitlines()) == 1


def test_of_two_rotations_at_once_one_waits_for_nothing(vault, tmp_path):
    names = sorted(vault.put(b"%d" % n) for n in range(3))
    first = vault.rotate()
    next(first)
    with pytest.raises(VaultError, match="already"):
        next(vault.rotate())
    first.close()  # killed here
    assert list(vault.rotate()) == names
    assert [vault.read(name) for name in names] and len(
        (tmp_path / "keys" / "vault").read_text().split()
    ) == 1


@pytest.mark.parametrize("way", ["read", "open"])
def test_who_opens_a_file_as_a_rotation_ends_reads_it(vault, monkeypatch, way):
    name, secrets = vault.put(b"words"), Vault._secrets

    def after_a_rotation(self):
        monkeypatch.undo()
        list(self.rotate())
        return secrets(self)

    monkeypatch.setattr(Vault, "_secrets", after_a_rotation)
    assert (vault.read(name) if way == "read" else vault.open(name).chunk(0)) == b"words"


def test_what_is_erased_while_keys_are_rotated_stays_erased(vault, monkeypatch):
    names = sorted(vault.put(b"%d" % n) for n in range(3))
    encrypt = pyrage.encrypt_io

    def erase_and_encrypt(*said):
        vault.erase(names[0], names[1])  # one is at its turn, one still waits
        encrypt(*said)

    monkeypatch.setattr(pyrage, "encrypt_io", erase_and_encrypt)
    list(vault.rotate())
    assert vault.names() == names[2:]


def test_one_file_that_can_not_be_read_keeps_no_other_from_the_new_key(vault, tmp_path):
    names = sorted(vault.put(b"%d" % n) for n in range(3))
    (tmp_path / "vault" / names[0][:2] / names[0]).write_bytes(b"damaged")
    rotation = vault.rotate()
    assert list(itertools.islice(rotation, 2)) == names[1:]
    with pytest.raises(VaultError, match=r"1 files stay.*old keys"):
        next(rotation)
    before = (tmp_path / "keys" / "vault").read_text().splitlines()[0]
    vault.erase(names[0])
    assert sorted(vault.rotate()) == names[1:]
    assert (tmp_path / "keys" / "vault").read_text().strip() != before, "a call makes a new key"
    assert len((tmp_path / "keys" / "vault").read_text().splitlines()) == 1


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


@given(st.data())
def test_any_part_is_that_part_of_the_whole(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("vault")
    vault = Vault(folder / "vault", folder / "key")
    size = data.draw(st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5]))
    content = (bytes(range(251)) * (size // 251 + 1))[:size]
    name = vault.put(content)
    first = data.draw(st.integers(0, size))
    last = data.draw(st.integers(first - 1, size - 1)) if first < size else first - 1
    opened = vault.open(name)
    assert opened.size == size and b"".join(opened.pieces(first, last)) == content[first : last + 1]


def test_a_part_is_read_with_any_of_the_keys_and_none_other(vault, tmp_path):
    names = [vault.put(b"%d" % n * 100_000) for n in range(3)]
    half = vault.rotate()
    next(half)
    half.close()  # killed here: two keys
    assert [next(vault.open(name).pieces(70_000, 70_001)) for name in names] == [b"00", b"11", b"22"]
    Vault(tmp_path / "other", tmp_path / "another").put(b"x")
    (tmp_path / "keys" / "vault").write_text((tmp_path / "another").read_text())
    with pytest.raises(VaultError, match="no key"):
        vault.open(names[0])
    with pytest.raises(VaultError, match="has no"):
        vault.open("0" * 32)


def test_what_was_changed_or_cut_off_is_not_read(vault, tmp_path):
    name = vault.put(bytes(3 * CHUNK))
    path = tmp_path / "vault" / name[:2] / name
    whole = path.read_bytes()
    head = whole.index(b"---")
    for broken in (
        whole[:-1],
        whole[: -(CHUNK + 16)],  # a whole chunk of it
        whole[: head - 60] + whole[head - 59 :],
        whole[: head + 5] + bytes([whole[head + 5] ^ 1]) + whole[head + 6 :],
        b"",
        b"age-encryption.org/v1\n" * 500,
    ):
        path.write_bytes(broken)
        with pytest.raises(VaultError):
            vault.open(name)
    path.write_bytes(whole[: -2 * CHUNK] + bytes(16) + whole[-2 * CHUNK + 16 :])
    pieces = vault.open(name).pieces(0, 3 * CHUNK - 1)
    with pytest.raises(Unreadable):
        list(itertools.islice(pieces, 3))


def test_what_is_erased_while_it_is_read_ends(vault):
    name = vault.put(bytes(3 * CHUNK))
    pieces = vault.open(name).pieces(0, 3 * CHUNK - 1)
    assert len(next(pieces)) == CHUNK
    vault.erase(name)
    assert list(pieces) == []


def test_nobody_sweeps_what_another_is_about_to_work_in(vault, monkeypatch):
    vault.put(b"x")
    first, swept = [True], []
    sweeper = threading.Thread(target=lambda: swept.append(vault.sweep()))

    def held(path, *flags, **options):
        """Before it is held, the sweeper comes."""
        if Path(path).parent.name == ".scratch" and first and first.pop():
            sweeper.start()
            sweeper.join(0.2)
        return opened(path, *flags, **options)

    opened = os.open
    monkeypatch.setattr(os, "open", held)
    with vault.scratch() as folder:
        (folder / "open").write_bytes(b"a working copy")
        sweeper.join()
        assert vault.sweep() == 0 and (folder / "open").exists()
    assert swept == [0]


def test_sweeping_beside_those_who_come_and_go_stops_nobody(vault):
    failures = []

    def often(work) -> None:
        try:
            for _ in range(200):
                work()
        except Exception as error:  # pragma: no cover
            failures.append(error)

    workers = [threading.Thread(target=often, args=[lambda: vault.put(b"a")]) for _ in range(2)]
    workers.append(threading.Thread(target=often, args=[vault.sweep]))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
