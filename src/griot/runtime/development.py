"""Commands for those who work on the code: test, lint, lock, bench, screenshots."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import psycopg
from psycopg import sql

from griot.bootstrap import as_root
from griot.runtime.capturing import build as build_capture
from griot.runtime.postgres import PostgresError, database
from griot.runtime.state import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def run(name: str, arguments: list[str]) -> int:
    return {"test": _test, "lint": _lint, "lock": _lock, "bench": _bench, "screenshots": _screenshots}[name](
        arguments
    )


def say(text: str) -> None:
    print(f"griot: {text}", file=sys.stderr, flush=True)


def chromium() -> str | None:
    """The path of a Chromium or Chrome on this machine."""
    return program(*BROWSERS)


# What tests drive for real: Debian's package, and the program that tells whether it is there.
_NEEDED = {
    "chromium": BROWSERS,
    "dovecot-imapd": ("dovecot",),
    "iproute2": ("ip",),
    "libimage-exiftool-perl": ("exiftool",),
}
_SBIN = os.pathsep.join(["/usr/sbin", "/sbin"])


def program(*names: str) -> str | None:
    """The path of the first of these programs that is here, those for administrators included."""
    path = os.pathsep.join([os.environ.get("PATH", ""), _SBIN])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def _install_programs() -> None:
    """What tests need of Debian, where we may install it; the tests say why they skip where we may not."""
    missing = [package for package, names in _NEEDED.items() if not program(*names)]
    if not missing:
        return
    prefix = as_root()
    if prefix is None or not shutil.which("apt-get"):
        say(
            f"{', '.join(missing)}: not here, and no right to install; the tests that need them will be"
            " skipped"
        )
        return
    say(f"installing {', '.join(missing)} for the tests …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        done = subprocess.run(
            [*prefix, "apt-get", *command], env=environment, stdout=sys.stderr, stdin=subprocess.DEVNULL
        )
    if done.returncode != 0:
        say(f"{', '.join(missing)} could not be installed; the tests that need them will be skipped")


TOOLS = ROOT / "tests" / "tools"


def _install_tools() -> None:
    """What the tests measure with from the npm registry (Lighthouse, caniemail), by the Node.js of the
    virtual environment.
    """
    lock = (TOOLS / "package-lock.json").read_bytes()
    stamp = TOOLS / "node_modules" / ".griot-stamp"
    if stamp.is_file() and stamp.read_bytes() == lock:
        return
    npm = shutil.which("npm", path=str(Path(sys.executable).parent))
    if npm is None:
        return
    say("installing what the tests measure pages with …")
    path = os.pathsep.join([str(Path(npm).parent), os.environ.get("PATH", "")])
    command = [npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(
        command, cwd=TOOLS, env={**os.environ, "PATH": path}, stdout=sys.stderr, stdin=subprocess.DEVNULL
    )
    if done.returncode == 0:
        stamp.write_bytes(lock)
    else:
        say("the npm registry was not reached; the tests that need it will be skipped")


def _tool(*command: str, env: dict[str, str] | None = None) -> int:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **(env or {})}
    ).returncode


def _test(arguments: list[str]) -> int:
    """All tests on all cores; with --quick the cores alone, without a database. The rest goes to pytest."""
    if "--quick" in arguments:
        return _quick([a for a in arguments if a != "--quick"])
    _install_programs()
    _install_tools()
    build_capture()
    os.environ.setdefault("GRIOT_VAR", str(ROOT / "var" / "test"))
    try:
        is_ours = "DATABASE_URL" not in os.environ
        # The server is held here, for all tests; those that kill servers start their own.
        with database() if "--collect-only" not in arguments else nullcontext() as url:
            if is_ours and url:
                _without_fsync(url)
            return _tool("pytest", *_on_all_cores(arguments), *arguments)
    except PostgresError as error:
        say(str(error))
        return 2


def _without_fsync(url: str) -> None:
    """Nothing on the tests' own server has to survive a power cut, and databases come and go there."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")


def _on_all_cores(arguments: list[str]) -> list[str]:
    """pytest-xdist's options, unless somebody looks at one test, or wants to talk to it."""
    alone = any(a.startswith(("-n", "-s", "--pdb", "--collect-only", "-x")) or "::" in a for a in arguments)
    return [] if alone else ["-n", str(os.cpu_count() or 1), "--dist", "worksteal"]


def _quick(arguments: list[str]) -> int:
    """The inner loop: what needs neither a database nor a browser, nor a minute."""
    cores = [str(p.relative_to(ROOT)) for p in sorted((ROOT / "tests").glob("*/core"))]
    never_connected_to = {"DATABASE_URL": "postgresql:///griot"}
    options = ["-q", "-m", "not django_db and not slow", *_on_all_cores(arguments)]
    return _tool("pytest", *options, *cores, *arguments, env=never_connected_to)


def _lint(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./griot lint", description="Format, lint, types and import contracts."
    )
    parser.add_argument("--fix", action="store_true", help="mend what can be mended")
    fix = parser.parse_args(arguments).fix
    dummy = {"DATABASE_URL": "postgresql:///griot"}
    checks = {
        "format": _tool("ruff", "format", *([] if fix else ["--check"]), "."),
        "lint": _tool("ruff", "check", *(["--fix"] if fix else []), "."),
        "types": _tool("mypy", env=dummy),
        "import contracts": (
            subprocess.run([str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT).returncode
        ),
        "migrations": _tool("griot", "makemigrations", "--check", "--dry-run"),
        "production settings": _production_check(dummy),
    }
    if failed := [name for name, code in checks.items() if code]:
        say(f"does not hold: {', '.join(failed)}")
    return 1 if failed else 0


def _production_check(dummy: dict[str, str]) -> int:
    """Django's own deployment checks, under settings that a careful administrator would give."""
    careful = {
        **dummy,
        "DJANGO_SETTINGS_MODULE": "griot.settings.production",
        "GRIOT_PUBLIC_URL": "https://news.example.org",
        "GRIOT_CONTACT": "newsdesk@example.org",
        "EMAIL_URL": "smtps://relay.example.org",
    }
    return _tool("griot", "check", "--deploy", "--fail-level", "WARNING", env=careful)


def _lock(arguments: list[str]) -> int:
    """Lock anew; with arguments for uv, such as --upgrade."""
    uv = str(Path(sys.executable).parent / "uv")
    for name in ("base", "dev", "uv", "node"):
        done = subprocess.run(
            [
                uv,
                "pip",
                "compile",
                "-q",
                "--universal",
                "--python-version",
                "3.11",
                "--generate-hashes",
                "--no-header",
                "--no-annotate",
                "--no-emit-index-url",
                "--overrides",
                "overrides.in",
                f"{name}.in",
                "-o",
                f"{name}.txt",
                *arguments,
            ],
            cwd=ROOT / "requirements",
        )
        if done.returncode:
            return done.returncode
    return 0


def _bench(arguments: list[str]) -> int:
    names = sorted(p.stem for p in (ROOT / "benchmarks").glob("*.py"))
    if not arguments or arguments[0] not in names:
        say(f"name a benchmark: {', '.join(names)}")
        return 2
    with database():
        return subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / f"{arguments[0]}.py"), *arguments[1:]]
        ).returncode


def _screenshots(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./griot screenshots", description="Take the pictures in docs/.")
    parser.add_argument("--url", default="http://localhost:8000", help="a running demo newsroom")
    url = parser.parse_args(arguments).url
    browser = chromium()
    if browser is None:
        say("no Chromium here; ./griot test installs one where it may")
        return 2
    from playwright.sync_api import sync_playwright

    folder = ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    mail = subprocess.run(
        [sys.executable, "-m", "griot", "render_issue", "latest", "--format", "email"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        for scheme in ("light", "dark"):
            for subject, widths in (
                ("web", (1280, 375)),
                ("archive", (375,)),
                ("stories", (1280, 375)),
                ("mail", (600, 375)),
            ):
                for width in widths:
                    # Readers’ policy would take the mail’s own styles away.
                    context = chrome.new_context(
                        viewport={"width": width, "height": 1200},
                        color_scheme=scheme,
                        bypass_csp=subject == "mail",
                    )
                    page = context.new_page()
                    if subject == "mail":
                        page.goto(url)  # so that pictures load from the newsroom itself
                        page.set_content(mail, wait_until="networkidle")
                    else:
                        page.goto(
                            url + ("/" if subject == "web" else f"/{subject}/"), wait_until="networkidle"
                        )
                    page.wait_for_timeout(300)
                    page.screenshot(path=folder / f"{subject}-{width}-{scheme}.jpg", type="jpeg", quality=72)
                    context.close()
        chrome.close()
    return 0
