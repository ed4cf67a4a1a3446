"""What can't be opened is not lost: it lies sealed in the vault until a person decides, and goes with the
testimony like every other file.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from griot.testimonies import withdrawing
from griot.testimonies.intake.receiving import MOST_TRIES, ORPHANED, examine, tidy
from griot.testimonies.keeping import vault
from griot.testimonies.models import Access, Country, Rendition
from griot.testimonies.tasks import sweep
from tests.signing_in import with_second_factor
from tests.support import words
from tests.testimonies import made
from tests.testimonies.people import Phone, committed, make_campaign, make_messenger, user_with
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db
# A film whose phone died before it had written what makes it readable.
UNREADABLE = b"\0\0\0\x20ftypisom" + b"Zephyrine " * 5000


@pytest.fixture
def phone(site):
    make_messenger(make_campaign())
    return Phone()


@pytest.fixture
def people(phone, django_user_model):
    roles = ("protection", "coordinator", "editor", "approver", "administrator")
    found = {role: user_with(django_user_model, role) for role in roles}
    Country.objects.get(code="SN").coordinators.add(found["coordinator"])
    return found


def signed_in(user) -> Client:
    client = Client()
    with_second_factor(client, user)
    return client


def said_of(phone: Phone, file) -> dict[str, str]:
    return next(f for f in phone.get("state/").json()["files"] if f["id"] == str(file.pk))


def step(client: Client, testimony, act: str, file, why: str = ""):
    sent = {"act": act, "file": str(file.pk), "words": why}
    with committed():
        return client.post(f"/admin/testimonies/{testimony.pk}/step/", sent, follow=True)


@pytest.mark.parametrize(
    "content", [UNREADABLE, b"%PDF-1.7 not a recording", b"\xff\xd8\xff\xe0 half a photo"]
)
def test_what_can_not_be_opened_is_kept_whole_and_only_then_the_phone_lets_go(phone, content):
    testimony = phone.tell()
    begun = phone.begin(testimony, content)
    phone.patch(begun["Location"], 0, content)
    file = testimony.files.get()
    assert said_of(phone, file)["sha256"] == "", "nothing that makes a phone let go before the server has it"
    with committed():
        examine(file.pk)
    file.refresh_from_db()
    assert file.state == "kept" and file.why
    assert vault().read(file.vault) == content and vault().names() == [file.vault]
    said = said_of(phone, file)
    assert (said["state"], said["sha256"]) == ("kept", hashlib.sha256(content).hexdigest())
    assert not Rendition.objects.exists()
    assert tidy(timezone.now() + ORPHANED * 2) == 0 and vault().names() == [file.vault]
    assert phone.begin(testimony, content)["Upload-Offset"] == str(len(content)), "it is not asked for twice"


def test_who_may_open_originals_sees_and_saves_it_and_every_look_is_logged(phone, people):
    testimony = phone.tell()
    file = phone.send(testimony, UNREADABLE)
    room, original = f"/admin/testimonies/{testimony.pk}/", f"/admin/testimonies/originals/{file.pk}/"
    for role in ("protection", "coordinator"):
        client = signed_in(people[role])
        assert "Could not be opened" in client.get(room).content.decode()
        assert "a file could not be opened" in words(client.get("/admin/testimonies/").content)
        given = client.get(original)
        assert b"".join(given) == UNREADABLE
        assert (
            given["Content-Type"] == "application/octet-stream"
            and "attachment" in given["Content-Disposition"]
        )
        assert Access.objects.filter(what="original", user=people[role], detail=str(file.pk)).exists()
    type(testimony).objects.update(state="editing")
    for role in ("editor", "approver", "administrator"):
        client = signed_in(people[role])
        assert client.get(original).status_code == 302, "back to the front"
        assert "Could not be opened" not in client.get(room).content.decode()
        for act in ("discard_file", "examine_again"):
            step(client, testimony, act, file, "curious")
    client = Client()
    client.force_login(people["protection"])  # who has not proved a second factor
    assert client.get(original).status_code != 200
    file.refresh_from_db()
    assert file.state == "kept" and vault().read(file.vault) == UNREADABLE


def test_discarding_takes_a_reason_and_is_final(phone, people):
    testimony = phone.tell()
    file = phone.send(testimony, UNREADABLE)
    client = signed_in(people["protection"])
    assert "Say why" in step(client, testimony, "discard_file", file).content.decode()
    file.refresh_from_db()
    assert file.state == "kept"
    step(client, testimony, "discard_file", file, "a picture of the floor")
    file.refresh_from_db()
    assert (file.state, file.why, vault().names()) == ("erased", "discarded: a picture of the floor", [])
    assert "discarded a file" in testimony.steps.get().words
    assert "decided on it already" in step(client, testimony, "discard_file", file, "again").content.decode()
    assert said_of(phone, file)["sha256"] == "", "a phone that still has it keeps it"


def test_it_can_be_tried_again_and_is_never_without_a_copy(phone, people, tmp_path):
    testimony = phone.tell()
    content = made.film(tmp_path, "webm").read_bytes()
    file = phone.send(testimony, content)
    # As after a full disk: what came lies there as it came.
    vault().erase(file.vault)
    type(file).objects.filter(pk=file.pk).update(
        state="kept", vault=vault().put(content), media="", why="full"
    )
    client = signed_in(people["coordinator"])
    step(client, testimony, "examine_again", file)
    assert said_of(phone, file)["state"] == "received" and len(vault().names()) == 1
    with committed():
        examine(file.pk)
    file.refresh_from_db()
    assert (file.state, file.media, file.why) == ("verified", "video", "") and vault().names() == [file.vault]

    other = phone.send(testimony, UNREADABLE)
    step(client, testimony, "examine_again", other)
    with committed():
        examine(other.pk)
    other.refresh_from_db()
    assert other.state == "kept" and vault().read(other.vault) == UNREADABLE


def test_what_arrives_damaged_each_time_is_kept_and_the_phone_keeps_its_own(phone):
    testimony, pk = phone.tell(), str(uuid.uuid4())
    begun = phone.begin(testimony, UNREADABLE, pk)
    damaged = bytes([UNREADABLE[0] ^ 1]) + UNREADABLE[1:]
    for _ in range(MOST_TRIES):
        assert phone.patch(begun["Location"], 0, damaged).status_code == 204
        with committed():
            examine(uuid.UUID(pk))
    file = testimony.files.get()
    assert file.state == "kept" and vault().read(file.vault) == damaged
    said = said_of(phone, file)
    assert said["sha256"] not in {"", hashlib.sha256(UNREADABLE).hexdigest()}


@pytest.fixture
def scanner(tmp_path, monkeypatch):
    """A virus scanner that names whatever it is shown, once it is there."""

    def install() -> None:
        program = tmp_path / "clamscan"
        program.write_text(
            '#!/bin/sh\nfor last; do :; done\necho "$last: Eicar-Test-Signature FOUND"\nexit 1\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return install


def test_what_was_kept_is_not_let_go_for_what_a_scanner_says_later(phone, people, scanner):
    """The phone has deleted its copy by then: a person decides."""
    testimony = phone.tell()
    file = phone.send(testimony, UNREADABLE)
    scanner()
    step(signed_in(people["coordinator"]), testimony, "examine_again", file)
    with committed():
        examine(file.pk)
    file.refresh_from_db()
    assert file.state == "kept" and "Eicar" in file.why and vault().read(file.vault) == UNREADABLE


def test_what_a_virus_scanner_names_is_not_kept_and_the_phone_keeps_its_own(phone, scanner):
    scanner()
    file = phone.send(phone.tell(), UNREADABLE)
    assert (file.state, vault().names()) == ("refused", []) and "Eicar" in file.why
    assert said_of(phone, file)["sha256"] == ""


def test_it_holds_nothing_up_and_is_shown_to_no_reader(phone, people):
    testimony = phone.tell(consent={"uses": ["team", "web", "mail", "partners", "media"]})
    kept = phone.send(testimony, UNREADABLE)
    phone.send(testimony, made.photo())
    publish(testimony, people)
    reader = Client()
    for path in (
        f"/stories/{testimony.slug}/",
        "/stories/",
        "/stories/feed/",
        f"/stories/media/web/{kept.vault}/",
    ):
        answer = reader.get(path)
        assert kept.vault.encode() not in answer.content and b"Zephyrine" not in answer.content
    copy = signed_in(people["approver"]).post(
        f"/admin/testimonies/{testimony.pk}/step/", {"act": "copy", "use": "partners", "recipient": "Radio"}
    )
    assert b"Zephyrine" not in b"".join(copy)
    assert reader.get(f"/admin/testimonies/originals/{kept.pk}/").status_code == 302


@pytest.mark.parametrize("end", ["withdrawal", "expiry"])
def test_it_goes_with_its_testimony(phone, people, end):
    testimony = phone.tell()
    file = phone.send(testimony, UNREADABLE)
    if end == "withdrawal":
        with committed():
            withdrawing.withdraw(testimony, "teller")
    else:
        testimony.consents.update(until=timezone.localdate() - timezone.timedelta(days=1))
        with committed():
            sweep()
    client = signed_in(people["protection"])
    assert client.get(f"/admin/testimonies/originals/{file.pk}/").status_code == 302, "at once"
    step(client, testimony, "examine_again", file)
    withdrawing.erase(testimony.pk)
    file.refresh_from_db()
    assert (file.state, file.vault, file.sha256, file.why) == ("erased", "", "", "") and vault().names() == []


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_waits_for_no_examination_and_nothing_of_the_file_stays(site, tmp_path, monkeypatch):
    scanner, begun, goes_on = tmp_path / "clamscan", tmp_path / "begun", tmp_path / "goes on"
    scanner.write_text(f"#!/bin/sh\ntouch '{begun}'\nwhile ! test -e '{goes_on}'; do sleep 0.05; done\n")
    scanner.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    make_messenger(make_campaign())
    phone = Phone()
    testimony, content = phone.tell(), made.photo()
    assert phone.patch(phone.begin(testimony, content)["Location"], 0, content).status_code == 204
    file = testimony.files.get()

    def examined() -> None:
        try:
            examine(file.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(examined)
        while not begun.exists():
            time.sleep(0.05)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            withdrawing.withdraw(testimony, "teller")
            withdrawing.erase(testimony.pk)
        finally:
            goes_on.touch()
        running.result()
    file.refresh_from_db()
    assert (file.state, file.vault, vault().names()) == ("erased", "", [])
