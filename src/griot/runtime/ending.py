"""A web server that ends: when it is told to, whatever its threads are about; and by itself when one of them
lets nothing else have a turn.
"""

from __future__ import annotations

import asyncio
import os
import signal
from socket import socket
from threading import Timer
from types import FrameType

from uvicorn import Config, Server

END_WITHIN = 8.0  # seconds that requests have to come to an end
HELD = 30.0  # seconds of each core without a turn of the event loop; a slow machine gives none
CORES = os.cpu_count() or 1


class Ending(Server):
    def __init__(self, config: Config) -> None:
        super().__init__(config)

    async def startup(self, sockets: list[socket] | None = None) -> None:
        self._turns = asyncio.create_task(_take_turns())
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Threads can't be stopped, and Python would wait for them."""
        end = Timer(END_WITHIN, os._exit, [128 + sig])
        end.daemon = True
        end.start()
        super().handle_exit(sig, frame)


async def _take_turns() -> None:
    """Put off the kernel's alarm, which ends the process, again and again. While the interpreter is held, no
    handler of ours would be run.
    """
    while True:
        signal.setitimer(signal.ITIMER_PROF, HELD * CORES)
        await asyncio.sleep(1)
