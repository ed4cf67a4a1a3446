"""Where a newsroom keeps what it must not lose: the state folder.

`var/` beside the code, or wherever `GRIOT_VAR` says. Everything in it belongs to one
newsroom; two folders are two newsrooms and never meet.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SHORTEST_KEY = 32  # characters
ROOT = Path(__file__).resolve().parents[3]


class StateError(RuntimeError):
    """The state folder, or a file in it, can't be used; the message says which, why, and what to do."""


def state_folder() -> Path:
    """The state folder, made on first use and closed to everybody else's writing. Raises StateError."""
    folder = Path(os.environ.get("GRIOT_VAR") or ROOT / "var").expanduser().absolute()
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(
            f"{folder} can't be made ({error.strerror}); set GRIOT_VAR to another folder"
        ) from None
    return folder


def kept(name: str) -> str | None:
    """What a file of the state folder says, None where there is none. Raises StateError."""
    path = state_folder() / name
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StateError(
            f"{path} can't be read ({error}); put it back from your backup, or remove it"
        ) from None


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Write `text` to `path` so that a reader sees the old file or the new one, never half."""
    draft = path.with_name(f".{path.name}.{threading.get_native_id()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def secret_key() -> str:
    """This newsroom's secret key, made on first use. Raises StateError."""
    path = state_folder() / "secret-key"
    if not path.exists():
        draft = path.with_name(f".secret-key.{threading.get_native_id()}")
        write_whole(draft, secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # another process was faster
            os.link(draft, path)
        draft.unlink()
    key = (kept(path.name) or "").strip()
    if len(key) < SHORTEST_KEY:
        raise StateError(
            f"{path} holds no key ({len(key)} characters); put it back from your backup, or remove it: then"
            " everybody signs in anew, and second factors are set up again"
        )
    return key


def demo_facts() -> dict[str, Any]:
    """What this newsroom's demo needs to be found again (port, hosts); empty where there is none. Raises
    StateError.
    """
    text = kept("demo.json")
    if text is None:
        return {}
    try:
        facts = json.loads(text)
        is_port = type(facts["port"]) is int and 0 < facts["port"] < 2**16
        if not is_port or datetime.fromisoformat(facts["base"]).tzinfo is None:
            raise ValueError(text[:100])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StateError(
            f"{state_folder() / 'demo.json'} is broken ({error}); remove the folder to begin the demo again"
        ) from None
    return dict(facts)


def remember_demo(facts: dict[str, Any]) -> None:
    write_whole(state_folder() / "demo.json", json.dumps(facts))


def public_url() -> str:
    """The address that `./griot up` last gave this newsroom, for commands that run beside it."""
    url = (kept("public-url") or "").strip() or "http://localhost:8000"
    if not is_address(url):
        raise StateError(f"{state_folder() / 'public-url'} holds no address; remove it")
    return url


def is_address(url: str) -> bool:
    """Whether it is the http(s) address of a site: a host, perhaps a port and a folder, and nothing else."""
    try:
        parts = urlsplit(url)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_host = bool(re.fullmatch(r"[\w.:%-]+", parts.hostname or "")) and "@" not in parts.netloc
    return parts.scheme in {"http", "https"} and is_host and is_port and not (parts.query or parts.fragment)


def remember_public_url(url: str) -> None:
    write_whole(state_folder() / "public-url", url)
