"""Two workers on two hosts (network namespaces of their own), one PostgreSQL, and publishers that keep
count.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings

from griot.runtime.programs import program
from tests.databases import migrated_database
from tests.support import ROOT

DELAY = 0.4  # seconds between two requests to one host
HOSTS = tuple(f"11.77.0.{n}" for n in range(11, 23))  # public addresses, on a cable that leads nowhere else
FEEDS, ARTICLES = 2, 6  # of each host; of each feed

PUBLISHER = """
import json, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
log = open(sys.argv[1], "a", buffering=1)
TEXT = "The harbour of {} took in boat number {}, and the people on board spoke of the night, the cold and the lights. "
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        host, path = self.headers["Host"].split(":")[0], self.path
        log.write(json.dumps({"at": time.time(), "from": self.client_address[0], "host": host, "path": path}) + "\\n")
        if path.startswith("/feed"):
            n = path[5:]
            items = "".join(f"<item><title>Boat {n}-{k} at {host}</title><link>http://{host}/news/{n}-{k}.html</link></item>" for k in range(ARTICLES))
            body = f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'
        elif path.startswith("/news"):
            text = "".join(f"<p>{TEXT.format(host, path)}{k}</p>" for k in range(5))
            body = f"<html lang=en><head><title>Boat {path} at {host}</title></head><body><article><h1>Boat {path}</h1>{text}</article></body></html>"
        else:
            self.send_error(404); return
        body = body.encode()
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *args): pass
ThreadingHTTPServer(("0.0.0.0", 80), Handler).serve_forever()
""".replace("ARTICLES", str(ARTICLES))


def sh(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def hosts(short_folder: Path) -> Iterator[SimpleNamespace]:
    """Three network namespaces on one bridge: the publishers' with all of HOSTS, and two workers'."""
    ip = program("ip")
    if os.getuid() != 0 or ip is None:
        pytest.skip("network namespaces want root and iproute2")
    tag = secrets.token_hex(2)
    names = {role: f"griot-{role}-{tag}" for role in ("pub", "a", "b")}
    made: list[str] = []
    try:
        for name in names.values():
            done = subprocess.run([ip, "netns", "add", name], capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"network namespaces can't be made here: {done.stderr.strip()[:200]}")
            made.append(name)
        pub = names["pub"]
        inside = [ip, "-n", pub, "link"]
        sh(*inside, "add", "br0", "type", "bridge")
        sh(*inside, "set", "br0", "up")
        for address in HOSTS:
            sh(ip, "-n", pub, "address", "add", f"{address}/24", "dev", "br0")
        for n, role in enumerate("ab", 1):
            sh(ip, "link", "add", f"gv{role}{tag}", "type", "veth", "peer", "name", f"gp{role}{tag}")
            sh(ip, "link", "set", f"gp{role}{tag}", "netns", pub)
            sh(*inside, "set", f"gp{role}{tag}", "master", "br0", "up")
            sh(ip, "link", "set", f"gv{role}{tag}", "netns", names[role])
            sh(ip, "-n", names[role], "address", "add", f"11.77.0.{n}/24", "dev", f"gv{role}{tag}")
            for device in (f"gv{role}{tag}", "lo"):
                sh(ip, "-n", names[role], "link", "set", device, "up")
        script, log = short_folder / "publisher.py", short_folder / "log"
        script.write_text(PUBLISHER)
        log.touch()
        publisher = subprocess.Popen([ip, "netns", "exec", pub, sys.executable, str(script), str(log)])
        try:
            yield SimpleNamespace(
                ip=ip, names=names, log=lambda: [json.loads(row) for row in log.read_text().splitlines()]
            )
        finally:
            publisher.kill()
            publisher.wait()
    finally:
        for name in made:
            subprocess.run([ip, "netns", "delete", name], capture_output=True)


@pytest.fixture
def newsroom(django_db_setup: None, short_folder: Path) -> Iterator[SimpleNamespace]:
    """A database of its own with the publishers' sources, and the environment of its workers."""
    with migrated_database(f"griot_hosts_{secrets.token_hex(3)}") as url:
        yield _newsroom(url, short_folder)


def _newsroom(url: str, short_folder: Path) -> SimpleNamespace:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "GRIOT_VAR": str(short_folder / "var"),
        "GRIOT_FETCH_DELAY": str(DELAY),
        "DJANGO_SETTINGS_MODULE": "griot.settings.dev",
        "PYTHONPATH": str(ROOT / "src"),
    }
    seed = f"""
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from griot.press.models import Outlet, Source
for host in {HOSTS!r}:
    outlet = Outlet.objects.create(name=host)
    for n in range({FEEDS}):
        Source.objects.create(outlet=outlet, url=f"http://{{host}}/feed{{n}}", next_fetch=timezone.now() + timedelta(days=1))
"""
    subprocess.run([sys.executable, "-c", seed], env=environment, check=True, cwd=ROOT)
    connection = psycopg.connect(url, autocommit=True)

    def count(query: str) -> int:
        return int(connection.execute(query).fetchone()[0])

    def run(code: str) -> None:
        subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            env=environment,
            check=True,
            cwd=ROOT,
        )

    return SimpleNamespace(environment=environment, count=count, run=run)


def wait_until(holds, seconds: float, why: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, why
        time.sleep(0.1)


def test_two_hosts_share_the_work_politely_and_one_may_be_killed(hosts, newsroom):
    def worker(role: str) -> subprocess.Popen:
        command = [
            hosts.ip,
            "netns",
            "exec",
            hosts.names[role],
            sys.executable,
            "-m",
            "griot",
            "worker",
            "--jobs",
            "1",
        ]
        return subprocess.Popen(command, env=newsroom.environment, cwd=ROOT, stderr=subprocess.DEVNULL)

    listen = "from griot.queueing import soon; soon('press.listen', 'listen')"
    # Each worker takes one job at a time, so the second job, made as soon as the first is taken, goes to the
    # other. Until now no source is due: a worker that starts takes up the periodic job that it missed.
    listen_twice = f"""
import time
from django.db import connection
from django.utils import timezone
from griot.press.models import Source
Source.objects.update(next_fetch=timezone.now())
{listen}
taken = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'press.listen' AND status = 'doing'"
for _ in range(1200):
    with connection.cursor() as cursor:
        cursor.execute(taken)
        if cursor.fetchone()[0]:
            break
    time.sleep(0.05)
soon('press.listen', 'listen')
"""
    first, second = worker("a"), worker("b")
    try:
        wait_until(
            lambda: (
                newsroom.count("SELECT count(*) FROM procrastinate_workers")
                == 2 * (1 + len(settings.LONG_JOBS))
            ),
            60,
            "both workers are up",
        )
        newsroom.run(listen_twice)
        wait_until(
            lambda: len({r["from"] for r in hosts.log()}) == 2 and len(hosts.log()) >= 10,
            90,
            "both hosts fetch",
        )
        first.send_signal(signal.SIGKILL)  # in the middle of its batch
        first.wait()
        newsroom.run(listen)
        wanted = len(HOSTS) * FEEDS * ARTICLES
        wait_until(
            lambda: newsroom.count("SELECT count(*) FROM press_article WHERE story_id IS NOT NULL") == wanted,
            150,
            "everything is read and grouped although one worker was killed",
        )
    finally:
        for process in (first, second):
            if process.poll() is None:
                process.kill()
                process.wait()

    log = hosts.log()
    feeds = [(r["host"], r["path"]) for r in log if r["path"].startswith("/feed")]
    assert len(set(feeds)) == len(HOSTS) * FEEDS
    # A visit that the kill cut off before it was written down is made again (one to a thread); no other is.
    assert len(feeds) - len(set(feeds)) <= 8
    assert newsroom.count("SELECT count(*) FROM press_fetch") == len(HOSTS) * FEEDS
    assert newsroom.count("SELECT count(*) FROM press_fetch WHERE outcome = 'failed'") == 0
    assert newsroom.count("SELECT count(*) FROM press_entry WHERE state = 'new'") == 0
    moments = defaultdict(list)
    for row in log:
        moments[row["host"]].append(row["at"])
    for host, times in moments.items():
        # A request that a busy machine delays makes the one after it seem early; three it can't make early.
        spans = [c - a for a, c in zip(sorted(times), sorted(times)[2:], strict=False)]
        assert min(spans) > DELAY, f"{host} was asked three times within {min(spans):.2f} s"
