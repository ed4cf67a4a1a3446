"""Whether the web server answers, asked again and again as a reader would ask."""

from __future__ import annotations

import http.client
import socket
from threading import Event, Thread

ASK_EVERY = 15.0  # seconds
ANSWER_WITHIN = 60.0  # seconds
MOST_MISSES = 5  # in a row: six minutes of silence are no slow machine


class Watch:
    """Asks whoever listens at `door` until it is ended."""

    def __init__(self, door: socket.socket) -> None:
        host, self._port = door.getsockname()[:2]
        self._host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        self.misses = 0
        self._is_over = Event()
        self._thread = Thread(target=self._go_on, daemon=True)
        self._thread.start()

    @property
    def is_silent(self) -> bool:
        return self.misses >= MOST_MISSES

    def end(self) -> None:
        self._is_over.set()

    def _go_on(self) -> None:
        while not self._is_over.wait(ASK_EVERY):
            self.misses = 0 if self._answers() else self.misses + 1

    def _answers(self) -> bool:
        """Also who refuses, or breaks off, has had a turn."""
        asked = http.client.HTTPConnection(self._host, self._port, timeout=ANSWER_WITHIN)
        try:
            asked.request("GET", "/robots.txt")
            asked.getresponse()
        except TimeoutError:
            return False
        except (OSError, http.client.HTTPException):
            return True
        finally:
            asked.close()
        return True
