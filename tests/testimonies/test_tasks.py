"""What a job of testimonies fails with is set aside, tried again, and the rest is done."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pyrage import x25519

from griot.testimonies import withdrawing
from griot.testimonies.intake import receiving
from griot.testimonies.intake.odk import admit
from griot.testimonies.intake.receiving import MOST_TRIES, ORPHANED
from griot.testimonies.keeping import vault
from griot.testimonies.making import rendering
from griot.testimonies.models import Device, File, Rendition, Upload
from griot.testimonies.review.review import obstacles
from griot.testimonies.tasks import erase, examine, render, sweep, tidy_vault
from griot.troubles.models import Trouble
from tests.testimonies import made
from tests.testimonies.people import Phone, committed, make_campaign, make_messenger


def waiting(task: str) -> list[dict[str, object]]:
    """What jobs of a kind were asked for, and are asked for no more."""
    jobs = ProcrastinateJob.objects.filter(task_name=task, status="todo")
    asked = [job.args for job in jobs]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    return asked


def received(phone: Phone):
    """A file that has come whole, and waits to be examined."""
    testimony, content = phone.tell(), made.photo()
    phone.patch(phone.begin(testimony, content)["Location"], 0, content)
    return testimony.files.get()


def send_anew(phone: Phone, file) -> None:
    assert phone.get("state/").json()["files"][0]["state"] == "expected"
    phone.patch(f"/capture/api/uploads/{file.pk}/", 0, made.photo())
    file.refresh_from_db()


def gone(path) -> None:
    path.unlink()


def damaged(path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.django_db
@pytest.mark.parametrize("becomes", [gone, damaged])
def test_a_file_of_which_a_piece_can_not_be_read_is_asked_for_again_and_at_last_told_of(phone, becomes):
    file, place = received(phone), vault()
    for number in range(MOST_TRIES):
        if number:
            send_anew(phone, file)
        [piece] = file.upload.pieces
        becomes(place.folder / piece[:2] / piece)
        with committed():
            examine(str(file.pk))
        file.refresh_from_db()
        file.upload.refresh_from_db()
        assert Trouble.objects.exists() == (number == MOST_TRIES - 1)
    assert file.state == "received" and Trouble.objects.get().row == str(file.pk)
    assert obstacles(file.testimony) and not obstacles(file.testimony, is_phone_lost=True)


@pytest.mark.django_db
def test_a_file_that_comes_again_whole_is_taken(phone):
    file = received(phone)
    vault().erase(*file.upload.pieces)
    with committed():
        examine(str(file.pk))
    send_anew(phone, file)
    with committed():
        examine(str(file.pk))
    file.refresh_from_db()
    assert file.state == "verified" and not Trouble.objects.exists()


@pytest.mark.django_db
def test_what_could_be_read_with_the_right_key_is_not_let_go(phone, settings):
    file = received(phone)
    right = settings.VAULT_KEYS.read_text()
    settings.VAULT_KEYS.write_text(str(x25519.Identity.generate()))
    examine(str(file.pk))
    assert "backup" in Trouble.objects.get().why
    settings.VAULT_KEYS.write_text(right)
    examine(str(file.pk))
    file.refresh_from_db()
    assert file.state == "verified" and not Trouble.objects.exists()


def is_forgotten(file):
    Upload.objects.update(device=None)


def is_frozen(file):
    file.upload.device.messenger.freeze()


def was_of_odk(file):
    """Whose messenger has another password by now."""
    login, _ = admit(file.upload.device.messenger)
    Upload.objects.update(device=Device.objects.get(login=login))
    admit(file.upload.device.messenger)


GONE = pytest.mark.parametrize("is_gone", [is_forgotten, is_frozen, was_of_odk])


@GONE
@pytest.mark.django_db
def test_what_no_phone_has_any_more_is_told_of_and_its_pieces_stay(phone, is_gone):
    file = received(phone)
    is_gone(file)
    vault().erase(*file.upload.pieces)
    examine(str(file.pk))
    file.refresh_from_db()
    assert file.state == "received" and file.upload.pieces and Trouble.objects.exists()


@GONE
@pytest.mark.django_db
def test_what_came_damaged_of_a_phone_that_has_it_no_more_is_kept_for_a_person(phone, is_gone):
    file = received(phone)
    is_gone(file)
    File.objects.update(sha256="0" * 64)
    with committed():
        examine(str(file.pk))
    file.refresh_from_db()
    assert file.state == "kept" and "another checksum" in file.why and vault().read(file.vault)


@pytest.mark.django_db
def test_what_fails_is_asked_for_at_growing_distances(phone, monkeypatch):
    file = received(phone)
    monkeypatch.setattr(receiving.arrival, "take_in", lambda *_: 1 // 0)
    waiting("testimonies.examine")
    pauses = []
    for _ in range(8):
        examine(str(file.pk))
        trouble, pause = Trouble.objects.get(), timedelta()
        while not waiting("testimonies.examine"):
            pause += timedelta(minutes=1)
            Trouble.objects.update(last=trouble.last - pause)
            sweep()
        pauses.append(pause.seconds // 60)
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60] and "ZeroDivisionError" in Trouble.objects.get().why
    monkeypatch.undo()
    examine(str(file.pk))
    assert not Trouble.objects.exists()


@pytest.mark.django_db
def test_a_rendition_that_a_full_disk_keeps_from_being_made_is_told_of(phone, monkeypatch):
    phone.send(phone.tell(), made.photo())
    row = Rendition.objects.get()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rendering, "_made", full)
    render(row.pk)
    waiting("testimonies.render")
    sweep()
    assert "No space left" in Trouble.objects.get(row=str(row.pk)).why and not waiting("testimonies.render")
    monkeypatch.undo()
    render(row.pk)
    row.refresh_from_db()
    assert row.state == "ready" and not Trouble.objects.exists()


@pytest.mark.django_db
def test_a_file_that_can_not_be_erased_keeps_nothing_else_and_is_told_of(phone):
    testimony = phone.tell(teller={"name": "Zephyrine"})
    stays = phone.send(testimony, made.photo())
    phone.send(testimony, made.photo("PNG"))
    path = vault().folder / stays.vault[:2] / stays.vault
    path.unlink()
    path.mkdir()  # nothing that can be unlinked
    withdrawing.withdraw(testimony, "teller")
    for _ in range(2):
        erase(str(testimony.pk))
        testimony.refresh_from_db()
        assert (testimony.name, testimony.answers, testimony.erased) == ("", {}, None)
        assert vault().names() == [stays.vault] and not testimony.consents.exists()
    trouble = Trouble.objects.get()
    assert (trouble.row, trouble.times) == (str(testimony.pk), 2) and stays.vault in trouble.why
    assert withdrawing.unfinished() == [testimony.pk], "it is tried again"
    path.rmdir()
    path.write_bytes(b"sealed")
    erase(str(testimony.pk))
    testimony.refresh_from_db()
    assert testimony.erased and vault().names() == []
    assert not Trouble.objects.exists() and not Upload.objects.exists()


@pytest.mark.django_db
def test_what_cannot_be_erased_does_not_keep_the_rest_in_the_vault():
    place = vault()
    names = sorted(place.put(b"orphaned") for _ in range(3))
    old = (timezone.now() - ORPHANED - timedelta(days=1)).timestamp()
    for name in names:
        os.utime(place.folder / name[:2] / name, (old, old))
    bad = place.folder / names[1][:2] / names[1]
    bad.unlink()
    bad.mkdir()  # nothing that can be unlinked
    os.utime(bad, (old, old))
    tidy_vault()
    assert place.names() == [names[1]]
    assert Trouble.objects.get(what="tidying the vault").row == names[1]


@pytest.mark.django_db
def test_what_a_receipt_opened_is_forgotten(site, client):
    make_messenger(make_campaign())
    client.post("/receipt/", {"code": Phone().tell().make_receipt()})
    Client().post("/receipt/", {"code": Phone().tell().make_receipt()})
    assert max(s.expire_date for s in Session.objects.all()) < timezone.now() + timedelta(hours=1)
    Session.objects.filter(pk=client.session.session_key).update(expire_date=timezone.now())
    tidy_vault()
    assert Session.objects.count() == 1
