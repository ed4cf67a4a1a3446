from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from aiosmtpd.controller import Controller
from django.db import connections
from django.test import override_settings
from wagtail.models import Site

from griot.demo.core.wire import Wire, load
from griot.demo.serving import Server, serve
from griot.runtime.postgres import database, embedded
from griot.runtime.serving import listener
from tests.databases import copy_newsroom, database_of_our_own
from tests.support import until_waiting

# A property is as true on a machine that is busy.
hypothesis.settings.register_profile("griot", deadline=None)
hypothesis.settings.load_profile("griot")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="random orders of events go on for longer")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:
    """Each process has a database of its own, a newsroom as `./griot up --empty` leaves it; its server is held."""
    with database(), django_db_blocker.unblock(), database_of_our_own(_furnish):
        yield


def _furnish() -> None:
    from griot.digest.management.commands.prepare import _site

    with override_settings(PUBLIC_URL="http://localhost:8000"):
        _site()


@pytest.fixture
def newsroom_folder(django_db_setup: None, short_folder: Path) -> Path:
    """The state folder of a newsroom with a server of its own, which nobody holds: migrated, and nothing more."""
    with embedded(short_folder) as url:
        copy_newsroom(url)
    return short_folder


@pytest.fixture(autouse=True)
def folders_of_its_own(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAILDIR = tmp_path / "mail"
    settings.VAULT, settings.VAULT_KEYS = tmp_path / "vault", tmp_path / "keys" / "vault"
    settings.EMAIL_URL = ""
    settings.PUBLIC_URL = "http://localhost:8000"
    settings.TYPESET = tmp_path / "typeset"


@pytest.fixture(scope="session")
def wire() -> Iterator[Wire]:
    """The demo's wire, served over HTTP on loopback, ended a minute ago."""
    base = datetime.now(UTC) - timedelta(minutes=1)
    server = serve(lambda: found, 0)
    found = load(server.server_address[1], base)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()


@pytest.fixture
def listening_to_wire(wire: Wire, settings) -> Wire:
    settings.FETCH_ALLOWED = frozenset({f"*.localhost:{wire.port}"})
    return wire


@pytest.fixture
def site(db) -> Site:
    """A newsroom as `./griot up --empty` leaves it."""
    return Site.objects.get(is_default_site=True)


class Inbox:
    """An SMTP server's handler that keeps what it is given, and can misbehave."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []
        self.replies: dict[str, str] = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        for to in envelope.rcpt_tos:
            self.messages.append((to, envelope.original_content))
        return "250 taken"


@pytest.fixture
def sink(settings) -> Iterator[Inbox]:
    """A real SMTP server on loopback; EMAIL_URL points at it."""
    inbox = Inbox()
    with mail_server(inbox) as settings.EMAIL_URL:
        yield inbox


@contextmanager
def mail_server(handler: object) -> Iterator[str]:
    with listener("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket and open enough for any user."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="griot-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


class Web:
    """A small web server on loopback: `pages` maps host and path to an answer, `seen` is who asked for
    what.
    """

    def __init__(self) -> None:
        self.pages: dict[str, object] = {}
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, body: bytes = b"") -> None:
                host = self.headers.get("Host", "").partition(".localhost")[0]
                host = "here" if host.startswith("127.") else host
                web.seen.append((self.command, f"{host}{self.path}", dict(self.headers)))
                web.bodies.append(body)
                page = web.pages.get(f"{host}{self.path}", (404, {}, b"not here"))
                if callable(page):
                    page = page(self, body)
                status, headers, content = page if isinstance(page, tuple) else (200, {}, page)
                content = content.encode() if isinstance(content, str) else content
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self) -> None:
                self.answer()

            def do_POST(self) -> None:
                self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def log_message(self, format: str, *args: object) -> None:
                """`seen` is the log."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, host: str, path: str = "/") -> str:
        """An address of a host; "here" is by number, for who does not know that *.localhost is loopback."""
        return f"http://{'127.0.0.1' if host == 'here' else f'{host}.localhost'}:{self.port}{path}"

    def asked(self, path: str) -> int:
        return sum(p == path for _, p, _ in self.seen)


@pytest.fixture
def web(settings) -> Iterator[Web]:
    """A web of our own, which the newsroom may fetch from."""
    found = Web()
    settings.FETCH_ALLOWED = frozenset({f"*.localhost:{found.port}"})
    settings.FETCH_DELAY = 0.0
    yield found
    found.server.shutdown()


@pytest.fixture
def is_long(request) -> bool:
    """Whether somebody has asked for what takes its time: `./griot test --long`."""
    return bool(request.config.getoption("--long"))


@pytest.fixture
def meanwhile(monkeypatch):
    """What another does, in a transaction of its own, within the first call of something: until it is done,
    or waits for us. Call what is given for its answer.
    """
    pool = ThreadPoolExecutor(1)

    def within(where: object, name: str, act: Callable[[], object]) -> Callable[[], object]:
        others: list[Future[object]] = []
        called = getattr(where, name)

        def alone() -> object:
            try:
                return act()
            finally:
                connections.close_all()

        def first(*said: Any, **how: Any) -> Any:
            answer = called(*said, **how)
            if not others:
                others.append(pool.submit(alone))
                until_waiting(others[0])
            return answer

        monkeypatch.setattr(where, name, first)
        return lambda: others[0].result()

    yield within
    pool.shutdown()
