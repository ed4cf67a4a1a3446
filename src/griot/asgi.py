"""The web application. What is sent to it waits on no disk in the clear, and is no larger than its sender
may send.
"""

from __future__ import annotations

import asyncio
import io
import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django
from asgiref.sync import sync_to_async
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpRequest, HttpResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.dev")
django.setup(set_prefix=False)

from griot.testimonies.intake import api, odk  # noqa: E402 (their models need what stands above)
from griot.testimonies.intake.uploads import MOST_PIECE  # noqa: E402

IN_MEMORY = 2 * 1024 * 1024  # bytes
OPEN_BODY = 1024 * 1024 + 64 * 1024  # bytes that anybody may send: the largest of what carries its own token
OPEN_TOGETHER = 64 * 1024 * 1024  # bytes of all bodies at once whose senders nobody has asked who they are
SILENT = 30.0  # seconds that a body may stand still


class Refusal(Exception):
    """A body is not taken in: an HTTP status, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def _is_editor(request: HttpRequest) -> bool:
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    return bool(get_user(request).has_perm("wagtailadmin.access_admin"))


@dataclass(frozen=True, slots=True)
class Room:
    """Below `path`, whoever is `known` may send a body of at most `most` bytes."""

    path: str
    most: int
    is_known: Callable[[HttpRequest], object]


ROOMS = (
    Room("/capture/api/", MOST_PIECE + 64 * 1024, api.device_of),
    Room(
        "/odk/", 2 * 1024**3 + 1024**2, odk.device_of
    ),  # a recording of the largest size, and a form's words
    Room("/admin/", 64 * 1024 * 1024, _is_editor),
    Room("/documents/", 64 * 1024 * 1024, _is_editor),
)


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


class Intake:
    """Takes a request's body in. What nobody has been asked for is bounded, each and all together."""

    open = 0  # bytes

    def __init__(self, scope: dict[str, Any], receive: Any) -> None:
        self._scope, self._receive = scope, receive
        self._most, self._is_open, self._counted = OPEN_BODY, True, 0

    async def body(self) -> SealedSpool | None:
        """The whole body, or None where the sender has gone. Raises Refusal before more is read than may
        be.
        """
        spool = SealedSpool()
        try:
            announced = dict(self._scope["headers"]).get(b"content-length", b"0")
            await self._make_room(int(announced) if announced.isdigit() and len(announced) < 20 else 0)
            is_more = True
            while is_more:
                message = await self._next()
                if message["type"] == "http.disconnect":
                    spool.close()
                    return None
                content = message.get("body", b"")
                await self._make_room(spool.size + len(content))
                self._count(len(content))
                spool.add(content)
                is_more = message.get("more_body", False)
        except BaseException:
            spool.close()
            raise
        finally:
            Intake.open -= self._counted
        return spool

    async def _next(self) -> dict[str, Any]:
        try:
            return dict(await asyncio.wait_for(self._receive(), SILENT))
        except TimeoutError:
            raise Refusal(408, f"nothing came for {SILENT:.0f} seconds; send it again") from None

    async def _make_room(self, size: int) -> None:
        """Ask who sends what is larger than anybody may send, once."""
        if size > self._most and self._is_open:
            self._is_open, path = False, self._scope["path"]
            for room in ROOMS:
                request = ASGIRequest(self._scope, io.BytesIO())
                if path.startswith(room.path) and await sync_to_async(room.is_known)(request):
                    self._most = room.most
                    self._count(-self._counted)
        if size > self._most:
            raise Refusal(413, f"at most {self._most // 1024} KB are taken here")

    def _count(self, size: int) -> None:
        if not self._is_open and size > 0:
            return
        self._counted += size
        Intake.open += size
        if Intake.open > OPEN_TOGETHER:
            raise Refusal(503, "too much is being sent at the moment; try again in a minute")


@dataclass(frozen=True, slots=True)
class Received:
    """The rest of a connection whose body has been read."""

    body: io.BufferedReader
    receive: Any

    async def __call__(self) -> Any:
        return await self.receive()


class Application(ASGIHandler):
    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            spool = await Intake(scope, receive).body()
        except Refusal as refusal:
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
            await send({"type": "http.response.body", "body": f"{refusal}\n".encode()})
            return
        if spool is not None:
            await super().handle(scope, Received(spool.reader(), receive), send)

    async def read_body(self, receive: Any) -> Any:
        return receive.body


application = Application()
