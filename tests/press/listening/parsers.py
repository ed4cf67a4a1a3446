"""Parsers that misbehave, for the children of tests: nothing here loads Django."""

from __future__ import annotations

import ctypes
import os
import signal

from griot.press.core.types import BadInput


def well(content: bytes) -> int:
    return len(content)


def process(content: bytes) -> int:
    return os.getpid()


def refuses(content: bytes) -> int:
    raise BadInput("not a feed: it has no channel")


def fails(content: bytes) -> int:
    return 1 // len(content[:0])


def for_ever(content: bytes) -> int:
    while True:
        pass


def for_ever_in_c(content: bytes) -> int:
    return sum(iter(int, 1))  # no byte code of ours is reached, nor a handler of a signal


def eats(content: bytes) -> int:
    eaten = []
    while True:
        eaten.append(bytearray(10_000_000))


def grows(content: bytes) -> int:
    return len(bytearray(160_000_000))


def is_killed(content: bytes) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def breaks(content: bytes) -> int:
    return ctypes.string_at(0)[0]


def leaves(content: bytes) -> int:
    os._exit(0)


def gives_what_cannot_be_sent(content: bytes) -> object:
    return lambda: content
