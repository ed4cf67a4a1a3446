"""What we start ends with us, and takes no more memory than it may."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

from griot.testimonies.core.media import launching

LAUNCHER = [sys.executable, "-I", "-S", launching.__file__]
PARENT = f"""
import os, subprocess, time
command = [*{LAUNCHER!r}, str(os.getpid()), str(2**32), "/bin/sleep", "600"]
print(subprocess.Popen(command).pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's end")
def test_it_ends_with_its_parent():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
    child.wait(60)


def test_it_takes_no_more_memory_than_it_may_and_its_exit_code_is_the_program_s():
    def code_of(program: str) -> int:
        command = [*LAUNCHER, str(os.getpid()), str(400 * 2**20), sys.executable, "-c", program]
        return subprocess.run(command, stderr=subprocess.DEVNULL).returncode

    assert code_of("raise SystemExit(7)") == 7
    assert code_of("bytes(10 * 2**20)") == 0
    assert code_of("bytes(500 * 2**20)") == 1
