"""What the environment says. What can't be is refused in one line that names it, and quotes no password."""

from __future__ import annotations

import ipaddress
import math
import os
import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from griot.runtime.state import is_address

Kept = TypeVar("Kept", str, int, float)
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_WAYS = {"whisper": {"file"}, "argos": {"file"}}
MOST_ADDRESSES = 2**16  # of a proxies' network


def setting(name: str, default: Kept, what: str, holds: Callable[[Kept], object]) -> Kept:
    """What stands under `name`, as what `default` is, or `default` where nothing does. Raises
    ImproperlyConfigured where it does not hold: it must be `what`.
    """
    said = os.environ.get(name, "").strip()
    if not said:
        return default
    try:
        value = type(default)(said)
        if holds(value):
            return value
    except ValueError:
        pass
    raise ImproperlyConfigured(f"{name} must be {what}")


def listed(name: str, what: str, holds: Callable[[str], object]) -> list[str]:
    """What stands under `name`, apart by commas; each must be `what`. Raises ImproperlyConfigured."""
    said = setting(name, "", what, lambda said: all(map(holds, _apart(said))))
    return _apart(said)


def _apart(said: str) -> list[str]:
    return [part for row in said.split(",") if (part := row.strip())]


def address(name: str, default: str) -> str:
    what = "an address such as https://news.example.org"
    return setting(name, default, what, is_address).rstrip("/")


def number(name: str, default: Kept, least: float, most: float) -> Kept:
    what = f"a number from {least:g} to {most:g}"
    return setting(
        name, default, what, lambda said: math.isfinite(float(said)) and least <= float(said) <= most
    )


def one_of(name: str, default: str, *choices: str) -> str:
    return setting(name, default, f"one of {', '.join(choices)}", choices.__contains__)


def time_zone(name: str) -> str:
    what = "the name of a time zone, such as Africa/Dakar"
    return setting(name, "UTC", what, is_time_zone)


def is_time_zone(said: str) -> bool:
    try:
        ZoneInfo(said)
    except (KeyError, OSError):  # a folder of zones is no zone
        return False
    return True


def is_mailbox(said: str) -> bool:
    name, at, host = said.rpartition("@")
    return bool(name and at and host) and said.isprintable() and " " not in said


def is_relay(said: str) -> bool:
    parts = urlsplit(said)
    return parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and (parts.port or 1) > 0


def is_guessable(key: str) -> bool:
    """Whether a secret key is too short or too even to be drawn by chance (Django's security.W009)."""
    return len(key) < 50 or len(set(key)) < 5


def helper(name: str, *kinds: str) -> str:
    """Where a helper is asked: KIND+https://HOST, of openai with a #MODEL; whisper and argos: +file:///folder."""

    def is_one(said: str) -> bool:
        kind, _, url = said.partition("+")
        parts = urlsplit(url)
        is_there = parts.path if kind in _WAYS else parts.hostname and (parts.port or 1) > 0
        is_whole = is_there and (kind != "openai" or parts.fragment)
        return kind in kinds and parts.scheme in _WAYS.get(kind, {"http", "https"}) and bool(is_whole)

    return setting(name, "", f"as docs/settings.md has it ({', '.join(kinds)})", is_one)


def database(name: str) -> dict[str, str]:
    """What libpq reads of a URL or DSN. Raises ImproperlyConfigured."""
    try:
        return {key: str(value) for key, value in conninfo_to_dict(os.environ.get(name, "")).items()}
    except (ProgrammingError, UnicodeError):
        raise ImproperlyConfigured(f"{name} must be postgresql://user:password@host/name") from None


def is_network(said: str) -> bool:
    try:
        return bool(ipaddress.ip_network(said))
    except ValueError:
        return False


def is_place(said: str) -> bool:
    """Whether it is host:port as the fetcher knows it, or *.domain:port."""
    parts = urlsplit(f"//{said.removeprefix('*.')}")
    is_bare = parts.netloc.rpartition("@")[2] == said.removeprefix("*.")
    return bool(parts.hostname and re.fullmatch(r"[\w.:-]+", parts.hostname)) and is_bare and bool(parts.port)


def wide(proxies: list[str]) -> list[str]:
    """Those of the proxies' addresses that are none, or networks so wide that strangers live in them."""
    return [said for said in proxies if not _is_narrow(said)]


def _is_narrow(said: str) -> bool:
    return is_network(said) and ipaddress.ip_network(said).num_addresses <= MOST_ADDRESSES
