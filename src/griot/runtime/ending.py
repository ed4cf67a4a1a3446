"""A web server that ends: when it is told to, whatever its threads are about; and by itself when one of them
lets nothing else have a turn.
"""

from __future__ import annotations

import os
import signal
from threading import Timer
from types import FrameType

from uvicorn import Config, Server

END_WITHIN = 8.0  # seconds that requests have to come to an end
HELD = 30.0  # seconds of our own processor time without a turn of the event loop; a slow machine gives none


class Ending(Server):
    def __init__(self, config: Config) -> None:
        super().__init__(config)
        config.callback_notify, config.timeout_notify = _had_a_turn, 1

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Threads can't be stopped, and Python would wait for them."""
        end = Timer(END_WITHIN, os._exit, [128 + sig])
        end.daemon = True
        end.start()
        super().handle_exit(sig, frame)


async def _had_a_turn() -> None:
    """Put off the kernel's alarm, which ends the process. While the interpreter is held, no handler of ours
    would be run.
    """
    signal.setitimer(signal.ITIMER_PROF, HELD)
