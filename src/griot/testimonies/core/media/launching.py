"""Becomes a program that ends with its parent and has a bound on its memory: run by its path, as a process.

`python -I -S launching.py PARENT BYTES PROGRAM ARGUMENT…`

`preexec_fn` of subprocess would do the same between fork and exec. There a child of a process with threads
may stand still for ever: a lock that it needs may have been held by a thread that it does not have.
"""

import ctypes
import os
import resource
import signal
import sys

END_WITH_PARENT = 1  # Linux' prctl(2), PR_SET_PDEATHSIG

if __name__ == "__main__":
    parent, memory, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != int(parent):
        sys.exit(1)
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(command[0], command)
