"""SIGKILL to each of a newsroom's processes, while it makes its morning, takes in a film and sends an issue."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from aiosmtpd.controller import Controller

from griot.mailing.beginning import LANES
from griot.runtime import postgres
from griot.runtime.postgres import place_for
from griot.runtime.serving import listener
from tests.conftest import Inbox
from tests.runtime.test_newsroom import kill_everything, query, run, start, wait_for
from tests.testimonies.made import film
from tests.testimonies.people import KEY, as_sent

RECIPIENTS = 300
PIECE = 30_000  # bytes
KINDS = ("postmaster", "backend", "web", "worker", "ffmpeg", "wire", "parent")

PREPARE = """
from griot.testimonies.models import Campaign, Country
from tests.testimonies.people import make_messenger
campaign = Campaign.objects.create(name="Kills", slug="kills", countries=["SN"], languages=["fr"])
Country.objects.create(campaign=campaign, code="SN")
make_messenger(campaign)
"""
# A new night on the wire, and an issue of another day to an audience of its own.
NIGHT = f"""
import datetime, os
from django.core.management import call_command
from griot.digest.models import DigestIndexPage, IssuePage
from griot.mailing.models import Audience, Subscriber, Subscription
from griot.mailing.beginning import start_send
from griot.runtime.state import demo_facts, remember_demo
n = int(os.environ["NIGHT"])
IssuePage.objects.filter(day=datetime.date.today()).delete()
remember_demo({{**demo_facts(), "day": ""}})
call_command("seed_demo")
issue = IssuePage(title=f"Night {{n}}", slug=f"night-{{n}}", day=datetime.date(2020, 1, 1) + datetime.timedelta(n),
    body=[("text", "<p>Hello</p>")])
DigestIndexPage.objects.get(locale__language_code="en").add_child(instance=issue)
issue.save_revision().publish(skip_permission_checks=True)
audience = Audience.objects.create(name=f"Night {{n}}", slug=f"night-{{n}}")
people = Subscriber.objects.bulk_create([Subscriber(email=f"r{{k}}@night-{{n}}.example") for k in range({RECIPIENTS})])
Subscription.objects.bulk_create([Subscription(audience=audience, subscriber=p) for p in people])
start_send(issue, audience)
"""


# Publishers that were killed, too, are back: what could not be had of them is asked for again now, not in hours.
ASK_AGAIN = """
from django.utils import timezone
from griot.press.models import Entry, Host, Source
from griot.queueing import soon
Entry.objects.filter(state="kept_out", reason__iregex="connect|reset|refused|closed").update(state="new")
Host.objects.exclude(robots_error="").update(robots_until=None)
Source.objects.filter(failures__gt=0).update(next_fetch=timezone.now())
soon("press.listen", "listen")
"""


def within(seconds: float, condition) -> bool:
    try:
        wait_for(condition, seconds)
    except AssertionError:
        return False
    return True


class SlowInbox(Inbox):
    async def handle_DATA(self, server, session, envelope):
        import asyncio

        await asyncio.sleep(0.1)
        return await super().handle_DATA(server, session, envelope)


class Newsroom:
    """A demo newsroom under `./griot up`, whose processes can be killed one by one."""

    def __init__(self, folder: Path, relay: str) -> None:
        with listener("127.0.0.1", 0) as free:
            self.port = free.getsockname()[1]
        self.folder, self.relay = folder, relay
        self.up()

    def up(self) -> None:
        log = open(self.folder / "log", "a")
        self.process = start(self.folder, "up", "--port", str(self.port), output=log, EMAIL_URL=self.relay)

    def answers(self) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/archive/", timeout=10) as answer:
            return answer.status == 200

    def victim(self, kind: str) -> psutil.Process | None:
        """A process of that kind, where there is one now."""
        place = place_for(self.folder)
        if kind == "parent":
            return psutil.Process(self.process.pid)
        postmaster = postgres._postmaster(place)
        if kind == "postmaster":
            return postmaster
        name, above = {"web": "serve"}.get(kind, kind), psutil.Process(self.process.pid)
        if kind == "backend":
            name, above = "postgres postgres: griot griot", postmaster
        found = []
        with suppress(psutil.Error):
            for process in above.children(recursive=True) if above else []:
                with suppress(psutil.Error):  # it has just ended
                    command = process.cmdline()
                    if name in command[:4] or f"{process.name()} {' '.join(command)}".startswith(name):
                        found.append(process)
        return random.choice(found or [None])

    def goes_on(self, since: float = 0.0) -> bool:
        """Readers are answered, and a worker has been heard of since a moment (epoch)."""
        heard = f"SELECT max(last_heartbeat) > to_timestamp({since}) FROM procrastinate_workers"
        return self.answers() and bool(query(self.folder, heard)[0])


class Sender(threading.Thread):
    """A phone that sends one film in small pieces, and goes on from where the server is, whatever happens."""

    def __init__(self, newsroom: Newsroom, content: bytes) -> None:
        super().__init__(daemon=True)
        self.newsroom, self.content = newsroom, content
        self.told = as_sent()
        self.file = str(uuid.uuid4())

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str):
        said = {"Authorization": f"Bearer {KEY}", "Tus-Resumable": "1.0.0"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"http://127.0.0.1:{self.newsroom.port}/capture/api/{path}"
        return urllib.request.urlopen(
            urllib.request.Request(address, body or None, said, method=method), timeout=20
        )

    def run(self) -> None:
        while True:
            try:
                return self.send()
            except (OSError, urllib.error.URLError):
                time.sleep(0.2)

    def send(self) -> None:
        words = json.dumps(self.told).encode()
        self.ask("POST", "testimonies/", words, Content_Type="application/json")
        facts = {
            "id": self.file,
            "testimony": self.told["id"],
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }
        metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in facts.items())
        self.ask("POST", "uploads/", Upload_Length=str(len(self.content)), Upload_Metadata=metadata)
        while True:
            offset = int(self.ask("HEAD", f"uploads/{self.file}/").headers["Upload-Offset"])
            if offset == len(self.content):
                return
            self.ask(
                "PATCH",
                f"uploads/{self.file}/",
                self.content[offset : offset + PIECE],
                Content_Type="application/offset+octet-stream",
                Upload_Offset=str(offset),
            )
            time.sleep(0.2)

    def is_kept(self) -> bool:
        files = json.load(self.ask("GET", "state/"))["files"]
        return [f["state"] for f in files if f["id"] == self.file] == ["verified"]


@pytest.fixture
def inbox() -> Iterator[SlowInbox]:
    found = SlowInbox()
    with listener("127.0.0.1", 0) as free:
        found.port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    yield found
    controller.stop()


def test_whatever_is_killed_it_goes_on_and_loses_nothing(newsroom_folder, inbox, tmp_path, is_long):
    """Each kind once a night, in any order, at any moment; one night, or with `--long` fifty."""
    content = film(tmp_path, seconds=6).read_bytes()
    seconds: list[tuple[float, str]] = []
    newsroom = Newsroom(newsroom_folder, f"smtp://127.0.0.1:{inbox.port}")
    try:
        wait_for(newsroom.goes_on)
        prepared = run(newsroom_folder, "shell", "-c", PREPARE)
        assert prepared.returncode == 0, prepared.stderr
        for night in range(50 if is_long else 1):
            begun = run(newsroom_folder, "shell", "-c", NIGHT, NIGHT=str(night))
            assert begun.returncode == 0, begun.stderr
            sender = Sender(newsroom, content)
            sender.start()
            for kind in random.sample(KINDS, len(KINDS)):
                time.sleep(random.uniform(0, 3))
                if (took := kill(newsroom, kind)) is not None:
                    seconds.append((took, kind))
            check(newsroom, sender, inbox, night)
            print(f"night {night + 1} is whole after {len(seconds)} kills", flush=True)
    finally:
        kill_everything(newsroom.process, newsroom_folder)
        slowest = {k: f"{max(s for s, kind in seconds if kind == k):.1f} s" for _, k in seconds}
        print(f"{len(seconds)} killed; the longest until it went on: {slowest}")


def kill(newsroom: Newsroom, kind: str) -> float | None:
    """Kill one, and wait until all goes on; gives the seconds it took, None where there was nobody to kill."""
    deadline = time.monotonic() + 15  # an encoder comes and goes
    while (victim := newsroom.victim(kind)) is None:
        if time.monotonic() > deadline:
            return None
        time.sleep(0.05)
    with suppress(psutil.NoSuchProcess):
        victim.kill()
    began = time.time()
    if kind == "parent":
        newsroom.process.wait()
        newsroom.up()
    wait_for(lambda: newsroom.goes_on(began), 180)
    return time.time() - began


def check(newsroom: Newsroom, sender: Sender, inbox: SlowInbox, night: int) -> None:
    folder = newsroom.folder
    issue = "SELECT count(*) FROM digest_issuepage i JOIN wagtailcore_page p ON p.id = i.page_ptr_id"
    wait_for(lambda: query(folder, f"{issue} WHERE i.day = current_date AND p.live AND i.language = 'en'")[0])
    while not within(90, lambda: query(folder, "SELECT count(*) FROM press_article")[0] == 176):
        assert run(folder, "shell", "-c", ASK_AGAIN).returncode == 0
    wait_for(sender.is_kept)
    making = "SELECT count(*) FROM testimonies_rendition WHERE state NOT IN ('ready', 'failed')"
    wait_for(lambda: query(folder, making)[0] == 0)
    sends = "SELECT count(*) FROM mailing_send WHERE finished IS NULL"
    wait_for(lambda: query(folder, sends)[0] == 0)

    set_aside = "SELECT count(*), max(why) FROM troubles_trouble"
    assert query(folder, set_aside)[0] == 0, query(folder, set_aside)
    failed = "SELECT count(*), max(why) FROM testimonies_rendition WHERE state = 'failed'"
    assert query(folder, failed)[0] == 0, query(folder, failed)
    received = Counter(to for to, _ in inbox.messages if f"@night-{night}." in to)
    assert not received or received.most_common(1)[0][1] == 1, "nobody got two"
    states = json.loads(run(folder, "sends").stdout.splitlines()[0])
    assert states["sent"] + states["in doubt"] == RECIPIENTS, states
    assert states["sent"] <= len(received) <= RECIPIENTS
    assert states["in doubt"] <= LANES * len(KINDS), "at most one for each lane and kill"
