"""Fetching, against a real HTTP server on loopback."""

from __future__ import annotations

import gzip
import socket
import socketserver
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from protego import Protego

from griot.demo.serving import Server
from griot.press.core.sources import fetching
from griot.press.core.sources.fetching import (
    MAX_BYTES,
    Fetcher,
    FetchError,
    is_exempt,
    is_public,
    what_robots_say,
)

LARGE = b"x" * (MAX_BYTES + 1)
BOMB = gzip.compress(b"\0" * (MAX_BYTES * 20))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        port = self.server.server_address[1]
        status, headers, body = {
            "/ok": (200, {"ETag": '"1"'}, b"hello"),
            "/gzip": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"hello")),
            "/deflate": (200, {"Content-Encoding": "deflate"}, zlib.compress(b"hello")),
            "/bomb": (200, {"Content-Encoding": "gzip"}, BOMB),
            "/large": (200, {}, LARGE),
            "/brotli": (200, {"Content-Encoding": "br"}, b"?"),
            "/broken": (200, {"Content-Encoding": "gzip"}, b"not gzip"),
            "/forbidden": (403, {}, b""),
            "/gone": (410, {}, b""),
            "/moved": (301, {"Location": "/ok"}, b""),
            "/found": (302, {"Location": "/ok"}, b""),
            "/loop": (302, {"Location": "/loop"}, b""),
            "/to-private": (302, {"Location": f"http://127.0.0.1:{port}/ok"}, b""),
            "/to-metadata": (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b""),
            "/to-file": (302, {"Location": "file:///etc/passwd"}, b""),
        }[self.path]
        if self.headers.get("If-None-Match") == headers.get("ETag", "-"):
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def base():
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://press.localhost:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture
def fetcher(base):
    with Fetcher("Griot-test/1", {f"*.localhost:{base.rpartition(':')[2]}"}) as found:
        yield found


@pytest.mark.parametrize("path", ["/ok", "/gzip", "/deflate", "/found"])
def test_bodies_arrive_decompressed_and_over_redirects(fetcher, base, path):
    assert fetcher.get(base + path).content == b"hello"


def test_what_has_not_changed_is_not_sent_again(fetcher, base):
    etag = fetcher.get(base + "/ok").etag
    again = fetcher.get(base + "/ok", etag=etag)
    assert (again.status, again.content) == (304, b"")


def test_a_permanent_redirect_is_told_from_a_passing_one(fetcher, base):
    assert fetcher.get(base + "/moved").permanent_url == base + "/ok"
    assert fetcher.get(base + "/found").permanent_url == ""


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/bomb", "larger than"),
        ("/large", "larger than"),
        ("/brotli", "encoding that was not asked for"),
        ("/broken", "broken compression"),
        ("/forbidden", "refused .HTTP 403"),
        ("/gone", "gone .HTTP 410"),
        ("/loop", "redirects"),
        ("/to-private", "not a public address"),
        ("/to-metadata", "not a public address"),
        ("/to-file", "file"),
    ],
)
def test_what_can_not_be_had_says_why(fetcher, base, path, words):
    with pytest.raises(FetchError, match=words):
        fetcher.get(base + path)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://[::1]:1/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://169.254.169.254/",
        "http://[64:ff9b::7f00:1]/",
        "http://2130706433/",
        "http://press.localhost:1/",
    ],
)
def test_nothing_but_public_addresses_is_connected_to(fetcher, url):
    with pytest.raises(FetchError):
        fetcher.get(url)


def test_the_exception_is_for_one_port_only():
    assert is_exempt("a.localhost:8765", {"*.localhost:8765"})
    assert not is_exempt("a.localhost:5432", {"*.localhost:8765"})
    assert not is_exempt("localhost:8765", {"*.localhost:8765"})
    assert not is_exempt("a.localhost.evil.example:8765", {"*.localhost:8765"})


@given(st.ip_addresses())
def test_every_address_is_public_or_not(address):
    assert isinstance(is_public(str(address)), bool)


def test_an_unknown_host_says_so(fetcher):
    with pytest.raises(FetchError, match="not known"):
        fetcher.get("http://no-such-host.invalid/")


def test_a_visit_ends_in_time_however_long_its_name_takes(monkeypatch):
    """And no more names are asked for at once than the bound."""
    look_up, is_over = socket.getaddrinfo, threading.Event()

    def slowly(host, *args, **options):
        if host == "slow.example":
            is_over.wait(60)
        return look_up("127.0.0.1" if host == "slow.example" else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    monkeypatch.setattr(fetching, "_lookups", threading.BoundedSemaphore(2))
    with Fetcher("Griot", seconds=0.3) as impatient:
        for _ in range(2):
            with pytest.raises(FetchError, match=r"slow\.example was not found in time") as error:
                impatient.get("http://slow.example/")
            assert error.value.is_passing
        with pytest.raises(FetchError, match=r"other\.example was not found in time"):
            impatient.get("http://other.example/")
        is_over.set()
        assert all(fetching._lookups.acquire(timeout=60) for _ in range(2)), "each comes back"


def test_robots_are_obeyed():
    robots = "User-agent: *\nDisallow: /private/\nCrawl-delay: 12\n"
    assert what_robots_say(robots, "https://a.example/news/1", "Griot/1")[0]
    assert not what_robots_say(robots, "https://a.example/private/1", "Griot/1")[0]
    assert what_robots_say("", "https://a.example/", "Griot/1")[0]
    assert what_robots_say(robots, "https://a.example/news/1", "Griot/1") == (True, 12)
    slow = "User-agent: *\nCrawl-delay: 86400"
    assert what_robots_say(slow, "https://a.example/", "Griot/1") == (True, 60)


class Dripping(socketserver.BaseRequestHandler):
    """A byte now and then, of the head or of the body, for ever."""

    def handle(self):
        asked = self.request.recv(4096)
        self.request.sendall(b"HTTP/1.1 200 OK\r\n")
        if asked.startswith(b"GET /body"):
            self.request.sendall(b"Content-Length: 100000\r\n\r\n")
        try:
            while True:
                self.request.sendall(b"x" if asked.startswith(b"GET /body") else b"X-Slow: 1\r\n")
                time.sleep(0.05)
        except OSError:
            pass


@pytest.mark.parametrize("path", ["body", "head"])
def test_a_visit_ends_in_time_however_its_bytes_drip(path):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        with Fetcher("Griot", {f"here.localhost:{port}"}, seconds=0.5) as fetcher:
            with pytest.raises(FetchError, match="not received whole"):
                fetcher.get(f"http://here.localhost:{port}/{path}")
            with pytest.raises(FetchError):
                fetcher.post_form(f"http://here.localhost:{port}/head", {"a": "b"})
        server.shutdown()


LINES = st.sampled_from(
    [
        "User-agent: *",
        "User-agent: Griot",
        "user-agent: griot/1.0  # us",
        "User-agent: Other",
        "User-agent:",
        "Disallow: /a",
        "Disallow: /b*c$",
        "Disallow:",
        "Allow: /a/b",
        "Crawl-delay: 7",
        "Sitemap: https://a.example/sitemap.xml",
        "",
        "Host: a.example",
        "Foo: bar",
        "# a word",
        "nonsense",
    ]
)


@given(st.lists(LINES, max_size=14), st.sampled_from(["/", "/a", "/a/b", "/bxc", "/bxcd"]))
@example(["User-agent: *", "Sitemap: https://a.example/", "User-agent: Other", "Crawl-delay: 7"], "/")
@example(["User-agent: *", "Disallow:", "User-agent: Other", "Crawl-delay: 7"], "/")
def test_the_groups_that_speak_to_us_say_what_the_whole_file_says(lines, path):
    robots, url, agent = "\n".join(lines), f"https://a.example{path}", "Griot/1.0"
    theirs = Protego.parse(robots)
    asked = theirs.crawl_delay(agent)
    assert what_robots_say(robots, url, agent) == (
        theirs.can_fetch(url, agent),
        min(asked, 60.0) if asked else 0.0,
    )


def test_an_agents_list_times_a_rules_list_is_not_taken_for_real():
    agents = "".join(f"User-agent: a{n}\n" for n in range(3000))
    rules = "".join(f"Disallow: /{n}\n" for n in range(3000))
    whole = f"{agents}{rules}User-agent: Griot\nDisallow: /mine\n"
    assert (
        what_robots_say(whole, "https://a.example/7", "Griot")[0]
        and not what_robots_say(whole, "https://a.example/mine", "Griot")[0]
    )


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",  # metadata: most clouds
        "fd00:ec2::254",  # Amazon, over IPv6
        "192.0.0.192",  # Oracle
        "168.63.129.16",  # Azure
        "100.100.100.200",  # Alibaba
        "::7f00:1",
        "::ffff:0:7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "fec0::1",
        "ff0e::1",
        "192.88.99.1",
    ],
)
def test_what_only_neighbours_can_reach_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "192.0.78.9"])
def test_the_public_internet_is(address):
    assert is_public(address)
