"""The web application. What is sent to it waits on no disk in the clear, and is no larger than its sender
may send.
"""

from __future__ import annotations

import asyncio
import io
import ipaddress
import os
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import django
from asgiref.sync import sync_to_async
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.db import DataError, close_old_connections
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.dev")
django.setup(set_prefix=False)

from griot.digest.core.rendering.web import render_message  # noqa: E402 (models need what stands above)
from griot.locking import is_database_away  # noqa: E402
from griot.middleware import PHONES, PUBLIC, UNFIT  # noqa: E402
from griot.press import views as press  # noqa: E402
from griot.testimonies.core.errors import TooMuch  # noqa: E402
from griot.testimonies.core.media.vault import VaultError  # noqa: E402
from griot.testimonies.intake import api, odk  # noqa: E402
from griot.testimonies.intake.uploads import MOST_PIECE  # noqa: E402
from griot.testimonies.keeping import vault  # noqa: E402

IN_MEMORY = 2 * 1024 * 1024  # bytes
MORE = 64 * 1024  # bytes of a body on top of what it brings: a form's other fields, and what is between
SMALL = 64 * 1024  # bytes of a body that are not counted: nobody is refused for what others send
OPEN_BODY = 320 * 1024  # bytes that anybody may send
OPEN_SHARE = 8 * 1024 * 1024  # bytes held at once of those who are not known, of one address
OPEN_TOGETHER = 64 * 1024 * 1024  # and of all
SILENT = 30.0  # seconds that a body may stand still
GRACE = 20.0  # seconds that any body may take, on top of what it takes at the least rate
OPEN_RATE, KNOWN_RATE = 2000, 500  # bytes a second at least; a phone may have a very bad line


# What readers are told, by the status.
_FOR_READERS = {400: "unfit_address", 408: "sent_too_slowly", 413: "sent_too_much", 503: "sent_too_busy"}


class Refusal(Exception):
    """A body is not taken in: an HTTP status, why, and in how many seconds to try again."""

    def __init__(self, status: int, why: str, retry_after: int | None = None) -> None:
        super().__init__(why)
        self.status, self.retry_after = status, retry_after


class Unknown(Exception):
    """Too large a body of somebody who has to say first who they are: they are answered without it."""


def _of_editors(request: HttpRequest) -> int:
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    return 64 * 1024 * 1024 if get_user(request).has_perm("wagtailadmin.access_admin") else 0


def _of_phones(request: HttpRequest) -> int:
    device = api.device_of(request)
    return MOST_PIECE + MORE if device and device.is_in_use else 0


def _of_pushes(request: HttpRequest) -> int:
    return press.MAX_BODY + MORE if press.pushing(request, request.path.split("/")[3]) else 0


@dataclass(frozen=True, slots=True)
class Room:
    """Below `path` a body has at most `most(request)` bytes; 0 where nobody who is known sends it. Who
    sends to one that `is_open` is seen by the body alone, and not known before.
    """

    path: str
    most: Callable[[HttpRequest], int]
    is_open: bool = False


ROOMS = (
    Room(PHONES, _of_phones),
    Room("/odk/", odk.most_of),
    Room("/admin/", _of_editors),
    Room("/press/push/", _of_pushes),
    Room("/press/hub/", lambda _: press.MAX_FEED, is_open=True),
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
    """Takes a request's body in. What comes of those who are not known is bounded: each, those of one
    address, and all together. Nobody is asked who they are before it matters.
    """

    held: Counter[str] = Counter()  # bytes, by the address that they come from

    def __init__(self, scope: dict[str, Any], receive: Any) -> None:
        self._scope, self._receive = scope, receive
        self._most, self._is_asked, self._is_known = OPEN_BODY, False, False
        self._room = next((room for room in ROOMS if scope["path"].startswith(room.path)), None)
        self._place, self._counted = _place(scope), 0
        self._began = monotonic()

    async def body(self) -> SealedSpool | None:
        """The whole body, or None where the sender has gone. Raises Refusal or Unknown before more is read
        than may be.
        """
        spool = SealedSpool()
        try:
            announced = dict(self._scope["headers"]).get(b"content-length", b"0")
            await self._see_to_size(int(announced) if announced.isdigit() and len(announced) < 20 else 0)
            is_more = True
            while is_more:
                message = await self._next(spool.size)
                if message["type"] == "http.disconnect":
                    spool.close()
                    return None
                content = message.get("body", b"")
                await self._see_to_size(spool.size + len(content))
                await self._see_to_room(spool.size + len(content))
                spool.add(content)
                is_more = message.get("more_body", False)
        except BaseException:
            spool.close()
            raise
        finally:
            self._hold(0)
        return spool

    async def _next(self, so_far: int) -> dict[str, Any]:
        while True:
            least = KNOWN_RATE if self._is_known else OPEN_RATE
            until = self._began + GRACE + so_far / least
            try:
                return dict(await asyncio.wait_for(self._receive(), min(SILENT, until - monotonic())))
            except TimeoutError:
                if self._is_asked or not await self._ask():
                    raise Refusal(408, "it comes too slowly; send it again") from None

    async def _see_to_size(self, size: int) -> None:
        if size > self._most:
            await self._ask()
        if size > self._most:
            if self._room and not self._room.is_open and not self._is_known:
                raise Unknown
            raise Refusal(413, f"at most {self._most // 1024} KB are taken here")

    async def _see_to_room(self, size: int) -> None:
        self._hold(size)
        if self._is_too_much() and await self._ask():
            self._hold(size)
        if self._is_too_much():
            raise Refusal(503, "too much is being sent at the moment; try again in a minute", 60)

    def _hold(self, size: int) -> None:
        counted = 0 if self._is_known else max(size - SMALL, 0)
        self.held[self._place] += counted - self._counted
        self._counted = counted
        if not self.held[self._place]:
            del self.held[self._place]

    def _is_too_much(self) -> bool:
        is_beyond = self.held[self._place] > OPEN_SHARE or self.held.total() > OPEN_TOGETHER
        return self._counted > 0 and is_beyond

    async def _ask(self) -> bool:
        """Whether they are known who send it; asked once, and what they may send is set by that. Raises
        Refusal.
        """
        if not self._is_asked:
            self._is_asked = True
            if self._room and (most := await self._most_in(self._room)):
                self._most, self._is_known = most, not self._room.is_open
        return self._is_known

    async def _most_in(self, room: Room) -> int:
        def ask() -> int:
            close_old_connections()
            return room.most(ASGIRequest(self._scope, io.BytesIO()))

        try:
            return await sync_to_async(ask)()
        except TooMuch as refusal:
            raise Refusal(429, str(refusal), refusal.retry_after) from None
        except (DataError, ValueError):  # of characters that are none
            raise Refusal(400, UNFIT) from None
        except Exception as error:
            if not is_database_away(error):
                raise
            raise Refusal(503, "the database is away; try again in a minute", 60) from None


def _place(scope: dict[str, Any]) -> str:
    """Where a request comes from: an address, of IPv6 the network that one customer has."""
    host = (scope.get("client") or ("",))[0]
    with suppress(ValueError):
        if ipaddress.ip_address(host).version == 6:
            return str(ipaddress.ip_network(f"{host}/64", strict=False))
    return str(host)


@dataclass(frozen=True, slots=True)
class Received:
    """The rest of a connection whose body has been read, or is not to be."""

    body: io.BufferedReader
    receive: Any

    async def __call__(self) -> Any:
        message = await self.receive()
        while message["type"] == "http.request":  # of a body that is not waited for
            message = await self.receive()
        return message


class Application(ASGIHandler):
    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            spool = await Intake(scope, receive).body()
        except Unknown:
            spool, send = SealedSpool(), _closing(send)
        except Refusal as refusal:
            kind, words = _said(scope, refusal)
            send, headers = _closing(send), [(b"content-type", f"{kind}; charset=utf-8".encode())]
            headers.append((b"content-security-policy", PUBLIC.encode()))
            if refusal.retry_after:
                headers.append((b"retry-after", str(refusal.retry_after).encode()))
            await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
            await send({"type": "http.response.body", "body": words.encode()})
            return
        if spool is not None:
            await super().handle(scope, Received(spool.reader(), receive), send)

    async def read_body(self, receive: Any) -> Any:
        return receive.body


def _said(scope: dict[str, Any], refusal: Refusal) -> tuple[str, str]:
    """A refusal's media type and words: for readers a page in their language."""
    if any(scope["path"].startswith(room.path) for room in ROOMS):
        return "text/plain", f"{refusal}\n"
    language = get_language_from_path(scope["path"]) or settings.LANGUAGE_CODE
    word = _FOR_READERS.get(refusal.status, "gone_wrong")
    return "text/html", render_message(word, settings.WAGTAIL_SITE_NAME, language)


def _closing(send: Any) -> Any:
    """`send` for the last answer on a connection."""

    async def closing(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
        await send(message)

    return closing


try:
    vault().check()
except VaultError as error:
    raise ImproperlyConfigured(str(error)) from None
application = Application()
