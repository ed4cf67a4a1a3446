"""Files in a form, sealed while they come: nothing of them touches a disk in the clear."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from griot.testimonies.keeping import vault

PIECE = 1024 * 1024  # bytes sealed at a time


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file of a form, in the vault: `pieces` are its names there, in order, and `sha256` that of the
    whole.
    """

    name: str
    size: int
    sha256: str
    pieces: tuple[str, ...]

    def close(self) -> None:
        """Django closes what a form brought; there is nothing open."""


class Sealing(FileUploadHandler):
    """Seals each file of a form as it comes, but for those fields that are read at once
    (`in_memory`, by name).

    A form that breaks off, or holds more than `most` bytes, leaves nothing; of the latter `is_too_much`
    tells, since Django goes on with the files that had come before. Whoever reads the form has to `erase`
    what came of one that can't be read: Django says nothing of most that can happen to it.
    """

    def __init__(self, request: Any, most: int, in_memory: dict[str, int]) -> None:
        super().__init__(request)
        self.most, self.in_memory, self.total = most, in_memory, 0
        self.made: list[str] = []
        self.is_too_much = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.buffer, self.digest = bytearray(), hashlib.sha256()
        self.pieces: list[str] = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.total += len(raw_data)
        limit = self.in_memory.get(self.field_name or "", self.most)
        if self.total > self.most or start + len(raw_data) > limit:
            self.is_too_much = True
            self.erase()
            raise StopUpload(connection_reset=True)
        self.buffer += raw_data
        self.digest.update(raw_data)
        if self.field_name not in self.in_memory:
            while len(self.buffer) >= PIECE:
                self._seal(PIECE)

    def _seal(self, size: int) -> None:
        name = vault().put(bytes(self.buffer[:size]))
        del self.buffer[:size]
        self.pieces.append(name)
        self.made.append(name)

    def file_complete(self, file_size: int) -> Any:
        if self.field_name in self.in_memory:
            return SimpleUploadedFile(self.file_name or "file", bytes(self.buffer))
        if self.buffer:
            self._seal(len(self.buffer))
        return SealedFile(self.file_name or "", file_size, self.digest.hexdigest(), tuple(self.pieces))

    def upload_interrupted(self) -> None:
        self.erase()

    def erase(self) -> None:
        vault().erase(*self.made)
