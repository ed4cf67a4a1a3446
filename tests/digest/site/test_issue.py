"""The issue in all its formats, and the pages that readers open."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from lxml import etree
from lxml import html as lxml_html
from wagtail.models import Locale

from griot.digest.core.rendering import render
from griot.digest.core.rendering.mail import LARGEST, MailError
from griot.digest.models import DigestIndexPage, IssuePage, Newsroom, Picture
from griot.digest.morning.assembling import lay_out
from griot.digest.site.composing import issue_of
from griot.press.models import Line, Story
from tests.digest.issues import make_issue, make_picture
from tests.support import SHARED, needs_shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(site):
    return make_issue()


def test_the_text_has_the_shape_readers_know(issue):
    text = render(issue_of(issue), "text")
    order = [
        "Unable to see images? Click here",
        "12 December 2018",
        "Comments/questions:",
        "Photo: AFP/Somebody",
        "Communities Meet to Share",
        "Dakar (IPS) – Communities have been",
        "Read here",
        "A Year in Pictures: Migration",
        "TIME: A group",
        "Click here for more images",
        "main banner",
        "“I must protect it",
        "Abdul Jabar Dimalna – Displaced from Marawi",
        "Click here for more Holding On stories",
        "Read more",
        "Barbara and Chaqir: “Being different",
        "Share on",
        "  • The Gulf Today and MENAFN reported that 57 <b>people</b> & others agreed.",
        "  • Outlet a, Outlet b, Outlet c, Outlet d and others reported",
    ]
    flat = " ".join(text.split())
    at = [flat.find(" ".join(piece.split())) for piece in order]
    assert -1 not in at, order[at.index(-1)]
    assert at == sorted(at)


@needs_shared
def test_the_text_follows_the_reference_issue(issue):
    reference = " ".join((SHARED / "reference-issue.txt").read_text().split())
    text = " ".join(render(issue_of(issue), "text").split())
    words = [
        "Unable to see images? Click here",
        "12 December 2018",
        "Comments/questions:",
        "Photo:",
        "Dakar (IPS) –",
        "Read here",
        "A Year in Pictures: Migration",
        "TIME: ",
        "Click here for more images",
        "main banner",
        "Abdul Jabar Dimalna – ",
        "Click here for more Holding On stories",
        "Read more",
        "Barbara and Chaqir: ",
        "Share on",
        "• ",
    ]
    for document in (reference, text):
        at = [document.find(w) for w in words]
        assert -1 not in at and at == sorted(at)


def test_lines_escape_what_an_outlet_wrote(issue):
    for format in ("html", "email"):
        assert "57 &lt;b&gt;people&lt;/b&gt; &amp; others" in render(issue_of(issue), format)


def test_every_picture_has_alternative_text_and_credit(issue):
    for format in ("html", "email"):
        tree = lxml_html.fromstring(render(issue_of(issue), format))
        images = tree.xpath("//img[not(ancestor::*[@class='wordmark'])]")  # the sign stands beside the name
        assert len(images) == 4 and {i.get("alt") for i in images} == {"A plain red field"}
        assert tree.text_content().count("Photo: AFP/Somebody") == 4
        assert all(i.get("src").startswith("http://localhost:8000/media/images/") for i in images)


def test_a_picture_without_credit_or_description_is_refused(site):
    picture = make_picture()
    picture.credit = picture.description = ""
    with pytest.raises(ValidationError) as error:
        picture.full_clean()
    assert {"credit", "description"} <= set(error.value.message_dict)
    assert Picture.admin_form_fields.index("credit")


def test_the_mail_stays_small_dark_and_linked(issue):
    html = render(issue_of(issue), "email")
    assert len(html.encode()) < LARGEST
    assert "prefers-color-scheme: dark" in html and 'name="color-scheme"' in html
    assert "https://unsubscribe.invalid/" in html and issue_of(issue).url in html
    assert html.startswith("<!doctype html>") and 'lang="en"' in html


def test_the_mail_contacts_nobody_but_us(issue):
    tree = lxml_html.fromstring(render(issue_of(issue), "email"))
    loaded = [*tree.xpath("//img/@src"), *tree.xpath("//link/@href"), *tree.xpath("//script/@src")]
    assert loaded and all(address.startswith("http://localhost:8000/") for address in loaded)
    assert "@import" not in render(issue_of(issue), "email") and "url(" not in render(
        issue_of(issue), "email"
    )


def test_a_mail_that_clients_would_clip_is_refused(issue):
    value = issue.body[5].value
    for line in value["lines"]:
        line["body"] = "reported that " + "very " * 12000
    with pytest.raises(MailError, match="stop at 90"):
        render(issue_of(issue), "email")


def test_the_json_is_the_whole_issue(issue):
    data = json.loads(render(issue_of(issue), "json"))
    assert [b["kind"] for b in data["blocks"]] == [
        "feature",
        "gallery",
        "banner",
        "quote",
        "portrait",
        "press_review",
        "share",
    ]


def test_arabic_runs_from_right_to_left(site):
    value = issue_of(make_issue("ar"))
    assert '<html lang="ar" dir="rtl">' in render(value, "html")
    assert 'dir="rtl"' in render(value, "email")
    assert "في الصحافة" in render(value, "html")


def test_the_front_shows_the_latest_issue_and_the_archive_lists_all(client, issue):
    make_issue(day=date(2018, 12, 11))
    front = client.get("/")
    assert "12 December 2018" in front.content.decode()
    assert f'<link rel="canonical" href="{issue_of(issue).url}">' in front.content.decode()
    archive = client.get("/archive/").content.decode()
    assert archive.index("12 December 2018") < archive.index("11 December 2018")


def test_the_newsrooms_name_stands_on_every_page_and_in_the_feed(client, issue):
    Newsroom.objects.update(name="The Morning Kora")
    for address in ("/", "/archive/", "/feed/"):
        assert "The Morning Kora" in client.get(address).content.decode(), address


def test_an_empty_newsroom_says_so(client, site):
    for address in ("/", "/archive/"):
        response = client.get(address)
        assert response.status_code == 200 and "No issue is out at the moment." in response.content.decode()
    assert client.get("/feed/").status_code == 200


def test_a_page_that_is_not_there_says_so_and_leads_on(client, site):
    response = client.get("/2001-01-01-en/")
    assert response.status_code == 404
    assert (
        "There is no such page here." in response.content.decode() and 'href="/"' in response.content.decode()
    )


def test_a_draft_is_not_public(client, site):
    draft = make_issue(live=False)
    assert client.get(f"/{draft.slug}/").status_code == 404
    assert "2018" not in client.get("/archive/").content.decode()
    assert draft.title not in client.get("/feed/").content.decode()


def test_the_page_tells_networks_what_it_is(client, issue):
    tree = lxml_html.fromstring(client.get(f"/{issue.slug}/").content)
    graph = {m.get("property"): m.get("content") for m in tree.xpath("//meta[@property]")}
    assert graph["og:title"] == issue.title and graph["og:image"].startswith("http") and graph["og:image:alt"]
    assert graph["og:url"] == issue_of(issue).url


def test_the_feed_is_valid_atom(client, issue):
    response = client.get("/feed/")
    assert response["Content-Type"].startswith("application/atom+xml")
    atom = {"a": "http://www.w3.org/2005/Atom"}
    feed = etree.fromstring(response.content)
    for required in (
        "a:id",
        "a:title",
        "a:updated",
        "a:entry/a:id",
        "a:entry/a:title",
        "a:entry/a:updated",
        "a:entry/a:author/a:name",
    ):
        assert feed.findtext(required, namespaces=atom), required
    assert feed.find("a:entry/a:link", atom).get("href") == issue_of(issue).url


def test_every_answer_carries_a_policy(client, issue):
    policy = client.get("/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy
    assert client.get("/admin/login/")["Content-Security-Policy"]
    assert client.get("/media/original_images/red.jpg").status_code == 404


def test_previews_show_all_three_shapes(admin_client, issue):
    for mode, sign in (("web", "<main"), ("mail", "xmlns:v"), ("text", "Unable to see images?")):
        response = issue.make_preview_request(preview_mode=mode)
        assert response.status_code == 200 and sign in response.content.decode(), mode


def test_one_issue_a_day_and_language(issue):
    twin = IssuePage(title="Twin", slug="twin", day=issue.day, locale=issue.locale)
    with pytest.raises(ValidationError, match="is of that date and language already"):
        twin.clean()
    IssuePage(
        title="Other", slug="other", day=issue.day, locale=Locale.objects.get(language_code="fr")
    ).clean()


def lines_of_a_night() -> Line:
    now = timezone.now()
    story = Story.objects.create(first_published=now, last_published=now, score=5)
    return Line.objects.create(
        story=story,
        outlets=[{"name": "A", "url": "https://a.example/1"}],
        body="reported that it happened.",
        claims=[],
        ok=True,
    )


def test_the_morning_lays_out_a_draft_and_leaves_an_editors_work_alone(site, admin_user):
    lines_of_a_night()
    now = timezone.now()
    night = (now - timedelta(hours=36), now + timedelta(minutes=1))
    issue = lay_out(timezone.localdate(), *night)
    assert not issue.live and issue.body[0].value["lines"][0]["body"] == "reported that it happened."
    lines_of_a_night()
    assert len(lay_out(timezone.localdate(), *night).body[0].value["lines"]) == 2
    issue = IssuePage.objects.get().get_latest_revision_as_object()
    issue.title = "Edited"
    issue.save_revision(user=admin_user)
    lines_of_a_night()
    lay_out(timezone.localdate(), *night)
    latest = IssuePage.objects.get().get_latest_revision_as_object()
    assert latest.title == "Edited" and len(latest.body[0].value["lines"]) == 2


def test_a_line_with_an_unsupported_claim_is_left_out(site):
    line = lines_of_a_night()
    Line.objects.filter(pk=line.pk).update(ok=False)
    now = timezone.now()
    assert not list(lay_out(timezone.localdate(), now - timedelta(hours=36), now + timedelta(minutes=1)).body)


def test_render_issue_names_what_there_is(issue, capsys):
    call_command("render_issue", "latest", "--format", "text")
    assert "12 December 2018" in capsys.readouterr().out
    with pytest.raises(CommandError, match=rf"the newest are {issue.pk} \(2018-12-12\)"):
        call_command("render_issue", "999999")


def test_the_archive_pages_through(client, site):
    front = DigestIndexPage.objects.get(locale__language_code="en")
    for n in range(32):
        day = date(2018, 11, 1) + timedelta(days=n)
        front.add_child(instance=IssuePage(title=str(day), slug=str(day), day=day))
    first = client.get("/archive/").content.decode()
    older = re.search(r'rel="next" href="http://localhost:8000([^"]+)"', first).group(1)
    assert "1 November 2018" in client.get(older).content.decode()
