"""The press commands that work on plain files: JSON out, no database, no Django.

A command is a module of this folder with `ABOUT`, `OPTIONS` and `run`: only what it needs is loaded.
Exit codes: 0 done, 1 the check did not hold, 2 bad input (one line on stderr, nothing on stdout).
"""

from __future__ import annotations

from argparse import ArgumentParser
from importlib import import_module


def run(name: str, arguments: list[str]) -> int:
    """Run the command of that name; gives the exit code. Raises BadInput."""
    command = import_module(f"{__name__}.{name}")
    parser = ArgumentParser(prog=f"./griot {name}", description=command.ABOUT)
    parser.add_argument("file", metavar="FILE", help="the file to read; - is standard input")
    for option, settings in command.OPTIONS.items():
        parser.add_argument(option, **settings)
    return int(command.run(parser.parse_args(arguments)))
