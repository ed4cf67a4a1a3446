"""How long a connection is waited for, and how many there may be."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from contextlib import suppress
from typing import cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

KEEP_ALIVE = 15  # seconds that a connection may be silent between two requests
HEAD_WITHIN = 20.0  # seconds in which a request's head has to be there
TAKEN_WITHIN = 60.0  # seconds in which what waits to be taken of an answer has to be taken
CONNECTIONS = 800  # at once; who comes on top is told to come back (503)
OF_ONE_ADDRESS = 100  # of them
TCP_USER_TIMEOUT = getattr(socket, "TCP_USER_TIMEOUT", 0)  # where the kernel has it: also after closing


class Impatient(H11Protocol):
    """Closes connections on which a request's head does not come to its end, or nothing is taken of an
    answer; and of one address those beyond its share, but of a proxy, which speaks for many.
    """

    by_address: Counter[str] = Counter()  # connections
    _address = ""
    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        self._address = (self.client or ("",))[0]
        self.by_address[self._address] += 1
        if TCP_USER_TIMEOUT and (sock := transport.get_extra_info("socket")) is not None:
            with suppress(OSError):  # a socket of another family
                sock.setsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT, int(TAKEN_WITHIN * 1000))
        proxies = getattr(self.app, "trusted_hosts", ())  # of uvicorn's ProxyHeadersMiddleware
        if self.by_address[self._address] > OF_ONE_ADDRESS and self._address not in proxies:
            self.transport.abort()
        else:
            self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._head is None:
            self._wait()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._taking = self.loop.call_later(TAKEN_WITHIN, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._taking.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self.by_address[self._address] -= 1
        if not self.by_address[self._address]:
            del self.by_address[self._address]
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._head = self.loop.call_later(HEAD_WITHIN, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None
