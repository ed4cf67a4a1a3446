"""Taking a story back: a walk over every place where it could be met, before and after; and nothing
unlisted shows one.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from griot.accounts.factors import vouch_for
from griot.digest.core.rendering import FORMATS, render
from griot.digest.management.commands.export_issue import FORMATS as EXPORTS
from griot.digest.models import IssuePage
from griot.digest.site import receipts
from griot.digest.site.composing import issue_of
from griot.mailing.beginning import start_send
from griot.mailing.models import Audience, Send, Subscriber, Subscription
from griot.testimonies import withdrawing
from griot.testimonies.core.surfaces import SURFACES
from griot.testimonies.intake.consenting import add_consent
from griot.testimonies.keeping import vault
from griot.testimonies.models import Departure, Rendition
from griot.testimonies.review import review
from griot.testimonies.review.changing import publish_changes
from griot.testimonies.showing import media
from griot.testimonies.showing.shown import address_of
from griot.testimonies.tasks import sweep
from tests.digest.issues import make_issue
from tests.signing_in import with_second_factor
from tests.testimonies import made
from tests.testimonies.people import (
    Phone,
    committed,
    make_campaign,
    make_messenger,
    say_on_receipt,
    user_with,
)
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db
MARK = "Zephyrine"  # stands in every text of the testimony, and nowhere else


class House:
    """A newsroom in which one testimony has gone everywhere that it can go."""

    def __init__(self, django_user_model) -> None:
        make_messenger(make_campaign())
        self.phone = Phone()
        self.people = {
            r: user_with(django_user_model, r)
            for r in ("protection", "editor", "approver", "coordinator", "administrator")
        }
        self.admin = vouch_for(
            django_user_model.objects.create_superuser("root", "root@a.example", "a password of length")
        )
        self.testimony = self.phone.tell(
            consent={
                "naming": "named",
                "place": "exact",
                "uses": ["team", "web", "mail", "partners", "media"],
            },
            teller={"name": MARK, "spot": f"{MARK} street"},
            answers={"leaving": f"{MARK} left."},
        )
        self.photo = self.phone.send(self.testimony, made.photo())
        self.kept = self.phone.send(self.testimony, b"\0\0\0\x20ftypisom" + f"{MARK} unread".encode())
        publish(self.testimony, self.people)
        writing = self.testimony.writings.get()
        writing.title = writing.quote = f"{MARK} speaks"
        writing.body = f"{MARK} walked."
        writing.subtitles = f"WEBVTT\n\n00:00.000 --> 00:01.000\n{MARK}\n"
        writing.chapters, writing.captions = f"0:00 {MARK}", {str(self.photo.pk): f"{MARK} here"}
        writing.save()
        type(self.testimony).objects.filter(pk=self.testimony.pk).update(themes=["sea"], route="sahara")
        publish_changes(self.testimony, self.people["approver"])
        self.rendition = Rendition.objects.get(file=self.photo)
        self.slug = self.testimony.slug
        self.issue = make_issue()
        self.issue.body.insert(0, ("testimony", {"testimony": self.slug}))
        self.issue.save_revision().publish(skip_permission_checks=True)
        self.issue = IssuePage.objects.get(pk=self.issue.pk)
        audience = Audience.objects.create(name="Friends", slug="friends")
        Subscription.objects.create(
            audience=audience, subscriber=Subscriber.objects.create(email="a@reader.example")
        )
        self.send = start_send(self.issue, audience)
        self.code = self.testimony.make_receipt()
        self.editor = Client()
        with_second_factor(self.editor, self.admin)
        self.teller = Client()
        self.teller.post("/receipt/", {"code": self.code})

    def readers(self) -> dict[str, tuple[int, bytes]]:
        """What anybody gets at every public address that could show it."""
        day = self.issue.slug
        anchor = (
            next(b.anchor for b in issue_of(self.issue).blocks) if issue_of(self.issue).blocks else "item-0"
        )
        paths = [
            f"/stories/{self.slug}/",
            f"/fr/stories/{self.slug}/",
            f"/ar/stories/{self.slug}/",
            f"/stories/{self.slug}/subtitles.vtt",
            "/stories/",
            f"/stories/?q={MARK}",
            "/stories/?theme=sea",
            "/stories/?route=sahara",
            "/fr/stories/",
            "/stories/feed/",
            f"/{day}/",
            "/",
            f"/{day}/item/{anchor}/",
            "/feed/",
            "/json-feed/",
            f"/archive/?q={MARK}",
            "/sitemap.xml",
            "/archive/",
        ]
        client = Client()
        return {path: ((answer := client.get(path)).status_code, answer.content) for path in paths}


@pytest.fixture
def house(site, django_user_model):
    return House(django_user_model)


SHOWN_BEFORE = {"/stories/", "/stories/feed/", "/", "/feed/", "/json-feed/"}


def test_after_a_withdrawal_nothing_shows_it_anywhere(house):
    before = house.readers()
    unread = house.editor.get(f"/admin/testimonies/originals/{house.kept.pk}/")
    assert MARK.encode() in b"".join(unread), "what could not be opened can be saved until then"
    showing = {
        path for path, (status, content) in before.items() if MARK.encode() in content and status == 200
    }
    assert (
        showing >= SHOWN_BEFORE and f"/stories/{house.slug}/" in showing and f"/archive/?q={MARK}" in showing
    )
    assert {"/stories/?theme=sea", "/stories/?route=sahara"} <= showing
    assert all(MARK in render(issue_of(house.issue, "mail"), f) for f in FORMATS) and MARK in house.send.html
    client = Client()
    assert client.get(address_of(house.rendition, "web"))["Content-Type"] == "image/jpeg"
    card, pdf = (
        client.get(path).content for path in (f"/stories/{house.slug}/card/", f"/{house.issue.slug}/pdf/")
    )
    review = f"/admin/testimonies/{house.testimony.pk}/"
    given = house.editor.post(
        f"{review}step/", {"act": "copy", "use": "partners", "recipient": "Radio Kindia"}
    )
    assert given["Content-Type"] == "application/zip" and MARK.encode() in b"".join(given)
    assert client.get(address_of(house.rendition, "media")).status_code == 200
    assert (
        MARK in house.editor.get(review).content.decode()
        and MARK in house.phone.client.get("/stories/").content.decode()
    )

    with committed():
        withdrawing.withdraw(house.testimony, "teller")

    for path, (status, content) in house.readers().items():
        if path.startswith(("/archive/?q", "/stories/?q")):
            for said in (f'value="{MARK}"', f"?q={MARK}"):  # the search says what was looked for
                content = content.replace(said.encode(), b"")
        assert MARK.encode() not in content, path
        assert status == (410 if house.slug in path else 200) or "/item/" in path, path
    assert client.get(f"/stories/{house.slug}/card/").status_code == 410
    assert client.get(address_of(house.rendition, "web")).status_code == 410
    assert client.get(address_of(house.rendition, "media")).status_code == 410
    refused = house.editor.post(
        f"{review}step/", {"act": "copy", "use": "partners", "recipient": "Radio Kindia"}, follow=True
    )
    assert refused.get("Content-Type") != "application/zip" and MARK not in refused.content.decode()
    assert "Radio Kindia" in house.editor.get(review).content.decode(), "they can be told"
    assert house.editor.get(f"/admin/testimonies/originals/{house.kept.pk}/").status_code in {302, 403, 404}
    mailed = client.get(address_of(house.rendition, "mail"))
    assert (
        mailed.status_code == 200
        and mailed["Content-Type"] == "image/png"
        and mailed["Cache-Control"] == "no-store"
    )
    assert client.get(f"/{house.issue.slug}/pdf/").content != pdf and card
    house.send = Send.objects.get(pk=house.send.pk)
    assert MARK not in house.send.html + house.send.text, "mails that have not left are rendered anew"
    page = IssuePage.objects.get(pk=house.issue.pk)
    for use in ("web", "mail", "partners"):
        assert all(MARK not in render(issue_of(page, use), f) for f in FORMATS)
        assert all(MARK not in make(issue_of(page, use)) for make in EXPORTS.values())
    inside = [
        house.editor.get(path)
        for path in (review, "/admin/testimonies/?state=closed", f"/admin/pages/{page.pk}/edit/")
    ]
    assert all(MARK not in answer.content.decode() for answer in inside)
    assert house.editor.get(f"/admin/testimonies/originals/{house.photo.pk}/").status_code in {302, 403, 404}
    assert (
        house.phone.get("state/").json()["testimonies"][0]["state"] == "withdrawn"
        and not house.phone.get("state/").json()["files"]
    )
    assert MARK not in house.teller.get("/receipt/").content.decode()

    sweep()
    withdrawing.erase(house.testimony.pk)
    house.testimony.refresh_from_db()
    assert vault().names() == [] and house.testimony.erased and not house.testimony.name
    assert not house.testimony.consents.exists() and not house.testimony.writings.exists()
    assert client.get(f"/stories/{house.slug}/").status_code == 410, "the tombstone stays"
    assert client.get(address_of(house.rendition, "mail")).status_code == 200, "mails go on asking"


def test_the_bare_fact_and_what_left_the_house_are_kept(house):
    with committed():
        withdrawing.withdraw(house.testimony, "team", house.people["coordinator"])
    withdrawing.erase(house.testimony.pk)
    assert [(d.how, d.to, d.count) for d in Departure.objects.all()] == [
        ("mail", f"Friends: {house.issue.title}", 1)
    ]
    page = house.editor.get(f"/admin/testimonies/{house.testimony.pk}/").content.decode()
    assert "Voices of the Way" in page and "Friends" in page and MARK not in page


@pytest.fixture
def sent(monkeypatch):
    """How many bytes come of a stream, of which it is asked at each piece whether it may go on, where something
    happens after the first.
    """
    monkeypatch.setattr(media, "ASK_AGAIN", 0)
    monkeypatch.setattr(media, "_by_itself", lambda ask: ask())  # the tests' own connection is not closed
    monkeypatch.setattr("asyncio.to_thread", in_this_thread)

    async def whole(pieces, meanwhile):
        first = len(await anext(pieces))
        await sync_to_async(meanwhile)()
        return first + sum([len(piece) async for piece in pieces])

    return async_to_sync(whole)


@pytest.mark.parametrize("how", ["withdrawn", "narrowed", "nothing"])
def test_a_film_that_is_being_sent_ends_when_it_may_be_shown_no_more(house, sent, rf, how):
    size = 4 * 1024 * 1024
    Rendition.objects.filter(pk=house.rendition.pk).update(vault=vault().put(b"F" * size))
    pieces = media.rendition(rf.get("/"), "web", house.rendition.word_for("web")).streaming_content

    row = type(house.testimony).objects.get(pk=house.testimony.pk)

    def meanwhile():
        if how == "withdrawn":
            withdrawing.withdraw(row, "teller")
        elif how == "narrowed":
            held = row.consent.as_value()
            add_consent(row, replace(held, by="teller", given=timezone.now(), uses=frozenset({"team"})))

    came = sent(pieces, meanwhile)
    assert came == size if how == "nothing" else came < size / 8


@pytest.mark.parametrize("how", ["withdrawn", "removed", "another role", "nothing"])
def test_an_original_that_is_being_given_out_ends_with_who_may_have_it(house, sent, rf, how):
    size = 4 * 1024 * 1024
    file = house.rendition.file
    type(file).objects.filter(pk=file.pk).update(vault=vault().put(b"F" * size))
    request = rf.get("/")
    officer = house.people["protection"]
    request.user = vouch_for(officer)
    pieces = media.original(request, file.pk).streaming_content

    def meanwhile():
        if how == "withdrawn":
            withdrawing.withdraw(type(house.testimony).objects.get(pk=house.testimony.pk), "teller")
        elif how == "removed":
            type(officer).objects.filter(pk=officer.pk).update(is_active=False)
        elif how == "another role":
            officer.groups.clear()
            officer.user_permissions.clear()

    came = sent(pieces, meanwhile)
    assert came == size if how == "nothing" else came < size / 8


@pytest.mark.parametrize("how", ["narrowed", "made no more", "nothing"])
def test_a_rendition_in_the_room_ends_when_who_sees_it_may_no_more(house, sent, rf, how):
    size = 4 * 1024 * 1024
    shown = Rendition.objects.filter(pk=house.rendition.pk)
    shown.update(vault=vault().put(b"F" * size))
    request = rf.get("/")
    request.user = vouch_for(house.people["approver"])
    pieces = media.room_rendition(request, house.rendition.pk).streaming_content
    row = type(house.testimony).objects.get(pk=house.testimony.pk)

    def meanwhile():
        if how == "narrowed":
            held = row.consent.as_value()
            add_consent(row, replace(held, by="teller", given=timezone.now(), face="hide", voice="hide"))
        elif how == "made no more":
            shown.delete()

    came = sent(pieces, meanwhile)
    assert came == size if how == "nothing" else came < size / 8


async def in_this_thread(act, *args):
    return await sync_to_async(act)(*args)


def test_an_expired_consent_ends_like_a_withdrawal_within_the_minute(house):
    house.testimony.consents.update(until=timezone.localdate())
    assert Client().get(f"/stories/{house.slug}/").status_code == 200, "the last day still counts"
    house.testimony.consents.update(until=timezone.localdate() - timezone.timedelta(days=1))
    assert Client().get(f"/stories/{house.slug}/").status_code == 410, "at once"
    with committed():
        sweep()
    house.testimony.refresh_from_db()
    assert house.testimony.withdrawn_by == "expiry" and MARK not in Send.objects.get().html


def test_no_answer_that_shows_one_may_be_kept_for_a_minute(house):
    client = Client()
    for path in (
        f"/stories/{house.slug}/",
        "/stories/",
        "/stories/feed/",
        f"/{house.issue.slug}/",
        address_of(house.rendition, "web"),
        f"/stories/{house.slug}/card/",
        f"/{house.issue.slug}/card/",
        f"/{house.issue.slug}/pdf/",
        "/feed/",
    ):
        age = re.search(r"max-age=(\d+)", client.get(path)["Cache-Control"])
        assert age and int(age[1]) <= 45, path


def test_a_teller_changes_what_they_allow_and_takes_it_back_by_themselves(house):
    page = house.teller.get("/receipt/").content.decode()
    assert f"/stories/{house.slug}/" in page
    sent = {
        "act": "change",
        "uses": ["team", "web"],
        "naming": "unnamed",
        "place": "country",
        "face": "show",
        "voice": "show",
        "until": "",
    }
    with committed():
        assert say_on_receipt(house.teller, **sent).status_code == 302
    story = Client().get(f"/stories/{house.slug}/").content.decode()
    assert MARK not in story and Client().get(f"/stories/{house.slug}/").status_code == 200
    house.testimony.refresh_from_db()
    assert house.testimony.consent.by == "teller" and house.testimony.consent.version == 2
    assert MARK not in render(issue_of(house.issue, "mail"), "email"), "the digest is no longer allowed"
    assert say_on_receipt(house.teller, act="withdraw").status_code == 400, "not without being meant"
    with committed():
        say_on_receipt(house.teller, act="withdraw", sure="yes")
    house.testimony.refresh_from_db()
    assert (
        house.testimony.withdrawn_by == "teller"
        and Client().get(f"/stories/{house.slug}/").status_code == 410
    )


def test_codes_can_not_be_tried_out(house, monkeypatch):
    """And whoever shares the stranger's address is kept from nothing by it."""
    monkeypatch.setattr(receipts, "MOST_TRIES", 10)
    stranger = Client()
    answers = [stranger.post("/receipt/", {"code": f"AAAA-BBBB-{n:04d}"}).status_code for n in range(12)]
    assert answers[0] == 404 and answers[-1] == 429
    assert (
        stranger.get("/receipt/").status_code == 200
        and MARK not in stranger.get("/receipt/").content.decode()
    )
    code = house.testimony.make_receipt()
    assert {Client().post("/receipt/", {"code": code}).status_code for _ in range(12)} == {302}


# --- the list of surfaces ---------------------------------------------------------------------

# Views of testimonies' modules that show no testimony, and why.
NONE_SHOWN = {
    "join": "a phone's key",
    "pack": "guides and training",
    "training": "answers to questions",
    "check_in": "how a messenger is",
    "messengers": "messengers",
    "messenger": "messengers",
    "check_ins": "how messengers are",
    "phone_app": "static files",
    "form_list": "blank forms",
    "form": "a blank form",
    "manifest": "a blank form's files",
    "spoken": "texts read aloud",
    "spoken_file": "texts read aloud",
    "unknown": "that there is nothing",
}
# Views that show issues: what stands in them comes through the surface "issue block".
ISSUE_VIEWS = re.compile(r"wagtail\.|griot\.digest\.(rooms|desk)|griot\.mailing\.views|wagtail_localize")


def _patterns(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def test_every_view_of_testimonies_is_in_the_list(capsys):
    for route, view in _patterns(get_resolver()):
        module = getattr(view, "__module__", "")
        if module.startswith("griot.testimonies.") and not hasattr(view, "view_class"):
            name = view.__name__
            assert getattr(view, "surface", "") in SURFACES or name in NONE_SHOWN, (
                f"{route}: {module}.{name} is not in the list of surfaces"
            )
        if module in {f"griot.digest.site.{room}" for room in ("stories", "receipts", "offering")}:
            assert getattr(view, "surface", "") in SURFACES, route
    call_command("list_surfaces")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == len(SURFACES) and all({"surface", "rule", "withdrawn"} <= set(row) for row in rows)


@pytest.mark.parametrize("who", ["reader", "administrator"])
def test_no_other_address_of_the_site_shows_a_testimony(house, who):
    """Every address without a surface is asked; what shows the mark there is a fault."""
    client = house.editor if who == "administrator" else Client()
    samples = {
        "pk": house.issue.pk,
        "page_id": house.issue.pk,
        "issue_id": house.issue.pk,
        "object_id": house.issue.pk,
        "send_id": house.send.pk,
        "slug": house.slug,
    }
    asked = 0
    for route, view in _patterns(get_resolver()):
        if (
            getattr(view, "surface", "")
            or ISSUE_VIEWS.match(getattr(view, "__module__", ""))
            or "delete" in route
            or "logout" in route
        ):
            continue
        path = "/" + re.sub(
            r"<(?:\w+:)?(\w+)>",
            lambda m: str(samples.get(m[1], 1)),
            re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route),
        ).strip("^$")
        if re.search(r"[\\(|*+?<]", path):
            continue
        answer = client.get(path)
        asked += 1
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert MARK.encode() not in content, f"{path} shows a testimony and is not in the list of surfaces"
    assert asked > 20


def test_past_the_last_day_that_was_approved_pictures_go_with_their_page(house):
    """Its teller has put it off meanwhile, which waits for approval."""
    row = house.testimony
    row.refresh_from_db()
    row.approved["consent"]["until"] = (timezone.localdate() - timezone.timedelta(days=1)).isoformat()
    row.save()
    assert Client().get(f"/stories/{house.slug}/").status_code == 410
    assert Client().get(address_of(house.rendition, "web")).status_code == 410


def test_what_was_taken_off_before_it_was_withdrawn_has_a_tombstone(house):
    review.send_back(house.testimony, house.people["approver"], "a mistake")
    assert Client().get(f"/stories/{house.slug}/").status_code == 404
    with committed():
        withdrawing.withdraw(house.testimony, "teller")
    assert Client().get(f"/stories/{house.slug}/").status_code == 410
    withdrawing.erase(house.testimony.pk)
    assert Client().get(f"/stories/{house.slug}/").status_code == 410


def test_an_export_for_partners_is_written_down(house, capsys):
    call_command("export_issue", "latest", "--to", "The Post")
    assert MARK in capsys.readouterr().out
    exports = Departure.objects.filter(how="export")
    assert [left.to for left in exports.all()] == [f"The Post: {house.issue.title}"]
    house.testimony.consents.update(uses=["team", "web", "mail"])
    call_command("export_issue", "latest")
    assert MARK not in capsys.readouterr().out and exports.count() == 1


@pytest.mark.parametrize("left", ["mail", "partners", "media"])
def test_who_knows_one_use_s_address_knows_no_other_s(phone, people, tmp_path, left):
    """The teller takes the website back, and leaves another use."""
    consent = {"naming": "unnamed", "voice": "show", "face": "hide", "uses": ["team", "web", left]}
    testimony = phone.tell(consent=consent)
    phone.send(testimony, made.sound(tmp_path).read_bytes())
    publish(testimony, people)
    row = Rendition.objects.get(file__testimony=testimony, kind="sound")
    reader, web = Client(), address_of(row, "web")
    assert web in reader.get(f"/stories/{testimony.slug}/").content.decode()
    assert reader.get(web).status_code == 200
    teller = Client()
    teller.post("/receipt/", {"code": testimony.make_receipt()})
    narrowed = {
        "uses": ["team", left],
        "naming": "unnamed",
        "place": "country",
        "face": "hide",
        "voice": "show",
    }
    say_on_receipt(teller, act="change", **narrowed)
    assert reader.get(web).status_code == 410
    for address in (web.replace("/web/", f"/{left}/"), address_of(row, left)):
        answer = reader.get(address)
        assert answer.status_code != 200 or answer["Content-Type"] == "image/png", "blank, in mails"


def test_an_address_that_was_made_under_an_older_secret_holds(house, settings):
    made_before = address_of(house.rendition, "web")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    assert address_of(house.rendition, "web") != made_before
    assert Client().get(made_before).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert Client().get(made_before).status_code == 404
