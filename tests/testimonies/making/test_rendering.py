"""What is made of a film so that it can be watched: light, in steps, with a still; and again after a
maker was killed.
"""

from __future__ import annotations

import errno
from contextlib import suppress

import psutil
import pytest
from django.test import Client

from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media import encoding
from griot.testimonies.core.media.ffmpeg import probe, program, reading, run
from griot.testimonies.core.media.vault import Vault, VaultError
from griot.testimonies.keeping import vault
from griot.testimonies.making.rendering import make, unfinished
from griot.testimonies.models import Rendition
from griot.testimonies.showing.shown import address_of
from griot.testimonies.withdrawing import erase, withdraw
from tests.signing_in import with_second_factor
from tests.support import held_elsewhere
from tests.testimonies import made
from tests.testimonies.people import committed, user_with
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db


def film(folder, size: str, seconds: float = 8):
    to = folder / "interview.mp4"
    run(
        [
            "-f",
            "lavfi",
            "-i",
            f"testsrc2=size={size}:rate=25",
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=300",
            "-t",
            str(seconds),
            "-pix_fmt",
            "yuv420p",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-c:a",
            "aac",
            to,
        ]
    )
    return to.read_bytes()


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_what_a_full_disk_ends_in_the_middle_leaves_nothing_in_the_vault(
    phone, tmp_path, monkeypatch, is_withdrawn
):
    testimony = phone.tell()
    phone.send(testimony, film(tmp_path, "640x360", seconds=6))
    row = Rendition.objects.get(file__testimony=testimony, kind="stream")
    put, before, taken = Vault.put, vault().names(), []

    def full(place, content):
        if len(taken) == 2:
            if is_withdrawn:
                withdraw(testimony, "teller")
                erase(testimony.pk)
            raise OSError(errno.ENOSPC, "No space left on device")
        taken.append(put(place, content))
        return taken[-1]

    monkeypatch.setattr(Vault, "put", full)
    with committed(), pytest.raises(OSError, match="No space"):
        make(row.pk)
    assert len(taken) == 2 and vault().names() == ([] if is_withdrawn else before)


def render(testimony) -> dict[str, Rendition]:
    with committed():
        for row in Rendition.objects.filter(file__testimony=testimony).order_by("pk"):
            make(row.pk)
    return {r.kind: r for r in Rendition.objects.filter(file__testimony=testimony)}


def test_a_film_comes_light_and_in_the_steps_that_it_has(phone, tmp_path, django_user_model):
    testimony = phone.tell()
    phone.send(testimony, film(tmp_path, "1280x720"))
    found = render(testimony)
    assert {k: r.state for k, r in found.items()} == dict.fromkeys(
        ["light", "still", "stream", "waves", "small"], "ready"
    )
    assert (found["light"].height, found["still"].width, found["stream"].height) == (240, 1280, 720)

    publish(
        testimony, {role: user_with(django_user_model, role) for role in ("protection", "editor", "approver")}
    )
    client, address = Client(), address_of(found["stream"], "web")
    master = b"".join(client.get(address + "master.m3u8")).decode()
    variants = [line for line in master.splitlines() if line.endswith(".m3u8")]
    assert len(variants) == 2 and "RESOLUTION=1280x720" in master and "RESOLUTION=640x360" in master
    for variant in variants:
        segments = [
            line
            for line in b"".join(client.get(address + variant)).decode().splitlines()
            if line.endswith(".ts")
        ]
        whole = tmp_path / f"{variant}.ts"
        whole.write_bytes(b"".join(part for segment in segments for part in client.get(address + segment)))
        streams = probe(whole, "mpegts")
        assert (
            streams.seconds == pytest.approx(8, abs=0.3)
            and streams.video == "h264"
            and streams.audio == "aac"
            and len(segments) == 2
        )
    assert f'src="{address}master.m3u8"' in client.get(f"/stories/{testimony.slug}/").content.decode()
    assert client.get(address + "other.ts").status_code == 404


def test_where_the_encoder_is_slower_than_the_film_all_but_av1_is_made(
    phone, tmp_path, monkeypatch, django_user_model
):
    monkeypatch.setattr(encoding, "SLOWEST", 0.0)
    testimony = phone.tell()
    phone.send(testimony, film(tmp_path, "320x240", seconds=1))
    found = render(testimony)
    assert found.pop("small").why.startswith("not made: AV1 takes longer")
    assert {r.state for r in found.values()} == {"ready"}
    roles = ("protection", "editor", "approver")
    publish(testimony, {role: user_with(django_user_model, role) for role in roles})
    assert testimony.state == "published", "nobody waits for it"


def test_a_hidden_voice_is_in_no_rendition_and_a_covered_face_in_all(phone, tmp_path):
    testimony = phone.tell(consent={"face": "blur", "voice": "hide"})
    phone.send(testimony, film(tmp_path, "640x480", seconds=2))
    found = render(testimony)
    assert {(r.kind, r.face, r.voice) for r in found.values()} == {
        ("light", "blur", "hide"),
        ("stream", "blur", "hide"),
        ("still", "blur", "show"),
        ("small", "blur", "hide"),
        ("waves", "show", "show"),
    }
    assert list(found["light"].parts) == ["covered.mkv"], "faces are covered once for both films"
    assert Client().get(address_of(found["light"], "web") + "covered.mkv").status_code == 410
    for name in (
        found["light"].vault,
        next(v for k, v in found["stream"].parts.items() if k.endswith(".ts")),
    ):
        with vault().opened(name) as path:
            assert not probe(path, "mov" if name == found["light"].vault else "mpegts").audio


def test_a_film_that_can_not_be_read_says_why(phone, tmp_path):
    testimony = phone.tell()
    file = phone.send(testimony, film(tmp_path, "320x240", seconds=1))
    vault().erase(file.vault)
    broken = vault().put(b"\0\0\0\x20ftypisom" + bytes(400))
    type(file).objects.filter(pk=file.pk).update(vault=broken)
    rows = render(testimony)
    assert {r.state for r in rows.values()} == {"failed"} and all(r.why for r in rows.values())


def test_a_key_that_is_away_for_a_while_fails_nothing_for_good(phone):
    phone.send(phone.tell(), made.photo())
    row, keys = Rendition.objects.get(), vault().keys
    away = keys.rename(keys.with_name("away"))
    with pytest.raises(VaultError):
        make(row.pk)
    assert unfinished() == [row.pk]
    away.rename(keys)
    make(row.pk)
    assert Rendition.objects.get().state == "ready"


def test_a_file_that_is_damaged_fails_with_its_reason(phone):
    phone.send(phone.tell(), made.photo())
    row = Rendition.objects.get()
    with next(path for path in vault().folder.rglob(row.file.vault)).open("r+b") as file:
        file.seek(-20, 2)
        file.write(b"damaged")
    make(row.pk)
    row.refresh_from_db()
    assert row.state == "failed" and "is damaged" in row.why


def test_what_a_killed_maker_left_is_made_again(phone, tmp_path):
    testimony = phone.tell()
    phone.send(testimony, made.photo())
    row = Rendition.objects.get()
    Rendition.objects.update(state="making")
    assert unfinished() == [row.pk]
    with held_elsewhere(f"rendition {row.pk}"):
        make(row.pk)
    assert Rendition.objects.get().state == "making", "somebody was at it"
    make(row.pk)
    assert Rendition.objects.get().state == "ready"


def test_an_encoder_that_is_killed_is_begun_again(tmp_path):
    """Once it says nothing of the file; again and again it is given up, with the reason."""
    source = film(tmp_path, "320x240", seconds=2)
    arguments = ["-re", "-i", tmp_path / "film.mp4", "-f", "null", "-"]
    (tmp_path / "film.mp4").write_bytes(source)
    kills = iter([True])
    assert "frame=" in run(arguments, lambda _: kill_encoders() if next(kills, False) else None)
    with pytest.raises(Refused, match="killed 3 times"):
        run(arguments, lambda _: kill_encoders())


def kill_encoders() -> None:
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if "ffmpeg" in child.name():
                child.kill()


def test_progress_is_heard_of(tmp_path):
    source = tmp_path / "film.mp4"
    source.write_bytes(film(tmp_path, "320x240", seconds=3))
    heard: list[float] = []
    run([*reading(source, "mov"), "-f", "null", "-"], heard.append)
    assert heard and heard[-1] == pytest.approx(3, abs=0.3)


def test_a_rendition_that_failed_is_made_again_when_somebody_asks(phone, tmp_path, django_user_model):
    testimony = phone.tell()
    phone.send(testimony, film(tmp_path, "320x240", 2))
    still = Rendition.objects.get(kind="still")
    Rendition.objects.filter(pk=still.pk).update(state="failed", why="an error of ours, OSError")
    type(testimony).objects.update(state="editing")
    address, act = f"/admin/testimonies/{testimony.pk}/", {"act": "make_again", "rendition": still.pk}

    def room(role: str) -> tuple[Client, str]:
        client = Client()
        with_second_factor(client, user_with(django_user_model, role))
        return client, client.get(address).content.decode()

    approver, shown = room("approver")
    assert "Make it again" not in shown
    approver.post(f"{address}step/", act)
    assert Rendition.objects.get(pk=still.pk).state == "failed"
    editor, shown = room("editor")
    assert "an error of ours" in shown and "Make it again" in shown
    editor.post(f"{address}step/", act)
    assert Rendition.objects.get(pk=still.pk).state == "waiting"
    assert render(testimony)["still"].state == "ready"
    assert "It is being made already" in editor.post(f"{address}step/", act, follow=True).content.decode()


def test_an_ffmpeg_that_is_killed_while_it_is_looked_for_is_still_there(monkeypatch):
    monkeypatch.setattr("imageio_ffmpeg._utils._is_valid_exe", lambda _: False)
    program.cache_clear()
    assert "ffmpeg" in program() and run(["-version"]) == ""
