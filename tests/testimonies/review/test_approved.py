"""What is public is what was approved, whatever changes beside it: cuts, files, languages, consents."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from griot.testimonies.core import types
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake import receiving
from griot.testimonies.intake.consenting import add_consent
from griot.testimonies.leaving_out import leave_out
from griot.testimonies.models import File, Testimony, Upload, Writing
from griot.testimonies.review import changing, files, review
from griot.testimonies.showing.shown import address_of, told
from tests.testimonies import made
from tests.testimonies.people import as_sent, committed
from tests.testimonies.review.test_review import publish, rendered

pytestmark = pytest.mark.django_db
SUBTITLES = """WEBVTT

00:00:00.000 --> 00:00:01.500
My uncle is the smuggler

00:00:02.500 --> 00:00:04.000
I left at night
"""


def to_editing(testimony, people) -> None:
    review.move_on(testimony, people["protection"])
    review.judge(testimony, people["protection"], True, "Nothing that harms.")
    review.move_on(testimony, people["protection"])


def to_the_public(testimony, people) -> Testimony:
    for rendition in rendered(testimony):
        files.approve_rendition(testimony, people["protection"], rendition.pk)
    for role in ("editor", "editor", "editor", "approver"):
        review.move_on(Testimony.objects.get(pk=testimony.pk), people[role])
    return Testimony.objects.get(pk=testimony.pk)


@pytest.fixture
def cut_one(phone, people, tmp_path):
    """A published sound of four seconds, cut from the second on, and its file."""
    testimony = phone.tell()
    file = phone.send(testimony, made.sound(tmp_path, "ogg", 4).read_bytes(), position="3")
    to_editing(testimony, people)
    chapters = "0:00 My uncle smuggles\n0:01 His address\n0:02 Leaving"
    words = {"title": "T", "quote": "Q", "body": "B", "subtitles": SUBTITLES, "chapters": chapters}
    review.write(testimony, people["editor"], "fr", words)
    files.cut(testimony, people["editor"], file.pk, types.Cut(2.0, None))
    return to_the_public(testimony, people), file


def test_of_what_was_cut_away_no_chapter_tells(cut_one):
    testimony, _ = cut_one
    assert told(testimony, "web", "fr").chapters == ((0.0, "Leaving"),)


def test_a_cut_that_waits_for_approval_opens_nothing(cut_one, people):
    testimony, file = cut_one
    assert "smuggler" not in told(testimony, "web", "fr").subtitles
    files.cut(testimony, people["editor"], file.pk, types.Cut(0.0, None))
    value = told(Testimony.objects.get(pk=testimony.pk), "web", "fr")
    assert "smuggler" not in value.subtitles and "left at night" in value.subtitles
    assert [title for _, title in value.chapters] == ["Leaving"]


def test_an_editor_alone_takes_nothing_off_a_public_story(cut_one, people):
    testimony, file = cut_one
    shown = told(testimony, "web", "fr")

    def now():
        return told(Testimony.objects.get(pk=testimony.pk), "web", "fr")

    for cut in (types.Cut(3.0, None), types.Cut(0.0, 1.0, ((0.2, 0.4),)), types.Cut(2.0, None)):
        with committed():
            files.cut(testimony, people["editor"], file.pk, cut)
        assert now() == shown and Client().get(shown.sound).status_code == 200
    marked = {"subtitles": SUBTITLES.replace("night", "{night}")}
    with committed():
        review.write(testimony, people["editor"], "fr", marked)
    assert now() == shown and changing.changes(Testimony.objects.get(pk=testimony.pk))
    with committed():
        changing.discard_changes(testimony, people["editor"])
    assert now() == shown and not changing.changes(Testimony.objects.get(pk=testimony.pk))
    files.cut(testimony, people["editor"], file.pk, types.Cut(3.0, None))
    testimony = Testimony.objects.get(pk=testimony.pk)
    for rendition in rendered(testimony):
        files.approve_rendition(testimony, people["protection"], rendition.pk)
    assert now() == shown
    with committed():
        changing.publish_changes(testimony, people["approver"])
    assert now().sound not in {"", shown.sound} and Client().get(shown.sound).status_code == 404
    assert file.renditions.filter(kind="sound").count() == 1, "what was public before is gone"


def test_a_recording_that_comes_late_stands_behind_the_one_that_was_approved(cut_one, phone, tmp_path):
    testimony, file = cut_one
    (tmp_path / "late").mkdir()
    late = phone.send(testimony, made.sound(tmp_path / "late", "ogg", 3).read_bytes(), position="0")
    testimony = Testimony.objects.get(pk=testimony.pk)
    assert testimony.leading() == file and late.position > file.position
    assert "smuggler" not in told(testimony, "web", "fr").subtitles


def test_a_recording_that_could_be_opened_late_stands_behind_the_one_that_was_approved(
    phone, people, tmp_path
):
    testimony = phone.tell()
    kept = phone.send(testimony, b"\0\0\0\x20ftypisom unread", position="0")
    file = phone.send(testimony, made.sound(tmp_path, "ogg", 4).read_bytes(), position="1")
    to_editing(testimony, people)
    review.write(testimony, people["editor"], "fr", {"title": "T", "quote": "Q", "body": "B"})
    testimony = to_the_public(testimony, people)
    with committed():
        files.examine_kept_again(testimony, people["protection"], kept.pk)
    facts = {n: getattr(file, n) for n in ("media", "mime", "suffix", "seconds", "vault", "size", "arrived")}
    receiving._settle(Upload.objects.get(file=kept), {**facts, "state": File.State.VERIFIED, "why": ""})
    testimony = Testimony.objects.get(pk=testimony.pk)
    assert testimony.leading() == file and told(testimony, "web", "fr").sound


def test_behind_the_last_position_of_all_there_is_room(phone, people, tmp_path):
    last, sounds = str(10**17), []
    for name in "abc":
        (tmp_path / name).mkdir()
        sounds.append(made.sound(tmp_path / name, "ogg", 2 + len(sounds)).read_bytes())
    testimony = phone.tell()
    kept = phone.send(testimony, b"\0\0\0\x20ftypisom unread", position=last)
    file = phone.send(testimony, sounds[0], position=last)
    to_editing(testimony, people)
    late = [
        phone.send(testimony, sound, position=at) for sound, at in zip(sounds[1:], (last, "0"), strict=True)
    ]
    with committed():
        files.examine_kept_again(testimony, people["protection"], kept.pk)
    facts = {n: getattr(file, n) for n in ("media", "mime", "suffix", "seconds", "vault", "size")}
    facts |= {"arrived": timezone.now(), "state": File.State.VERIFIED, "why": ""}
    receiving._settle(Upload.objects.get(file=kept), facts)
    testimony = Testimony.objects.get(pk=testimony.pk)
    assert list(testimony.files.all()) == [file, *late, kept] and testimony.leading() == file


def test_a_language_that_changes_has_its_marked_names_taken_out_of_the_sound(phone, people, tmp_path):
    sent = as_sent(language="en")
    phone.post("testimonies/", sent)
    testimony = Testimony.objects.get(pk=sent["id"])
    phone.send(testimony, made.sound(tmp_path, "ogg", 4).read_bytes())
    to_editing(testimony, people)
    marked = SUBTITLES.replace("uncle", "{Ibrahima}")
    words = {"title": "T", "quote": "Q", "body": "B", "subtitles": marked}
    review.write(testimony, people["editor"], "fr", words)  # not the language it was told in
    heard = [r.key for r in rendered(testimony) if r.kind == "sound"]
    phone.post("testimonies/", {**sent, "language": "fr"})
    changing.decide_proposal(testimony, people["protection"], testimony.proposals.get().pk, True)
    testimony.refresh_from_db()
    review.judge(testimony, people["protection"], True, "the same in another language")
    testimony = to_the_public(Testimony.objects.get(pk=testimony.pk), people)
    [sound] = [r for r in rendered(testimony) if r.kind == "sound"]
    assert sound.cut and told(testimony, "web", "fr").sound.count(sound.key) and sound.key not in heard


def test_a_rendition_of_another_cut_than_is_wanted_is_shown_to_nobody(cut_one):
    testimony, file = cut_one
    assert told(testimony, "web", "fr").sound
    file.renditions.filter(kind="sound").update(cut="another")
    assert not told(Testimony.objects.get(pk=testimony.pk), "web", "fr").sound


def test_what_a_consent_allows_since_the_approval_waits_for_the_next(phone, people):
    testimony = phone.tell(consent={"naming": "unnamed", "place": "country"})
    publish(testimony, people)
    given = testimony.consent.as_value()
    wide = replace(given, naming="named", place="exact", given=timezone.now(), by="teller")
    add_consent(testimony, wide)
    testimony = Testimony.objects.get(pk=testimony.pk)
    assert testimony.consent.naming == "named", "it holds"
    value = told(testimony, "web", "fr")
    assert not value.name and not value.place.words
    assert {"naming", "place"} <= {where for where, _, _ in changing.changes(testimony)}
    review.judge(testimony, people["protection"], True, "she wants to be known")
    changing.publish_changes(testimony, people["approver"])
    value = told(Testimony.objects.get(pk=testimony.pk), "web", "fr")
    assert value.name == testimony.name and value.place.words
    narrow = replace(wide, naming="unnamed", given=timezone.now())
    add_consent(testimony, narrow)
    testimony = Testimony.objects.get(pk=testimony.pk)
    assert not told(testimony, "web", "fr").name, "what is taken back holds at once"
    assert not changing.changes(testimony), "and waits for nobody"


def test_a_face_that_may_be_shown_now_is_shown_when_that_was_approved(phone, people):
    testimony = phone.tell(consent={"face": "blur"})
    phone.send(testimony, made.photo())
    publish(testimony, people)
    add_consent(
        testimony, replace(testimony.consent.as_value(), face="show", given=timezone.now(), by="teller")
    )
    testimony = Testimony.objects.get(pk=testimony.pk)
    for rendition in rendered(testimony):
        files.approve_rendition(testimony, people["protection"], rendition.pk)
    shown = {r.face: address_of(r, "web") for r in rendered(testimony)}
    assert Client().get(shown["show"]).status_code == 410
    review.judge(testimony, people["protection"], True, "she wants to be seen")
    changing.publish_changes(Testimony.objects.get(pk=testimony.pk), people["approver"])
    assert Client().get(shown["show"]).status_code == 200
    images = told(Testimony.objects.get(pk=testimony.pk), "web", "fr").images
    assert [image.url for image in images] == [shown["show"]], "once, and open"


def test_what_its_teller_leaves_out_goes_with_its_words_and_comes_back_by_approval(cut_one, people):
    testimony, file = cut_one
    leave_out(testimony, [file.pk])
    value = told(Testimony.objects.get(pk=testimony.pk), "web", "fr")
    assert not (value.sound or value.subtitles or value.chapters)
    files.take_back_in(testimony, people["editor"], str(file.pk))
    again = Testimony.objects.get(pk=testimony.pk)
    value = told(again, "web", "fr")
    assert not (value.sound or value.subtitles or value.chapters), "approved by nobody"
    changing.discard_changes(again, people["editor"])
    assert again.writings.get().subtitles == SUBTITLES and changing.changes(again)
    changing.publish_changes(again, people["approver"])
    value = told(Testimony.objects.get(pk=testimony.pk), "web", "fr")
    assert value.sound and "smuggler" not in value.subtitles and value.chapters == ((0.0, "Leaving"),)
    with pytest.raises(Refused, match="already"):
        files.take_back_in(testimony, people["editor"], str(file.pk))


def test_words_stay_with_the_recording_that_they_are_of(phone, people, tmp_path):
    testimony = phone.tell()
    first = phone.send(testimony, made.sound(tmp_path, "ogg", 4).read_bytes(), position="1")
    second = phone.send(testimony, made.sound(tmp_path, "wav", 6).read_bytes(), position="2")
    to_editing(testimony, people)
    words = {"title": "T", "quote": "Q", "body": "B", "subtitles": SUBTITLES.replace("uncle", "{uncle}")}
    review.write(testimony, people["editor"], "fr", words)
    Writing.objects.update(machine=["subtitles"])
    marked = File.objects.get(pk=first.pk).wanted_cut().bleeps
    leave_out(Testimony.objects.get(pk=testimony.pk), [first.pk])
    writing = Writing.objects.get()
    assert Testimony.objects.get().leading() == second and (writing.subtitles, writing.machine) == ("", [])
    review.write(testimony, people["editor"], "fr", {"subtitles": SUBTITLES.replace("smuggler", "baker")})
    files.take_back_in(testimony, people["editor"], str(first.pk))
    assert "baker" in Writing.objects.get().subtitles and Testimony.objects.get().leading() == second
    assert marked and File.objects.get(pk=first.pk).wanted_cut().bleeps == marked, (
        "it stands behind, as it was"
    )
    assert not File.objects.get(pk=second.pk).wanted_cut().bleeps
    leave_out(Testimony.objects.get(), [second.pk])
    writing = Writing.objects.get()
    assert "smuggler" in writing.subtitles and writing.machine == ["subtitles"], "nobody has gone over it"


def test_who_leaves_something_out_opens_nothing_that_was_narrowed(cut_one):
    testimony, _ = cut_one
    stale = Testimony.objects.get(pk=testimony.pk)
    held = stale.consent.as_value()
    add_consent(testimony, replace(held, uses=frozenset({"team"}), given=timezone.now(), by="messenger"))
    leave_out(stale, [])
    assert Testimony.objects.get(pk=testimony.pk).approved["consent"]["uses"] == ["team"]
    photo = stale.files.create(role="story")
    leave_out(stale, [photo.pk])
    assert Testimony.objects.get(pk=testimony.pk).approved["consent"]["uses"] == ["team"]
