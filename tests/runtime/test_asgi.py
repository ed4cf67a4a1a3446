"""What waits to be read of a request: whole, and in the clear nowhere."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import RequestAborted
from hypothesis import given, settings
from hypothesis import strategies as st

from griot import asgi


def read(messages: list[dict]) -> bytes:
    rest = iter(messages)

    async def receive() -> dict:
        return next(rest)

    with ThreadPoolExecutor(1) as pool:  # Playwright keeps an event loop in the tests' own thread
        body = pool.submit(asyncio.run, asgi.Application().read_body(receive)).result()
    with body:
        return body.read()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=3000), max_size=8))
def test_a_body_is_what_was_sent(pieces):
    messages = [{"type": "http.request", "body": p, "more_body": True} for p in pieces] + [
        {"type": "http.request"}
    ]
    assert read(messages) == b"".join(pieces)


def test_what_is_large_lies_on_no_disk_as_it_is():
    spool = asgi.SealedSpool()
    for _ in range(50):
        spool.add(b"the teller's words " * 5000)
    assert spool._file.name is not None and spool._file._rolled, "it is on a disk now"
    spool._file.seek(0)
    assert b"teller" not in spool._file.read()
    spool._open = spool._cipher.decryptor()
    assert spool.reader().read(19) == b"the teller's words "


def test_one_that_breaks_off_or_does_not_end_is_let_go(monkeypatch):
    with pytest.raises(RequestAborted):
        read([{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}])
    monkeypatch.setattr(asgi, "MOST_BODY", 10)
    with pytest.raises(RequestAborted):
        read([{"type": "http.request", "body": b"x" * 8, "more_body": True}] * 5)
