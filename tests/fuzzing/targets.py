"""Fuzzing that goes on: a property of whatever a stranger sends, tried with a few dozen inputs in every run, and for
a minute with `./griot test --long`.

An input that fails is kept, as small as Hypothesis could make it, in kept/<name of the target>/, and is tried first
from then on, in every run: commit it with what mends it. Kept are the inputs themselves, which hold whatever becomes
of the strategies: bytes as .bin, all else as .json.
"""

from __future__ import annotations

import gzip
import hashlib
import inspect
import json
import time
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

KEPT = Path(__file__).with_name("kept")
MINUTE = 60.0
FEW = 30

WORST = (
    *(
        "",
        "\0",
        "\ud800",
        "\u202e",
        "²",
        "٣",
        "é" * 40,
        "-1",
        "9" * 40,
        "9" * 5000,
        "1e400",
        "NaN",
        "\r\n\r\n",
    ),
    *(
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-02-30",
        "https://[::1",
        "https://a.example/",
    ),
    *("%00", "%ed%a0%80", "..", "<", "&", "{{", "]]>", "'", '"', "\\", ";"),
)
TEXTS = st.sampled_from(WORST) | st.text(st.characters(categories=None), max_size=20)
SCALARS = TEXTS | st.integers(-(10**40), 10**40) | st.floats() | st.booleans() | st.none()
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


def target(
    inputs: st.SearchStrategy[Any], few: int = FEW
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test of a property: a function of an input (bytes, or what JSON holds) and of fixtures."""

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        @wraps(check)
        def test(is_long: bool, **fixtures: Any) -> None:
            folder, last = KEPT / check.__name__.removeprefix("test_"), [None]
            for path in sorted(folder.glob("*.*")):
                check(_read(path), **fixtures)

            @settings(
                max_examples=500 if is_long else few,
                database=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            )
            @given(inputs)
            def tried(value: Any) -> None:
                last[0] = value
                check(value, **fixtures)

            ends = time.monotonic() + MINUTE
            try:
                tried()
                while is_long and time.monotonic() < ends:
                    tried()
            except Exception:
                _keep(folder, last[0])
                raise

        fixtures = list(inspect.signature(check).parameters.values())[1:]
        is_long = inspect.Parameter("is_long", inspect.Parameter.KEYWORD_ONLY)
        given_by_name = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in fixtures]
        test.__signature__ = inspect.Signature([is_long, *given_by_name])  # type: ignore[attr-defined]
        del test.__wrapped__  # type: ignore[attr-defined]
        return test

    return decorate


def _read(path: Path) -> Any:
    return path.read_bytes() if path.suffix == ".bin" else json.loads(path.read_text())


def _keep(folder: Path, value: Any) -> None:
    suffix, content = (".bin", value) if isinstance(value, bytes) else (".json", json.dumps(value).encode())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{hashlib.sha256(content).hexdigest()[:12]}{suffix}").write_bytes(content)


def like(*samples: str | bytes, words: Sequence[str | bytes] = ()) -> st.SearchStrategy[bytes]:
    """A sample, cut and spliced: with words of its format, with the worst, with any bytes, with a piece of itself;
    now and then in another encoding, or packed.
    """
    known = [_bytes(w) for w in (*words, *WORST)]
    places = st.integers(0, 2**20)
    new = st.sampled_from(known) | st.binary(max_size=6) | st.none()
    edits = st.lists(
        st.tuples(places, st.integers(0, 60), new, st.sampled_from([1, 1, 1, 2, 50])), max_size=8
    )
    encodings = st.sampled_from(["", "", "", "", "utf-16", "latin-1", "gzip"])
    return st.builds(_edited, st.sampled_from([_bytes(s) for s in samples]), edits, encodings)


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def _edited(sample: bytes, edits: list[tuple[int, int, bytes | None, int]], encoding: str) -> bytes:
    content = sample
    for place, cut, word, times in edits:
        at = place % (len(content) + 1)
        new = content[at : at + cut] if word is None else word
        content = content[:at] + new * times + content[at + cut * (word is not None) :]
    if encoding == "gzip":
        return gzip.compress(content, mtime=0)
    return content.decode("utf-8", "replace").encode(encoding, "replace") if encoding else content


def text_like(*samples: str, words: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """As `like`, in characters."""
    return like(*samples, words=words).map(lambda content: content.decode("utf-8", "surrogateescape"))


def changed(sample: dict[str, Any]) -> st.SearchStrategy[Any]:
    """An object with up to three of its values, however deep, replaced, or left out."""
    places = [*_places(sample)]
    changes = st.lists(st.tuples(st.sampled_from(places), st.just([]) | JSON.map(lambda v: [v])), max_size=3)
    return st.builds(_with, st.just(json.dumps(sample)), changes) | JSON


def _places(value: Any, above: tuple[Any, ...] = ()) -> Any:
    if above:
        yield above
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from _places(part, (*above, key))


def _with(sample: str, changes: list[tuple[tuple[Any, ...], list[Any]]]) -> Any:
    found = json.loads(sample)
    for place, new in changes:
        inner = found
        try:
            for key in place[:-1]:
                inner = inner[key]
            if new:
                inner[place[-1]] = new[0]
            else:
                del inner[place[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took it away
    return found
