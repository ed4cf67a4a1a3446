"""The tests' own web server."""

from __future__ import annotations

import socket
import struct
import time


def test_who_hangs_up_in_the_middle_upsets_nobody(web, capfd):
    web.pages["here/"] = b"x" * 10_000_000
    with socket.create_connection(("127.0.0.1", web.port)) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        visitor.recv(1)
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(0.5)
    assert "Traceback" not in capfd.readouterr().err
