"""The vault: files encrypted at rest in the age format (age-encryption.org/v1), whose key lies
outside the database.

Whoever only takes files in needs the public key alone; to read takes the secret one. Nothing
here knows Django.
"""

from __future__ import annotations

import errno
import fcntl
import io
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, TypeVar

import pyrage
from pyrage import x25519

from griot.runtime.state import write_whole
from griot.testimonies.core.media.age import AgeFile, Unreadable, open_age

Made = TypeVar("Made")


class VaultError(Exception):
    """A file or a key is not there, or does not fit; the text says which and what to do."""


@contextmanager
def _held(folder: str | Path, how: int) -> Iterator[None]:
    holder = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(holder, how)
        yield
    finally:
        os.close(holder)


@dataclass(frozen=True, slots=True)
class Vault:
    """Encrypted files in `folder`, with the keys in the file `keys` (one AGE-SECRET-KEY a line, the
    current one first).

    Names are chosen here, and say nothing. A file is there whole or not at all.
    """

    folder: Path
    keys: Path

    def put(self, content: bytes | BinaryIO) -> str:
        """Encrypt, write, and give the new file's name."""
        name = uuid.uuid4().hex
        self._write(self._path(name), io.BytesIO(content) if isinstance(content, bytes) else content)
        return name

    @contextmanager
    def keeping(self) -> Iterator[Callable[[bytes | BinaryIO], str]]:
        """`put`, for several files that are worth something together: a block that raises leaves none."""
        names: list[str] = []

        def put(content: bytes | BinaryIO) -> str:
            names.append(self.put(content))
            return names[-1]

        try:
            yield put
        except BaseException:
            self.erase(*names)
            raise

    def read(self, name: str) -> bytes:
        """The whole content. Raises VaultError where it is not there or no key fits."""
        out = io.BytesIO()
        self.copy(name, out)
        return out.getvalue()

    def copy(self, name: str, to: IO[bytes]) -> None:
        """Decrypt into `to`, a piece at a time. Raises VaultError, also where the file is damaged."""

        def decrypt(file: BinaryIO, secrets: list[str]) -> None:
            with file:
                try:
                    pyrage.decrypt_io(file, to, self._identities(secrets))
                except pyrage.DecryptError as error:  # nothing was written
                    raise Unreadable(str(error)) from None

        try:
            self._with_keys(name, decrypt)
        except OSError as error:
            if error.errno not in {None, errno.EIO}:  # age's own have no number
                raise
            raise VaultError(f"{name} is damaged ({error})") from None

    def open(self, name: str) -> AgeFile:
        """The content, to be read from where it is wanted: whatever its size, a chunk at a time is in memory.
        Raises VaultError.
        """
        return self._with_keys(name, open_age)

    def _with_keys(self, name: str, act: Callable[[BinaryIO, list[str]], Made]) -> Made:
        """What `act` makes of a file and the keys; once more where none fits, for a rotation may have ended
        between the opening of the two. Raises VaultError.
        """
        for is_last in (False, True):
            try:
                file = self._path(name).open("rb")
            except FileNotFoundError:
                raise VaultError(f"the vault has no {name}") from None
            try:
                return act(file, self._secrets())
            except Unreadable as error:
                file.close()
                if is_last:
                    raise self._no_key(name, error) from None
        raise AssertionError

    def _no_key(self, name: str, error: Exception) -> VaultError:
        return VaultError(
            f"no key in {self.keys} opens {name} ({error}); put back the key file it was made with"
        )

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder that only we may read, for work on what is decrypted; it goes with the block, or with
        `sweep`.
        """
        base = self._room(".scratch")
        with ExitStack() as left:
            with _held(base, fcntl.LOCK_SH):  # nothing is swept between making it and holding it
                name = left.enter_context(tempfile.TemporaryDirectory(dir=base, ignore_cleanup_errors=True))
                # The kernel drops it when we are killed: then `sweep` may clear.
                left.enter_context(_held(name, fcntl.LOCK_EX))
            yield Path(name)

    @contextmanager
    def opened(self, name: str, suffix: str = "") -> Iterator[Path]:
        """The content as a file in a scratch folder."""
        with self.scratch() as folder:
            path = folder / f"open{suffix}"
            with path.open("wb") as file:
                self.copy(name, file)
            yield path

    def sweep(self) -> int:
        """Clear what killed processes left decrypted; gives how many folders that were."""
        base, cleared = self._room(".scratch"), 0
        with _held(base, fcntl.LOCK_EX):
            for left in base.iterdir():
                # Somebody works in it, or it has just gone with its work.
                with (
                    suppress(BlockingIOError, FileNotFoundError),
                    _held(left, fcntl.LOCK_EX | fcntl.LOCK_NB),
                ):
                    shutil.rmtree(left, ignore_errors=True)
                    cleared += 1
        return cleared

    def erase(self, *names: str) -> None:
        """Gone, and nothing else in the vault helps to bring them back: every file has a key of its own."""
        for path in map(self._path, filter(None, names)):
            with suppress(FileNotFoundError), _held(path.parent, fcntl.LOCK_EX):
                path.unlink()

    def names(self) -> list[str]:
        return sorted(p.name for p in self.folder.glob("??/*") if not p.name.startswith("."))

    def newest(self) -> str | None:
        """The name of the file that was written last."""
        return max(self.names(), key=lambda name: self._path(name).stat().st_mtime, default=None)

    def untouched_since(self, moment: float) -> list[str]:
        """The names of files written before a moment, in seconds of the epoch."""
        return [name for name in self.names() if self._path(name).stat().st_mtime < moment]

    def rotate(self) -> Iterator[str]:
        """Make a new key and encrypt every file for it, giving each name as it is done; the old keys go last.

        Files may be written and erased meanwhile. Killed in between, everything can still be read, and the
        next call goes on. Raises VaultError where another is under way; and at the end where files can't be
        read: the old keys stay then.
        """
        with ExitStack() as left:
            try:
                left.enter_context(_held(self._room(".rotating"), fcntl.LOCK_EX | fcntl.LOCK_NB))
            except BlockingIOError:
                raise VaultError("keys are being rotated already: wait until that has ended") from None
            yield from self._rotated()

    def _rotated(self) -> Iterator[str]:
        old = self._secrets()
        pending = self.keys.with_suffix(".rotating")
        if not pending.exists():  # otherwise a rotation was interrupted: the first key is already the new one
            self._save_keys([str(x25519.Identity.generate()), *old])
            pending.touch(mode=0o600)
        newest, *older = self._secrets()
        for secret in older:  # until what is being written for it stands among the names
            with self._writing_for(str(x25519.Identity.from_str(secret).to_public()), fcntl.LOCK_EX):
                pass
        failed = []
        for name in self.names():
            try:
                self._encrypt_anew(name, newest)
            except VaultError as error:
                failed.append(str(error))
                continue
            yield name
        pending.unlink(missing_ok=True)  # whatever stays: the next call makes another key
        if failed:
            raise VaultError(
                f"there is a new key, but {len(failed)} files stay as they were, and so do the old keys:"
                f" {failed[0]}"
            )
        self._save_keys([newest])

    def _encrypt_anew(self, name: str, newest: str) -> None:
        """Unless it is for the newest key already; one that was erased meanwhile stays so."""
        path = self._path(name)
        try:
            with path.open("rb") as file, suppress(Unreadable):
                open_age(file, [newest])
                return
            with (
                self.opened(name) as plain,
                plain.open("rb") as content,
                self._encrypted(content) as part,
                _held(path.parent, fcntl.LOCK_EX),
            ):
                if path.exists():
                    part.replace(path)
        except (FileNotFoundError, VaultError):
            if path.exists():
                raise

    # --- keys ------------------------------------------------------------------------------

    def recipient(self) -> x25519.Recipient:
        """The public key; the first call in a new newsroom makes the pair. Raises VaultError."""
        if not self.public.is_file():
            write_whole(self.public, str(self._identities(self._secrets())[0].to_public()))
        self.check()
        return x25519.Recipient.from_str(self._recipient())

    @property
    def public(self) -> Path:
        return self.keys.with_suffix(".pub")

    def check(self) -> None:
        """Whether what is sealed can be opened here again, as far as can be seen: the secret keys may lie
        elsewhere. Raises VaultError.
        """
        if not self.public.is_file():
            return
        said = self._recipient()
        if not os.access(self.keys, os.R_OK):
            return
        if said not in {str(identity.to_public()) for identity in self._identities(self._secrets())}:
            raise VaultError(
                f"{self.public} is not the public half of a key in {self.keys}: what comes in would be sealed"
                " to somebody else; put both back from your backup, and find out who changed it"
            )

    def prove(self) -> None:
        """Raises VaultError where what is sealed now could not be opened here."""
        name = self.put(b"a word")
        try:
            self.read(name)
        finally:
            self.erase(name)

    def _recipient(self) -> str:
        try:
            said = self.public.read_text(errors="replace").strip()
            return str(x25519.Recipient.from_str(said))
        except pyrage.RecipientError as error:
            raise VaultError(f"{self.public} is broken ({error}): put it back from your backup") from None

    def _identities(self, secrets: list[str]) -> list[x25519.Identity]:
        try:
            return [x25519.Identity.from_str(line) for line in secrets]
        except pyrage.IdentityError as error:
            raise VaultError(f"{self.keys} is broken ({error}): put it back from your backup") from None

    def _secrets(self) -> list[str]:
        if not self.keys.is_file():
            if self.names():
                raise VaultError(
                    f"{self.keys} is gone, but the vault is not empty: put it back from your backup"
                )
            self._make_keys()
        lines = self.keys.read_text(errors="replace").splitlines()
        if not (found := [line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")]):
            raise VaultError(f"{self.keys} holds no key: put it back from your backup")
        return found

    def _make_keys(self) -> None:
        self.keys.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.keys.with_name(f".{self.keys.name}.{uuid.uuid4().hex}")
        write_whole(draft, f"{x25519.Identity.generate()}\n")
        with suppress(FileExistsError):  # another process was faster
            os.link(draft, self.keys)
        draft.unlink()
        self._save_keys(self._secrets())

    def _save_keys(self, secrets: list[str]) -> None:
        write_whole(self.keys, "".join(f"{s}\n" for s in secrets))
        write_whole(self.public, str(x25519.Identity.from_str(secrets[0]).to_public()))

    # --- files -----------------------------------------------------------------------------

    def _path(self, name: str) -> Path:
        if not name.isalnum():
            raise VaultError(f"{name!r} is no name of the vault's")
        return self.folder / name[:2] / name

    def _room(self, name: str) -> Path:
        """A folder in ours, neither for anybody else: `parents` of a folder would be as the umask has it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / name).mkdir(exist_ok=True, mode=0o700)
        return self.folder / name

    def _write(self, path: Path, content: BinaryIO) -> None:
        self._room(path.parent.name)
        with self._encrypted(content) as part:
            part.replace(path)

    @contextmanager
    def _encrypted(self, content: BinaryIO) -> Iterator[Path]:
        """The content as a file for the current key, which is kept until the block ends."""
        while True:
            recipient = self.recipient()
            with self._writing_for(str(recipient), fcntl.LOCK_SH):
                if self._recipient() != str(recipient):  # a rotation has just begun
                    continue
                with self.scratch() as folder:  # what a full disk or a kill leaves of it is swept
                    part = folder / "part"
                    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                        pyrage.encrypt_io(content, file, [recipient])
                        file.flush()
                        os.fsync(file.fileno())
                    yield part
                return

    @contextmanager
    def _writing_for(self, recipient: str, how: int) -> Iterator[None]:
        """While files are written for a key: together with others who do, or with nobody."""
        with _held(self._room(f".writing-{recipient}"), how):
            yield
