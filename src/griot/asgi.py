"""The web application. What is sent to it waits on no disk in the clear."""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from typing import Any

import django
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler

IN_MEMORY = 2 * 1024 * 1024  # bytes
MOST_BODY = 2 * 1024**3 + 1024**2  # bytes: a recording of the largest size, and what a form adds


class SealedSpool(io.RawIOBase):
    """A request's body until it is read, once: in memory, or in a file without a name under a key that
    nobody keeps (AES-256-CTR).
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)
        self._cipher = Cipher(AES(secrets.token_bytes(32)), CTR(secrets.token_bytes(16)))
        self._seal, self._open, self.size = self._cipher.encryptor(), self._cipher.decryptor(), 0

    def add(self, content: bytes) -> None:
        self.size += len(content)
        self._file.write(self._seal.update(content))

    def reader(self) -> io.BufferedReader:
        self._file.seek(0)
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._open.update(self._file.read(len(buffer)))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._file.close()
        super().close()


class Application(ASGIHandler):
    async def read_body(self, receive: Any) -> Any:
        """The body as it comes; Django's own keeps what is large in a temporary file as it is."""
        spool = SealedSpool()
        is_more = True
        while is_more:
            message = await receive()
            if message["type"] == "http.disconnect" or spool.size > MOST_BODY:
                spool.close()
                raise RequestAborted()
            spool.add(message.get("body", b""))
            is_more = message.get("more_body", False)
        return spool.reader()


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.dev")
django.setup(set_prefix=False)
application = Application()
