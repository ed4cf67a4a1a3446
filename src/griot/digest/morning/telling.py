"""What follows from publishing: the archive's index of what was told, and the press's memory."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from griot.digest.core import types
from griot.digest.core.rendering.text import block_text, paragraphs
from griot.digest.core.themes import THEMES
from griot.digest.models import IssuePage, Theme, ToldItem
from griot.digest.site.composing import anchor_of, bound_lines, issue_of, line_anchor
from griot.press.core.beats.query import Document, Node, QueryError, parse_query
from griot.press.core.language.places import places_in
from griot.press.core.language.text import fold
from griot.press.models import Story
from griot.press.stories.pipeline import mark_told
from griot.press.stories.searching import search_vector
from griot.testimonies.copies import made_of, stale
from griot.testimonies.models import Testimony
from griot.troubles.sweeping import each

log = logging.getLogger(__name__)
RECENT = timedelta(days=3)


def first_themes() -> None:
    """A newsroom's archive starts out with themes; whoever wants others says so."""
    if not Theme.objects.exists():
        Theme.objects.bulk_create(
            Theme(
                slug=slug,
                name=names[0],
                names=dict(zip(("fr", "es", "ar"), names[1:], strict=True)),
                query=query,
            )
            for slug, names, query in THEMES
        )


def issues_with(testimony: UUID) -> list[IssuePage]:
    """The issues in whose body a testimony stands, all editions."""
    slug = Testimony.objects.values_list("slug", flat=True).get(pk=testimony)
    return list(
        IssuePage.objects.annotate(words=Cast("body", TextField())).filter(words__contains=f'"{slug}"')
    )


def testimonies_in(page: IssuePage) -> list[str]:
    """The slugs of the testimonies that stand in an issue."""
    return [child.value["testimony"] for child in page.body if child.block_type == "testimony"]


def _themes() -> Iterator[tuple[str, Node]]:
    """Each theme's query. One that can't be read finds nothing, and keeps no issue from being published."""
    for theme in Theme.objects.all():
        try:
            yield theme.slug, parse_query(theme.query)
        except QueryError as error:
            log.warning("the theme %s finds nothing: %s", theme.slug, error)


def index_issue(page: IssuePage) -> None:
    """Write down the items of a published issue as the archive is searched; of an unpublished one, none."""
    themes = list(_themes())
    with transaction.atomic():
        page = IssuePage.objects.select_for_update().get(pk=page.pk)  # one at a time writes down an issue
        made = made_of(testimonies_in(page))
        rows = list(_items(page, themes, made)) if page.live else []
        page.told.all().delete()
        ToldItem.objects.bulk_create(rows)


def index_anew() -> None:
    """Write down again the issues of whose items some hold no more."""
    stale_items = ToldItem.objects.filter(stale()).order_by("issue_id")
    keys = stale_items.values_list("issue_id", flat=True).distinct()
    each("writing down issues anew", keys, lambda pk: index_issue(IssuePage.objects.get(pk=pk)))


def tell_the_press() -> None:
    """Have the press remember what issues of the last days have told that it does not know of yet. An issue
    that is published again tells nothing anew.
    """
    recent = ToldItem.objects.filter(
        story__isnull=False,
        language=settings.LANGUAGE_CODE,
        issue__live=True,
        issue__last_published_at__gt=timezone.now() - RECENT,
    )
    rows = recent.order_by("issue__first_published_at")
    told = list(rows.values_list("story", "text", "issue__first_published_at"))
    named = Story.objects.select_related("merged_into").in_bulk({story for story, _, _ in told if story})
    missed = {}
    for story, text, first in told:
        row = named.get(story or 0)
        if row and first:  # merged since, maybe: its line bears the story that it was drafted for
            known = (row.merged_into or row).told
            if known is None or known < first:
                missed[row.pk] = text
    mark_told(missed)


def _items(page: IssuePage, themes: Sequence[tuple[str, Node]], made: Mapping[str, Any]) -> list[ToldItem]:
    value = issue_of(page)
    stories = {line_anchor(line.id): line.value["story"] for line in bound_lines(page)}
    told = {anchor_of(b.id): b.value["testimony"] for b in page.body if b.block_type == "testimony"}
    rows: list[ToldItem] = []

    def add(
        kind: str, anchor: str, title: str, text: str, outlets: Sequence[str] = (), section: str = ""
    ) -> None:
        document = Document(fold(title), fold(text[:400]), fold(text[400:4000]))
        places = places_in(f"{title}. {text}")[:8]
        rows.append(
            ToldItem(
                issue=page,
                day=page.day,
                language=page.language,
                position=len(rows),
                kind=kind,
                section=section,
                anchor=anchor,
                title=title[:250],
                text=text,
                outlets=[o[:140] for o in outlets],
                countries=places,
                themes=[slug for slug, node in themes if node.match(document) is not None],
                story=stories.get(anchor),
                made_of={slug: made[slug]} if (slug := told.get(anchor, "")) in made else {},
                search=search_vector(title, " ".join(outlets), text),
            )
        )

    for block in value.blocks:
        if isinstance(block, types.PressReview):
            for line in block.lines:
                add("line", line.anchor, "", line.text, [name for name, _ in line.urls], block.section)
        elif not isinstance(block, types.Share | types.Banner):
            text = (
                block_text(block, value)
                if not isinstance(block, types.Text)
                else "\n".join(paragraphs(block.html))
            )
            add(block.kind, block.anchor, types.title_of(block), text)
    return rows
