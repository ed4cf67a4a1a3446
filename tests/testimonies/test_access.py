"""Who may do what: every role at every view and API, with a testimony of their own, of others, and
withdrawn.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.test import Client
from wagtail.models import ModelLogEntry

from griot.testimonies import withdrawing
from griot.testimonies.access import visible
from griot.testimonies.core.media.age import CHUNK
from griot.testimonies.keeping import vault
from griot.testimonies.making.rendering import make
from griot.testimonies.models import (
    Access,
    Campaign,
    CheckIn,
    Consent,
    Country,
    Messenger,
    Referral,
    Rendition,
    Testimony,
)
from griot.testimonies.review import review
from tests.signing_in import with_second_factor
from tests.testimonies import made
from tests.testimonies.people import (
    Phone,
    as_sent,
    committed,
    group_of,
    make_campaign,
    make_messenger,
    user_with,
)

pytestmark = pytest.mark.django_db

ROLES = ("nobody", "coordinator", "other coordinator", "protection", "editor", "approver", "administrator")
# What each role gets at each view: "." the page, "-" refused. Columns in the order of ROLES.
TABLE = {
    #                        nobody coord other prot edit appr admin
    ("page", "intake"): "-.-.--.",
    ("page", "edited"): "-.-....",
    ("page", "withdrawn"): "-.-....",
    ("original", "intake"): "-.-.---",
    ("original", "edited"): "-.-.---",
    ("original", "withdrawn"): "-------",
    ("rendition", "intake"): "-.-.--.",
    ("rendition", "edited"): "-.-....",
    ("rendition", "withdrawn"): "-------",
    ("comment", "intake"): "-.-.--.",
    ("comment", "edited"): "-.-....",
    ("comment", "withdrawn"): "-------",
    ("write", "intake"): "-------",
    ("write", "edited"): "----.--",
    ("write", "withdrawn"): "-------",
    ("move", "intake"): "---.---",
    ("move", "edited"): "----.--",
    ("move", "withdrawn"): "-------",
    ("receipt", "intake"): "-.-.---",
    ("receipt", "edited"): "-.-.---",
    ("receipt", "withdrawn"): "-------",
    ("describe", "intake"): "-------",
    ("describe", "edited"): "----.--",
    ("describe", "withdrawn"): "-------",
    ("transcribe", "edited"): "-------",
    ("copy", "published"): "-----.-",
    ("copy", "edited"): "-------",
    ("copy", "withdrawn"): "-------",
    ("assign", "edited"): "-.-...-",
    ("withdraw", "edited"): "-.-.--.",
    ("withdraw", "withdrawn"): "-------",
}


@pytest.fixture
def house(site, django_user_model):
    campaign = make_campaign()
    make_messenger(campaign)
    make_messenger(campaign, "GN", key="other phone", name="Oumou")
    people = {"nobody": user_with(django_user_model, name="nobody")}
    for name in ROLES[1:]:
        people[name] = user_with(django_user_model, name.removeprefix("other "), name=name)
    campaign.teams.get(code="SN").coordinators.add(people["coordinator"])
    campaign.teams.get(code="GN").coordinators.add(people["other coordinator"])
    phone = Phone()
    testimony = phone.tell()
    file = phone.send(testimony, made.photo())
    with committed():
        make(Rendition.objects.get().pk)
    return campaign, people, phone, testimony, file


def outcome(client: Client, view: str, testimony, file) -> bool:
    """Whether the view did what it is for."""
    room = f"/admin/testimonies/{testimony.pk}/"
    rendition = Rendition.objects.filter(file=file).first()
    steps = testimony.steps.count()
    match view:
        case "page":
            return client.get(room).status_code == 200
        case "original":
            return client.get(f"/admin/testimonies/originals/{file.pk}/").status_code == 200
        case "rendition":
            return (
                client.get(f"/admin/testimonies/renditions/{rendition.pk if rendition else 0}/").status_code
                == 200
            )
        case "write":
            client.post(
                room, {"language": "fr", "title": "T", "quote": "Q", "body": "", "seen": review.NO_WORDS}
            )
            return testimony.writings.exists()
        case "receipt":
            return b"Your code" in client.post(f"{room}step/", {"act": "receipt"}).content
        case "copy":
            answer = client.post(f"{room}step/", {"act": "copy", "use": "partners", "recipient": "Radio"})
            return answer.get("Content-Type") == "application/zip"
        case "withdraw":
            was = type(testimony).objects.get(pk=testimony.pk).withdrawn
            client.post(f"{room}step/", {"act": "withdraw"})
            return type(testimony).objects.get(pk=testimony.pk).withdrawn != was
        case _:
            seen = review.mark(type(testimony).objects.get(pk=testimony.pk))
            said = {"act": view, "words": "a reason", "to": "", "themes": ["sea"], "seen": seen}
            client.post(f"{room}step/", said)
            return testimony.steps.count() > steps


@pytest.mark.parametrize(("view", "state"), TABLE)
def test_only_what_is_allowed(house, view, state):
    _, people, _, testimony, file = house
    if view == "copy":
        testimony.writings.create(language="fr", title="T", quote="Q")
        Consent.objects.update(uses=["team", "web", "partners"])
    if state == "published":
        approved = testimony.as_it_stands()
        type(testimony).objects.update(state="published", published=testimony.arrived, approved=approved)
    if state == "edited":
        type(testimony).objects.update(state="editing" if view != "move" else "transcription")
    if state == "withdrawn":
        withdrawing.withdraw(testimony, "team")
    testimony.refresh_from_db()
    found = ""
    for role in ROLES:
        client = Client()
        with_second_factor(client, people[role])
        point = transaction.savepoint()  # each role meets the same testimony
        found += "." if outcome(client, view, testimony, file) else "-"
        transaction.savepoint_rollback(point)
        testimony.refresh_from_db()
    assert found == TABLE[view, state], f"{view}, {state}: {dict(zip(ROLES, found, strict=True))}"


@pytest.mark.parametrize("view", ["page", "original", "rendition", "comment", "receipt", "withdraw"])
def test_nobody_opens_a_testimony_without_a_second_factor(house, django_user_model, view):
    _, people, _, testimony, file = house
    root = django_user_model.objects.create_superuser("root", "root@a.example", "a password of length")
    both = user_with(django_user_model, "editor", "coordinator", name="both")
    for user in (*people.values(), both, root):
        client = Client()
        client.force_login(user)
        assert not outcome(client, view, testimony, file)
    type(testimony).objects.update(state="editing")
    client = Client()
    client.force_login(people["editor"])
    assert not outcome(client, view, testimony, file)
    with_second_factor(client, people["editor"])
    assert outcome(client, view, testimony, file) == (view in {"page", "rendition", "comment"})


def test_who_is_not_signed_in_reaches_nothing(house):
    _, _, _, testimony, file = house
    for path in (
        f"{testimony.pk}/",
        f"originals/{file.pk}/",
        "renditions/1/",
        "",
        "messengers/",
        "check-ins/",
    ):
        assert Client().get(f"/admin/testimonies/{path}").status_code == 302, "to the sign-in"
    assert Client().post(f"/admin/testimonies/{testimony.pk}/step/", {"act": "withdraw"}).status_code == 302


def test_a_messenger_reaches_only_their_own(house):
    _, _, phone, testimony, _ = house
    other = Phone("other phone")
    assert [t["id"] for t in phone.get("state/").json()["testimonies"]] == [str(testimony.pk)]
    assert other.get("state/").json()["testimonies"] == []
    assert other.post("testimonies/", as_sent(id=str(testimony.pk))).status_code == 400
    with committed():
        withdrawing.withdraw(testimony, "teller")
    assert phone.post("testimonies/", as_sent(id=str(testimony.pk))).status_code == 400, (
        "a withdrawn one takes nothing more"
    )


def test_an_editor_who_is_asked_sees_one_before_it_was_found_safe(house):
    _, people, _, testimony, file = house
    type(testimony).objects.update(assigned=people["editor"])
    client = Client()
    with_second_factor(client, people["editor"])
    assert outcome(client, "page", testimony, file) and not outcome(client, "original", testimony, file)


def test_of_what_is_offered_a_coordinator_sees_that_of_their_country(house):
    campaign, people, _, _, _ = house
    for country, seen_by in {
        "SN": {"coordinator"},
        "GN": {"other coordinator"},
        "ML": set(),
        "": set(),
    }.items():
        row = Testimony.objects.create(campaign=campaign, country=country)
        who = {
            name for name in ("coordinator", "other coordinator") if visible(people[name]).filter(pk=row.pk)
        }
        assert who == seen_by
        assert visible(people["protection"]).filter(pk=row.pk).exists()


def test_check_ins_are_read_by_the_focal_person_alone(house, django_user_model):
    campaign, people, phone, _, _ = house
    phone.post("check-in/", {"mood": 1, "words": "I can not sleep.", "wants_call": True})
    campaign.teams.filter(code="SN").update(focal_person=people["editor"])
    root = django_user_model.objects.create_superuser("root", "root@a.example", "a password of length")
    for user in [*people.values(), root]:
        client = Client()
        client.force_login(user)
        assert b"can not sleep" not in client.get("/admin/testimonies/check-ins/", follow=True).content
        with_second_factor(client, user)
        answer = client.get("/admin/testimonies/check-ins/")
        assert (b"can not sleep" in answer.content) == (user == people["editor"])
    assert CheckIn.objects.get().answered is None


def test_nobody_makes_themselves_the_one_who_reads_check_ins(house, mailoutbox):
    campaign, people, phone, _, _ = house
    phone.post("check-in/", {"mood": 1, "words": "I can not sleep."})
    admin, listener, officer = people["administrator"], people["editor"], people["protection"]
    admin.groups.set(group_of("administrator"))
    here, there = campaign.teams.get(code="SN"), campaign.teams.get(code="GN")
    campaign.teams.filter(pk=here.pk).update(focal_person=listener)
    campaign.teams.filter(pk=there.pk).update(focal_person=admin)
    client = Client()
    with_second_factor(client, admin)

    def name(person):
        said = {"campaign": campaign.pk, "code": "SN", "coordinators": [], "focal_person": person.pk}
        with committed():
            client.post(f"/admin/country_teams/edit/{here.pk}/", said)
        return campaign.teams.get(pk=here.pk).focal_person

    assert name(admin) == listener and name(listener) == listener
    row = Messenger.objects.get(team=here)
    moved = {"team": there.pk, "name": row.name, "language": "fr"}
    client.post(f"/admin/messengers/edit/{row.pk}/", moved)
    row.refresh_from_db()
    assert row.team == here
    assert b"can not sleep" not in client.get("/admin/testimonies/check-ins/").content
    assert not mailoutbox and not Access.objects.filter(what="focal person").exists()
    listener.email = "listener@a.example"
    listener.save()
    assert name(officer) == officer
    [mail] = mailoutbox
    assert mail.to == ["listener@a.example"] and "protection" in mail.body
    assert Access.objects.get(what="focal person").user == admin


def test_what_waits_on_a_phone_is_read_where_it_was_told_for(site, django_user_model):
    here, there = make_campaign(), Campaign.objects.create(name="Other", slug="other", countries=["SN"])
    messenger = make_messenger(here).messenger
    team, other = here.teams.get(code="SN"), Country.objects.create(campaign=there, code="GN")
    admin = user_with(django_user_model, "administrator", name="admin")
    admin.groups.set(group_of("administrator"))
    admin.is_superuser = True
    admin.save()
    client = Client()
    with_second_factor(client, admin)
    for to in (other, here.teams.get(code="GN")):
        said = {"team": to.pk, "name": "Mame", "language": "fr"}
        answer = client.post(f"/admin/messengers/edit/{messenger.pk}/", said)
        assert b"what waits on it was told for" in answer.content
    said = {"campaign": there.pk, "code": "SN", "coordinators": [], "focal_person": ""}
    answer = client.post(f"/admin/country_teams/edit/{team.pk}/", said)
    assert b"what waits on them was told for" in answer.content
    with pytest.raises(ProtectedError):  # a phone that nobody knows is never told to erase what it holds
        messenger.delete()
    messenger.refresh_from_db()
    assert messenger.team == team and messenger.team.campaign == here
    messenger.devices.all().delete()
    client.post(
        f"/admin/messengers/edit/{messenger.pk}/", {"team": other.pk, "name": "Mame", "language": "fr"}
    )
    messenger.refresh_from_db()
    assert messenger.team == other, "who has not joined yet may be moved"


def test_every_look_is_written_down(house):
    _, people, _, testimony, file = house
    client = Client()
    with_second_factor(client, people["protection"])
    client.get(f"/admin/testimonies/originals/{file.pk}/")
    look = Access.objects.filter(testimony=testimony.pk, what="original").get()
    assert look.user == people["protection"] and str(file.pk) in look.detail


def test_an_original_is_under_no_public_address(house):
    _, _, _, testimony, file = house
    for path in (
        f"/stories/media/web/{file.vault}/",
        f"/media/{file.vault}",
        f"/media/vault/{file.vault[:2]}/{file.vault}",
        f"/vault/{file.vault}",
    ):
        assert Client().get(path, follow=True).status_code == 404
    assert testimony.state == "intake"


def test_a_player_gets_the_range_it_asks_for(house):
    _, people, _, _, file = house
    client = Client()
    with_second_factor(client, people["protection"])
    path = f"/admin/testimonies/originals/{file.pk}/"
    whole = b"".join(client.get(path))
    part = client.get(path, HTTP_RANGE="bytes=10-19")
    assert (
        part.status_code == 206
        and b"".join(part) == whole[10:20]
        and part["Content-Range"] == f"bytes 10-19/{len(whole)}"
        and part["Content-Length"] == "10"
    )
    assert b"".join(client.get(path, HTTP_RANGE="bytes=-5")) == whole[-5:]
    assert b"".join(client.get(path, HTTP_RANGE="bytes=7-")) == whole[7:]
    assert b"".join(client.get(path, HTTP_RANGE=f"bytes=0-{10**17}")) == whole
    assert client.get(path, HTTP_RANGE=f"bytes={len(whole)}-").status_code == 416
    assert client.get(path, HTTP_RANGE=f"bytes={'9' * 5000}-").status_code == 200, (
        "no range that anybody means"
    )
    head = client.head(path)
    assert head["Content-Length"] == str(len(whole)) and b"".join(head) == b""
    assert client.get(path, HTTP_IF_NONE_MATCH=head["ETag"]).status_code == 304


def test_a_range_of_a_film_costs_its_own_chunks_whoever_asks_how_often(house):
    """Counted by the kernel: what this process has read from files (proc(5), rchar)."""
    _, people, _, _, file = house
    client = Client()
    with_second_factor(client, people["protection"])
    size = 32 * 1024 * 1024
    type(file).objects.filter(pk=file.pk).update(vault=vault().put(bytes(size)), size=size)
    path = f"/admin/testimonies/originals/{file.pk}/"
    client.get(path, HTTP_RANGE="bytes=0-0")  # what is loaded at the first request
    before = read_by_us()
    for n in range(6):
        at = size // 6 * n
        assert b"".join(client.get(path, HTTP_RANGE=f"bytes={at}-{at}")) == b"\0"
    assert read_by_us() - before < 6 * 4 * CHUNK, "the last chunk, the one that is asked for, and no third"


def read_by_us() -> int:
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(told["rchar"])


def test_each_role_has_a_group_that_gives_it_and_no_other(house, django_user_model):
    from griot.testimonies.access import ROLES as ALL
    from griot.testimonies.access import roles_of

    for role in ALL:
        user = django_user_model.objects.create_user(f"new {role}", password="a password of length")
        user.groups.set(group_of(role))
        assert roles_of(django_user_model.objects.get(pk=user.pk)) == {role}
        client = Client()
        with_second_factor(client, user)
        assert client.get("/admin/testimonies/").status_code == 200
        assert (client.get("/admin/messengers/new/").status_code == 200) == (
            role in {"coordinator", "administrator"}
        ), role


def test_whom_to_turn_to_is_changed_by_those_whose_country_it_is(house, client):
    """And on both sides of a change: neither what was another's, nor what would become it."""
    _, people, *_ = house
    people["coordinator"].groups.set(group_of("coordinator"))
    mine, theirs = (
        Referral.objects.create(country=code, subject="help", language="fr", name="Help", contact="+1")
        for code in ("SN", "GN")
    )
    said = {
        "country": "SN",
        "subject": "help",
        "language": "fr",
        "name": "Help",
        "contact": "+000",
        "url": "",
    }

    def changed() -> list[str]:
        client.post(f"/admin/referrals/edit/{theirs.pk}/", {**said, "country": "GN"})
        client.post(f"/admin/referrals/edit/{theirs.pk}/", said)
        client.post(f"/admin/referrals/edit/{mine.pk}/", {**said, "country": "GN"})
        client.post("/admin/referrals/new/", {**said, "country": "GN"})
        client.post(f"/admin/referrals/copy/{theirs.pk}/", {**said, "country": "GN"})
        return [f"{row.country} {row.contact}" for row in Referral.objects.order_by("pk")]

    client.force_login(people["coordinator"])
    assert changed() == ["SN +1", "GN +1"]
    with_second_factor(client, people["coordinator"])
    assert changed() == ["SN +1", "GN +1"]
    client.post(f"/admin/referrals/edit/{mine.pk}/", said)
    client.post("/admin/referrals/new/", {**said, "contact": "+221"})
    assert [row.contact for row in Referral.objects.order_by("pk")] == ["+000", "+1", "+221"]
    listed = client.get("/admin/referrals/").content.decode()
    assert f"/edit/{mine.pk}/" in listed and f"/edit/{theirs.pk}/" not in listed


def test_no_report_tells_a_messengers_name(house, django_user_model, client):
    _, people, *_ = house
    other = people["other coordinator"]
    other.groups.set(group_of("coordinator"))
    with_second_factor(client, other)
    row = Messenger.objects.get(team__code="GN")
    team = {"team": row.team_id, "language": "fr"}
    client.post(f"/admin/messengers/edit/{row.pk}/", {**team, "name": "Oumou Barry"})
    client.post("/admin/messengers/new/", {**team, "name": "Oumou Bah"})
    assert ModelLogEntry.objects.filter(content_type__model="messenger").count() == 2
    assert not ModelLogEntry.objects.filter(label__contains="Oumou").exists(), "for as long as it is kept"
    root = django_user_model.objects.create_superuser("root", "root@a.example", "a password of length")
    for user in [*people.values(), root]:
        for sign_in in (Client.force_login, with_second_factor):
            reader = Client()
            sign_in(reader, user)
            for at in ("", "results/"):
                answer = reader.get(f"/admin/reports/site-history/{at}")
                assert (answer.status_code == 200) == (user == root and sign_in is with_second_factor)
                assert b"Oumou" not in answer.content
            assert (b"site-history" in reader.get("/admin/").content) == (user == root)


WRITES = {
    #                            nobody coord other prot edit appr admin
    ("messengers", "page"): "-..----",
    ("invite", "own"): "-.-----",
    ("invite", "other"): "--.----",
    ("odk", "own"): "-.-----",
    ("freeze", "own"): "-.-----",
    ("edit messenger", "own"): "-.----.",
    ("edit messenger", "other"): "--.---.",
    ("move messenger", "to own"): "------.",
    ("move messenger", "to other"): "------.",
    ("add messenger", "own"): "-.----.",
    ("add messenger", "other"): "--.---.",
    ("edit team", "own"): "------.",
}


def wrote(client: Client, act: str, whose: str, campaign) -> bool:
    """Whether a role's write on messengers and teams did what it is for."""
    mine, theirs = (campaign.teams.get(code=code) for code in ("SN", "GN"))
    team = theirs if whose.endswith("other") else mine
    row = Messenger.objects.get(team=team)
    other = mine if team == theirs else theirs
    rooms, admin = f"/admin/testimonies/messengers/{row.pk}/", "/admin/messengers/"
    match act:
        case "messengers":
            return client.get("/admin/testimonies/messengers/").status_code == 200
        case "invite":
            return b"#join=" in client.post(rooms, {"act": "invite"}).content
        case "odk":
            return b"Password" in client.post(rooms, {"act": "odk"}).content
        case "freeze":
            client.post(rooms, {"act": "freeze"})
            return Messenger.objects.get(pk=row.pk).state == "frozen"
        case "edit messenger":
            client.post(f"{admin}edit/{row.pk}/", {"team": team.pk, "name": "Changed", "language": "fr"})
            return Messenger.objects.filter(pk=row.pk, name="Changed").exists()
        case "move messenger":
            row.devices.all().delete()  # who has joined stays
            client.post(f"{admin}edit/{row.pk}/", {"team": other.pk, "name": row.name, "language": "fr"})
            return Messenger.objects.filter(pk=row.pk, team=other).exists()
        case "add messenger":
            client.post(f"{admin}new/", {"team": team.pk, "name": "New", "language": "fr"})
            return Messenger.objects.filter(name="New", team=team).exists()
        case _:
            client.post(
                f"/admin/country_teams/edit/{team.pk}/",
                {"campaign": campaign.pk, "code": "ML", "coordinators": [], "focal_person": ""},
            )
            return campaign.teams.filter(code="ML").exists()


@pytest.mark.parametrize(("act", "whose"), WRITES)
def test_messengers_and_teams_are_changed_by_those_whose_they_are(house, act, whose):
    campaign, people, *_ = house
    found = factorless = ""
    for role in ROLES:
        people[role].groups.set(group_of(role.removeprefix("other ")))
        for has_factor in (True, False):
            client = Client()
            (with_second_factor if has_factor else Client.force_login)(client, people[role])
            point = transaction.savepoint()
            mark = "." if wrote(client, act, whose, campaign) else "-"
            transaction.savepoint_rollback(point)
            found, factorless = (found + mark, factorless) if has_factor else (found, factorless + mark)
    assert found == WRITES[act, whose], dict(zip(ROLES, found, strict=True))
    assert factorless == "-------", "nobody, without a second factor"
