"""What an editor cuts, silences and chooses is what is shown: made anew, hidden until somebody has looked at
it, the original untouched.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media import subtitles
from griot.testimonies.core.media.encoding import COVERED
from griot.testimonies.core.media.ffmpeg import probe, reading, run
from griot.testimonies.core.types import Cut
from griot.testimonies.keeping import vault
from griot.testimonies.making.rendering import make, plan, showable, uncut
from griot.testimonies.models import Rendition
from griot.testimonies.review import changing, files, review
from griot.testimonies.showing.shown import address_of, told
from griot.testimonies.withdrawing import withdraw
from tests.signing_in import with_second_factor
from tests.testimonies.people import committed, user_with
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db
TRANSCRIPT = (
    "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nI am {Awa}.\n\n00:00:04.000 --> 00:00:06.000\nI left at"
    " night.\n"
)


def film(folder, seconds=8):
    """Red, then green from the fourth second on, and a tone of 300 Hz."""
    to = folder / "two.mp4"
    run(
        [
            "-f",
            "lavfi",
            "-i",
            f"color=red:size=320x240:rate=15:duration={seconds / 2}",
            "-f",
            "lavfi",
            "-i",
            f"color=green:size=320x240:rate=15:duration={seconds / 2}",
            "-f",
            "lavfi",
            "-i",
            f"sine=frequency=300:duration={seconds}",
            "-filter_complex",
            "[0][1]concat=n=2[v]",
            "-map",
            "[v]",
            "-map",
            "2:a",
            "-pix_fmt",
            "yuv420p",
            "-c:v",
            "libx264",
            "-c:a",
            "aac",
            to,
        ]
    )
    return to.read_bytes()


def render(testimony) -> dict[str, Rendition]:
    with committed():
        for kind in ("proof", "light", "stream", "small", "still", "sound", "waves", "photo"):
            for row in Rendition.objects.filter(file__testimony=testimony, kind=kind):
                make(row.pk)
    return {r.kind: r for r in Rendition.objects.filter(file__testimony=testimony).order_by("pk")}


def loudest(content: bytes, folder, begins: float, ends: float) -> int:
    """The loudest frequency in Hz of a film's or a sound's part."""
    (folder / "in.mp4").write_bytes(content)
    run([*reading(folder / "in.mp4", "mov"), "-vn", "-ac", "1", "-ar", "8000", "-f", "s16le", folder / "raw"])
    heard = np.fromfile(folder / "raw", np.int16)[int(begins * 8000) : int(ends * 8000)]
    return int(np.argmax(np.abs(np.fft.rfft(heard))) * 8000 / len(heard))


def test_a_cut_is_made_and_shown_when_it_was_looked_at_and_approved(phone, people, tmp_path):
    testimony = phone.tell()
    file = phone.send(testimony, film(tmp_path))
    sealed = vault().read(file.vault)
    whole = render(testimony)
    publish(testimony, people)
    address = address_of(whole["light"], "web")
    assert told(testimony, "web", "fr").film == address and Client().get(address).status_code == 200

    with committed():
        files.cut(
            testimony, people["editor"], file.pk, Cut(begins=2.0, ends=7.0, bleeps=((5.0, 6.0),), still=6.0)
        )
    assert told(testimony, "web", "fr").film == address, "what is public stays until another is approved"
    found = render(testimony)
    assert {r.state for r in found.values()} == {"ready"}
    assert found["light"].key not in told(testimony, "web", "fr").film, "a person has to look first"
    assert Client().get(address_of(found["light"], "web")).status_code == 410
    content = vault().read(found["light"].vault)
    (tmp_path / "light.mp4").write_bytes(content)
    assert probe(tmp_path / "light.mp4", "mov").seconds == pytest.approx(5.0, abs=0.2)
    assert loudest(content, tmp_path, 1, 2) == pytest.approx(300, abs=8) and loudest(
        content, tmp_path, 3.2, 3.8
    ) == pytest.approx(800, abs=8)
    (tmp_path / "small.webm").write_bytes(vault().read(found["small"].vault))
    assert probe(tmp_path / "small.webm", "matroska").video == "av1"
    (tmp_path / "still.jpg").write_bytes(vault().read(found["still"].vault))
    red, green, _ = Image.open(tmp_path / "still.jpg").getpixel((100, 100))
    assert green > red, "the still is of the moment that was chosen"
    assert vault().read(file.vault) == sealed, "the original stays as it is"
    for row in showable(testimony):
        files.approve_rendition(testimony, people["protection"], row.pk)
    assert told(testimony, "web", "fr").film == address, "and somebody has to publish it"
    assert [now for _, _, now in changing.changes(testimony) if "from 2.0 s to 7.0 s" in now]
    with committed():
        changing.publish_changes(testimony, people["approver"])
    testimony.refresh_from_db()
    now = told(testimony, "web", "fr")
    assert now.film and now.small and now.stream and now.film != address
    assert Client().get(address).status_code == 404
    proof = uncut(file)
    assert (proof.kind, proof.pk) == ("proof", whole["light"].pk), "what was whole is the editors' now"
    assert Client().get(address_of(proof, "web")).status_code == 410

    with committed():
        files.cut(testimony, people["editor"], file.pk, Cut())
    again = render(testimony)
    assert loudest(vault().read(again["light"].vault), tmp_path, 5.2, 5.8) == pytest.approx(300, abs=8)
    names = {n for r in Rendition.objects.all() for n in r.names} | {file.vault}
    assert set(vault().names()) == names, "what is not shown any more is erased"


def test_a_name_marked_in_the_transcript_is_neither_heard_nor_read(phone, people, tmp_path):
    testimony = phone.tell(consent={"naming": "unnamed"})
    phone.send(testimony, film(tmp_path))
    render(testimony)
    publish(testimony, people)
    with committed():
        review.write(
            testimony,
            people["editor"],
            "fr",
            {"title": "T", "quote": "Q", "body": "", "subtitles": TRANSCRIPT, "chapters": "0:04 Night"},
        )
    found = render(testimony)
    content = vault().read(found["light"].vault)
    said = subtitles.bleeps(subtitles.parse(TRANSCRIPT))
    assert len(said) == 1 and 1 < said[0][0] < said[0][1] < 3.4
    middle = sum(said[0]) / 2
    assert loudest(content, tmp_path, middle - 0.2, middle + 0.2) == pytest.approx(800, abs=12)
    assert loudest(content, tmp_path, 4, 6) == pytest.approx(300, abs=12)
    assert not told(testimony, "web", "fr").subtitles, "they wait for approval"
    for rendition in found.values():
        if rendition.kind not in {"proof", "waves"}:
            files.approve_rendition(testimony, people["protection"], rendition.pk)
    changing.publish_changes(testimony, people["approver"])
    testimony.refresh_from_db()
    value = told(testimony, "web", "fr")
    assert (
        "Awa" not in value.subtitles and "I am …." in value.subtitles and value.chapters == ((4.0, "Night"),)
    )
    with committed():
        files.cut(testimony, people["editor"], testimony.leading().pk, Cut(begins=3.5))
    assert told(testimony, "web", "fr") == value, "it waits for approval"
    render(testimony)
    for rendition in showable(testimony):
        files.approve_rendition(testimony, people["protection"], rendition.pk)
    changing.publish_changes(testimony, people["approver"])
    testimony.refresh_from_db()
    value = told(testimony, "web", "fr")
    assert (
        "00:00:00.500 --> 00:00:02.500" in value.subtitles
        and "I am" not in value.subtitles
        and value.chapters == ((0.5, "Night"),)
    )


def test_covered_faces_are_covered_once_whatever_is_cut(phone, people, tmp_path):
    testimony = phone.tell(consent={"face": "blur", "voice": "alter"})
    file = phone.send(testimony, film(tmp_path))
    first = render(testimony)
    cover = first["light"].parts[COVERED]
    with committed():
        testimony.state = "editing"
        testimony.save()
        files.cut(testimony, people["editor"], file.pk, Cut(begins=1.0))
    found = render(testimony)
    assert (
        found["proof"].parts[COVERED] == cover
        and COVERED not in found["light"].parts
        and found["light"].state == "ready"
    )
    (tmp_path / "light.mp4").write_bytes(vault().read(found["light"].vault))
    assert probe(tmp_path / "light.mp4", "mov").seconds == pytest.approx(7.0, abs=0.2)


def test_a_cut_that_comes_while_it_is_made_wins(phone, people, tmp_path, monkeypatch):
    testimony = phone.tell()
    file = phone.send(testimony, film(tmp_path))
    type(testimony).objects.update(state="editing")
    light = Rendition.objects.get(kind="light")
    from griot.testimonies.core.media import encoding

    real = encoding.light

    def cut_meanwhile(*args):
        monkeypatch.setattr(encoding, "light", real)
        with committed():
            files.cut(testimony, people["editor"], file.pk, Cut(begins=4.0))
        real(*args)

    monkeypatch.setattr(encoding, "light", cut_meanwhile)
    make(light.pk)
    assert not Rendition.objects.filter(pk=light.pk).exists()
    light = Rendition.objects.get(kind="light")
    assert light.state == "waiting" and not light.vault
    make(light.pk)
    light.refresh_from_db()
    (tmp_path / "light.mp4").write_bytes(vault().read(light.vault))
    assert light.state == "ready" and probe(tmp_path / "light.mp4", "mov").seconds == pytest.approx(
        4.0, abs=0.2
    )


def test_a_sound_is_cut_like_a_film_and_has_its_shape(phone, people, tmp_path):
    run(
        [
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=300:duration=6",
            "-af",
            "volume=0:enable='lt(t,3)'",
            tmp_path / "s.wav",
        ]
    )
    testimony = phone.tell()
    file = phone.send(testimony, (tmp_path / "s.wav").read_bytes())
    type(testimony).objects.update(state="editing")
    found = render(testimony)
    shape = json.loads(vault().read(found["waves"].vault))
    half = len(shape["peaks"]) // 2
    assert shape["seconds"] == pytest.approx(6, abs=0.1) and len(shape["peaks"]) == 120
    assert max(shape["peaks"][: half - 2]) == 0 and min(shape["peaks"][half + 2 :]) > 50
    with committed():
        files.cut(testimony, people["editor"], file.pk, Cut(begins=3.0))
    found = render(testimony)
    (tmp_path / "a.mp4").write_bytes(vault().read(found["sound"].vault))
    assert (
        probe(tmp_path / "a.mp4", "mov").seconds == pytest.approx(3.0, abs=0.2)
        and uncut(file).kind == "proof"
    )


def test_the_words_form_does_not_write_over_the_cutting_rooms_subtitles(phone, site, people, tmp_path):
    testimony = phone.tell()
    phone.send(testimony, film(tmp_path))
    type(testimony).objects.update(state="editing")
    review.write(testimony, people["editor"], "fr", {"subtitles": TRANSCRIPT})
    client, url = Client(), f"/admin/testimonies/{testimony.pk}/"
    with_second_factor(client, people["editor"])
    assert 'name="subtitles"' not in client.get(url).content.decode()
    client.post(
        url,
        {
            "language": "fr",
            "title": "T",
            "quote": "",
            "body": "",
            "seen": review.mark_of_words(testimony, "fr"),
            "subtitles": "WEBVTT\n\n00:01.000 --> 00:02.000\nOlder\n",
        },
    )
    writing = testimony.writings.get()
    assert writing.title == "T" and writing.subtitles == TRANSCRIPT


@pytest.mark.parametrize(
    "role", ["nobody", "coordinator", "protection", "approver", "administrator", "editor"]
)
def test_only_editors_cut_and_nobody_what_was_withdrawn(phone, site, django_user_model, tmp_path, role):
    testimony = phone.tell()
    file = phone.send(testimony, film(tmp_path))
    type(testimony).objects.update(state="editing")
    user = user_with(django_user_model, *([] if role == "nobody" else [role]), name=role)
    client, url = Client(), f"/admin/testimonies/{testimony.pk}/cutting/{file.pk}/"
    with_second_factor(client, user)
    assert (client.get(url).status_code == 200) == (role == "editor")
    withdraw(testimony, "teller")
    assert client.get(url).status_code in {302, 403, 404}
    assert client.post(url, {"subtitles": "", "seen": "x"}).status_code in {302, 403, 404}


@pytest.mark.parametrize(
    "cut",
    [
        Cut(begins=-1),
        Cut(begins=5, ends=4),
        Cut(ends=99),
        Cut(bleeps=((3, 2),)),
        Cut(bleeps=((1, 99),)),
        Cut(still=99),
        Cut(bleeps=((1, 2),) * 201),
        Cut(begins=float("nan")),
    ],
)
def test_what_is_no_cut_is_refused_in_words(phone, people, tmp_path, cut):
    testimony = phone.tell()
    file = phone.send(testimony, film(tmp_path))
    type(testimony).objects.update(state="editing")
    with pytest.raises(Refused):
        files.cut(testimony, people["editor"], file.pk, cut)


def test_nothing_is_planned_again_when_nothing_changed(phone, people, tmp_path):
    testimony = phone.tell()
    file = phone.send(testimony, film(tmp_path))
    before = {(r.pk, r.vault, r.state) for r in render(testimony).values()}
    plan(file)
    assert {(r.pk, r.vault, r.state) for r in Rendition.objects.all()} == before


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="{}ab \n", max_size=60))
def test_no_marked_word_is_left_to_read(text):
    try:
        vtt = subtitles.as_vtt(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}")
    except subtitles.BadSubtitles:
        return
    assert not set("{}") & set(subtitles.unmarked(vtt))
    for begins, ends in subtitles.bleeps([subtitles.Cue(1.0, 2.0, text)]):
        assert 0 <= begins < ends


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("I am {Awa}.", "I am …."),
        ("I am {{Awa}}.", "I am …."),
        ("I am {Awa\nDiop}.", "I am …."),
        ("{Awa} and {Ali}", "… and …"),
        ("{\\an8}Up there", "Up there"),
    ],
)
def test_marked_words_are_not_read(text, shown):
    assert shown in subtitles.unmarked(subtitles.as_vtt(f"1\n00:01,000 --> 00:02,000\n{text}"))


@pytest.mark.parametrize("text", ["I am {Awa.", "I am Awa}.", "I am {}.", "{Awa\n\nDiop}"])
def test_a_brace_that_does_not_close_is_refused(text):
    with pytest.raises(subtitles.BadSubtitles, match=r"brace|time"):
        subtitles.as_vtt(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123:., abé\n", max_size=60))
def test_chapters_are_read_or_refused(text):
    try:
        found = subtitles.chapters(text)
    except subtitles.BadSubtitles as error:
        assert "line" in str(error)
    else:
        assert found == sorted(found) and all(title.strip() for _, title in found)
