"""What a command's arguments may say."""

from __future__ import annotations

import argparse
import os
import socket
import stat
from collections.abc import Callable


def whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers for argparse, which tells who calls what is expected."""

    def read(said: str) -> int:
        is_number = said.isascii() and said.isdecimal() and len(said) < 10
        if not is_number or not least <= int(said) <= most:
            raise argparse.ArgumentTypeError(f"a number from {least} to {most} is expected")
        return int(said)

    return read


port = whole(0, 65535)


def listening(said: str) -> int:
    """The descriptor of a listening socket that the parent left open."""
    number = whole(0, 65535)(said)
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            with socket.socket(fileno=os.dup(number)) as door:
                if door.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    return number
    except OSError:
        pass
    raise argparse.ArgumentTypeError("a listening socket, inherited from the parent, is expected")
