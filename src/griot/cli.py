"""`./griot COMMAND …`: what runs where.

Three kinds of command: those of the house (`up`, `test`, …), the press commands on plain
files, which load neither Django nor a database, and Django's management commands, for which
the database is started if it is not running.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import importlib.util
import os
import signal
import subprocess
import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from types import FrameType
from typing import NoReturn

SUBJECTS: dict[str, dict[str, str]] = {
    "The newsroom": {
        "up": "run everything: database, web, worker (--host --port --empty --check)",
        "serve": "run the web server alone (--host --port)",
        "worker": "run a worker alone, on as many machines as you like",
        "morning": "run the whole press pipeline once and print the ledger (--date)",
        "add_translator": "a translator on this machine, which sends nothing away (fr es ar … --both --file)",
    },
    "The press, on plain files": {
        "parse_feed": "a feed's entries as JSON",
        "extract_page": "what a web page is and says, as JSON (--url)",
        "cluster_articles": "articles → stories",
        "evaluate_clusters": "how good the stories are against labels",
        "rank_articles": "articles by nearness to a beat (--beat)",
        "draft_line": "one story's articles → its line, checked, and up to three proposals",
        "check_line": "is every fact of a line in its story's articles? (--line)",
    },
    "Sources": {
        "add_source": "find a site's feeds and sitemaps by its home page, and add them (--add N)",
        "backfill": "read web archives (WARC) into the newsroom's memory, with progress and resume",
        "retain": "let go of what the retention policy lets go",
        "import_opml": "add the outlets and feeds of an OPML file",
        "export_opml": "write the sources as OPML",
    },
    "The issue and its delivery": {
        "import_issue": "past issues in their text form into pages (FILE… --dry-run --publish)",
        "export_issue": "an issue for newsrooms as ninjs, newsml or json (ID|latest --format --to WHOM)",
        "render_issue": "an issue as html, email, text, mjml or json (ID|latest --format)",
        "send_issue": "send an issue to an audience (ID|latest --audience)",
        "sends": "every send and its deliveries, as JSON",
        "resolve_in_doubt": "decide on deliveries that a crash left in doubt (--resend or --skip)",
    },
    "Testimonies": {
        "list_surfaces": "every place where a testimony can be met, with its rule of consent, as JSON lines",
        "invite_messenger": "a link for a messenger's phone to join with (NAME)",
        "rotate_keys": "a new key for the vault, and every file encrypted for it",
        "audit": "what is weak in this newsroom, in words; exit code 1 where something is urgent (--json)",
        "forget_factors": "take the lost second factors of an account away (USER)",
        "build_capture": "build the messengers' phone app",
    },
    "Looking after the code": {
        "test": "set up what tests need and run them (pytest arguments)",
        "lint": "format, lint, types and import contracts",
        "lock": "lock the dependencies anew",
        "draw_map": "draw the rooms and their imports into ARCHITECTURE.md (--check)",
        "evaluate_press": "stories, copies, traps, beat and check, measured in one table (--wire --json)",
        "train_stories": "learn anew what makes two articles one story, with figures (--dry-run --wire)",
        "bench": "measure, always against a reference in the same run",
        "walk": "an empty house to a sent, corrected issue, each role at its own browser, counted (--folder)",
        "walk_phone": "the phone app of a running demo, driven and photographed (--url --folder)",
        "screenshots": "take the pictures in docs/ from a running newsroom (--url)",
    },
}
_MODULES = {
    "up": "griot.runtime.up",
    "serve": "griot.runtime.serving",
    "worker": "griot.runtime.working",
    "wire": "griot.demo.serving",
    "add_translator": "griot.helpers.adding",
    "evaluate_press": "griot.demo.evaluating",
    "train_stories": "griot.demo.training",
    "walk": "griot.demo.walking",
    "build_capture": "griot.runtime.capturing",
    "walk_phone": "griot.demo.walking_phone",
    "test": "griot.runtime.testing",
    "lint": "griot.runtime.linting",
    "lock": "griot.runtime.development",
    "draw_map": "griot.runtime.mapping",
    "bench": "griot.runtime.development",
    "screenshots": "griot.demo.photographing",
}
_ABOUT_A_FILE = {
    errno.EDQUOT,
    errno.EEXIST,
    errno.EIO,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.EPERM,
    errno.ENOENT,
    errno.EACCES,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.ENOSPC,
    errno.EROFS,
}
_PREPARE_THEMSELVES = {"prepare", "migrate", "makemigrations"}
_WITHOUT_DATABASE = {"check", "collectstatic", "diffsettings", "makemessages", "compilemessages"}


def help_text() -> str:
    lines = ["Griot, a newsroom for teams who report on people on the move.", ""]
    for subject, commands in SUBJECTS.items():
        lines += [subject, *(f"  ./griot {name:<18} {about}" for name, about in commands.items()), ""]
    return "\n".join([*lines, "Any Django management command works as well. README.md tells the rest."])


def main() -> int:
    _die_with_parent()
    signal.signal(signal.SIGTERM, _end)
    name, *arguments = sys.argv[1:] or ["help"]
    on_files = SUBJECTS["The press, on plain files"]
    if name in {"help", "-h", "--help", *on_files}:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `./griot help | head` ends quietly
    if name in {"help", "-h", "--help"} and not arguments:
        print(help_text())
        return 0
    if name == "help":
        name, arguments = arguments[0], ["--help"]
    if name not in {*on_files, *_MODULES} and not _is_managed(name):
        print(f"griot: there is no command {name!r}; ./griot help lists them.", file=sys.stderr)
        return 2
    argparse.ArgumentParser.error = _refuse  # type: ignore[method-assign,assignment]
    from griot.press.core.types import BadInput

    try:
        if name in on_files:
            from griot.press.core import commandline

            return commandline.run(name, arguments)
        return _of_the_house(name, arguments)
    except BadInput as error:
        print(f"griot {name}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except OverflowError as error:
        print(
            f"griot {name}: a date or number is beyond what can be reckoned with ({error})", file=sys.stderr
        )
        return 2
    except UnicodeEncodeError as error:
        what = ascii(error.object[error.start : error.end])
        print(f"griot: {what} is no character that can be kept or looked for", file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno not in _ABOUT_A_FILE:
            raise
        print(f"griot: {str(error.filename)[:100]}: {error.strerror}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError:
        return 2  # `prepare` has said why
    except KeyboardInterrupt:
        return 130


def _refuse(parser: argparse.ArgumentParser, message: str) -> NoReturn:
    """What is wrong with the arguments of a command, ours, Django's or a library's, in one line."""
    command = parser.prog.split()[-1]
    line = " ".join(f"griot {command}: {message} (see ./griot {command} --help)".split())
    parser.exit(2, f"{line}\n")


def _of_the_house(name: str, arguments: list[str]) -> int:
    from django.core.exceptions import ImproperlyConfigured

    from griot.runtime.postgres import PostgresError, database
    from griot.runtime.state import StateError

    try:
        if name in _MODULES:
            return int(importlib.import_module(_MODULES[name]).run(name, arguments))
        return _management(name, arguments, database)
    except (PostgresError, StateError, ImproperlyConfigured) as error:
        print(f"griot: {error}", file=sys.stderr)
        return 2


def _is_managed(name: str) -> bool:
    """Whether ours or a library's folders hold a management command of that name: asked before anything is
    started for it.
    """
    django = importlib.util.find_spec("django")
    site = Path(django.origin).parents[1] if django and django.origin else Path()
    file = f"management/commands/{name}.py"
    folders = [Path(__file__).parent.glob(f"*/{file}"), *(site.glob(f"{'*/' * n}{file}") for n in (1, 2, 3))]
    return name.isidentifier() and any(True for found in folders for _ in found)


def _management(name: str, arguments: list[str], database: object) -> int:
    from griot.runtime.preparing import prepare

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.dev")
    needs_none = name in _WITHOUT_DATABASE or "--help" in arguments or "-h" in arguments
    if needs_none:
        os.environ.setdefault("DATABASE_URL", "postgresql:///griot")  # never connected to
    with nullcontext() if needs_none else database():  # type: ignore[operator]
        import django
        from django.core.management import ManagementUtility, get_commands

        django.setup()
        if name not in get_commands():
            print(f"griot: there is no command {name!r}; ./griot help lists them.", file=sys.stderr)
            return 2
        if not needs_none and name not in _PREPARE_THEMSELVES:
            prepare(quiet=True)
        try:
            ManagementUtility(["./griot", name, *arguments]).execute()
        except SystemExit as end:
            return 2 if isinstance(end.code, str) else int(end.code or 0)
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    """Leave by the way of an error, so that what is held is let go; who serves or works ends by its own."""
    raise SystemExit(128 + number)


def _die_with_parent() -> None:
    """End when the parent that gave us this pipe is gone, even if it was killed."""
    pipe = os.environ.pop("GRIOT_PARENT_PIPE", "")
    if pipe:

        def watch() -> None:
            os.read(int(pipe), 1)  # blocks until the other end is closed
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()
