"""`./griot add_translator`: packages of Argos Translate for this newsroom, so that it translates by itself.

    ./griot add_translator fr es ar pt de it     from these languages into English
    ./griot add_translator fr --both             and back, for editions
    ./griot add_translator --file translate-fr_en.argosmodel --sha256 …     brought from elsewhere

They stand in the state folder, in `translator/`, one folder a pair. A package comes in whole or not at all:
it is fetched beside it (and goes on where it was broken off), is looked through, and then put in its place.
Its SHA-256 is printed and kept; where the index or the command names one, the package must agree.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from griot.helpers.argos import PIVOT, Package, installed, read_package, route
from griot.helpers.protocols import HelperError
from griot.runtime.state import state_folder

INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
MOST_INDEX, MOST_PACKAGE = 8 * 1024**2, 2 * 1024**3  # bytes; a package's unpacked, too
MOST_FILES = 2000
TIMEOUT = httpx.Timeout(30.0)
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What cuts sentences in Argos Translate; we cut them by ourselves.
_UNREAD = {"stanza", "spacy", "minisbd"}
_SUM = "sha256"
_BEFORE = ".before-"  # what stands aside while it is replaced
_TRYING = 300  # seconds that a package may take to be loaded, once


@dataclass(frozen=True, slots=True)
class Offer:
    """A package that the index names."""

    source: str
    target: str
    version: str
    links: tuple[str, ...]
    sha256: str = ""


def folder() -> Path:
    """Where this newsroom's packages stand."""
    return state_folder() / "translator"


def run(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./griot add_translator",
        description="A translator on this machine, which sends nothing away: packages of Argos Translate.",
    )
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="such as fr es ar pt de it")
    parser.add_argument("--to", default=PIVOT, metavar="LANGUAGE", help="into which language (en)")
    parser.add_argument("--both", action="store_true", help="and back, for editions in those languages")
    parser.add_argument(
        "--file", action="append", default=[], type=Path, help="a package brought from elsewhere"
    )
    parser.add_argument("--sha256", default="", help="what the one --file must be")
    parser.add_argument(
        "--index", default=os.environ.get("GRIOT_TRANSLATOR_INDEX", INDEX), help="of packages"
    )
    asked = parser.parse_args(arguments)
    wrong = [code for code in [*asked.languages, asked.to] if not re.fullmatch("[a-z]{2,3}", code)]
    if wrong:
        parser.error(f"{wrong[0][:20]!r} is no language's code, such as fr")
    if asked.sha256 and len(asked.file) != 1:
        parser.error("--sha256 is that of one --file")
    pairs = [(code, asked.to) for code in asked.languages if code != asked.to]
    pairs += [(target, source) for source, target in pairs if asked.both]
    try:
        with _alone(folder()):
            for file in asked.file:
                _tell(bring(file, folder(), asked.sha256))
            for package in fetch(pairs, asked.index, folder()) if pairs else ():
                _tell(package)
    except (HelperError, OSError) as error:
        print(f"griot add_translator: {error}", file=sys.stderr)
        return 2
    here = installed(folder())
    if not here:
        parser.error("name the languages that you read, such as fr es ar")
    print(f"It translates {', '.join(f'{p.source} → {p.target}' for p in here)}.")
    print("A newsroom that is running takes it up when it is started again.")
    return 0


@contextmanager
def _alone(to: Path) -> Iterator[None]:
    """One call at a time, and nothing of a call that was killed: what it had fetched stays, to go on with."""
    to.mkdir(mode=0o755, parents=True, exist_ok=True)
    with open(to / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in to.glob(".new-*"):
            shutil.rmtree(left, ignore_errors=True)
        _put_back(to)
        try:
            yield
        finally:
            _put_back(to)


def _put_back(to: Path) -> None:
    """A package that was to be replaced, and was not."""
    for before in to.glob(f"{_BEFORE}*"):
        place = to / before.name.removeprefix(_BEFORE)
        if place.exists():
            shutil.rmtree(before)
        else:
            os.rename(before, place)


def _tell(package: Package) -> None:
    sha256 = (package.folder / _SUM).read_text("ascii").strip()
    print(f"{package.source} → {package.target} {package.version}  sha256 {sha256}")


# --- from an index -----------------------------------------------------------------------


def fetch(pairs: Sequence[tuple[str, str]], index: str, to: Path) -> Iterator[Package]:
    """Fetch what leads from each language into the other, unless it is there. Raises HelperError."""
    with httpx.Client(timeout=TIMEOUT, follow_redirects=True) as client:
        offers = read_index(client, index)
        wanted = {(o.source, o.target): o for pair in pairs for o in route(offers, *pair)}
        here = {(p.source, p.target): p.version for p in installed(to)}
        for pair, offer in wanted.items():
            if here.get(pair) == offer.version:
                print(f"{offer.source} → {offer.target} {offer.version} is there")
                continue
            yield _fetched(client, offer, to)


def read_index(client: httpx.Client, url: str) -> list[Offer]:
    """The newest package for each pair of languages. Raises HelperError."""
    content = bytearray()
    try:
        with client.stream("GET", _safe(url)) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > MOST_INDEX:
                    raise HelperError(f"the index of packages is larger than {MOST_INDEX // 1024**2} MB")
        rows = json.loads(content)
        offers = [
            Offer(
                str(row["from_code"]),
                str(row["to_code"]),
                str(row.get("package_version", "")),
                tuple(map(str, row["links"])),
                str(row.get("sha256", "")).lower(),
            )
            for row in rows
            if row.get("type", "translate") == "translate" and row.get("from_code") and row.get("links")
        ]
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise HelperError(_unreachable("the index of packages", url, error)) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise HelperError(f"no index of packages stands at {url}") from None
    return sorted(offers, key=lambda o: _order(o.version))  # the newest last, which wins


def _order(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d{1,6}", version)]


def _fetched(client: httpx.Client, offer: Offer, to: Path) -> Package:
    part = to / f".{offer.source}_{offer.target}-{re.sub(r'[^0-9.]', '', offer.version)}.part"
    why = HelperError(f"{offer.source} → {offer.target} has no address that can be asked")
    for link in offer.links:
        if urlsplit(link).scheme not in {"https", "http"}:
            continue  # ipfs:// and the like
        try:
            _download(client, _safe(link), part, f"{offer.source} → {offer.target}")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            why = HelperError(_unreachable(f"{offer.source} → {offer.target}", link, error))
            continue
        try:
            package = bring(part, to, offer.sha256, (offer.source, offer.target))
        except HelperError as error:
            part.unlink(missing_ok=True)  # whatever came, it was not what was promised: from the beginning
            why = error
            continue
        part.unlink()
        return package
    raise why


def _download(client: httpx.Client, url: str, part: Path, what: str) -> None:
    """Into `part`, going on where an earlier try was broken off."""
    begun = part.stat().st_size if part.is_file() else 0
    headers = {"Range": f"bytes={begun}-"} if begun else {}
    with client.stream("GET", url, headers=headers | {"Accept-Encoding": "identity"}) as answer:
        if begun and answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # it is whole
        answer.raise_for_status()
        goes_on = answer.status_code == httpx.codes.PARTIAL_CONTENT and answer.headers.get(
            "Content-Range", ""
        ).startswith(f"bytes {begun}-")
        done = begun if goes_on else 0
        rest = answer.headers.get("Content-Length", "")
        total = done + int(rest) if rest.isdecimal() and len(rest) < 15 else None
        with part.open("ab" if goes_on else "wb") as file, _bar(what, total) as show:
            show(done)
            for chunk in answer.iter_raw():
                done += len(chunk)
                if done > MOST_PACKAGE:
                    raise HelperError(f"{what} is larger than {MOST_PACKAGE // 1024**3} GB")
                file.write(chunk)
                show(done)


def _safe(url: str) -> str:
    """A package is a program's material: it comes over TLS, or from this machine. Raises HelperError."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or "")):
        return url
    raise HelperError(f"{url} is not https://")


def _is_here(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")


def _unreachable(what: str, url: str, error: Exception) -> str:
    answer = (
        f"HTTP {error.response.status_code}"
        if isinstance(error, httpx.HTTPStatusError)
        else type(error).__name__
    )
    return (
        f"{what} could not be fetched from {urlsplit(url).hostname} ({answer}). Call it again: it goes on"
        " where it was broken off. Without a network, fetch the packages elsewhere, and name them with --file"
    )


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(what, total=total)
        yield lambda done: bars.update(task, completed=done)


# --- a package's file --------------------------------------------------------------------


def bring(file: Path, to: Path, sha256: str = "", pair: tuple[str, str] | None = None) -> Package:
    """Look through a package's file, try it out and put it in its place, whole. `sha256` and `pair`, where
    given, must be its own. Raises HelperError.
    """
    with open(file, "rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if sha256 and found != sha256.lower():
        raise HelperError(
            f"{file.name} is not what was promised: its SHA-256 is {found}, not {sha256.lower()}"
        )
    with tempfile.TemporaryDirectory(prefix=".new-", dir=to) as draft:
        try:
            package = read_package(_unpacked(file, Path(draft)))
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            RuntimeError,
            EOFError,
            ValueError,
        ) as error:
            raise HelperError(f"{file.name} is no package, or a broken one ({error})"[:200]) from None
        if pair and pair != (package.source, package.target):
            raise HelperError(
                f"{file.name} translates {package.source} → {package.target}, which nobody asked for"
            )
        _try_out(package.folder, file.name)
        (package.folder / _SUM).write_text(f"{found}\n", "ascii")
        place = to / f"{package.source}_{package.target}"
        if place.exists():
            os.rename(place, to / f"{_BEFORE}{place.name}")
        os.rename(package.folder, place)
    _put_back(to)
    return read_package(place)


def _try_out(folder: Path, name: str) -> None:
    """In a process of its own, which a broken model may take down. Raises HelperError."""
    code = "import sys, pathlib, griot.helpers.argos as a; a.try_out(pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_TRYING)
    except subprocess.TimeoutExpired:
        raise HelperError(f"{name} is a package that can't be loaded within {_TRYING} seconds") from None
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [f"it ends with {done.returncode}"])[-1]
        raise HelperError(f"{name} is a package that can't be loaded: {why}"[:300])


def _unpacked(file: Path, to: Path) -> Path:
    """The one folder of a package's archive, without what we do not read; every byte by its checksum."""
    with zipfile.ZipFile(file) as archive:
        wanted = [
            info for info in archive.infolist() if not info.is_dir() and not _UNREAD & set(_parts(info))
        ]
        if len(wanted) > MOST_FILES or sum(info.file_size for info in wanted) > MOST_PACKAGE:
            raise HelperError(f"{file.name} is larger than a package can be")
        tops = {_parts(info)[0] for info in wanted}
        if len(tops) != 1 or any(len(_parts(info)) < 2 for info in wanted):
            raise HelperError(f"{file.name} is no package: it is not one folder")
        if any(info.compress_type not in _PACKINGS for info in wanted):
            raise HelperError(f"{file.name} is packed in a way that packages are not")
        for info in wanted:
            place = to / Path(*_parts(info))
            place.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(info) as packed, place.open("wb") as plain:
                shutil.copyfileobj(packed, plain, 1024**2)
        return to / tops.pop()


def _parts(info: zipfile.ZipInfo) -> list[str]:
    parts = [part for part in info.filename.split("/") if part not in {"", "."}]
    if not parts or ".." in parts or "\\" in info.filename or info.filename.startswith("/"):
        raise HelperError("its archive names places outside of it")
    return parts
