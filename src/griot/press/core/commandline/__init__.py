"""The press commands that work on plain files: JSON out, no database, no Django.

A command is a module of this folder with `ABOUT`, `OPTIONS` and `run`: only what it needs is loaded.
Exit codes: 0 done, 1 the check did not hold, 2 bad input (one line on stderr, nothing on stdout).
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import Any

from griot.press.core.types import BadInput


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise BadInput(f"{message} (see ./griot {self.prog.split()[-1]} --help)")


def run(name: str, arguments: list[str]) -> int:
    """Run the command of that name; gives the exit code."""
    command = import_module(f"{__name__}.{name}")
    parser = _Parser(prog=f"./griot {name}", description=command.ABOUT)
    parser.add_argument("file", metavar="FILE", help="the file to read; - is standard input")
    for option, settings in command.OPTIONS.items():
        parser.add_argument(option, **settings)
    try:
        return int(command.run(parser.parse_args(arguments)))
    except BadInput as error:
        print(f"griot {name}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
