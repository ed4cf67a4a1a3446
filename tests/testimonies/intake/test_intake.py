"""What phones send: testimonies with consent, files piece by piece, and nothing kept in the clear."""

from __future__ import annotations

import hashlib
import json
import random
import sys
import uuid
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from griot.testimonies.core.errors import Refused
from griot.testimonies.intake import odk, speaking
from griot.testimonies.intake.receiving import (
    ORPHANED,
    add_piece,
    cancel_upload,
    examine,
    expect_files,
    sweep,
    tidy,
    unfinished,
)
from griot.testimonies.keeping import vault
from griot.testimonies.making.rendering import make
from griot.testimonies.models import (
    Access,
    Campaign,
    CheckIn,
    ConsentText,
    Country,
    Device,
    File,
    Messenger,
    Module,
    Rendition,
    Testimony,
    Upload,
)
from griot.testimonies.models.campaigns import token_hash
from griot.testimonies.review import review
from griot.testimonies.withdrawing import withdraw
from tests.signing_in import with_second_factor
from tests.testimonies import made
from tests.testimonies.people import (
    KEY,
    Phone,
    as_sent,
    committed,
    make_campaign,
    make_messenger,
    user_with,
)

pytestmark = pytest.mark.django_db


def test_an_invitation_is_good_for_one_phone(client):
    device = make_messenger(make_campaign())
    messenger = device.messenger
    token = messenger.invite_anew()
    joined = client.post(
        "/capture/api/join/", {"token": token, "device": "Tecno"}, content_type="application/json"
    )
    assert joined.status_code == 201
    assert Phone(joined.json()["key"]).get("pack/").json()["messenger"]["name"] == "Mame"
    again = client.post("/capture/api/join/", {"token": token}, content_type="application/json")
    assert again.status_code == 404 and "new one" in again.json()["error"]
    token = messenger.invite_anew()
    type(messenger).objects.update(invite_until=timezone.now())
    late = client.post("/capture/api/join/", {"token": token}, content_type="application/json")
    assert late.status_code == 410


def test_a_frozen_messengers_phone_is_told_to_wipe_itself(phone):
    messenger = Device.objects.get().messenger
    messenger.freeze()
    answer = phone.post("testimonies/", as_sent())
    assert answer.status_code == 403 and answer.json()["wipe"] is True
    messenger.thaw()
    type(messenger).objects.update(state="active")
    assert phone.get("pack/").json().get("wipe") is True, "the old phone stays told"


@pytest.mark.parametrize("apps", [["ours"], ["odk"], ["ours", "odk"]])
def test_a_phone_that_cannot_be_told_to_erase_is_not_said_to(phone, client, admin_user, apps):
    messenger = Messenger.objects.get()
    if "odk" in apps:
        odk.admit(messenger)
        odk.admit(messenger)  # with a new password
    if "ours" not in apps:
        messenger.devices.filter(login="").delete()
    with_second_factor(client, admin_user)
    answer = client.post(f"/admin/testimonies/messengers/{messenger.pk}/", {"act": "freeze"})
    said = " ".join(map(str, get_messages(answer.wsgi_request)))
    assert ("The phone erases" in said) == ("ours" in apps)
    assert ("ODK Collect can't be told" in said) == ("odk" in apps)


def test_collecting_waits_for_the_required_training(phone):
    campaign = Device.objects.get().messenger.team.campaign
    module = Module.objects.create(
        campaign=campaign,
        slug="consent",
        language="fr",
        title="Consentement",
        text="…",
        refresh_days=180,
        questions=[
            {"text": "?", "answers": ["a", "b"], "right": 1},
            {"text": "?", "answers": ["a", "b"], "right": 0},
        ],
    )
    assert "training" in phone.post("testimonies/", as_sent()).json()["error"]
    wrong = phone.post("training/", {"module": module.pk, "before": [0, 0], "after": [0, 0]})
    assert wrong.json() == {"right": 1, "of": 2, "is_passed": False, "may_collect": False}
    assert phone.post("training/", {"module": module.pk, "after": [1, 0]}).json()["may_collect"] is True
    assert phone.post("testimonies/", as_sent()).status_code == 201
    module.trainings.update(at=timezone.now() - timezone.timedelta(days=181))
    assert phone.get("pack/").json()["modules"][0]["is_due"] is True, "it falls due again"


def test_the_same_testimony_twice_is_one_and_a_changed_consent_a_new_version(phone):
    sent = as_sent(receipt="K7QX-2MNP-9RTW")
    assert phone.post("testimonies/", sent).status_code == 201
    assert phone.post("testimonies/", {**sent, "receipt": "AAAA-BBBB-CCCC"}).status_code == 200
    row = Testimony.objects.get()
    assert row.receipt == token_hash("K7QX2MNP9RTW"), "the code that the teller has stays good"
    assert row.consent.version == 1
    sent["consent"]["uses"] = ["team"]
    phone.post("testimonies/", sent)
    assert row.consents.count() == 2 and Testimony.objects.get().consent.uses == ["team"]


@pytest.mark.parametrize("code", ["AAAA-AAAA-AAAA", "short", "0O1I-0O1I-0O1I"])
def test_a_receipt_that_could_be_guessed_is_refused(phone, code):
    assert "receipt" in phone.post("testimonies/", as_sent(receipt=code)).json()["error"]


def test_a_testimony_without_a_consent_that_holds_is_not_taken(phone):
    answer = phone.post("testimonies/", as_sent(consent={"is_minor": True}))
    assert answer.status_code == 400 and "guardian" in answer.json()["error"]
    assert not Testimony.objects.exists()


def test_another_messengers_testimony_is_out_of_reach(phone):
    make_messenger(Device.objects.get().messenger.team.campaign, key="other", name="Other")
    mine = phone.tell()
    other = Phone("other")
    assert other.post("testimonies/", as_sent(id=str(mine.pk))).status_code == 400
    assert other.begin(mine, b"x").status_code == 400
    begun = phone.begin(mine, b"some bytes")
    assert other.patch(begun["Location"], 0, b"some").status_code == 404
    assert other.get("state/").json() == {"testimonies": [], "files": []}


def test_a_file_in_pieces_arrives_whole_verified_and_sealed(phone, tmp_path, settings):
    testimony = phone.tell()
    content = made.film(tmp_path, "webm").read_bytes()
    file = phone.send(testimony, content, piece=7_001)
    assert (file.state, file.media, file.sha256) == ("verified", "video", hashlib.sha256(content).hexdigest())
    assert vault().read(file.vault)[:4] == b"\x1aE\xdf\xa3"
    assert phone.get("state/").json()["files"][0]["state"] == "verified"
    assert vault().names() == [file.vault], "the pieces are gone"
    for path in settings.VAULT.rglob("*"):
        assert not path.is_file() or b"webm" not in path.read_bytes()


def test_an_interrupted_upload_goes_on_where_it_stood(phone):
    testimony, content, pk = phone.tell(), random.Random(1).randbytes(50_000), str(uuid.uuid4())
    begun = phone.begin(testimony, content, pk)
    assert phone.patch(begun["Location"], 0, content[:20_000])["Upload-Offset"] == "20000"
    again = phone.begin(testimony, content, pk)  # the phone lost the address
    assert again["Location"] == begun["Location"] and again["Upload-Offset"] == "20000"
    assert phone.patch(begun["Location"], 0, content[:20_000]).status_code == 409, (
        "an answer that was lost adds nothing twice"
    )
    head = phone.client.head(begun["Location"], HTTP_TUS_RESUMABLE="1.0.0", **phone.auth)
    assert (head["Upload-Offset"], head["Upload-Length"]) == ("20000", "50000")
    assert phone.patch(begun["Location"], 20_000, content[20_000:])["Upload-Offset"] == "50000"


def test_a_damaged_piece_and_a_damaged_whole_are_asked_for_again(phone, tmp_path):
    testimony, content = phone.tell(), made.sound(tmp_path).read_bytes()
    begun = phone.begin(testimony, content)
    wrong = phone.patch(begun["Location"], 0, content[:10], HTTP_UPLOAD_CHECKSUM="sha1 AAAA")
    assert wrong.status_code == 460
    damaged = bytes([content[0] ^ 1]) + content[1:]
    phone.patch(begun["Location"], 0, damaged)
    file = testimony.files.get()
    with committed():
        examine(file.pk)
    file.refresh_from_db()
    assert file.state == "expected" and file.upload.offset == 0
    phone.patch(begun["Location"], 0, content)
    examine(file.pk)
    file.refresh_from_db()
    assert file.state == "verified"


def test_the_same_recording_again_is_not_sent_again(phone, tmp_path):
    testimony, content = phone.tell(), made.sound(tmp_path).read_bytes()
    phone.send(testimony, content)
    again = phone.begin(testimony, content)
    assert again["Upload-Offset"] == str(len(content))
    assert sorted(testimony.files.values_list("role", flat=True)) == ["duplicate", "story"]


def test_the_sweep_puts_back_what_a_lost_queue_left(phone, tmp_path):
    testimony, content = phone.tell(), made.sound(tmp_path).read_bytes()
    begun = phone.begin(testimony, content)
    phone.patch(begun["Location"], 0, content)  # whole, and its job is lost
    sweep(timezone.now())
    assert unfinished() == [testimony.files.get().pk]


def test_a_check_in_that_is_sent_again_is_one(phone):
    said = {"mood": 1, "words": "Call me.", "wants_call": True, "id": str(uuid.uuid4())}
    assert [phone.post("check-in/", said).status_code for _ in range(2)] == [201, 201]
    assert CheckIn.objects.count() == 1
    phone.post("check-in/", {**said, "id": str(uuid.uuid4())})
    assert CheckIn.objects.count() == 2, "whoever calls again calls again"
    assert phone.post("check-in/", {**said, "id": "x"}).status_code == 400


def test_a_training_that_is_sent_again_is_one_try(phone):
    question = {"text": "?", "answers": ["a", "b"], "right": 1}
    module = Module.objects.create(campaign=Campaign.objects.get(), title="Care", questions=[question])
    said = {"module": module.pk, "before": [0], "after": [1], "id": str(uuid.uuid4())}
    answers = [phone.post("training/", said) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert module.trainings.count() == 1
    phone.post("training/", {**said, "id": str(uuid.uuid4())})
    assert module.trainings.count() == 2


def test_no_files_are_expected_of_what_was_withdrawn(phone):
    testimony = phone.tell()
    withdraw(testimony, "teller")
    with pytest.raises(Refused, match="withdrawn"):
        expect_files(
            testimony, Device.objects.get(), [{"id": str(uuid.uuid4()), "role": "story", "position": 0}]
        )
    assert not File.objects.filter(testimony=testimony).exists()


def test_a_check_in_is_kept_for_the_focal_person(phone):
    assert (
        phone.post("check-in/", {"mood": 2, "words": "It was much.", "wants_call": True}).status_code == 201
    )
    assert CheckIn.objects.get().wants_call
    assert phone.post("check-in/", {"mood": 9}).status_code == 400


def test_a_call_for_help_is_seen_first_however_many_write_after_it(site, phone, django_user_model):
    focal = user_with(django_user_model, "protection", name="focal")
    Country.objects.update(focal_person=focal)
    phone.post("check-in/", {"mood": 1, "words": "I cannot go on", "wants_call": True})
    call = CheckIn.objects.get()
    CheckIn.objects.update(at=timezone.now() - timedelta(days=5))
    later = [CheckIn(messenger=call.messenger, mood=1, words=f"bad {n}") for n in range(60)]
    later += [
        CheckIn(messenger=call.messenger, mood=4, words=f"fine {n}", answered=timezone.now())
        for n in range(60)
    ]
    CheckIn.objects.bulk_create(later)
    client = Client()
    with_second_factor(client, focal)
    room = reverse("testimonies:check_ins")
    first, second = (client.get(f"{room}?page={n}").content.decode() for n in (1, 2))
    assert [look.detail for look in Access.objects.filter(what="check-ins", user=focal)] == [
        "page 2",
        "page 1",
    ]
    found = [first.find(said) for said in ("I cannot go on", "bad", "fine")]
    assert -1 < found[0] < found[1] < found[2] and first.count("bad") == 60
    assert first.count("fine") == 50 and second.count("fine") == 10 and "bad" not in second


@pytest.mark.parametrize("path", ["pack/", "state/"])
def test_nothing_is_answered_without_a_key(client, path):
    assert client.get(f"/capture/api/{path}").status_code == 401
    assert client.get(f"/capture/api/{path}", HTTP_AUTHORIZATION="Bearer guess").status_code == 401


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["id", "kind", "language", "told", "teller", "answers", "consent"]), json_values)
def test_whatever_a_phone_sends_is_taken_or_refused_in_words(phone, field, value):
    answer = phone.post("testimonies/", {**as_sent(), field: value})
    assert answer.status_code in {200, 201, 400}
    assert answer.status_code != 400 or answer.json()["error"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.text(alphabet="0123456789-x²", max_size=12))
@example(metadata="0 \x80", length="0").via("discovered failure")
def test_whatever_is_said_of_an_upload_is_taken_or_refused_in_words(phone, metadata, length):
    try:
        metadata.encode("latin-1")
    except UnicodeEncodeError:
        return
    answer = phone.client.post(
        "/capture/api/uploads/",
        HTTP_TUS_RESUMABLE="1.0.0",
        HTTP_UPLOAD_LENGTH=length,
        HTTP_UPLOAD_METADATA=metadata,
        **phone.auth,
    )
    assert answer.status_code in {400, 413}


@pytest.mark.parametrize("method", ["get", "head", "post", "patch", "put", "delete", "options"])
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/capture/api/uploads/not-an-id/", "application/json"),
        ("/capture/api/nowhere", "application/json"),
        ("/capture/api/", "application/json"),
        ("/odk/nowhere", "text/xml"),
        ("/odk/forms/", "text/xml"),
        ("/press/push/no name/", "application/json"),
        ("/press/push/", "application/json"),
        ("/press/hub/x/", "application/json"),
    ],
)
def test_an_address_that_is_none_is_answered_in_the_kind_of_those_beside_it(site, method, path, kind):
    answer = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (404, kind)


def test_a_way_to_ask_that_is_none_is_answered_in_words(phone):
    answer = phone.client.put("/capture/api/state/", **phone.auth)
    assert answer.status_code == 405 and "GET" in answer.json()["error"] and answer["Allow"] == "GET"
    assert phone.client.get("/capture/api/spoken/99/", **phone.auth).json()["error"]


def test_a_key_is_kept_as_a_hash():
    device = make_messenger(make_campaign())
    assert device.key == token_hash(KEY) and KEY not in device.key
    assert File.objects.count() == 0


def test_what_a_killed_process_left_in_the_vault_is_erased_and_nothing_else(phone, tmp_path):
    testimony = phone.tell()
    content = made.film(tmp_path).read_bytes()
    file = phone.send(testimony, content)
    begun = phone.begin(testimony, content + b"x")
    phone.patch(begun["Location"], 0, content[:1000])
    with committed():
        for row in Rendition.objects.filter(kind__in=["light", "stream"]).order_by("pk"):
            make(row.pk)
    (tmp_path / "sent").write_bytes(made.sound(tmp_path).read_bytes())
    ConsentText.objects.create(campaign=testimony.campaign, language="fr", text="Vous décidez.")
    speaking.keep(testimony.campaign, "fr", "consent", tmp_path / "sent")
    known = vault().names()
    orphan = vault().put(b"nobody's")
    assert tidy(timezone.now()) == 0, "it may be on its way into the database"
    assert tidy(timezone.now() + ORPHANED * 2) == 1
    assert vault().names() == known and orphan not in known and file.vault in known


def test_an_id_that_a_file_has_is_no_other_s(phone):
    """Of a file that was erased, or of another testimony at the same moment: refused in words."""
    testimony, pk = phone.tell(), str(uuid.uuid4())
    File.objects.create(pk=pk, testimony=testimony, state=File.State.ERASED)
    for content in (b"new", b"new too"):
        answer = phone.begin(testimony, content, pk)
        assert answer.status_code == 400 and "another file" in answer.json()["error"]
    held = phone.send(testimony, made.photo())
    twin = phone.begin(testimony, made.photo(), pk)
    assert twin.status_code == 400 and held.state == "verified"


@pytest.mark.parametrize("module", [[], {}, "x", True, 1.5, -1, 10**30, None])
def test_a_training_s_number_is_one(phone, module):
    answer = phone.post("training/", {"module": module, "after": []})
    assert answer.status_code == 400 and "module" in answer.json()["error"]


def test_what_is_nested_without_end_is_refused(phone):
    """Python's own limit is met by whoever looks deepest into it."""
    limit, pk = sys.getrecursionlimit(), str(uuid.uuid4())
    for depth in (*range(limit - 200, limit + 1), 100_000):
        body = json.dumps(as_sent(id=pk))[:-1] + ', "more": ' + "[" * depth + "]" * depth + "}"
        answer = phone.client.generic(
            "POST", "/capture/api/testimonies/", body, "application/json", **phone.auth
        )
        assert answer.status_code in {200, 201, 400}, depth
    assert answer.status_code == 400


def test_a_piece_of_an_upload_that_has_gone_is_no_error_of_ours(phone):
    testimony, content = phone.tell(), made.photo()
    phone.begin(testimony, content)
    stale = Upload.objects.get()
    add_piece(stale.pk, 0, content[:100])
    with committed():
        cancel_upload(stale)
    assert vault().names() == [], "pieces that came since it was read go, too"
    with pytest.raises(LookupError):
        add_piece(stale.pk, 100, content[100:])
    cancel_upload(stale)
    phone.begin(testimony, content)
    whole = Upload.objects.get()
    add_piece(whole.pk, 0, content)
    cancel_upload(whole)
    assert testimony.files.get().state == "received", "what came whole meanwhile is kept"


def test_a_clock_that_is_dead_or_far_ahead_widens_nothing(phone):
    """Of two messages that waited in a phone, the older one comes last."""
    for impossible in ("1970-01-01T00:00:00Z", "2031-01-01T00:00:00Z"):
        testimony = phone.tell(
            consent={"naming": "unnamed", "uses": ["team"], "given": "2026-11-10T10:00:00Z"}
        )
        wide = {"naming": "named", "place": "exact", "uses": ["team", "media"], "given": impossible}
        phone.tell(id=str(testimony.pk), consent=wide)
        testimony = Testimony.objects.get(pk=testimony.pk)
        assert (testimony.consent.naming, testimony.consent.uses) == ("unnamed", ["team"])
        assert testimony.told <= timezone.now()


def test_a_clock_that_is_some_hours_ahead_orders_nothing(phone):
    """Of two phones of one messenger: what is said to come was said when it came."""
    ahead = (timezone.now() + timedelta(hours=20)).isoformat()
    testimony = phone.tell(answers={"leaving": "First."}, consent={"naming": "named", "given": ahead})
    later = (timezone.now() + timedelta(seconds=1)).isoformat()
    phone.tell(
        id=str(testimony.pk), answers={"leaving": "Second."}, consent={"naming": "alias", "given": later}
    )
    testimony.refresh_from_db()
    assert testimony.answers == {"leaving": "Second."} and testimony.consent.naming == "alias"


def test_of_one_clock_that_is_ahead_words_hold_as_they_come_and_consent_as_it_is_narrowed(phone):
    later, earlier = ((timezone.now() + timedelta(hours=h)).isoformat() for h in (20, 19))
    narrow = {"naming": "unnamed", "uses": ["team"], "given": later}
    testimony = phone.tell(answers={"leaving": "Second."}, consent=narrow)
    phone.tell(id=str(testimony.pk), answers={"leaving": "First."}, consent={"given": earlier})
    testimony.refresh_from_db()
    assert (testimony.answers["leaving"], testimony.consent.uses) == ("First.", ["team"])
    assert testimony.undecided, "to allow more waits for a person"


def test_what_a_phone_says_it_recorded_is_waited_for(phone, people, tmp_path):
    sound, photo = made.sound(tmp_path, "ogg", 2).read_bytes(), made.photo()
    ids = [str(uuid.uuid4()) for _ in range(3)]
    roles = ("evidence", "story", "story")
    files = [
        {"id": pk, "role": role, "position": n} for n, (pk, role) in enumerate(zip(ids, roles, strict=True))
    ]
    sent = as_sent(files=files, consent={"evidence": ids[0]})
    for _ in range(2):
        assert phone.post("testimonies/", sent).status_code in {200, 201}
    row = Testimony.objects.get()
    assert row.files.count() == 3 and len(row.heard) == 2
    phone.send(row, sound, pk=ids[0], role="evidence")
    file = phone.send(row, photo, pk=ids[2], position="2", prompt="leaving")
    assert (file.state, file.position, file.prompt, file.role) == ("verified", 2, "leaving", "story")
    assert any("on their way" in obstacle for obstacle in review.obstacles(row)), "one has not begun"
    again = phone.begin(row, photo, pk=ids[1])
    assert again.status_code == 201 and again["Upload-Offset"] == str(len(photo)), "the same as another"
    assert not review.obstacles(row)
    assert phone.begin(row, b"another", pk=ids[1]).status_code == 400


@pytest.mark.parametrize(
    "files",
    [
        {},
        "x",
        [1],
        [{"id": "1", "role": "story", "position": 0}],
        [{"id": str(uuid.uuid4()), "role": "duplicate", "position": 0}],
        [{"id": str(uuid.uuid4()), "role": "story", "position": 10**6}],
        [{"id": str(uuid.uuid4()), "role": "story", "position": 0} for _ in range(301)],
    ],
)
def test_files_that_can_not_be_are_refused_and_nothing_of_them_is_kept(phone, files):
    answer = phone.post("testimonies/", as_sent(files=files))
    assert answer.status_code == 400 and "files" in answer.json()["error"]
    assert not Testimony.objects.get().files.exists(), "what was said and allowed holds by itself"
