"""What the lines of an issue say, against the articles: as the desk has checked it, or, where a line's words
are others by now or no story's, as it is checked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q

from griot.digest.models import IssuePage, name_of
from griot.digest.release.findings import Finding, Judgement, Mend, mark
from griot.digest.site.composing import bound_lines, line_anchor
from griot.press.core.lines.checking import check
from griot.press.core.lines.lines import attribution
from griot.press.core.types import OutletLink
from griot.press.models import Article, Line, Story

CONSIDERED = 60  # articles that a line is checked against
KEPT = 24 * 3600  # seconds that what was found of the same words in the same articles is remembered
UNSUPPORTED = "No article supports this"


def of_claims(page: IssuePage, stories: Mapping[str, Story]) -> Iterator[Finding]:
    """What no article bears out, and who vouches for it. `stories` are those of the lines, by the lines' ids.
    A past issue stands as it was.
    """
    if page.language != settings.LANGUAGE_CODE or page.printed_head is not None:
        return
    rows = Line.objects.filter(story__in=stories.values(), language=page.language)
    known = {line.story_id: line for line in rows.prefetch_related("overrides__by")}
    astray: list[tuple[str, str]] = []
    for bound in bound_lines(page):
        story = stories.get(bound.id)
        line = known.get(story.pk) if story else None
        if line is None:
            astray += [(words, _place(bound)) for words in _refused(bound.value, story) or ()]
        elif bound.value["body"] == line.body:
            yield from _as_checked(bound, line)
        else:
            yield from _changed(bound, line)
    judgement = Judgement("claims", frozenset(mark(*where) for where in astray))
    for words, place in astray:
        yield Finding("must", UNSUPPORTED, words, place, judgement=judgement)


def _place(bound: Any) -> str:
    return f"block-{bound.id}-section"


def _as_checked(bound: Any, line: Line) -> Iterator[Finding]:
    overrides, place = line.overrides.all(), _place(bound)
    for claim in line.as_value().claims:
        if not claim.is_refused:
            continue
        vouched = [o for o in overrides if o.claim == claim.text]
        for o in vouched:
            words = f"“{claim.text}” – {name_of(o.by)}: {o.why}"
            yield Finding("know", "Vouched for by name", words, place, line.story_id)
        if not vouched:
            yield Finding("must", UNSUPPORTED, _named(claim.text, line.body), place, line.story_id)


def _changed(bound: Any, line: Line) -> Iterator[Finding]:
    """A line that was changed in the issue, and not at the desk: where it is vouched for, too."""
    mend = Mend("check", "Check it", (line_anchor(bound.id),))
    refused = _refused(bound.value, line.story)
    for words in refused or ():
        yield Finding("must", UNSUPPORTED, words, _place(bound), line.story_id, mend)
    if not refused:
        what = "Changed in the issue, and not checked" if refused is None else "Changed in the issue"
        words = f"“{bound.value['body'][:80]}”"
        yield Finding(
            "should" if refused is None else "know", what, words, _place(bound), line.story_id, mend
        )


def _named(claim: str, body: str) -> str:
    return f"“{claim}” in “{body[:60]}”"


def _refused(value: Mapping[str, Any], story: Story | None) -> list[str] | None:
    """The claims of a line that its story's articles, and those that it links to, don't bear out; None where
    there are none to check it against.
    """
    links = [outlet["url"] for outlet in value["outlets"] if outlet["url"]]
    its_own = Q(url__in=links) | Q(story=story) if story else Q(url__in=links)
    articles = list(
        Article.objects.filter(its_own)
        .select_related("outlet", "copy_of")
        .defer("vector", "bands", "search")
        .order_by("copy_of_id", "-published", "pk")[:CONSIDERED]
    )
    if not articles:
        return None
    members = [article.as_value() for article in articles]
    outlets = [OutletLink(outlet["name"], outlet["url"]) for outlet in value["outlets"]]
    said = f"{''.join(attribution(outlets))} {value['body']}"
    key = f"issue-claims-{mark(said, *(f'{m.url} {m.title} {m.summary} {m.text}' for m in members))}"
    refused = cache.get(key)
    if refused is None:
        claims = check(said, members, settings.LANGUAGE_CODE)
        # Whom a line credits that the newsroom does not read is its editor's own knowledge.
        refused = [c.text for c in claims if c.is_refused and (story or c.kind != "outlet")]
        cache.set(key, refused, KEPT)
    return [_named(text, value["body"]) for text in refused]
