"""Machines write first versions, over HTTP as real services do; a person has to go over them before anybody
else sees them.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from griot.helpers.protocols import HelperError
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media.subtitles import Cue, parse
from griot.testimonies.core.media.transcribing import FasterWhisper, Service, readable, transcriber_from
from griot.testimonies.models import Access, MachineWork
from griot.testimonies.review import changing, machines, review
from griot.testimonies.showing.shown import told
from tests.helpers.tiny import FRENCH, make_package
from tests.signing_in import with_second_factor
from tests.support import held_elsewhere
from tests.testimonies.people import Phone, committed, make_campaign, make_messenger, user_with
from tests.testimonies.review.test_cutting import film
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db
SEGMENTS = [
    {"start": 0.5, "end": 2.0, "text": " Je m'appelle Awa."},
    {
        "start": 2.0,
        "end": 7.5,
        "text": " Je suis partie la nuit, et personne ne le savait, sauf ma soeur qui m'a donné sa radio.",
    },
]


@pytest.fixture
def testimony(db, tmp_path):
    make_messenger(make_campaign())
    phone = Phone()
    row = phone.tell(consent={"naming": "alias"})
    phone.send(row, film(tmp_path))
    type(row).objects.update(state="editing")
    return row


@pytest.fixture
def editor(django_user_model):
    return user_with(django_user_model, "editor")


@pytest.fixture
def service(web, settings):
    """A speech service and a translator on loopback."""
    web.pages["here/v1/audio/transcriptions"] = json.dumps({"segments": SEGMENTS})

    def translate(handler, body):
        return 200, {}, json.dumps({"translatedText": f"[en] {json.loads(body)['q']}"})

    web.pages["here/translate"] = translate
    settings.TRANSCRIBER = f"openai+{web.url('here', '/v1')}#speech"
    settings.TRANSLATOR = f"libretranslate+{web.url('here', '')}"
    return web


def done(testimony, editor, kind, language="en") -> MachineWork:
    with committed():
        work = machines.ask(testimony, editor, kind, language)
    machines.do(work.pk)
    work.refresh_from_db()
    return work


def test_a_recording_is_written_down_and_waits_to_be_gone_over(testimony, editor, service):
    work = done(testimony, editor, "transcript")
    assert work.state == "ready" and work.language == "fr"
    writing = testimony.writings.get()
    cues = parse(writing.subtitles)
    assert (
        cues[0] == Cue(0.5, 2.0, "Je m'appelle Awa.")
        and len(cues) >= 2
        and cues[-1].ends == pytest.approx(7.5, abs=0.01)
    )
    assert writing.machine == ["subtitles"] and writing.gone_over["subtitles"] == ""
    sent = service.bodies[-1]
    assert b"RIFF" in sent and b"verbose_json" in sent and b"speech" in sent and b"\r\nfr\r\n" in sent
    assert "heard by 127.0.0.1" in Access.objects.get(what="transcript").detail
    with pytest.raises(Refused, match="does not write over"):
        machines.ask(testimony, editor, "transcript", "fr")
    review.write(testimony, editor, "fr", {"subtitles": writing.subtitles})
    assert testimony.writings.get().gone_over["subtitles"]


def test_on_this_machine_nothing_leaves_the_house(testimony, editor, settings, tmp_path):
    (tmp_path / "translator").mkdir()
    make_package(tmp_path, "fr", "en", FRENCH).rename(tmp_path / "translator" / "fr_en")
    settings.TRANSLATOR = f"argos+{(tmp_path / 'translator').as_uri()}"
    body = "Les gardes ont secouru 57 migrants.\n\nLes migrants, dimanche."
    review.write(testimony, editor, "fr", {"body": body})
    work = done(testimony, editor, "translation")
    assert work.state == "ready", work.why
    assert Access.objects.get(what="translation").detail == "into en by this machine"
    words = testimony.writings.get(language="en").body
    assert words == "Coast guards have rescued 57 migrants.\n\nCoast migrants, Sunday."
    assert done(testimony, editor, "translation", "ar").why, "a language without a package is said"


def test_it_is_translated_without_the_names_that_are_kept_back(testimony, editor, service, django_user_model):
    vtt = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nJe suis Awa Diop, soeur de {Fatou}.\n"
    texts = {
        "title": "La radio",
        "quote": "Je suis partie.",
        "body": "Un.\n\nDeux.",
        "subtitles": vtt,
        "chapters": "0:01 La nuit",
    }
    review.write(testimony, editor, "fr", texts)
    work = done(testimony, editor, "translation")
    assert Access.objects.get(what="asked for a translation").user == editor
    assert "into en by" in Access.objects.get(what="translation").detail
    assert work.state == "ready", work.why
    writing = testimony.writings.get(language="en")
    assert (
        writing.title == "[en] La radio"
        and writing.body == "[en] Un.\n\n[en] Deux."
        and writing.chapters == "0:01 [en] La nuit"
    )
    assert parse(writing.subtitles)[0].begins == 1.0
    sent = b"".join(service.bodies)
    assert (
        b"Awa" not in sent
        and b"Diop" not in sent
        and b"Fatou" not in sent
        and "Kiné".encode() in sent.replace(b"\\u00e9", "é".encode())
    )
    type(testimony).objects.update(state="intake")
    people = {
        role: user_with(django_user_model, role, name=f"{role} 2")
        for role in ("protection", "editor", "approver")
    }
    publish(testimony, people)
    assert told(testimony, "web", "en").language == "fr", "a machine's words are shown to nobody"
    review.write(testimony, editor, "en", {name: getattr(writing, name) for name in texts})
    changing.publish_changes(testimony, people["approver"])
    testimony.refresh_from_db()
    assert told(testimony, "web", "en").title == "[en] La radio"
    with pytest.raises(Refused, match="does not write over"):
        machines.ask(testimony, editor, "translation", "en")


@pytest.mark.django_db(transaction=True)
def test_nothing_more_is_sent_once_it_is_withdrawn_or_another_name_holds(testimony, editor, service):
    """The consent is looked at before each text."""
    texts = {"title": "Un, Awa", "quote": "Deux, Awa", "body": "Trois, Awa\n\nQuatre\n\nCinq"}
    review.write(testimony, editor, "fr", texts)
    sent: list[str] = []

    def translate(handler, body):
        sent.append(json.loads(body)["q"])
        if len(sent) == 1:
            testimony.consents.update(naming="unnamed")
        if len(sent) == 3:
            type(testimony).objects.update(withdrawn=testimony.arrived)
        connection.close()  # the service's own
        return 200, {}, json.dumps({"translatedText": "x"})

    service.pages["here/translate"] = translate
    work = done(testimony, editor, "translation")
    assert sent == ["Un, Kiné", "Deux, …", "Trois, …"]
    assert work.state == "failed" and "withdrawn" in work.why
    assert not testimony.writings.filter(language="en").exists()


def test_a_recording_is_not_sent_once_it_is_withdrawn(testimony, editor, service, monkeypatch):
    """It may take minutes to make its sound ready."""
    ready = machines.as_heard

    def then_withdrawn(*parts):
        ready(*parts)
        type(testimony).objects.update(withdrawn=testimony.arrived)

    monkeypatch.setattr(machines, "as_heard", then_withdrawn)
    work = done(testimony, editor, "transcript")
    assert not service.bodies and work.state == "failed" and "withdrawn" in work.why


def test_a_service_that_fails_is_said_and_can_be_asked_again(testimony, editor, service):
    for answer in (
        (500, {}, "x"),
        "no json",
        json.dumps({"segments": [{"start": "x"}]}),
        json.dumps({"segments": []}),
        json.dumps([]),
    ):
        service.pages["here/v1/audio/transcriptions"] = answer
        work = done(testimony, editor, "transcript")
        assert work.state == "failed" and work.why and not testimony.writings.exists()
    service.pages["here/v1/audio/transcriptions"] = json.dumps({"segments": SEGMENTS})
    assert done(testimony, editor, "transcript").state == "ready"


@pytest.mark.parametrize("words", ["word " * 60, "w" * 5000, "\x00\ufffe\ud83d" * 90])
def test_a_service_may_say_more_than_there_is_room_for(testimony, editor, service, words):
    service.pages["here/translate"] = lambda handler, body: (200, {}, json.dumps({"translatedText": words}))
    testimony.writings.create(
        language=testimony.language, title="Une nuit", quote="Je pars.", body="La nuit."
    )
    assert done(testimony, editor, "translation").state == "ready"
    writing = testimony.writings.get(language="en")
    assert len(writing.title) <= 200 and len(writing.quote) <= 400 and "title" in writing.machine


@pytest.mark.parametrize(
    ("error", "state"), [(KeyError("a fault of ours"), "failed"), (OSError("full"), "making")]
)
def test_an_error_of_ours_is_said_and_not_repeated_for_ever(
    testimony, editor, service, monkeypatch, error, state
):
    def broken(work):
        raise error

    monkeypatch.setattr(machines, "_translated", broken)
    testimony.writings.create(language=testimony.language, title="Une nuit", body="La nuit.")
    with committed():
        work = machines.ask(testimony, editor, "translation", "en")
    with suppress(OSError):
        machines.do(work.pk)
    work.refresh_from_db()
    assert work.state == state and ("KeyError" in work.why) == (state == "failed")
    assert machines.unfinished() == ([work.pk] if state == "making" else [])


def test_a_killed_worker_loses_nothing_and_a_withdrawn_testimony_is_not_heard(testimony, editor, service):
    with committed():
        work = machines.ask(testimony, editor, "transcript", "fr")
    MachineWork.objects.update(state="making")
    assert machines.unfinished() == [work.pk]
    with held_elsewhere(f"machine {work.pk}"):
        machines.do(work.pk)
    work.refresh_from_db()
    assert work.state == "making", "somebody was at it"
    machines.do(work.pk)
    work.refresh_from_db()
    assert work.state == "ready"
    from griot.testimonies.withdrawing import erase, withdraw

    withdraw(testimony, "teller")
    with pytest.raises(Refused, match="withdrawn"):
        machines.ask(testimony, editor, "transcript", "fr")
    erase(testimony.pk)
    assert not MachineWork.objects.exists()


def test_without_configuration_nobody_is_asked(testimony, editor, settings, client):
    settings.TRANSCRIBER = settings.TRANSLATOR = ""
    for kind in ("transcript", "translation"):
        with pytest.raises(Refused, match="No trans"):
            machines.ask(testimony, editor, kind, "en")
    with_second_factor(client, editor)
    assert b"Have a machine" not in client.get(f"/admin/testimonies/{testimony.pk}/").content
    settings.TRANSCRIBER = "openai+http://127.0.0.1:9/v1#m"
    page = client.get(f"/admin/testimonies/{testimony.pk}/").content.decode()
    assert "Have a machine write down" in page
    client.post(f"/admin/testimonies/{testimony.pk}/step/", {"act": "transcribe"})
    assert MachineWork.objects.get().state == "waiting"
    client.post(f"/admin/testimonies/{testimony.pk}/step/", {"act": "translate", "language": "xx"})
    assert MachineWork.objects.count() == 1


def test_faster_whisper_says_what_is_missing(tmp_path):
    with pytest.raises(HelperError, match=r"not installed|no folder"):
        FasterWhisper(tmp_path / "none").transcribe(tmp_path / "a.wav", "fr", lambda _: None)
    assert transcriber_from("whisper+file:///models/small%20one").folder.name == "small one"
    assert transcriber_from("openai+https://:k@a.example:1/v1#m") == Service(
        "https://a.example:1/v1", "k", "m"
    )
    for wrong in ("", "whisper+https://a", "openai+https://a/v1", "file:///x"):
        with pytest.raises(HelperError):
            transcriber_from(wrong)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 60), st.text(max_size=300)), max_size=5))
def test_cues_can_be_read_and_lose_no_word(rows):
    cues = [Cue(a, a + length, " ".join(text.split())) for a, length, text in rows]
    found = readable(cues)
    kept = [c.text for c in cues if c.ends > c.begins and c.text]
    assert re.sub(r"\s|[{}()]", "", "".join(c.text for c in found)) == re.sub(r"\s|[{}()]", "", "".join(kept))
    assert all(c.ends >= c.begins for c in found)
