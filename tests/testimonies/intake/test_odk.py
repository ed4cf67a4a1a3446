"""ODK Collect and KoboCollect: OpenRosa over HTTP as these
apps speak it, forms by ODK Validate, submissions in parts.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import re
import shutil
import uuid
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from threading import Event

import pytest
import requests
from django.core.exceptions import ValidationError
from django.db import OperationalError, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from requests.auth import HTTPBasicAuth, HTTPDigestAuth

from griot.testimonies import wagtail_hooks, withdrawing
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.forms import submitted, xforms
from griot.testimonies.core.media.vault import Vault
from griot.testimonies.core.types import MOST_FILES
from griot.testimonies.intake import odk, submissions
from griot.testimonies.intake.receiving import discard, examine
from griot.testimonies.keeping import vault
from griot.testimonies.leaving_out import take_back_in
from griot.testimonies.models import (
    Campaign,
    ConsentText,
    Device,
    File,
    Guide,
    Messenger,
    Module,
    Testimony,
    Training,
    Upload,
)
from griot.testimonies.review.review import obstacles
from tests.signing_in import with_second_factor
from tests.support import lines_run, until_waiting, words
from tests.testimonies import made
from tests.testimonies.people import make_campaign, make_messenger, user_with

LIST = "{http://openrosa.org/xforms/xformsList}"


# --- the forms, without a server --------------------------------------------------------------


def portrait(languages=("fr", "en", "ar"), text="Pourquoi ?", hint="Attendez.", consent="On vous demande …"):
    prompts = [
        xforms.Prompt("leaving", {"fr": text, "en": "Why?"}, {"fr": hint}),
        xforms.Prompt("the way!", {"en": "And then?"}, {}),
    ]
    countries = {"SN": {"fr": "Sénégal"}, "GN": {"en": "Guinea"}}
    return xforms.interview(
        xforms.Guide(
            "griot-voices-portrait", "Voix", "portrait", list(languages), {"fr": consent}, prompts, countries
        )
    )


@pytest.mark.parametrize("languages", [("en",), ("fr", "en", "pt", "ar", "wo"), ("wo",)])
def test_odk_validate_finds_no_fault(tmp_path, languages):
    if shutil.which("java") is None:
        pytest.skip("ODK Validate needs Java, and there is none on this machine")
    from pyxform.validators.odk_validate import check_xform

    questions = [{"text": "Is silence a yes?", "answers": ["Yes", "No"], "right": 1}]
    forms = [
        portrait(languages),
        xforms.training("griot-voices-training-1", "Consent", languages[0], "Read.", questions),
    ]
    forms += [
        xforms.interview(xforms.Guide("f", "F", kind, languages, {"en": "?"}, [], {"SN": {"en": "Senegal"}}))
        for kind in ("interview", "story")
    ]
    for n, form in enumerate(forms):
        (tmp_path / f"{n}.xml").write_text(form.xml)
        assert check_xform(str(tmp_path / f"{n}.xml")) == []


def test_every_question_has_words_in_every_language():
    form = etree.fromstring(portrait(("en", "fr", "pt", "ar", "wo")).xml.encode())
    ns = {"x": "http://www.w3.org/2002/xforms"}
    texts = {
        t.get("lang"): {e.get("id"): "".join(e.itertext()) for e in t}
        for t in form.findall(".//x:translation", ns)
    }
    assert set(texts) == set(xforms.LANGUAGES.values())
    assert len({frozenset(t) for t in texts.values()}) == 1 and all(
        all(words.strip() not in {"", "-"} for words in t.values()) for t in texts.values()
    )


def test_a_form_is_the_same_until_what_it_asks_changes():
    assert portrait() == portrait()
    assert portrait().version != portrait(text="Comment ?").version


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=80), hint=st.text(max_size=40), consent=st.text(max_size=80))
def test_any_words_become_a_form_or_are_refused(text, hint, consent):
    try:
        form = portrait(text=text, hint=hint, consent=consent)
    except Refused:
        return
    etree.fromstring(form.xml.encode())


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=400)
    | st.text(max_size=300).map(
        lambda t: f"<data id='x'><meta><instanceID>{t}</instanceID></meta><name>{t}</name></data>".encode()
    )
)
def test_no_submission_of_whatever_bytes_breaks_it(content):
    try:
        said = submitted.read(content)
    except Refused:
        return
    assert said.instance
    submitted.as_sent(said, str(uuid.uuid4()), "")


def test_entities_are_not_followed(tmp_path):
    (tmp_path / "secret").write_text("a secret")
    for inside in (
        f'<!ENTITY e SYSTEM "file://{tmp_path}/secret">',
        '<!ENTITY a "aaaa"><!ENTITY e "&a;&a;&a;">',
    ):
        with pytest.raises(Refused, match="document type"):
            submitted.read(
                f"<!DOCTYPE data [{inside}]><data"
                " id='x'><meta><instanceID>1</instanceID></meta><name>&e;</name></data>".encode()
            )


# --- over HTTP ---------------------------------------------------------------------------------


@pytest.fixture
def house(site, settings, live_server):
    settings.PUBLIC_URL = live_server.url
    campaign = make_campaign()
    for language, text in (("fr", "Pourquoi êtes-vous parti ?"), ("en", "Why did you leave?")):
        for kind in ("interview", "portrait"):
            Guide.objects.create(
                campaign=campaign,
                kind=kind,
                language=language,
                title=f"Guide {language}",
                prompts=[{"id": "leaving", "text": text}],
            )
        ConsentText.objects.create(campaign=campaign, language=language, text=f"Consent in {language}.")
    messenger = make_messenger(campaign).messenger
    login, password = odk.admit(messenger)
    return messenger, f"{live_server.url}/odk", HTTPDigestAuth(login, password)


def blank(url: str, auth, form_id: str) -> etree._Element:
    """A blank form's instance, as a phone copies it."""
    form = etree.fromstring(requests.get(f"{url}/forms/{form_id}", auth=auth, timeout=10).content)
    [instance] = form.findall(".//{http://www.w3.org/2002/xforms}instance[1]/*[@id]")
    return instance


def filled(instance, pk: str, **answers: str) -> bytes:
    """A submission: the form's own instance with answers by question. A question that the form does not ask
    fails.
    """
    if before := answers.pop("before", ""):
        [meta] = [e for e in instance.iter() if isinstance(e.tag, str) and etree.QName(e).localname == "meta"]
        etree.SubElement(meta, meta.tag.replace("}meta", "}deprecatedID")).text = f"uuid:{before}"
    for name, value in {"instanceID": f"uuid:{pk}", **answers}.items():
        found = [e for e in instance.iter() if isinstance(e.tag, str) and etree.QName(e).localname == name]
        assert found, f"the form does not ask {name}"
        found[-1].text = value
    return etree.tostring(instance)


CONSENTED = {
    "told": "2026-11-01T09:00:00.000+00:00",
    "kind": "portrait",
    "receipt_code": "ABCDEFGHJKLM",
    "language": "fr",
    "explained": "read",
    "uses": "team web mail",
    "name": "Awa Diop",
    "birth_year": "1990",
    "is_minor": "no",
    "naming": "first_name",
    "place": "exact",
    "country": "SN",
    "region": "Dakar",
    "spot": "12 rue des Pêcheurs",
    "position": "14.69 -17.44 0 5",
    "left": "Thiès",
    "reached": "Agadez",
    "face": "show",
    "voice": "show",
    "answer": "yes.wav",
    "text_leaving": "Je suis partie la nuit.",
    "photo": "p1.jpg",
    "caption": "Mes mains",
}


def post(url: str, auth, xml: bytes, **files: bytes):
    parts = {"xml_submission_file": ("submission.xml", xml, "text/xml")}
    parts |= {name: (name, content, "application/octet-stream") for name, content in files.items()}
    return requests.post(
        f"{url}/submission?deviceID=collect:1",
        files=parts,
        data={"*isIncomplete*": "yes"},
        auth=auth,
        timeout=30,
    )


@pytest.mark.django_db(transaction=True)
def test_forms_are_listed_and_fetched_as_openrosa_says(house):
    _, url, auth = house
    assert requests.get(f"{url}/formList", timeout=10).status_code == 401
    answer = requests.get(f"{url}/formList", auth=auth, headers={"X-OpenRosa-Version": "1.0"}, timeout=10)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/xml")
    assert answer.headers["X-OpenRosa-Version"] == "1.0" and parsedate_to_datetime(answer.headers["Date"])
    rows = etree.fromstring(answer.content).findall(f"{LIST}xform")
    assert [r.findtext(f"{LIST}formID") for r in rows] == ["griot-voices-interview", "griot-voices-portrait"]
    for row in rows:
        form = requests.get(row.findtext(f"{LIST}downloadUrl"), auth=auth, timeout=10)
        assert row.findtext(f"{LIST}hash") == f"md5:{hashlib.md5(form.content).hexdigest()}"
        assert f'version="{row.findtext(f"{LIST}version")}"' in form.text and "Consent in fr." in form.text
        manifest = etree.fromstring(
            requests.get(row.findtext(f"{LIST}manifestUrl"), auth=auth, timeout=10).content
        )
        assert manifest.tag == "{http://openrosa.org/xforms/xformsManifest}manifest"
    [one] = etree.fromstring(
        requests.get(f"{url}/formList?formID=griot-voices-portrait", auth=auth, timeout=10).content
    )
    assert one.findtext(f"{LIST}formID") == "griot-voices-portrait"
    assert requests.get(f"{url}/forms/another", auth=auth, timeout=10).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_submission_comes_in_parts_and_becomes_a_testimony(house, tmp_path):
    messenger, url, auth = house
    head = requests.head(f"{url}/submission", auth=auth, timeout=10)
    assert (
        head.status_code == 204
        and head.headers["Location"].endswith("/odk/submission")
        and int(head.headers["X-OpenRosa-Accept-Content-Length"])
    )
    pk, photo, sound = str(uuid.uuid4()), made.photo(), made.sound(tmp_path, "wav").read_bytes()
    xml = filled(blank(url, auth, "griot-voices-portrait"), pk, **CONSENTED)
    first = post(url, auth, xml, **{"p1.jpg": photo})
    assert first.status_code == 201 and b"http://openrosa.org/http/response" in first.content
    row = Testimony.objects.get(pk=pk)
    assert (
        row.messenger == messenger
        and row.kind == "portrait"
        and row.language == "fr"
        and row.name == "Awa Diop"
    )
    assert (row.latitude, row.longitude, row.spot) == (14.69, -17.44, "12 rue des Pêcheurs")
    assert row.answers == {"leaving": "Je suis partie la nuit.", "captions": "Mes mains"}
    assert (
        set(row.consent.uses) == {"team", "web", "mail"}
        and row.consent.naming == "first_name"
        and row.consent.place == "exact"
    )
    assert "Files are still on their way." in obstacles(row)
    for _ in range(2):  # the answer to a part may be lost, and it is sent again
        assert post(url, auth, xml, **{"yes.wav": sound, "p1.jpg": photo}).status_code == 201
    for file in row.files.all():
        examine(file.pk)
    assert {(f.role, f.state, f.media) for f in row.files.all()} == {
        ("story", "verified", "photo"),
        ("evidence", "verified", "audio"),
    }
    assert row.consents.count() == 1 and row.consent.evidence == str(row.files.get(role="evidence").pk)
    assert sorted(vault().names()) == sorted(row.files.values_list("vault", flat=True)), (
        "nothing else is left in the vault"
    )
    kept = vault().read(row.files.get(role="story").vault)
    assert b"Exif" not in kept and kept[:2] == photo[:2]
    receipt = requests.Session()
    page = receipt.get(f"{url.removesuffix('/odk')}/receipt/", timeout=10)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    said = receipt.post(
        page.url,
        {"code": "ABCD-EFGH-JKLM", "csrfmiddlewaretoken": token},
        headers={"Referer": page.url},
        timeout=10,
    )
    assert 'value="withdraw"' in said.text, "the code that the phone had made opens the receipt"


def naming(count):
    """A submission that names so many files."""
    beside = "".join(f"<photos><photo>{n}.jpg</photo><caption>C{n}</caption></photos>" for n in range(count))
    return f"<data id='x'><meta><instanceID>uuid:1</instanceID></meta>{beside}</data>".encode()


def test_each_file_has_the_words_beside_it():
    files = submitted.read(naming(3)).files
    assert [(f.name, f.caption) for f in files] == [("0.jpg", "C0"), ("1.jpg", "C1"), ("2.jpg", "C2")]


def test_a_submission_is_read_in_steps_as_many_as_it_is_long():
    def side_by_side(count):
        photos = "<photo>a</photo>" * count
        return f"<data><instanceID>uuid:1</instanceID>{photos}<caption>C</caption></data>".encode()

    def read(count):
        with suppress(Refused):  # of too many files
            submitted.read(side_by_side(count))

    assert lines_run(lambda: read(2000)) < 2.5 * lines_run(lambda: read(1000))


@pytest.mark.django_db(transaction=True)
def test_a_testimony_has_only_so_many_files_however_they_are_named(house):
    _, url, auth = house
    pk = str(uuid.uuid4())
    xml = filled(blank(url, auth, "griot-voices-portrait"), pk, **CONSENTED)

    def named(first, count):
        photos = "".join(f"<photo>{n}.jpg</photo>" for n in range(first, first + count)).encode()
        return xml.replace(b"</data>", photos + b"</data>")

    for first, count in ((0, MOST_FILES), (0, 10**4)):
        answer = post(url, auth, named(first, count))
        assert answer.status_code == 400 and b"at most 300" in answer.content
    assert not File.objects.exists(), "nothing of what is refused is kept"
    assert post(url, auth, named(0, 200)).status_code == 201
    answer = post(url, auth, named(200, 200))
    assert answer.status_code == 400 and b"at most 300" in answer.content
    assert File.objects.count() == Upload.objects.count() == 202
    assert post(url, auth, xml, **{"p1.jpg": made.photo()}).status_code == 201, (
        "what was named before may come"
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_files_of_one_name_nothing_is_left_behind(house):
    _, url, auth = house
    pk, photo = str(uuid.uuid4()), made.photo()
    xml = filled(blank(url, auth, "griot-voices-portrait"), pk, **CONSENTED)
    parts = [("xml_submission_file", ("submission.xml", xml, "text/xml"))]
    parts += [(name, ("p1.jpg", photo, "image/jpeg")) for name in ("p1.jpg", "p1_again.jpg")]
    answer = requests.post(f"{url}/submission", files=parts, auth=auth, timeout=30)
    assert answer.status_code == 201
    file = File.objects.get(testimony=pk, role="story")
    assert sorted(vault().names()) == sorted(file.upload.pieces)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_no_question_of_ours_names_is_kept(house):
    """Collect deletes what was accepted."""
    _, url, auth = house
    pk = str(uuid.uuid4())
    xml = filled(blank(url, auth, "griot-voices-portrait"), pk, **CONSENTED)
    parts = [("xml_submission_file", ("submission.xml", xml, "text/xml"))]
    parts += [("extra.jpg", ("extra.jpg", made.photo(), "image/jpeg"))]
    assert requests.post(f"{url}/submission", files=parts, auth=auth, timeout=30).status_code == 201
    file = File.objects.get(testimony=pk, state="received")
    assert sorted(vault().names()) == sorted(file.upload.pieces)


@pytest.mark.django_db(transaction=True)
def test_a_form_that_was_filled_in_is_taken_whatever_its_campaign_is_called_by_now(house):
    _, url, auth = house
    xml = filled(blank(url, auth, "griot-voices-portrait"), str(uuid.uuid4()), **CONSENTED)
    Campaign.objects.update(slug="voices-2027")
    parts = [("xml_submission_file", ("submission.xml", xml, "text/xml"))]
    assert requests.post(f"{url}/submission", files=parts, auth=auth, timeout=30).status_code == 201
    assert Testimony.objects.get().campaign.slug == "voices-2027"


@pytest.mark.django_db
def test_the_address_of_a_campaign_that_phones_have_forms_of_stays():
    campaign = make_campaign()
    campaign.slug = "other"
    campaign.clean()
    campaign.refresh_from_db()
    make_messenger(campaign)
    campaign.slug = "another"
    with pytest.raises(ValidationError, match="it stays"):
        campaign.clean()


@pytest.mark.parametrize("ids", [("a-b", "a_b"), ("a", "a")])
def test_prompts_that_a_form_would_call_the_same_are_refused(ids):
    with pytest.raises(ValidationError, match="stands once"):
        Guide(prompts=[{"id": pk, "text": "Why?"} for pk in ids]).clean()


@pytest.mark.django_db(transaction=True)
def test_a_file_counts_for_the_day_on_which_it_comes_and_once(house, settings, tmp_path):
    """A submission names its files before they come, perhaps days before."""
    _, url, auth = house
    pk, photo, sound = str(uuid.uuid4()), made.photo(), made.sound(tmp_path, "wav").read_bytes()
    xml = filled(blank(url, auth, "griot-voices-portrait"), pk, **CONSENTED)
    assert post(url, auth, xml).status_code == 201
    Upload.objects.update(begun=timezone.now() - timedelta(days=3))
    settings.PHONE_GB_A_DAY = (len(photo) + len(sound) - 1) / 10**9
    assert post(url, auth, xml, **{"p1.jpg": photo}).status_code == 201
    assert post(url, auth, xml, **{"p1.jpg": photo}).status_code == 201, "nothing more is kept of it"
    refused = post(url, auth, xml, **{"yes.wav": sound})
    assert refused.status_code == 429 and b"tomorrow" in refused.content
    Upload.objects.update(begun=timezone.now() - timedelta(hours=25))
    assert post(url, auth, xml, **{"yes.wav": sound}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_what_is_no_consent_is_refused_and_nothing_of_it_is_kept(house):
    _, url, auth = house
    form = blank(url, auth, "griot-voices-portrait")
    changes = {"birth_year": str(timezone.localdate().year - 16)}
    answer = post(
        url, auth, filled(form, str(uuid.uuid4()), **CONSENTED | changes), **{"p1.jpg": made.photo()}
    )
    assert answer.status_code == 400 and b"guardian has to consent" in answer.content
    assert (
        requests.post(
            f"{url}/submission", files={"p1.jpg": ("p1.jpg", made.photo())}, auth=auth, timeout=10
        ).status_code
        == 400
    )
    assert not Testimony.objects.exists() and not File.objects.exists() and vault().names() == []


@pytest.mark.django_db(transaction=True)
def test_too_much_leaves_nothing_of_what_came_before_it(house, monkeypatch):
    _, url, auth = house
    xml = filled(blank(url, auth, "griot-voices-portrait"), str(uuid.uuid4()), **CONSENTED)
    monkeypatch.setattr(submitted, "MOST_XML", len(xml) - 1)
    files = [
        ("p1.jpg", ("p1.jpg", made.photo())),
        ("xml_submission_file", ("submission.xml", xml, "text/xml")),
    ]
    assert requests.post(f"{url}/submission", files=files, auth=auth, timeout=30).status_code == 413
    monkeypatch.undo()
    monkeypatch.setattr(odk, "MOST_BYTES", 50_000)
    assert post(url, auth, xml, **{"p1.jpg": made.photo() + bytes(60_000)}).status_code == 413
    assert not Testimony.objects.exists() and vault().names() == []


@pytest.mark.django_db(transaction=True)
def test_a_withdrawn_one_takes_nothing_more(house):
    _, url, auth = house
    pk = str(uuid.uuid4())
    xml = filled(blank(url, auth, "griot-voices-portrait"), pk, **CONSENTED)
    assert post(url, auth, xml).status_code == 201
    withdrawing.withdraw(Testimony.objects.get(pk=pk), "teller")
    withdrawing.erase(pk)
    answer = post(url, auth, xml, **{"p1.jpg": made.photo()})
    assert answer.status_code == 201 and b"taken back" in answer.content, "Collect keeps what is refused"
    assert vault().names() == []
    edited = filled(blank(url, auth, "griot-voices-portrait"), str(uuid.uuid4()), **CONSENTED, before=pk)
    assert post(url, auth, edited, **{"p1.jpg": made.photo()}).status_code == 201
    assert Testimony.objects.count() == 1 and not Testimony.objects.get().name and vault().names() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "order", ["ab", "ba", "abab", "bab", "abc", "abac", "bac", "bcaab", "acb", "acbab", "cba"]
)
def test_a_form_that_was_edited_is_the_same_testimony(house, order):
    """Collect sends it again under a new id, which names the one before, with all its files (docs.getodk.org,
    editing finalized forms).
    """
    _, url, auth = house
    ids = {name: str(uuid.uuid4()) for name in "abc"}
    wide, narrow = (
        {**CONSENTED, "video_leaving": "film.mp4"},
        {**CONSENTED, "uses": "team", "naming": "unnamed"},
    )
    said = {
        "a": wide,
        "b": {**narrow, "text_leaving": "I left in the morning.", "before": ids["a"]},
        "c": {**wide, "text_leaving": "I left at noon.", "before": ids["b"]},
    }
    for name in order:
        xml = filled(blank(url, auth, "griot-voices-portrait"), ids[name], **said[name])
        assert post(url, auth, xml, **{"p1.jpg": made.photo()}).status_code == 201
    row = Testimony.objects.get()
    assert row.consent.uses == ["team"] and row.consent.naming == "unnamed", "it opens nothing"
    last = "morning" if "c" not in order else "noon"
    assert last in row.answers["leaving"] or row.undecided
    assert row.files.filter(role="story", state="received").count() == 1, "the photo came once"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("order", ["ab", "ba", "aab", "aba", "bab"])
def test_what_an_edited_form_has_no_more_is_left_out(house, order):
    _, url, auth = house
    ids = {name: str(uuid.uuid4()) for name in "ab"}
    said = {"a": {**CONSENTED, "video_leaving": "film.mp4"}, "b": {**CONSENTED, "before": ids["a"]}}
    for name in order:
        xml = filled(blank(url, auth, "griot-voices-portrait"), ids[name], **said[name])
        assert post(url, auth, xml).status_code == 201
    [row] = Testimony.objects.all()
    assert row.steps.filter(words__contains="left out: 1").count() == 1
    assert sorted(row.files.exclude(role="evidence").values_list("role", flat=True)) == ["aside", "story"]
    film = row.files.get(role="aside")
    take_back_in(row, film)
    for name in "ab":
        xml = filled(blank(url, auth, "griot-voices-portrait"), ids[name], **said[name])
        for part in ({}, {"unnamed.jpg": made.photo()}, {}):
            assert post(url, auth, xml, **part).status_code == 201
    assert row.files.get(pk=film.pk).role == "story", "sent again, it changes nothing"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("later", ["of the form before", "of one that nobody can place"])
def test_what_was_recorded_anew_under_the_same_name_stays_replaced(house, later):
    _, url, auth = house
    ids = {name: str(uuid.uuid4()) for name in "abcd"}
    form = blank(url, auth, "griot-voices-portrait")
    newer = filled(form, ids["d"], **CONSENTED, before=ids["c"])
    assert post(url, auth, newer, **{"p1.jpg": made.photo()}).status_code == 201
    [kept] = File.objects.filter(role="story").values_list("pk", flat=True)
    known = {"before": ids["b"]} if later == "of the form before" else {"before": ids["a"]}
    name = "c" if later == "of the form before" else "b"
    older = filled(blank(url, auth, "griot-voices-portrait"), ids[name], **CONSENTED, **known)
    assert post(url, auth, older, **{"p1.jpg": made.photo("PNG")}).status_code == 201
    assert list(File.objects.filter(role="story").values_list("pk", flat=True)) == [kept]
    assert File.objects.filter(role="aside", state="received").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_forms_at_once_the_edited_one_holds(house, monkeypatch):
    _, url, auth = house
    ids = {name: str(uuid.uuid4()) for name in "ab"}
    form = blank(url, auth, "griot-voices-portrait")
    older = filled(form, ids["a"], **{**CONSENTED, "text_leaving": "My brother paid them."})
    edited = filled(form, ids["b"], **{**CONSENTED, "text_leaving": "Somebody paid.", "before": ids["a"]})
    known, asked, going_on = submissions._known, Event(), Event()

    def slowly(*args):
        found, said = known(*args), args[-1]
        if said.instance == ids["a"]:
            asked.set()
            going_on.wait(60)
        return found

    monkeypatch.setattr(submissions, "_known", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(post, url, auth, older)
        asked.wait(60)
        second = pool.submit(post, url, auth, edited)
        until_waiting(second)
        going_on.set()
        assert {first.result().status_code, second.result().status_code} == {201}
    assert Testimony.objects.get().answers["leaving"] == "Somebody paid."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("order", ["a↩bc", "a↩bcab", "b↩acd", "a↩cb", "ca↩b", "ca⇤b", "a↩cbd"])
def test_nothing_that_is_edited_brings_back_what_was_withdrawn(house, order):
    """Withdrawn is the one that came first (↩), or last (⇤)."""
    _, url, auth = house
    ids = {name: str(uuid.uuid4()) for name in "abcd"}
    for act in order:
        if act in ids:
            before = {"before": ids[chr(ord(act) - 1)]} if act > "a" else {}
            xml = filled(blank(url, auth, "griot-voices-portrait"), ids[act], **CONSENTED, **before)
            assert post(url, auth, xml, **{"p1.jpg": made.photo()}).status_code == 201
        else:
            row = Testimony.objects.order_by("arrived" if act == "↩" else "-arrived").first()
            withdrawing.withdraw(row, "teller")
            withdrawing.erase(row.pk)
    assert {row.withdrawn_by for row in Testimony.objects.all()} == {"teller"}
    for pk in withdrawing.unfinished():
        withdrawing.erase(pk)
    assert not any(row.name or row.answers for row in Testimony.objects.all()) and vault().names() == []


@pytest.mark.django_db(transaction=True)
def test_a_commit_whose_answer_is_lost_loses_no_recording(house, monkeypatch):
    """The database is killed when it has written down that all is kept, and has not said so."""
    _, url, auth = house
    xml = filled(blank(url, auth, "griot-voices-portrait"), str(uuid.uuid4()), **CONSENTED)
    take, commit, is_lost = odk.take, DatabaseWrapper._commit, iter([True])

    def lost(self):
        commit(self)
        if next(is_lost, False):
            raise OperationalError("server closed the connection unexpectedly")

    def taken(*args):
        with pytest.MonkeyPatch.context() as here:
            here.setattr(DatabaseWrapper, "_commit", lost)
            return take(*args)

    monkeypatch.setattr(odk, "take", taken)
    answers = [post(url, auth, xml, **{"p1.jpg": made.photo()}).status_code for _ in range(2)]
    assert answers == [503, 201]
    file = File.objects.get(role="story")
    examine(file.pk)
    file.refresh_from_db()
    assert file.state == "verified"


def part(name: str, *more: str, filename: str = "") -> bytes:
    """The head of a form's part."""
    said = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    return "\r\n".join(["--mark", said, *more, "", ""]).encode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "end",
    [
        part("p2", "Content-Transfer-Encoding: base64", filename="p2.jpg") + b"aaaaa\r\n",
        part("big") + b"a" * 2_700_000 + b"\r\n",
        b"".join(part(f"{n}", filename=f"{n}.jpg") + b"x\r\n" for n in range(101)),
    ],
    ids=["no base64", "a large field", "many files"],
)
def test_a_form_that_is_broken_at_its_end_leaves_nothing(house, end):
    _, url, auth = house
    body = part("p1", filename="p1.jpg") + b"x" * (3 * 2**20) + b"\r\n" + end + b"--mark--\r\n"
    requests.get(f"{url}/formList", auth=auth, timeout=10)
    kind = {"Content-Type": "multipart/form-data; boundary=mark"}
    answer = requests.post(f"{url}/submission", data=body, auth=auth, timeout=60, headers=kind)
    assert answer.status_code >= 400 and vault().names() == []


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_fills_while_a_form_comes_keeps_nothing_of_it(house, monkeypatch):
    _, url, auth = house
    xml = filled(blank(url, auth, "griot-voices-portrait"), str(uuid.uuid4()), **CONSENTED)
    put, pieces = Vault.put, iter(range(7))

    def full(self, content):
        if next(pieces, None) is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        return put(self, content)

    monkeypatch.setattr(Vault, "put", full)
    answer = post(url, auth, xml, **{"p1.jpg": b"x" * (3 * 2**20), "yes.wav": b"y" * (8 * 2**20)})
    assert answer.status_code >= 500 and vault().names() == []


@pytest.mark.django_db(transaction=True)
def test_a_messenger_adds_to_nobody_elses(house):
    messenger, url, auth = house
    pk = str(uuid.uuid4())
    xml = filled(blank(url, auth, "griot-voices-portrait"), pk, **CONSENTED)
    assert post(url, auth, xml).status_code == 201
    other = make_messenger(messenger.team.campaign, "GN", key="other", name="Oumou").messenger
    answer = post(url, HTTPDigestAuth(*odk.admit(other)), xml, **{"p1.jpg": made.photo()})
    assert answer.status_code == 400 and b"another messenger" in answer.content and vault().names() == []


@pytest.mark.django_db(transaction=True)
def test_training_comes_first_and_is_marked_here(house):
    messenger, url, auth = house
    questions = [
        {"text": "Is silence a yes?", "answers": ["Yes", "No"], "right": 1},
        {"text": "Whose story?", "answers": ["Theirs", "Ours"], "right": 0},
    ]
    module = Module.objects.create(
        campaign=messenger.team.campaign,
        slug="consent",
        language="fr",
        title="Consent",
        text="Read it.",
        questions=questions,
    )
    form_id = f"griot-voices-training-{module.pk}"
    listed = etree.fromstring(requests.get(f"{url}/formList", auth=auth, timeout=10).content)
    assert [r.findtext(f"{LIST}formID") for r in listed] == [form_id], "guides only after what is required"
    wrong = {"before_0": "c0", "before_1": "c0", "after_0": "c0", "after_1": "c1"}
    assert post(url, auth, filled(blank(url, auth, form_id), "1", **wrong)).status_code == 201
    assert not messenger.may_collect
    right = filled(blank(url, auth, form_id), "2", **wrong | {"after_0": "c1", "after_1": "c0"})
    assert post(url, auth, right).status_code == 201
    assert post(url, auth, right).status_code == 201, "the same again is no second try"
    assert sorted(Training.objects.values_list("before", "after", "is_passed")) == [
        (1, 0, False),
        (1, 2, True),
    ]
    listed = etree.fromstring(requests.get(f"{url}/formList", auth=auth, timeout=10).content)
    assert len(listed) == 2


@pytest.mark.django_db(transaction=True)
def test_only_who_signs_in_is_let_in(house, monkeypatch):
    messenger, url, auth = house
    login, password = auth.username, auth.password
    assert (
        requests.get(f"{url}/formList", auth=HTTPDigestAuth(login, "another"), timeout=10).status_code == 401
    )
    assert (
        requests.get(f"{url}/formList", auth=HTTPDigestAuth("nobody", password), timeout=10).status_code
        == 401
    )
    assert (
        requests.get(f"{url}/formList", auth=HTTPBasicAuth(login, password), timeout=10).status_code == 401
    ), "a password is not sent in the clear"
    challenge = requests.get(f"{url}/formList", timeout=10).headers["WWW-Authenticate"]
    assert "Digest" in challenge and "Basic" not in challenge
    said = requests.get(f"{url}/formList", auth=HTTPDigestAuth(login, password), timeout=10).request.headers[
        "Authorization"
    ]
    assert (
        requests.get(
            f"{url}/forms/griot-voices-portrait", headers={"Authorization": said}, timeout=10
        ).status_code
        == 401
    ), "made for another address"
    monkeypatch.setattr(odk, "NONCE_AGE", -1)
    assert requests.get(f"{url}/formList", headers={"Authorization": said}, timeout=10).status_code == 401, (
        "too old"
    )
    for junk in (
        "Digest",
        "Digest nonce",
        'Digest username="x',
        "Basic !",
        "Bearer x",
        'Digest nonce="a:b:c", uri="ü"',
    ):
        assert (
            requests.get(f"{url}/formList", headers={"Authorization": junk.encode()}, timeout=10).status_code
            == 401
        )
    monkeypatch.undo()
    messenger.freeze()
    assert (
        requests.get(f"{url}/formList", auth=HTTPDigestAuth(login, password), timeout=10).status_code == 403
    )
    messenger.thaw()
    again = odk.admit(messenger)
    assert (
        requests.get(f"{url}/formList", auth=HTTPDigestAuth(login, password), timeout=10).status_code == 401
    ), "the old password is over"
    assert requests.get(f"{url}/formList", auth=HTTPDigestAuth(*again), timeout=10).status_code == 200


@pytest.mark.django_db
def test_basic_is_for_https(site, client):
    login, password = odk.admit(make_messenger(make_campaign()).messenger)
    said = "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()
    assert client.get("/odk/formList", HTTP_AUTHORIZATION=said, secure=True).status_code == 200
    assert client.get("/odk/formList", HTTP_AUTHORIZATION=said[:-4], secure=True).status_code == 401
    assert "Basic" in client.get("/odk/formList", secure=True)["WWW-Authenticate"]
    assert client.get("/odk/formList", HTTP_AUTHORIZATION=said).status_code == 401


@pytest.mark.django_db
def test_guessing_is_stopped(site, client):
    make_messenger(make_campaign())
    for _ in range(odk.MOST_FAILURES):
        assert client.get("/odk/formList", HTTP_AUTHORIZATION="Digest x").status_code == 401
    assert client.get("/odk/formList", HTTP_AUTHORIZATION="Digest x").status_code == 429


@pytest.mark.django_db
def test_a_coordinator_lets_a_messenger_in_with_a_code_for_collect(site, client, django_user_model):
    messenger = make_messenger(make_campaign()).messenger
    coordinator = user_with(django_user_model, "coordinator")
    messenger.team.coordinators.add(coordinator)
    with_second_factor(client, coordinator)
    page = client.post(f"/admin/testimonies/messengers/{messenger.pk}/", {"act": "odk"}).content.decode()
    password = re.search(r"<dt>Password</dt> <dd><code>([\w-]+)</code>", words(page))[1]
    assert "<svg" in page and Device.objects.get(login=f"messenger-{messenger.pk}").ha1
    said = json.loads(
        zlib.decompress(base64.b64decode(odk.settings_code("https://a.example/odk", "m", password, "V")))
    )
    assert said["general"]["password"] == password and said["general"]["delete_send"] is True
    Messenger.objects.update(state="frozen")
    client.post(f"/admin/testimonies/messengers/{messenger.pk}/", {"act": "odk"})
    assert Messenger.objects.get().state == "frozen"


@pytest.mark.django_db(transaction=True)
def test_other_bytes_under_a_name_that_came_are_kept_beside_it(house):
    """A phone lets go of what it was told we have; an empty file that came first costs nothing."""
    _, url, auth = house
    xml = filled(blank(url, auth, "griot-voices-portrait"), str(uuid.uuid4()), **CONSENTED)
    empty, one, two = b"", made.photo(), made.photo() + b"\0" * 999
    for content in (empty, one, two, one, two):
        assert post(url, auth, xml, **{"p1.jpg": content}).status_code == 201
    held = Counter(File.objects.exclude(sha256="").values_list("sha256", flat=True))
    assert held == {hashlib.sha256(content).hexdigest(): 1 for content in (empty, one, two)}


@pytest.mark.django_db(transaction=True)
def test_a_file_comes_whole_after_a_broken_one_of_its_name_was_let_go(house):
    _, url, auth = house
    xml = filled(blank(url, auth, "griot-voices-portrait"), str(uuid.uuid4()), **CONSENTED)
    broken, whole = made.photo()[:500], made.photo()
    assert post(url, auth, xml, **{"p1.jpg": broken}).status_code == 201
    discard(File.objects.exclude(sha256="").get(), "it could not be opened")
    for content in (broken, whole):
        assert post(url, auth, xml, **{"p1.jpg": content}).status_code == 201
    held = File.objects.exclude(sha256="").exclude(state=File.State.ERASED).get()
    assert held.sha256 == hashlib.sha256(whole).hexdigest()


@pytest.mark.django_db(transaction=True)
def test_other_bytes_for_the_evidence_of_consent_are_no_story(house):
    _, url, auth = house
    answers = {**CONSENTED, "answer": "e.jpg"}
    xml = filled(blank(url, auth, "griot-voices-portrait"), str(uuid.uuid4()), **answers)
    for content in (made.photo(), made.photo() + b"\0"):
        post(url, auth, xml, **{"e.jpg": content})
    held = File.objects.exclude(sha256="")
    assert list(held.values_list("role", flat=True)) == [File.Role.EVIDENCE] * 2


@pytest.mark.django_db(transaction=True)
def test_as_many_files_at_once_as_a_testimony_may_have(house):
    _, url, auth = house
    xml = filled(blank(url, auth, "griot-voices-portrait"), str(uuid.uuid4()), **CONSENTED)
    photo = made.photo()
    assert post(url, auth, xml, **{f"{n}.jpg": photo for n in range(120)}).status_code == 201
    assert File.objects.exclude(sha256="").count() == 120


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["odk", "invite"])
def test_who_is_frozen_at_this_moment_is_let_in_by_nobody(act, django_user_model):
    device = make_messenger(make_campaign())
    client = Client()
    with_second_factor(client, django_user_model.objects.create_superuser("admin"))
    address = reverse("testimonies:messenger", args=[device.messenger_id])

    def let_in() -> None:
        try:
            client.post(address, {"act": act})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Messenger.objects.select_for_update().get().freeze()
            waiting = pool.submit(let_in)
            until_waiting(waiting)
        waiting.result()
    messenger = Messenger.objects.get()
    assert (messenger.state, messenger.invite) == ("frozen", "")
    messenger.thaw()
    device.refresh_from_db()
    assert device.is_wiped and messenger.devices.count() == 1


@pytest.mark.django_db
def test_a_form_that_is_saved_at_this_moment_thaws_nobody(admin_client, admin_user, monkeypatch):
    messenger = make_messenger(make_campaign()).messenger
    with_second_factor(admin_client, admin_user)
    messenger.invite_anew()
    see = wagtail_hooks.MessengerForm.clean_team

    def slowly(form):
        Messenger.objects.get().freeze()
        return see(form)

    monkeypatch.setattr(wagtail_hooks.MessengerForm, "clean_team", slowly)
    said = {"team": messenger.team_id, "name": "Another name", "language": "fr"}
    admin_client.post(reverse("messengers:edit", args=[messenger.pk]), said)
    now = Messenger.objects.get()
    assert (now.name, now.state, now.invite) == ("Another name", Messenger.State.FROZEN, "")
