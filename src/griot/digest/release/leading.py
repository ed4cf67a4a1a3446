"""Which article the links of a line lead to, and to which other they may."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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


def stories_of(page: IssuePage) -> dict[str, Story]:
    """The stories that the lines of an issue tell, by the lines' ids, as `story_of` finds each. One query."""
    told = {bound.id: bound.value["story"] for bound in bound_lines(page) if bound.value["story"]}
    known = Story.objects.select_related("merged_into").in_bulk(set(told.values()))
    return {line: _whole(known[pk]) for line, pk in told.items() if pk in known}


def _whole(story: Story) -> Story:
    while story.merged_into:
        story = story.merged_into
    return story


def of_other_stories(page: IssuePage, stories: Mapping[str, Story]) -> Iterator[Finding]:
    """Lines that link to an article which is no more of their story (`stories_of`): it was split, or put
    elsewhere.
    """
    lines = [bound for bound in bound_lines(page) if bound.id in stories]
    linked = {outlet["url"] for bound in lines for outlet in bound.value["outlets"]} - {""}
    known = {a.url: a for a in Article.objects.filter(url__in=linked).only("url", "story")}
    for bound in lines:
        urls = {outlet["url"]: outlet["name"] for outlet in bound.value["outlets"] if outlet["url"] in known}
        for url, name in urls.items():
            if known[url].story_id == stories[bound.id].pk:
                continue
            anchor = line_anchor(bound.id)
            yield Finding(
                "should",
                "Links to an article of another story",
                f"{name}, in “{bound.value['body'][:80]}”",
                f"block-{bound.id}-section",
                bound.value["story"],
                next_link(page, anchor, url, ()),
            )
