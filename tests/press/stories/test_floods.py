"""However many say the same, one article more costs the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from griot.press.core.stories import syndication
from griot.press.core.types import Article as Value
from griot.press.core.types import Entry
from griot.press.listening.listening import store_entries
from griot.press.listening.reading import read_entries
from griot.press.models import Article, Outlet, Source
from griot.press.stories import lines, pipeline
from griot.press.stories.indexing import NEIGHBOURS

BODY = "The coast guard met a boat with 57 people on board near Lampedusa on Sunday, officials said. " * 6


def said(name: str) -> Entry:
    text = f"{BODY} It was number {name} of the week."
    title = f"Boats met near Lampedusa {name}"
    return Entry(name, f"https://a.example/{name}", title, "", timezone.now(), "en", 0, text)


@pytest.fixture
def source(db) -> Source:
    return Source.objects.create(outlet=Outlet.objects.create(name="P"), url="push:x", kind="push")


def group(source: Source, *names: str) -> None:
    store_entries(source, [said(name) for name in names])
    read_entries()
    pipeline.group_articles(timezone.now())


def many_more(count: int) -> None:
    """As if they had come and been grouped one by one."""
    copy = Article.objects.exclude(copy_of=None).first()
    values = {f.attname: getattr(copy, f.attname) for f in Article._meta.concrete_fields if f.name != "id"}
    begin = Article.objects.count()
    Article.objects.bulk_create(
        Article(**{**values, "url": f"https://a.example/more/{n}"}) for n in range(begin, begin + count)
    )


def test_what_is_judged_with_one_more_has_a_bound(source, monkeypatch):
    monkeypatch.setattr(pipeline, "SHARING", 6)
    monkeypatch.setattr(pipeline, "MEMBERS", 5)
    judged, rated, cluster, describe = [], [], pipeline.cluster, pipeline.describe_story
    monkeypatch.setattr(pipeline, "cluster", lambda v, *a, **k: judged.append(len(v)) or cluster(v, *a, **k))
    monkeypatch.setattr(pipeline, "describe_story", lambda s, a, v: rated.append(len(a)) or describe(s, a, v))
    group(source, *"abcdef")
    for more in (40, 80):
        many_more(more)
        group(source, f"after {more}")
    bound = 1 + NEIGHBOURS + 2 * 6 + 5 + 1
    assert judged[-2] <= bound and judged[-1] <= bound and max(rated) <= 5
    assert Article.objects.values("story").distinct().count() == 1
    assert Article.objects.filter(copy_of=None).count() == 1


def test_copies_follow_where_their_origin_is_found_to_be_a_copy(source, monkeypatch):
    """An agency's own article may come last: what nobody looked at any more is its copy, too."""
    monkeypatch.setattr(pipeline, "SHARING", 3)
    monkeypatch.setattr(pipeline, "MEMBERS", 3)
    group(source, "a", "b")
    many_more(30)
    earlier = Article.objects.get(url="https://a.example/a").published - timedelta(hours=3)
    store_entries(source, [said("first")])
    read_entries()
    Article.objects.filter(url__endswith="first").update(published=earlier)
    pipeline.group_articles(timezone.now())
    origin = Article.objects.get(copy_of=None)
    assert origin.url.endswith("first") and origin.copies.count() == Article.objects.count() - 1


def test_what_many_say_is_compared_once_each(monkeypatch):
    compared = 0

    class Counting(frozenset):
        def __and__(self, other):
            nonlocal compared
            compared += 1
            return frozenset.__and__(self, other)

    shingles = syndication.shingles
    monkeypatch.setattr(syndication, "shingles", lambda article: Counting(shingles(article)))
    alike = [Value(f"https://a.example/{n}", f"P{n}", "Boats", text=f"{BODY} Number {n}.") for n in range(60)]
    assert len(syndication.find_copies(alike)) == 59
    assert compared == 59


def test_a_line_is_drafted_from_so_many_of_its_story_originals_first(source, monkeypatch):
    monkeypatch.setattr(lines, "CONSIDERED", 3)
    drafted, draft = [], lines.draft
    monkeypatch.setattr(
        lines, "draft", lambda members, *rest: drafted.extend(members) or draft(members, *rest)
    )
    group(source, "a", "b")
    many_more(30)
    Article.objects.exclude(copy_of=None).update(published=timezone.now() + timedelta(hours=1))
    origin = Article.objects.get(copy_of=None)
    lines.draft_story(origin.story, "en")
    assert len(drafted) == 3 and origin.url in {value.url for value in drafted}


def test_a_persons_line_is_checked_against_so_many_those_that_it_names_first(source, monkeypatch):
    monkeypatch.setattr(lines, "CONSIDERED", 3)
    checked, check = [], lines.check
    monkeypatch.setattr(lines, "check", lambda text, members: checked.extend(members) or check(text, members))
    group(source, "a", "b")
    many_more(30)
    line = lines.draft_story(Article.objects.get(copy_of=None).story, "en")
    named = "https://a.example/more/20"
    line.outlets = [{"name": "P", "url": named}]
    lines.check_again(line)
    assert len(checked) == 3 and named in {value.url for value in checked}
