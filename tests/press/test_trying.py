"""A query is tried before it becomes the beat; a list of sources is brought in the browser."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from griot.press.core.beats.query import QueryError
from griot.press.models import Article, Beat, Outlet, Source, Story
from griot.press.stories.searching import search_vector
from griot.press.stories.trying import tried

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(site):
    outlet, now = Outlet.objects.create(name="Harbour"), timezone.now()
    for n, (title, text) in enumerate(
        [
            ("Forty migrants rescued", "A boat with forty migrants."),
            ("Asylum claims rise", "Refugees in the north."),
            ("Cup final tonight", "A match."),
        ]
    ):
        story = Story.objects.create(first_published=now, last_published=now, headline=title, reports=1)
        article = Article.objects.create(
            outlet=outlet, url=f"https://a.example/{n}", title=title, text=text, published=now, story=story
        )
        Article.objects.filter(pk=article.pk).update(search=search_vector(title, "", text))
    return Beat.objects.get()


def test_a_query_says_what_it_would_win_and_lose(night):
    night.query = "migrants"
    found = tried("refugees OR match", night)
    assert (found.pieces, found.found) == (3, 2)
    assert {s.headline for s in found.wins.best} == {"Asylum claims rise", "Cup final tonight"}
    assert [s.headline for s in found.loses.best] == ["Forty migrants rescued"]
    same = tried("migrants", night)
    assert same.wins.count == same.loses.count == 0 and same.finds.count == 1
    with pytest.raises(QueryError):
        tried("(boat", night)


def test_a_beat_that_cant_be_read_any_more_loses_nothing(night):
    night.query = "(boat"
    assert tried("match", night).loses.count == 0


def test_who_decides_on_beats_takes_it_and_nobody_else(night, client, admin_client, django_user_model):
    from django.contrib.auth.models import Group

    user = django_user_model.objects.create_user("ana")
    user.groups.set(Group.objects.filter(name="Duty editor"))
    client.force_login(user)
    page = client.get("/admin/press/try/", {"q": "refugees"}).content.decode()
    assert "Asylum claims rise" in page and "Take this" not in page
    client.post("/admin/press/try/", {"beat": night.pk, "q": "refugees"})
    assert Beat.objects.get().query == night.query
    assert "Take this" in admin_client.get("/admin/press/try/", {"q": "refugees"}).content.decode()
    assert admin_client.post("/admin/press/try/", {"beat": night.pk, "q": "(a"}).status_code == 400
    admin_client.post("/admin/press/try/", {"beat": night.pk, "q": "refugees"})
    taken = Beat.objects.get()
    assert taken.query == "refugees" and taken.tried


OPML = b"""<opml version="2.0"><body><outline text="Harbour" type="rss" xmlUrl="https://a.example/feed"/></body></opml>"""


def test_a_list_of_sources_comes_by_the_browser(site, admin_client):
    def bring(content: bytes | None) -> str:
        said = {"file": SimpleUploadedFile("list.opml", content)} if content is not None else {}
        return admin_client.post("/admin/press/opml/", said, follow=True).content.decode()

    assert "Nothing was added" in bring(None) and "Nothing was added" in bring(b"no list")
    assert "larger than" in bring(b" " * (4 * 1024 * 1024 + 1)) and not Source.objects.exists()
    assert "1 source added" in bring(OPML) and Source.objects.get().url == "https://a.example/feed"
    assert "1 source added" in bring(OPML.replace(b"Harbour", b"A & Co").replace(b"/feed", b"/other"))
    assert Source.objects.get(url="https://a.example/other").outlet.name == "A & Co"
    assert "line 1" in bring(b"<opml><body>") and "xmlParse" not in bring(b"<opml><body>")
    assert admin_client.get("/admin/press/try/?q=%00").status_code == 200
    assert "0 sources added. 1 were known already." in bring(OPML)
