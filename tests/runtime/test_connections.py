"""Connections that cost their sender nothing are not kept."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from griot.runtime import connections


async def application(scope, receive, send):
    await asyncio.sleep(0.3)  # longer than a head may take
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def answer_to(*pieces: bytes) -> bytes:
    """What is answered until the server closes, or for a second request on the same connection."""
    config = Config(application, http=connections.Impatient, lifespan="off", timeout_keep_alive=1)
    config.load()
    loop, state = asyncio.get_running_loop(), ServerState()
    server = await loop.create_server(lambda: connections.Impatient(config, state, {}), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.05)
        return await reader.read()
    finally:
        writer.close()
        server.close()


@pytest.mark.parametrize(
    ("pieces", "answers"),
    [
        ([], 0),
        ([b"GET / HTTP/1.1\r\n", *[b"X: y\r\n"] * 3], 0),
        ([b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"], 1),
        ([b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", *[b""] * 8, b"GET / HTTP/1.1\r\n"], 1),
    ],
)
def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch, pieces, answers):
    monkeypatch.setattr(connections, "HEAD_WITHIN", 0.15)
    with ThreadPoolExecutor(1) as pool:
        got = pool.submit(asyncio.run, asyncio.wait_for(answer_to(*pieces), 60)).result()
    assert got.count(b"200 OK") == answers


async def served(answer, talk, proxies=""):
    """What `talk` gives of the address where `answer` is the application."""
    config = Config(
        answer,
        http=connections.Impatient,
        lifespan="off",
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
    )
    config.load()
    loop, state = asyncio.get_running_loop(), ServerState()
    server = await loop.create_server(lambda: connections.Impatient(config, state, {}), "127.0.0.1", 0)
    try:
        return await talk(server.sockets[0].getsockname())
    finally:
        server.close()


def apart(work):
    """Playwright keeps an event loop in the tests' own thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asyncio.wait_for(work, 60)).result()


@pytest.mark.parametrize(("proxies", "kept"), [("", 3), ("192.0.2.0/24", 3), ("10.0.0.1,127.0.0.0/8", 5)])
def test_of_one_address_no_more_connections_are_kept_than_its_share(monkeypatch, proxies, kept):
    """But of a proxy, which speaks for many."""
    monkeypatch.setattr(connections, "OF_ONE_ADDRESS", 3)

    async def talk(address) -> list[bytes]:
        pairs = [await asyncio.open_connection(*address) for _ in range(3)]
        pairs += [await asyncio.open_connection(*address) for _ in range(2)]
        answers = []
        for reader, writer in pairs:
            with suppress(OSError):
                writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                answers.append(await reader.read())
        return answers

    answers = apart(served(application, talk, proxies))
    assert sum(b"200 OK" in a for a in answers) == kept
    assert not connections.Impatient.by_address


def test_who_takes_nothing_of_an_answer_is_let_go(monkeypatch):
    monkeypatch.setattr(connections, "TAKEN_WITHIN", 0.3)
    ended = asyncio.Event()

    async def endless(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(2000):
            await send({"type": "http.response.body", "body": bytes(100_000), "more_body": True})
        ended.set()

    async def talk(address) -> None:
        _, writer = await asyncio.open_connection(*address)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await ended.wait()
        writer.close()

    apart(served(endless, talk))
    assert not connections.Impatient.by_address
