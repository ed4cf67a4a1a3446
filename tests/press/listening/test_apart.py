"""Parsing apart: what loops, eats memory or breaks its process is refused in words, and nothing else is lost."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psutil
import pytest
from django.utils import timezone

from griot.press.core.types import BadInput
from griot.press.listening import apart as place
from griot.press.listening.apart import apart, within
from griot.press.listening.listening import due_sources, fetch_sources
from griot.press.listening.reading import read_entries
from griot.press.models import Article, Entry, Fetch, Outlet, Source
from tests.press.listening import parsers
from tests.support import ROOT

REFUSED = {
    "refuses": "not a feed: it has no channel",
    "fails": r"can't be read \(ZeroDivisionError",
    "for_ever": "takes more than 2 seconds",
    "for_ever_in_c": "takes more than 2 seconds",
    "eats": "takes more than 300 MB",
    "is_killed": "ends what reads it",
    "breaks": "ends what reads it",
    "leaves": "ends what reads it",
    "gives_what_cannot_be_sent": "ends what reads it",
}


@pytest.fixture
def little_memory(monkeypatch):
    monkeypatch.setattr(place, "MEMORY", 100 * 1024 * 1024)
    end_children()
    yield
    end_children()


def end_children() -> None:
    """Those that wait; others take their places, with the limits of the day."""
    while child := place._take_idle():
        child.end()


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_a_parser_that_misbehaves_is_refused_and_the_next_one_works(monkeypatch, name, reason):
    with monkeypatch.context() as impatient:
        if name.startswith("for_ever"):
            impatient.setattr(place, "SECONDS", 2.0)
        with pytest.raises(BadInput, match=reason):
            apart(getattr(parsers, name), b"abc")
    assert apart(parsers.well, b"abc") == 3


def test_one_of_very_many_has_less_time():
    with pytest.raises(BadInput, match="takes more than 1 seconds"):
        within(1.0, parsers.for_ever_in_c, b"abc")
    assert within(60.0, parsers.well, b"abc") == 3


def test_what_stands_beside_it_goes_on(monkeypatch):
    monkeypatch.setattr(place, "SECONDS", 8.0)
    with ThreadPoolExecutor(8) as threads:
        worst = (parsers.for_ever, parsers.is_killed, parsers.breaks)
        bad = [threads.submit(apart, parse, b"") for parse in worst]
        good = [threads.submit(apart, parsers.well, b"x" * n) for n in range(40)]
        assert [g.result() for g in good] == list(range(40))
        assert all(isinstance(b.exception(), BadInput) for b in bad)


def test_a_child_is_used_again_until_it_has_swollen():
    first = apart(parsers.process, b"")
    assert apart(parsers.process, b"") == first
    for _ in range(place.AT_ONCE):
        assert apart(parsers.grows, b"") == 160_000_000
    assert apart(parsers.process, b"") != first


def test_a_child_that_was_killed_while_it_waited_is_not_asked():
    for _ in range(5):
        os.kill(apart(parsers.process, b""), signal.SIGKILL)
        assert apart(parsers.well, b"abc") == 3


def test_a_machine_that_starts_no_process_is_no_fault_of_the_input(monkeypatch):
    """Neither tried for ever, nor told as what the source brought."""
    end_children()
    with monkeypatch.context() as starved:
        starved.setattr(place, "MEMORY", None)  # a child ends before it hears what is asked
        with pytest.raises(place.NotStarted):
            apart(parsers.well, b"abc")
    assert apart(parsers.well, b"abc") == 3
    end_children()
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
    try:
        with pytest.raises(place.NotStarted):
            apart(parsers.well, b"abc")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert apart(parsers.well, b"abc") == 3


@pytest.mark.django_db(transaction=True)
def test_what_waits_goes_on_waiting_where_no_process_starts(web, monkeypatch):
    web.pages["a/1"] = "<html lang=en><title>A</title><article><p>Somebody came.</p></article>"
    web.pages["a/feed"] = "<rss version='2.0'><channel></channel></rss>"
    source = Source.objects.create(outlet=Outlet.objects.create(name="A"), url=web.url("a", "/feed"))
    Entry.objects.create(source=source, identity="1", url=web.url("a", "/1"), title="A")
    end_children()
    with monkeypatch.context() as starved:
        starved.setattr(place, "MEMORY", None)  # a child ends before it hears what is asked
        with pytest.raises(place.NotStarted):
            read_entries()
        with pytest.raises(place.NotStarted):
            fetch_sources([source])
    assert Entry.objects.get().state == "new" and not Fetch.objects.exists()


PARENT = """
import sys, threading, time
from griot.press.listening import apart as place
from tests.press.listening import parsers
place.SECONDS = {seconds}
print(place.apart(parsers.process, b""), flush=True)
for _ in range(place.AT_ONCE):
    threading.Thread(target=place.apart, args=(parsers.{parser}, b""), daemon=True).start()
import signal
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("parser", ["well", "for_ever_in_c"])
def test_children_end_with_their_parent(number, parser):
    """Also those in the midst of something: their own alarm ends them, where nobody else can any more."""
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    code = PARENT.format(seconds=5, parser=parser)
    with subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True) as parent:
        assert int(parent.stdout.readline())
        below = wait_for(
            lambda: len(found := psutil.Process(parent.pid).children(recursive=True)) >= 3 and found
        )
        parent.send_signal(number)
        parent.wait()
        gone, alive = psutil.wait_procs(below, timeout=60)
        assert not alive and gone


def wait_for(look):
    while not (found := look()):
        time.sleep(0.05)
    return found


FEED = '<rss version="2.0"><channel><title>T</title>{}</channel></rss>'
ITEM = "<item><guid>{0}</guid><title>{0}</title><link>{1}</link><description>{2}</description></item>"
WORDS = "Boats with 57 people on board were met near Lampedusa on Sunday, the coast guard said."


@pytest.mark.django_db(transaction=True)
def test_a_source_and_a_page_that_cannot_be_read_are_set_aside_and_those_beside_them_are_read(
    web, little_memory
):
    huge = "<html><body>" + "<p>some <b>words</b> of a page</p>" * 250_000
    paragraphs = "".join(f"<p>On day {n} it rained. {WORDS}</p>" for n in range(6))
    whole = f"<html lang=en><head><title>A whole story</title></head><body><article>{paragraphs}"
    items = [ITEM.format(name, web.url("post", f"/{name}"), WORDS) for name in ("huge", "whole")]
    web.pages["post/feed"] = FEED.format("".join(items))
    web.pages["post/huge"], web.pages["post/whole"] = huge, whole
    web.pages["post/listing"] = huge
    outlet = Outlet.objects.create(name="The Worst Post")
    Source.objects.create(outlet=outlet, url=web.url("post", "/listing"), kind="listing")
    Source.objects.create(outlet=outlet, url=web.url("post", "/feed"))
    fetch_sources(due_sources(timezone.now() + timedelta(days=1)))
    told = {fetch.source.kind: (fetch.outcome, fetch.reason) for fetch in Fetch.objects.all()}
    assert told == {"listing": ("failed", "takes more than 100 MB to read"), "feed": ("new", "")}
    read_entries()
    assert not Entry.objects.filter(state="new").exists()
    found = {a.title: (a.read_from, a.why_not_page) for a in Article.objects.all()}
    assert found["huge"] == ("feed", "takes more than 100 MB to read")
    assert found["whole"] == ("page", "")
