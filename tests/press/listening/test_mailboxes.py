"""Mailboxes, on a real IMAP server (Dovecot)."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from imap_tools import MailMessage

from griot.press.core.sources import mailboxes
from griot.press.core.sources.fetching import FetchError
from griot.press.core.sources.mailboxes import entry_of, new_mails
from griot.press.core.types import BadInput
from griot.press.listening.apart import apart
from griot.press.listening.listening import fetch_sources
from griot.press.listening.reading import read_entries
from griot.press.models import Article, Entry, Outlet, Source
from griot.runtime.programs import program

pytestmark = pytest.mark.django_db(transaction=True)
BODY = (
    "The agency registered 14,300 people at the northern border posts in October. Most had been put down at"
    " night.\n\n" * 3
)
CONFIG = """
base_dir = {run}
state_dir = {run}
log_path = {run}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_login_user = {login}
{as_user}
mail_location = maildir:{mail}
first_valid_uid = 0
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={run}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


@pytest.fixture
def mailbox(short_folder: Path, settings) -> Iterator[SimpleNamespace]:
    """A Dovecot of our own with one empty mailbox, user `desk`, password `secret`."""
    dovecot = program("dovecot")
    if dovecot is None:
        pytest.skip("no Dovecot on this machine, and no right to install one")
    mail = short_folder / "mail"
    for name in ("new", "cur", "tmp"):
        (mail / name).mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    is_root = os.getuid() == 0
    me = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    group = subprocess.run(["id", "-gn"], capture_output=True, text=True, check=True).stdout.strip()
    uid, gid = (65534, 65534) if is_root else (os.getuid(), os.getgid())
    if is_root:
        for path in (mail, *mail.iterdir(), short_folder):
            os.chown(path, uid, gid)
    config = short_folder / "ours.conf"
    config.write_text(
        CONFIG.format(
            run=short_folder,
            mail=mail,
            port=port,
            uid=uid,
            gid=gid,
            internal="dovecot" if is_root else me,
            login="dovenull" if is_root else me,
            as_user="" if is_root else f"default_internal_group = {group}",
        )
    )
    process = subprocess.Popen(
        [dovecot, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        if process.poll() is not None:
            pytest.skip(f"Dovecot does not start here: {process.stderr.read().decode()[:300]}")
        time.sleep(0.1)
    settings.FETCH_ALLOWED = frozenset({f"mail.localhost:{port}"})
    count = 0

    def deliver(content: bytes) -> None:
        nonlocal count
        count += 1
        path = mail / "new" / f"{int(time.time())}.{count}.here"
        path.write_bytes(content)
        if is_root:
            os.chown(path, uid, gid)

    yield SimpleNamespace(
        url=f"imap://desk@mail.localhost:{port}/INBOX",
        allowed=settings.FETCH_ALLOWED,
        deliver=deliver,
        folder=mail,
    )
    process.terminate()
    process.wait(10)


def mail(subject: str, body: str = BODY, html: str = "", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "press@agency.example",
        "desk@newsroom.example",
        subject,
    )
    message["Date"] = headers.pop("date", "Mon, 23 Nov 2026 05:00:00 +0100")
    message["Message-ID"] = headers.pop("id", f"<{subject.replace(' ', '-')}@agency.example>")
    message.set_content(body)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def test_press_releases_become_articles_and_stay_unread_in_the_box(mailbox):
    source = Source.objects.create(
        outlet=Outlet.objects.create(name="The Agency"), kind="mailbox", url=mailbox.url, secret="secret"
    )
    now = timezone.now().strftime("%a, %d %b %Y %H:%M:%S +0100")
    mailbox.deliver(mail("Niger counts 14,300 arrivals", date=now, id="<niger-1@agency.example>"))
    online = (
        '<p><a href="https://agency.example/letter/7?utm_source=x">View this email in your browser</a></p>'
        + f"<p>{BODY}</p>" * 2
    )
    mailbox.deliver(mail("The weekly letter", html=online, date=now))
    fetch_sources([source])
    read_entries()
    articles = {a.title: a for a in Article.objects.all()}
    assert set(articles) == {"Niger counts 14,300 arrivals", "The weekly letter"}
    first = articles["Niger counts 14,300 arrivals"]
    assert (first.read_from, first.url, first.language) == ("mail", "mid:niger-1@agency.example", "en")
    assert first.utc_offset == 60 and "14,300 people" in first.text
    assert articles["The weekly letter"].url == "https://agency.example/letter/7"
    assert not any("S" in p.name.rpartition(",")[2] for p in (mailbox.folder / "cur").iterdir()), (
        "no mail was marked as read"
    )

    source.refresh_from_db()
    mailbox.deliver(mail("A second release", date=now))
    fetch_sources([source])
    assert source.fetches.latest("at").new_entries == 1
    source.refresh_from_db()
    fetch_sources([source])
    assert source.fetches.latest("at").outcome == "silent"


def test_a_wrong_password_is_told_in_words(mailbox):
    with pytest.raises(FetchError, match="user or password refused"):
        new_mails(mailbox.url, "wrong", {}, apart, mailbox.allowed)


def test_a_mailbox_that_was_made_anew_is_read_anew(mailbox):
    mailbox.deliver(mail("One"))
    entries, last = new_mails(mailbox.url, "secret", {}, apart, mailbox.allowed)
    assert [e.title for e in entries] == ["One"]
    again, _ = new_mails(
        mailbox.url, "secret", {"validity": last["validity"] + 1, "uid": 99}, apart, mailbox.allowed
    )
    assert [e.title for e in again] == ["One"]


def test_a_source_that_is_set_to_another_place_is_read_anew(mailbox, db):
    """Folders that are made in one second have one validity (RFC 9051, 2.3.1.1, tells one mailbox's alone)."""
    outlet = Outlet.objects.create(name="The Agency")
    source = Source.objects.create(outlet=outlet, kind="mailbox", url=mailbox.url, secret="secret")
    for n in range(3):
        mailbox.deliver(mail(f"Old {n}"))
    fetch_sources([source])
    source = Source.objects.get()
    folder = mailbox.folder / ".Press"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    validity = source.learned["validity"]
    (folder / "dovecot-uidlist").write_text(f"3 V{validity} N1 G3f2a9c1b7d5e4f60a1b2c3d4e5f60718\n")
    (folder / "new" / "1.1.here").write_bytes(mail("To the press"))
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 65534, 65534)
    source.url = mailbox.url.replace("/INBOX", "/Press")
    source.save()
    source.begin_anew(is_elsewhere=True)
    fetch_sources([Source.objects.get()])
    assert source.entries.filter(title="To the press").exists()


def test_a_mail_beyond_all_bounds_is_told_and_never_in_memory(mailbox, monkeypatch):
    monkeypatch.setattr(mailboxes, "MOST_MAIL", 100_000)
    mailbox.deliver(mail("One"))
    mailbox.deliver(mail("Huge", "words " * 40_000))
    mailbox.deliver(mail("Two"))
    entries, last = new_mails(mailbox.url, "secret", {}, apart, mailbox.allowed)
    assert sorted(e.title for e in entries)[1:] == ["One", "Two"] and "larger than" in min(
        e.title for e in entries
    )
    assert new_mails(mailbox.url, "secret", last, apart, mailbox.allowed) == ([], last), "and not again"


def test_a_server_that_announces_a_mountain_is_left(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def speak() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"* OK {99999999999}\r\n")
                connection.recv(1000)

        threading.Thread(target=speak, daemon=True).start()
        with pytest.raises(FetchError, match="99999999999 bytes at once"):
            new_mails(f"imap://desk@mail.localhost:{port}/INBOX", "x", {}, apart, {f"mail.localhost:{port}"})


@pytest.mark.parametrize("is_tls", [False, True])
def test_a_visit_to_a_mailbox_ends_in_time_however_its_bytes_drip(monkeypatch, is_tls):
    monkeypatch.setattr(mailboxes, "VISIT", 1)
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def drip() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.sendall(b"\x16\x03\x03\x40\x00" if is_tls else b"* OK ")
                while not ended.wait(0.2):
                    connection.sendall(b"\x02" if is_tls else b"x")

        threading.Thread(target=drip, daemon=True).start()
        address = f"{'imaps' if is_tls else 'imap'}://desk@mail.localhost:{port}/INBOX"
        with pytest.raises(FetchError, match="could not be read"):
            new_mails(address, "x", {}, apart, {f"mail.localhost:{port}"})
        ended.set()


def test_what_came_before_a_visit_had_to_end_is_kept_and_the_next_goes_on(mailbox, monkeypatch):
    for n in range(12):
        mailbox.deliver(mail(f"Release {n}", body=f"{BODY} {n}"))
    monkeypatch.setattr(mailboxes, "MOST_SAID", 8_000)
    found, last = [], {}
    for _ in range(12):
        entries, last = new_mails(mailbox.url, "secret", last, apart, mailbox.allowed)
        assert len(entries) < 12
        found += [entry.title for entry in entries]
    assert sorted(found) == sorted(f"Release {n}" for n in range(12))


def test_a_mail_full_of_tags_is_read_and_those_behind_it_are(mailbox):
    source = Source.objects.create(
        outlet=Outlet.objects.create(name="The Agency"), kind="mailbox", url=mailbox.url, secret="secret"
    )
    for name, tag in {"Full of links": "<a>", "Full of boxes": "<div>"}.items():
        mailbox.deliver(mail(name, html=f"<p>{BODY}</p>{tag * (1_000_000 // len(tag))}"))
    mailbox.deliver(mail("A release"))
    fetch_sources([source])
    entries = {entry.title: entry.text for entry in Entry.objects.all()}
    assert set(entries) == {"Full of links", "Full of boxes", "A release"}
    assert all("14,300 people" in text for text in entries.values())


@pytest.mark.parametrize("html", ["", f"<div><p>{BODY}</p></div>"])
def test_a_mail_that_takes_too_long_is_read_more_plainly(mailbox, html):
    def impatient(parse, content):
        if parse is mailboxes.read_mail:
            raise BadInput("takes more than 5 seconds to read")
        return parse(content)

    content = mail("One", html=html)
    mailbox.deliver(content if not html else content.replace(b"text/plain", b"text/html"))
    (entry,), _ = new_mails(mailbox.url, "secret", {}, impatient, mailbox.allowed)
    assert entry.title == "One" and entry.text.startswith("The agency registered 14,300 people")


def test_only_public_servers_over_tls():
    with pytest.raises(FetchError, match="not a public address"):
        new_mails("imaps://desk@127.0.0.1/INBOX", "x", {}, apart)
    with pytest.raises(FetchError, match="over TLS only"):
        new_mails("imap://desk@8.8.8.8/INBOX", "x", {}, apart)
    with pytest.raises(BadInput, match="looks like imaps://"):
        new_mails("https://mail.example/", "x", {}, apart)


@given(st.binary(max_size=600))
def test_any_bytes_are_a_mail(content):
    entry = entry_of(MailMessage.from_bytes(content))
    assert entry is None or entry.id is not None
    assert not Entry.objects.exists()
