"""A network as it is on the road: a proxy that throttles, and cuts connections at random."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time


class BadNetwork:
    """A TCP proxy on loopback before `port`. `rate` is bytes a second for all connections together, None for
    unlimited; `cuts_left` connections are cut, most after a random few KB from the phone, some after as much
    as one piece.
    """

    def __init__(self, port: int, seed: int = 7) -> None:
        self.target, self.rate, self.cuts_left, self.cuts_made, self.is_down = port, None, 0, 0, False
        self.random = random.Random(seed)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._lock, self._next = threading.Lock(), 0.0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                phone, _ = self.server.accept()
            except OSError:
                return
            if self.is_down:
                phone.close()
                continue
            try:
                house = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                phone.close()
                continue
            threading.Thread(target=self._carry, args=(phone, house, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(house, phone, False), daemon=True).start()

    def _carry(self, source: socket.socket, to: socket.socket, is_up: bool) -> None:
        carried = 0
        limit = (
            self.random.randint(66_000, 80_000)
            if self.random.random() < 0.2
            else self.random.randint(1_000, 10_000)
        )
        with contextlib.suppress(OSError):
            while data := source.recv(2048):
                if self.is_down:
                    break
                self._wait(len(data))
                carried += len(data)
                if is_up and carried > limit and self.cuts_left > 0:
                    self.cuts_left -= 1
                    self.cuts_made += 1
                    break
                to.sendall(data)
        for end in (source, to):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _wait(self, size: int) -> None:
        if self.rate is None:
            return
        with self._lock:
            now = time.monotonic()
            self._next = max(self._next, now) + size / self.rate
            pause = self._next - now
        time.sleep(max(0.0, pause))

    def close(self) -> None:
        self.server.close()
