"""Which article the links of a line lead to, and to which other they may."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from griot.digest.models import IssuePage
from griot.digest.release.findings import Finding, Mend
from griot.digest.site.composing import bound_lines, line_anchor
from griot.press.core.lines.drafting import carriers
from griot.press.models import Article, Story
from griot.press.stories.pipeline import find_story

CONSIDERED = 60  # articles of a story


def story_of(value: Any) -> Story | None:
    """The story that a line of an issue tells, also where it was merged into another since."""
    try:
        return find_story(value["story"]) if value["story"] else None
    except Story.DoesNotExist:
        return None


def next_link(page: IssuePage, anchor: str, url: str, bad: Collection[str]) -> Mend | None:
    """Another article that carries what a line says, in place of the one at `url`: of the same outlet, or the
    next that may be named. None where there is none.
    """
    bound = next((b for b in bound_lines(page) if line_anchor(b.id) == anchor), None)
    story = story_of(bound.value) if bound else None
    if bound is None or story is None:
        return None
    named = {outlet["url"]: outlet["name"] for outlet in bound.value["outlets"]}
    name = named.get(url, "")
    rows = story.articles.exclude(url__in={*bad, url}).filter(url__startswith="http")
    articles = [row.as_value() for row in rows.select_related("outlet", "copy_of")[:CONSIDERED]]
    found = carriers(articles, bound.value["body"], page.language)
    found.sort(key=lambda a: (a.credit != name, a.url in named))
    if not found or not name:
        return None
    other = found[0]
    words = f"Name {other.credit} instead"
    if other.credit == name:
        words = f"Link {name}’s other article"
    elif other.url in named:
        words = f"Leave {name} out"
    return Mend("link", words, (anchor, url, other.credit, other.url))


def of_other_stories(page: IssuePage) -> Iterator[Finding]:
    """Lines that link to an article which is no more of their story: it was split, or put elsewhere."""
    for bound in bound_lines(page):
        story = story_of(bound.value)
        urls = {outlet["url"]: outlet["name"] for outlet in bound.value["outlets"] if outlet["url"]}
        astray = Article.objects.filter(url__in=urls).exclude(story=story) if story else ()
        for article in astray:
            anchor = line_anchor(bound.id)
            yield Finding(
                "should",
                "Links to an article of another story",
                f"{urls[article.url]}, in “{bound.value['body'][:80]}”",
                f"block-{bound.id}-section",
                bound.value["story"],
                next_link(page, anchor, article.url, ()),
            )
