"""A character that XML forbids, in one story or one publisher's title, takes no feed and no mail of all others with it."""

from __future__ import annotations

import json
from email import message_from_bytes, policy

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from griot.characters import fit_text
from griot.digest.core.rendering.exporting import render_newsml
from griot.digest.core.rendering.feeds import render_feed, render_sitemap, render_stories_feed
from griot.digest.core.rendering.mail import MailError, render_mail
from griot.digest.morning.assembling import lay_out, night_of
from griot.digest.site.composing import issue_of
from griot.mailing.beginning import start_send
from griot.mailing.models import Audience, Delivery, Subscriber, Subscription
from griot.mailing.sending import deliver
from griot.press.core.sources.feeds import parse_feed
from griot.press.core.sources.opml import Subscribed, write_opml
from griot.press.listening.listening import store_entries
from griot.press.listening.reading import read_entries
from griot.press.models import Entry, Outlet, Source
from griot.press.stories.beats_store import first_beat
from griot.press.stories.lines import draft_lines
from griot.press.stories.pipeline import group_articles
from griot.testimonies.intake.submissions import forms_for
from griot.testimonies.models import Campaign, Testimony
from tests.digest.issues import make_issue
from tests.signing_in import with_second_factor
from tests.testimonies.people import make_campaign, make_messenger
from tests.testimonies.review.test_later import written

OFFER = {
    "campaign": "voices",
    "words": "I left at night.",
    "name": "Awa\x0bDiop",
    "naming": "named",
    "uses": ["web", "mail"],
    "agree": "yes",
}
UNFIT = "\x01\x0b\x1b\uffff"


@pytest.fixture
def issue(people, site):
    """With a story that a stranger offered by the public form, whose block says their name."""
    make_campaign()
    Campaign.objects.update(is_public=True)
    assert Client().post("/stories/offer/", OFFER).status_code == 200
    row = Testimony.objects.get()
    written(row, people, title=f"She{UNFIT}left", body=f"At{UNFIT}night.", quote=f"At{UNFIT}night.")
    row.refresh_from_db()
    Testimony.objects.update(approved={**row.approved, "kind": "portrait"})
    page = make_issue()
    page.title, page.summary = f"Migrants{UNFIT}\u2028as Messengers", f"Communities{UNFIT}meet"
    page.body.append(("testimony", {"testimony": row.slug}))
    page.save_revision().publish(skip_permission_checks=True)
    page.refresh_from_db()
    return page


@pytest.mark.django_db
def test_one_story_s_words_take_no_feed_no_mail_and_no_page(issue, admin_user, sink):
    for path in ("/feed/", "/stories/feed/", "/sitemap.xml"):
        answer = Client(raise_request_exception=False).get(path)
        assert answer.status_code == 200 and etree.fromstring(answer.content) is not None, path
    desk = Client(raise_request_exception=False)
    with_second_factor(desk, admin_user)
    assert desk.get(reverse("digest:preflight", args=[issue.pk])).status_code == 200
    audience = Audience.objects.create(name=f"A{UNFIT}", slug="a", language="en")
    reader = Subscriber.objects.create(email="a@example.org")
    Subscription.objects.create(audience=audience, subscriber=reader)
    send = start_send(issue, audience)
    deliver(send, 1)
    assert send.deliveries.get().state == Delivery.State.SENT
    mail = message_from_bytes(sink.messages[0][1], policy=policy.default)
    assert "Communities" in mail["Subject"] and "\n" not in mail["Subject"]
    etree.fromstring(render_newsml(issue_of(issue, "partners")).encode())


@pytest.mark.django_db
def test_one_publishers_title_takes_no_feed_and_no_mail(site):
    first_beat()
    items = [
        {
            "id": str(n),
            "url": f"https://a.example/{n}",
            "title": f"Coast guard met {n} migrants in a boat near Lampedusa{UNFIT} on Sunday",
            "summary": f"The coast guard met a boat with {n} migrants{UNFIT} near Lampedusa on Sunday.",
            "date_published": timezone.now().isoformat(),
        }
        for n in (57, 58)
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items}
    source = Source.objects.create(
        outlet=Outlet.objects.create(name="The Post"), url="https://a.example/feed"
    )
    store_entries(source, parse_feed(json.dumps(feed).encode(), "https://a.example/feed").entries)
    for entry in Entry.objects.all():
        entry.text = entry.summary
        entry.save()
    read_entries()
    group_articles(timezone.now())
    day = timezone.localdate()
    draft_lines(*night_of(day, timezone.now()))
    page = lay_out(day, *night_of(day, timezone.now()))
    page.get_latest_revision().publish(skip_permission_checks=True)
    page.refresh_from_db()
    render_mail(issue_of(page, "mail"))
    assert Client(raise_request_exception=False).get("/feed/").status_code == 200


@pytest.mark.django_db
def test_a_mail_that_can_not_be_made_is_told_before_it_is_sent(site, monkeypatch):
    monkeypatch.setattr("griot.digest.core.rendering.mail.render_mjml", lambda *_: "<mjml><")
    with pytest.raises(MailError, match="can’t be made"):
        render_mail(issue_of(make_issue()))


@pytest.mark.django_db
def test_one_form_s_words_take_no_list_of_forms(site):
    campaign = make_campaign()
    messenger = make_messenger(campaign).messenger
    count = len(forms_for(messenger))
    Campaign.objects.update(name=f"Voices{UNFIT}")
    campaign.modules.create(slug="care", language="fr", title=f"Care{UNFIT}", text=f"Of you{UNFIT}")
    messenger.refresh_from_db()
    made = forms_for(messenger)
    assert len(made) == count + 1
    for form in made:
        etree.fromstring(form.xml.encode())
        etree.fromstring(f"<name>{form.title.replace('&', '')}</name>")


@given(st.text(st.characters(categories=None), max_size=40))
@settings(deadline=None)
def test_whatever_is_said_makes_xml(words):
    at = timezone.now()
    for made in (
        render_feed([], "https://a.example/", f"https://a.example/{fit_text(words)}", words),
        render_stories_feed([("https://a.example/", words, words, at)], "https://a.example/", words, "en"),
        render_sitemap([("https://a.example/", words, "en", at, True, [])], words),
        write_opml([Subscribed(words, "https://a.example/", language=words[:12])], words),
    ):
        assert etree.fromstring(made) is not None


@pytest.mark.parametrize(
    ("said", "kept"),
    [("Awa\x0bDiop", "Awa Diop"), ("a\0b\x01\uffff", "ab"), ("\ud800", "\ufffd"), ("a\tb\nc\r", "a\tb\nc\r")],
)
def test_what_xml_can_not_hold_is_let_go_of_and_words_stay_apart(said, kept):
    assert fit_text(said) == kept
