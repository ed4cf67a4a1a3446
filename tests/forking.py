"""Commands of ours by the hundred: each in a process of its own, forked from one that has Django and our code loaded.

`tests.support.griot` starts an interpreter for each, which is what a person does; here the two seconds that this
takes are spent once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.support import ROOT

Called = Callable[..., subprocess.CompletedProcess[str]]


@contextmanager
def forked_griot() -> Iterator[Called]:
    """`griot(*arguments)` of an environment as it is now, until the end."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.forking"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )
    assert server.stdin and server.stdout
    requests, answers = server.stdin, server.stdout

    def griot(*arguments: str) -> subprocess.CompletedProcess[str]:
        print(json.dumps(arguments), file=requests, flush=True)
        return subprocess.CompletedProcess(arguments, *json.loads(answers.readline()))

    with server:
        yield griot
        server.kill()


def _serve() -> None:
    import django
    from django.urls import get_resolver

    django.setup()
    _ = get_resolver().url_patterns  # what every command's checks ask for
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


def _answer(arguments: list[str]) -> tuple[int, str, str]:
    """The exit code of a call, and what it wrote to stdout and stderr."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        child = os.fork()
        if child == 0:
            with open(os.devnull) as nothing:
                for number, file in enumerate((nothing, out, error)):
                    os.dup2(file.fileno(), number)
            _call(arguments)
        _, status = os.waitpid(child, 0)
        written = []
        for file in (out, error):
            file.seek(0)
            written.append(file.read().decode(errors="replace"))
        return os.waitstatus_to_exitcode(status), written[0], written[1]


def _call(arguments: list[str]) -> None:
    """What `python -m griot` does, to its end."""
    from griot.cli import main

    sys.argv = ["griot", *arguments]
    code = 1
    try:
        code = main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
