"""Readers meet the newsroom's name, and an address that was taken off says so."""

from __future__ import annotations

import email
import json
from email import policy

import pytest
from django.utils import timezone

from griot.digest.models import IssuePage, Newsroom
from griot.mailing.beginning import start_send
from griot.mailing.models import Audience, Subscriber, Subscription
from griot.mailing.saying import Words
from tests.digest.issues import make_issue

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/nothing-here/", "/fr/nothing/", "/%00/"])
def test_an_error_page_bears_the_newsrooms_name(site, client, path):
    Newsroom.objects.update(name="The Morning Kora")
    page = client.get(path)
    assert page.status_code in {400, 404}
    assert "The Morning Kora" in page.content.decode() and "Griot" not in page.content.decode()


def of_the_head(page: str) -> str:
    """A page but for its foot, where the maker may be named."""
    return page.partition('<footer class="colophon">')[0]


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_wherever_readers_come_the_newsroom_is_named_and_its_maker_in_the_foot_at_most(
    site, client, language, settings
):
    Newsroom.for_site(site).save()
    ours = Newsroom.objects.get()
    ours.name = "Kora & Sons"
    ours.save()
    named = "Kora &amp; Sons"
    issue = make_issue(language, timezone.localdate())
    front = "/" if language == "en" else f"/{language}/"
    address = f"{front}{issue.slug}/"
    anchor = client.get(address).content.decode().split('id="')[2].partition('"')[0]
    audience = Audience.objects.create(name="All", slug="all", language=language)
    reader = Subscriber.objects.create(email="r@reader.example")
    subscription = Subscription.objects.create(audience=audience, subscriber=reader)
    paths = [front, address, f"{address}item/{anchor}/", f"{front}archive/", f"{front}receipt/"]
    paths += [f"{front}stories/", f"{front}stories/offer/", f"{front}nothing/", f"{front}feed/"]
    paths += [f"/unsubscribe/{subscription.token}/", "/admin/login/", "/admin/password_reset/"]
    for path in paths:
        page = client.get(path, headers={"accept-language": language}, follow=True).content.decode()
        assert named in page, path
        assert "Griot" not in of_the_head(page) and "Wagtail" not in page.partition("</title>")[0], path
    send = start_send(issue, audience)
    assert named in send.html and "Griot" not in send.html and "Griot" not in send.text


def test_the_phone_app_bears_the_newsrooms_name(site, client):
    ours = Newsroom.for_site(site)
    ours.name = "Kora & Sons"
    ours.save()
    page = b"".join(client.get("/capture/")).decode()
    assert "<title>Kora &amp; Sons</title>" in page and "Griot" not in page
    manifest = json.loads(b"".join(client.get("/capture/manifest.webmanifest")))
    assert manifest["name"] == manifest["short_name"] == "Kora & Sons" and manifest["start_url"]


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_an_issue_that_was_taken_off_answers_410_and_says_what_there_is(site, client, language):
    issue = make_issue(language)
    front = "" if language == "en" else f"{language}/"
    address = f"/{front}{issue.slug}/"
    assert client.get(address).status_code == 200
    IssuePage.objects.filter(pk=issue.pk).update(first_published_at=timezone.now(), live=False)
    gone = client.get(address)
    assert gone.status_code == 410 and f'href="/{front}"' in gone.content.decode()
    # What readers never saw is nothing that they may know of.
    IssuePage.objects.filter(pk=issue.pk).update(first_published_at=None)
    assert client.get(address).status_code == 404
    assert client.get(f"/{front}2019-99-99/").status_code == 404


@pytest.mark.parametrize(
    ("setting", "sender"),
    [
        ("desk@a.example", '"Kora, the digest" <desk@a.example>'),
        ("Press office <desk@a.example>", "Press office <desk@a.example>"),
    ],
)
def test_mails_are_from_the_newsroom_where_the_setting_names_nobody(site, settings, setting, sender):
    settings.MAIL_FROM = setting
    Newsroom.objects.update(name="Kora, the digest")
    audience = Audience.objects.create(name="All", slug="all")
    Subscription.objects.create(
        audience=audience, subscriber=Subscriber.objects.create(email="r@reader.example")
    )
    send = start_send(make_issue(), audience)
    mail = Words(send).compiled.for_recipient("r@reader.example", "<1@a.example>", "https://a.example/u/")
    assert email.message_from_bytes(mail, policy=policy.default)["From"] == sender
