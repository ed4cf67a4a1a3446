"""Serves the demo's wire on loopback: every outlet under a name of its own, NAME.localhost."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from griot.demo.core.rendering import render_feed, render_front, render_page
from griot.demo.core.wire import Wire, load
from griot.runtime.state import demo_facts


class Server(ThreadingHTTPServer):
    """A server of pages that waits for no visitor when it ends, and that whoever hangs up doesn't upset."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def run(name: str, arguments: list[str]) -> int:
    """Serve until killed; the wire's day is read anew at each request, so a new morning needs no restart."""

    def current() -> Wire:
        facts = demo_facts()
        return load(facts["port"], datetime.fromisoformat(facts["base"]))

    port = demo_facts()["port"]
    try:
        server = serve(current, port)
    except OSError as error:
        print(
            f"griot: the demo's wire can't listen on port {port} ({error.strerror}); its articles won't open",
            file=sys.stderr,
        )
        return 2
    server.serve_forever()
    return 0


def serve(current: Callable[[], Wire], port: int) -> Server:
    """A server of the wire that `current()` gives, on 127.0.0.1:`port`; not yet running."""
    wires: dict[str, Wire] = {}
    lock = threading.Lock()

    def wire() -> Wire:
        with lock:
            key = str(demo_facts().get("base", ""))
            if key not in wires:
                wires.clear()
                wires[key] = current()
            return wires[key]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, content_type, body = _answer(wire(), self.headers.get("Host", ""), self.path)
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
            self.send_response(status)
            self.send_header("Content-Type", f"{content_type}; charset=utf-8")
            self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """The wire is silent; whoever fetches keeps the ledger."""

    return Server(("127.0.0.1", port), Handler)


def _answer(wire: Wire, host: str, path: str) -> tuple[int, str, bytes]:
    path = path.partition("?")[0]
    outlet = wire.outlets.get(host.partition(".localhost")[0])
    if outlet is None:
        names = "".join(
            f'<li><a href="http://{wire.host(s)}/">{o.name}</a></li>' for s, o in wire.outlets.items()
        )
        return 200, "text/html", f"<!doctype html><title>The demo's wire</title><ul>{names}</ul>".encode()
    if path == "/robots.txt":
        return 200, "text/plain", b"User-agent: *\nDisallow: /*/plus/\n"
    if path in {"/feed.xml", "/feed.json"}:
        content_type, body = render_feed(wire, outlet)
        return 200, content_type, body
    if path == "/":
        return 200, "text/html", render_front(wire, outlet).encode()
    for article in wire.by_outlet[outlet.slug]:
        if path == wire.url(article).partition(wire.host(outlet.slug))[2]:
            status, html = render_page(wire, outlet, article)
            return status, "text/html", html.encode()
    return 404, "text/html", b"<!doctype html><title>404</title><h1>Not found</h1>"
