"""Set up the virtual environment, then run Griot in it. Standard library only.

`griot` (the shell script) calls this with whatever Python it found. What is installed
is exactly what `requirements/*.txt` lock, hash-checked; a stamp inside `.venv` tells
whether that was done, so a later call costs a few milliseconds.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def locks(command: str) -> list[Path]:
    """The lock files that `command` needs installed."""
    names = ["base", "dev"] if command in {"test", "lint", "bench", "draw_map"} else ["base"]
    # A newsroom that has taken the translator keeps it.
    if command in {"test", "lint", "add_translator"} or (VENV / "installed-translator").exists():
        names.append("translator")
    return [ROOT / "requirements" / f"{name}.txt" for name in names]


def stamp_of(lock: Path) -> tuple[Path, str]:
    """Where the stamp for `lock` lies, and what it must say to be current."""
    facts = f"{sys.version_info[:2]} {sysconfig.get_platform()} {ROOT}\n".encode()
    return VENV / f"installed-{lock.stem}", hashlib.sha256(facts + lock.read_bytes()).hexdigest()


def is_current(lock: Path) -> bool:
    stamp, wanted = stamp_of(lock)
    return stamp.is_file() and stamp.read_text() == wanted and PYTHON.exists()


def say(text: str) -> None:
    print(f"griot: {text}", file=sys.stderr, flush=True)


def fail(text: str) -> None:
    say(text)
    raise SystemExit(2)


def as_root() -> list[str] | None:
    """The prefix that runs a command as root without asking, or None."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def make_venv() -> None:
    """Make `.venv`; on Debian, whose Python comes without ensurepip, install that first if allowed."""
    base = getattr(sys, "_base_executable", sys.executable)  # we may run in the one that is made anew
    command = [base, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode == 0:
        return
    prefix = as_root()
    if prefix is not None and shutil.which("apt-get"):
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        say(f"installing {package} …")
        subprocess.run([*prefix, "apt-get", "update", "-qq"], stdout=sys.stderr)
        subprocess.run([*prefix, "apt-get", "install", "-y", "-qq", package], stdout=sys.stderr)
        made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode != 0:
        fail(
            f"{base} could not make a virtual environment in {VENV}:\n"
            f"{(made.stderr or made.stdout).strip()}\n"
            "On Debian and Ubuntu: apt install python3-venv. Then run this again."
        )


def install(lock: Path) -> None:
    """Install what `lock` names, and nothing else, with uv; with pip where uv can't (it
    reads other settings).
    """
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    env = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    quiet = [] if sys.stderr.isatty() else ["-q"]  # uv draws its own progress
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        subprocess.run(
            [*pip, "install", "-q", "--require-hashes", "-r", str(ROOT / "requirements" / "uv.txt")],
            stdout=sys.stderr,
            stderr=subprocess.DEVNULL,
        )
    if (
        uv.exists()
        and subprocess.run(
            [str(uv), "pip", "install", *quiet, "--no-deps", "--require-hashes", "-r", str(lock)],
            stdout=sys.stderr,
            env=env,
        ).returncode
        == 0
    ):
        return
    say("uv did not succeed; trying pip")
    if (
        subprocess.run(
            [*pip, "install", *quiet, "--no-deps", "--require-hashes", "-r", str(lock)], stdout=sys.stderr
        ).returncode
        != 0
    ):
        fail(f"the packages in {lock.relative_to(ROOT)} could not be installed; the reason stands above.")


def set_up(needed: list[Path]) -> None:
    """Bring `.venv` up to date, once, even when several calls start together.

    A call killed half-way leaves no stamp, so the next one starts over.
    """
    if all(map(is_current, needed)):
        return
    try:
        lock_file = open(ROOT / ".griot.lock", "w")
    except OSError as error:
        fail(
            f"can't write in {ROOT} ({error.strerror}); run it as the owner of the checkout, or clone your"
            " own."
        )
    with lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        if not all(map(is_current, needed)):
            base = ROOT / "requirements" / "base.txt"
            if not is_current(base) and not (PYTHON.exists() and stamp_of(base)[0].exists()):
                make_venv()
            for lock in needed:
                if not is_current(lock):
                    say(f"installing what {lock.relative_to(ROOT)} locks …")
                    install(lock)
                    stamp, wanted = stamp_of(lock)
                    stamp.write_text(wanted)


def main() -> None:
    arguments = sys.argv[1:] or ["help"]
    set_up(locks(arguments[0]))
    # Compiled modules are worth keeping: without them every start takes two seconds longer.
    unwanted = {"PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
    env = {k: v for k, v in os.environ.items() if k not in unwanted}
    env["PYTHONPATH"] = str(ROOT / "src")
    # glibc gives every thread an arena of its own and seldom returns it: a worker would swell to a gigabyte.
    env.setdefault("MALLOC_ARENA_MAX", "2")
    os.execve(PYTHON, [str(PYTHON), "-m", "griot", *arguments], env)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
