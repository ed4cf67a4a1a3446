"""Where a newsroom keeps what it must not lose: the state folder.

`var/` beside the code, or wherever `GRIOT_VAR` says. Everything in it belongs to one
newsroom; two folders are two newsrooms and never meet.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def state_folder() -> Path:
    """The state folder, made on first use and closed to everybody else's writing."""
    folder = Path(os.environ.get("GRIOT_VAR") or ROOT / "var").expanduser().absolute()
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return folder


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Write `text` to `path` so that a reader sees the old file or the new one, never half."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def secret_key() -> str:
    """This newsroom's secret key, made on first use."""
    path = state_folder() / "secret-key"
    if not path.exists():
        draft = path.with_name(f".secret-key.{os.getpid()}")
        write_whole(draft, secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # another process was faster
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


def demo_facts() -> dict[str, Any]:
    """What this newsroom's demo needs to be found again (port, hosts); empty where there is none."""
    path = state_folder() / "demo.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def remember_demo(facts: dict[str, Any]) -> None:
    write_whole(state_folder() / "demo.json", json.dumps(facts))


def public_url() -> str:
    """The address that `./griot up` last gave this newsroom, for commands that run beside it."""
    path = state_folder() / "public-url"
    return path.read_text() if path.exists() else "http://localhost:8000"


def remember_public_url(url: str) -> None:
    write_whole(state_folder() / "public-url", url)
