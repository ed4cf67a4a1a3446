"""Polite, guarded HTTP.

Every connection, redirects included, goes to an address that was checked *and is the one
connected to*, so that a name that changes its mind between check and use (DNS rebinding)
gains nothing. Bodies are capped in bytes, time and decompressed size.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
from protego import Protego

MAX_BYTES = 10 * 1024 * 1024
MAX_SECONDS = 20.0
MAX_REDIRECTS = 5
MOST_LOOKUPS = 32  # names asked for at once
MOST_HOST, MOST_MOVED, MOST_ETAG, MOST_DATE = 253, 1000, 300, 100  # characters
# `*.localhost` is loopback by definition (RFC 6761 §6.3), whatever a resolver says.
_LOCALHOST = re.compile(r"(?:^|\.)localhost$")


MAX_REST = 24 * 3600.0  # seconds that a host may ask us to stay away
RETRY_LATER = {429: 600.0, 503: 300.0}  # seconds to stay away where the host does not say


class FetchError(Exception):
    """A fetch that did not succeed; the message is for an editor to read.

    `is_passing` where another try, some minutes later, may well succeed; `retry_after` are the seconds that
    the host is to be left alone, 0 where it did not ask for that.
    """

    def __init__(self, message: str, retry_after: float = 0.0, *, is_passing: bool = False) -> None:
        super().__init__(message)
        self.retry_after, self.is_passing = retry_after, is_passing


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `content` is decompressed; empty with status 304. `url` is where redirects led."""

    url: str
    status: int
    content: bytes
    etag: str
    last_modified: str
    content_type: str
    permanent_url: str
    seconds: float


def host_of(url: str) -> str:
    """host:port of a URL, the port always given; "" for what is no address that can be asked."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port or {"https": 443}.get(parts.scheme, 80)
        host.encode()
    except ValueError:
        return ""
    return f"{host}:{port}" if 0 < len(host) <= MOST_HOST else ""


def is_exempt(host: str, allowed: Collection[str]) -> bool:
    """Whether `allowed` names this host:port, itself or as *.its-domain:port."""
    return host in allowed or f"*.{host.partition('.')[2]}" in allowed


class _Stream(httpcore.NetworkStream):
    """A connection that waits for no byte beyond its transport's deadline, however many come before."""

    def __init__(self, inner: httpcore.NetworkStream, left: Callable[[], float]) -> None:
        self._inner, self._left = inner, left

    def _within(self, timeout: float | None) -> float:
        left = self._left()
        return min(timeout, left) if timeout else left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._within(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._within(timeout))
        return _Stream(inner, self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def __init__(self, left: Callable[[], float]) -> None:
        self._left = left

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(host, port, *args, **options), self._left)


class GuardedTransport(httpx.HTTPTransport):
    """Connects to public addresses only; `allowed` holds the host:port pairs exempt from that. Nothing is
    waited for beyond `deadline` (by time.monotonic), from the first byte of a visit to its last.
    """

    def __init__(self, allowed: Collection[str] = ()) -> None:
        context = httpx.create_ssl_context(trust_env=False)  # reading the certificates takes its time: once
        super().__init__(verify=context, retries=0)
        self._pool = httpcore.ConnectionPool(ssl_context=context, network_backend=_Backend(self._left))
        self._allowed = frozenset(allowed)
        self.deadline = 0.0

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the visit took too long")
        return left

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme not in {"http", "https"}:
            raise FetchError(f"{url.scheme}: addresses are not fetched")
        host, port = url.host, url.port or (443 if url.scheme == "https" else 80)
        address = self._address(host, port)
        # The Host header was set from the URL; TLS still verifies the name.
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = url.copy_with(host=address)
        try:
            return super().handle_request(request)
        finally:
            request.url = url

    def _address(self, host: str, port: int) -> str:
        return address_of(host, port, self._allowed, max(0.0, self.deadline - time.monotonic()))


def address_of(host: str, port: int, allowed: Collection[str] = (), seconds: float = MAX_SECONDS) -> str:
    """An IP address of `host`, found within `seconds`, that may be connected to. Raises FetchError."""
    exempt = is_exempt(f"{host.lower()}:{port}", allowed)
    if exempt and _LOCALHOST.search(host):
        return "127.0.0.1"
    addresses = _resolved(host, port, seconds)
    if not exempt:
        private = [a for a in addresses if not is_public(a)]
        if private or not addresses:
            raise FetchError(f"{host} is not a public address ({', '.join(private)}); it is not fetched")
    return addresses[0]


_lookups = threading.BoundedSemaphore(MOST_LOOKUPS)


def _resolved(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of `host`. The system's resolver knows no deadline: whoever waits for it does, while a
    thread goes on until it has its answer, and never more than MOST_LOOKUPS of them. Raises FetchError.
    """
    found: list[str] | None = None
    is_told = threading.Event()

    def look_up() -> None:
        nonlocal found
        try:
            found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError):
            pass
        finally:
            _lookups.release()
            is_told.set()

    ends = time.monotonic() + seconds
    if _lookups.acquire(timeout=seconds):
        threading.Thread(target=look_up, daemon=True).start()
        is_told.wait(ends - time.monotonic())
    if not is_told.is_set():
        raise FetchError(f"the name {host} was not found in time", is_passing=True)
    if found is None:
        raise FetchError(f"the host {host} is not known", is_passing=True)
    return found


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")  # all that IANA has given out of IPv6 for the public
# Counted as global by `ipaddress`, and met only from within a network: IANA's protocol assignments, where a
# cloud keeps its metadata (192.0.0.192), relays of 6to4, and the host that tells Azure's machines about
# themselves.
_NEIGHBOURS = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet; mapped and tunnelled IPv4 is looked into."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        return ip.is_global and ip in _UNICAST
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NEIGHBOURS)


MayFollow = Callable[[str, str], None]


class Fetcher:
    """An HTTP client for one thread; close it, or use it as a context manager. A visit takes at most
    `seconds`, redirects included; `headers` go with each request.
    """

    def __init__(
        self,
        user_agent: str,
        allowed: Collection[str] = (),
        seconds: float = MAX_SECONDS,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._transport, self._seconds = GuardedTransport(allowed), seconds
        self._client = httpx.Client(
            transport=self._transport,
            timeout=httpx.Timeout(10, connect=8),
            headers={
                "User-Agent": user_agent,
                "Accept-Encoding": "gzip",
                "Accept-Language": "*",
                **headers,
            },
            trust_env=False,
        )

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: Any) -> None:
        self._client.close()

    def get(
        self, url: str, etag: str = "", last_modified: str = "", may_follow: MayFollow | None = None
    ) -> Fetched:
        """Fetch `url`, following redirects. Raises FetchError for whatever is no 200 or 304.

        `may_follow` is asked, from where and whereto, before each redirect is followed; it raises FetchError
        where it may not, and may itself fetch and wait: its time is not the visit's.
        """
        headers = {}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        started = time.monotonic()
        self._transport.deadline = started + self._seconds
        permanent, permanent_so_far = "", True
        try:
            for _ in range(MAX_REDIRECTS + 1):
                request = self._client.build_request("GET", url, headers=headers)
                response = self._client.send(request, stream=True)
                try:
                    if not response.has_redirect_location:
                        return self._read(response, url, permanent, started)
                    permanent_so_far = permanent_so_far and response.status_code in {301, 308}
                    here, url = url, str(response.next_request.url) if response.next_request else ""
                    permanent = url if permanent_so_far else permanent
                finally:
                    response.close()
                if may_follow:
                    left = self._transport.deadline - time.monotonic()
                    may_follow(here, url)
                    self._transport.deadline = time.monotonic() + left
            raise FetchError(f"more than {MAX_REDIRECTS} redirects")
        except httpx.TimeoutException:
            if time.monotonic() >= self._transport.deadline:
                raise FetchError(
                    f"not received whole within {self._seconds:.0f} seconds", is_passing=True
                ) from None
            raise FetchError("no answer in time", is_passing=True) from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise FetchError("its certificate is not valid", is_passing=True) from None
            why = f"no connection ({type(error).__name__}: {str(error)[:120]})"
            raise FetchError(why, is_passing=True) from None

    def post_form(self, url: str, fields: dict[str, str]) -> int:
        """Post a form, redirects not followed; gives the status and reads no more. Raises FetchError."""
        self._transport.deadline = time.monotonic() + self._seconds
        try:
            with self._client.stream("POST", url, data=fields, follow_redirects=False) as response:
                return response.status_code
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise FetchError(f"no connection ({type(error).__name__})") from None

    def _read(self, response: httpx.Response, url: str, permanent: str, started: float) -> Fetched:
        if response.status_code == 304:
            content = b""
        elif response.status_code != 200:
            is_passing = response.status_code >= 500 or response.status_code in {408, 425, 429}
            raise FetchError(_in_words(response), _retry_after(response), is_passing=is_passing)
        else:
            content = _body(response)
        head = response.headers
        return Fetched(
            url=url,
            status=response.status_code,
            content=content,
            etag=_validator(head.get("etag", ""), MOST_ETAG),
            last_modified=_validator(head.get("last-modified", ""), MOST_DATE),
            content_type=head.get("content-type", ""),
            permanent_url=permanent if len(permanent) <= MOST_MOVED else "",
            seconds=time.monotonic() - started,
        )


def _validator(said: str, most: int) -> str:
    """What is sent back at the next visit; "" for more than is kept, because a part of it says nothing."""
    return said if len(said) <= most and "\0" not in said else ""


def _retry_after(response: httpx.Response) -> float:
    """Seconds to stay away (RFC 9110 §10.2.3: a number or a date), with 429 and 503 also where the
    host names none.
    """
    if response.status_code not in RETRY_LATER:
        return 0.0
    asked = response.headers.get("retry-after", "").strip()
    seconds = RETRY_LATER[response.status_code]
    if asked.isdecimal():
        seconds = float(asked[:9])
    elif asked:
        try:
            seconds = parsedate_to_datetime(asked).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            pass
    return min(max(seconds, 1.0), MAX_REST)


def _in_words(response: httpx.Response) -> str:
    words = {
        401: "a password is asked for",
        403: "refused",
        404: "not found",
        410: "gone",
        429: "too many requests",
    }
    said = words.get(
        response.status_code, "the server failed" if response.status_code >= 500 else "unexpected"
    )
    return f"{said} (HTTP {response.status_code})"


def _body(response: httpx.Response) -> bytes:
    """The body, decompressed by us so that no chunk can unfold past the cap."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise FetchError(f"sent in an encoding that was not asked for ({encoding[:20]})")
    inflate = (
        None if encoding in {"", "identity"} else zlib.decompressobj(wbits=47 if "gzip" in encoding else 15)
    )
    body = bytearray()
    for chunk in response.iter_raw(65536):
        try:
            body += inflate.decompress(chunk, MAX_BYTES + 1 - len(body)) if inflate else chunk
        except zlib.error:
            raise FetchError("broken compression") from None
        if len(body) > MAX_BYTES:
            raise FetchError(f"larger than {MAX_BYTES // 1024 // 1024} MB")
    return bytes(body)


_OF_THE_SITE = {"sitemap", "sitemaps", "site-map", "host"}  # they belong to no group, and end none


def _for_us(robots: str, user_agent: str) -> str:
    """The groups of a robots.txt that speak to us or to all, each agent once: a parser that gives every agent
    its own copy of its group's rules takes the product of both.
    """
    us, found, is_ours, is_head = user_agent.lower(), [], False, False
    for line in robots.splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key = key.strip().lower()
        if key != "user-agent":
            is_head = is_head and (not colon or key in _OF_THE_SITE)
            if is_ours or key == "sitemap":
                found.append(line)
            continue
        agent = value.strip().lower()
        is_named = agent == "*" or (bool(agent) and agent in us)
        if not is_head:
            is_ours, is_head, named = False, True, set[str]()
        if is_named and agent not in named:
            named.add(agent)
            found.append(line)
        is_ours = is_ours or is_named
    return "\n".join(found)


@lru_cache(maxsize=32)
def _rules(robots: str, user_agent: str) -> Protego:
    """Read once for the pages of a host, which come one after the other."""
    return Protego.parse(_for_us(robots, user_agent))


def what_robots_say(robots: str, url: str, user_agent: str) -> tuple[bool, float]:
    """Whether a robots.txt (RFC 9309) allows a URL, and how many seconds it asks for between two requests, at
    most 60. An empty one allows everything.
    """
    rules = _rules(robots, user_agent)
    asked = rules.crawl_delay(user_agent)
    return bool(rules.can_fetch(url, user_agent)), min(float(asked), 60.0) if asked else 0.0
