"""Parsing what strangers send in a process of its own: killed, it takes nothing with it but that one input.

Each child has a pipe to itself, so that it may die at any moment, also in the middle of an answer; the pools
of concurrent.futures, loky and Pebble share queues and locks among their workers, and stand still then.
Children are forked by Python's forkserver, which has the parsers loaded and neither threads nor connections.
They start when they are needed, and end with us; one in the midst of something, by the kernel's alarm.

Nothing here loads Django: the children load this.
"""

from __future__ import annotations

import logging
import multiprocessing
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from threading import BoundedSemaphore
from typing import Any

from griot.press.core.types import BadInput, Made, Taken

SECONDS = 30.0  # for one input
GRACE = 10.0  # seconds until we end a child that the kernel has not
MEMORY = 300 * 1024 * 1024  # bytes resident; past half of it a child ends: the allocator would keep them
MOST = 500  # inputs of a child, after which another takes its place
AT_ONCE = 2  # children
TRIES = 5  # until one starts
log = logging.getLogger(__name__)

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    ["griot.press.core.sources.discovery", "griot.press.core.sources.mailboxes", __name__]
)
_turns = BoundedSemaphore(AT_ONCE)
_idle: list[_Child] = []


def apart(parse: Callable[Taken, Made], /, *args: Taken.args, **options: Taken.kwargs) -> Made:
    """What `parse`, a function of a module, makes of its arguments; both can be pickled.

    Raises BadInput: what `parse` says of its input, or that it took more than SECONDS or MEMORY, that its
    process died, or that it failed in any other way. Raises NotStarted where this machine starts no process:
    nothing about the input.
    """
    return within(SECONDS, parse, *args, **options)


def within(
    seconds: float, parse: Callable[Taken, Made], /, *args: Taken.args, **options: Taken.kwargs
) -> Made:
    """What `apart` gives, in less time: for one input of very many."""
    for _ in range(TRIES):
        try:
            with _child() as child:
                is_made, found = child.ask(seconds, parse, args, options)
        except (_GoneBefore, OSError, EOFError) as error:
            log.warning("a process to parse in did not start: %s", error or "it ended at once")
            continue
        if not is_made:
            raise BadInput(found)
        return found
    raise NotStarted("no process to parse in could be started: memory or processes are short on this machine")


@contextmanager
def _child() -> Iterator[_Child]:
    with _turns:
        child = next(filter(_Child.is_there, iter(_take_idle, None)), None) or _Child()
        try:
            yield child
        except BaseException:
            child.end()
            raise
        if child.is_there():
            _idle.append(child)


def _take_idle() -> _Child | None:
    with suppress(IndexError):
        return _idle.pop()
    return None


class NotStarted(RuntimeError):
    """Nothing is parsed at the moment; what waits is as good as before."""


class _GoneBefore(Exception):
    """The child died while it waited: not of this question."""


class _Child:
    """A child process, for one thread at a time."""

    def __init__(self) -> None:
        self._pipe, theirs = _context.Pipe()
        self._process = _context.Process(target=_serve, args=(theirs, MEMORY), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, seconds: float, *question: object) -> tuple[bool, Any]:
        """Whether it was made, and what, or why not."""
        started = time.monotonic()
        try:
            self._pipe.send((seconds, *question))
            self._pipe.recv()
        except (EOFError, OSError):
            self.end()
            raise _GoneBefore from None
        try:
            if not self._pipe.poll(seconds + GRACE):
                raise EOFError
            is_made, found, is_last = self._pipe.recv()
        except (EOFError, OSError):
            self.end()
            is_late = time.monotonic() - started >= seconds
            return False, f"takes more than {seconds:g} seconds to read" if is_late else "ends what reads it"
        if is_last:
            self.end()
        return is_made, found

    def is_there(self) -> bool:
        return not self._pipe.closed and self._process.is_alive()

    def end(self) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.join()


def _serve(pipe: Connection, memory: int) -> None:
    """A child: answers until nobody asks any more."""
    most = memory * 4 // 3  # an allocation that fails may be swallowed: who comes near it has taken too much
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, whatever it is about
    with suppress(EOFError, OSError):
        for number in range(1, MOST + 1):
            seconds, *question = pipe.recv()
            signal.setitimer(signal.ITIMER_REAL, seconds)
            pipe.send("taken")
            is_made, found = _answer(*question)
            resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            if resident > memory:
                is_made, found = False, f"takes more than {memory // 1024 // 1024} MB to read"
            pipe.send((is_made, found, resident > memory // 2 or number == MOST))
            signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(parse: Callable[..., object], args: Any, options: Any) -> tuple[bool, object]:
    try:
        return True, parse(*args, **options)
    except BadInput as refusal:
        return False, str(refusal)
    except MemoryError:
        return False, "takes more memory to read than there is for it"
    except Exception as error:
        traceback.print_exc()
        return False, f"can't be read ({type(error).__name__}: {error})"
