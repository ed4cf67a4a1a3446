"""`./griot lint`: format, lint, types, import contracts, migrations, production settings."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from griot.bootstrap import say
from griot.runtime.capturing import build as build_capture
from griot.runtime.programs import TOOLS, install_tools, own_npm, with_node
from griot.runtime.state import ROOT

NO_DATABASE = {"DATABASE_URL": "postgresql:///griot"}  # never connected to
# Settings that a careful administrator would give, for Django's own checks of a deployment.
CAREFUL = {
    **NO_DATABASE,
    "DJANGO_SETTINGS_MODULE": "griot.settings.production",
    "GRIOT_PUBLIC_URL": "https://news.example.org",
    "GRIOT_PROXIES": "127.0.0.1",
    "GRIOT_CONTACT": "newsdesk@example.org",
    "EMAIL_URL": "smtps://relay.example.org",
}


@dataclass(frozen=True)
class Check:
    """One thing that must hold. `mends` is the command that mends it, where one can."""

    name: str
    command: Sequence[str]
    mends: Sequence[str] = ()
    env: dict[str, str] = field(default_factory=dict)

    def run(self, fix: bool) -> subprocess.CompletedProcess[str]:
        command = self.mends if fix and self.mends else self.command
        return subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **self.env},
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )


def run(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./griot lint", description="Format, lint, types and import contracts."
    )
    parser.add_argument("--fix", action="store_true", help="mend what can be mended")
    fix = parser.parse_args(arguments).fix
    checks = _checks()
    failed = []
    # What mends writes to the same files, so one after the other; what only looks, side by side.
    with ThreadPoolExecutor(1 if fix else os.cpu_count()) as pool:
        for check, done in zip(checks, pool.map(lambda c: c.run(fix), checks), strict=True):
            print(f"— {check.name}\n{done.stdout.strip()}", flush=True)
            if done.returncode:
                failed.append(check.name)
    if failed:
        say(f"does not hold: {', '.join(failed)}")
    return 1 if failed else 0


def _checks() -> list[Check]:
    """The longest first."""
    python = [sys.executable, "-m"]
    contracts = str(Path(sys.executable).parent / "lint-imports")
    ruff_format, ruff_check = [*python, "ruff", "format", "."], [*python, "ruff", "check", "."]
    return [
        Check("types", [*python, "mypy"], env=NO_DATABASE),
        *_scripts(),
        *_templates(),
        Check("format", [*ruff_format, "--check"], mends=ruff_format),
        Check("lint", ruff_check, mends=[*ruff_check, "--fix"]),
        Check("import contracts", [contracts, "--no-logo"]),
        Check("map", [*python, "griot", "draw_map", "--check"]),  # a new arrow is a person's to draw
        Check("migrations", [*python, "griot", "makemigrations", "--check", "--dry-run"]),
        Check(
            "production settings",
            [*python, "griot", "check", "--deploy", "--fail-level", "WARNING"],
            env=CAREFUL,
        ),
    ]


def _templates() -> list[Check]:
    """HTML and MJML, by djangofmt: Django's templates by app, and Jinja's of what is sent and shown."""
    jinja = ROOT / "src/griot/digest/core/rendering/templates"
    of_django = [p for p in (ROOT / "src").rglob("templates/**/*.html") if not p.is_relative_to(jinja)]
    of_jinja = [*jinja.rglob("*.html"), *jinja.rglob("*.mjml")]
    djangofmt = str(Path(sys.executable).parent / "djangofmt")
    checks = []
    for profile, files in (("django", of_django), ("jinja", of_jinja)):
        style, rules = ([djangofmt, *verb, "-q", "--profile", profile] for verb in ([], ["check"]))
        names = sorted(map(str, files))
        checks += [
            Check(f"templates of {profile}: format", [*style, "--check", *names], mends=[*style, *names]),
            Check(f"templates of {profile}: lint", [*rules, *names], mends=[*rules, "--fix", *names]),
        ]
    return checks


def _scripts() -> list[Check]:
    """TypeScript, JavaScript and CSS, by ESLint and Prettier, which read the phone app's libraries."""
    npm = own_npm()
    install_tools()
    if npm is None or not build_capture() or not (TOOLS / "node_modules").is_dir():
        say("the npm registry was not reached: TypeScript, JavaScript and CSS are not checked")
        return []
    run_script = [npm, "--prefix", str(TOOLS), "run", "--silent"]
    return [Check("scripts", [*run_script, "check"], mends=[*run_script, "fix"], env=with_node(npm))]
