"""From stories to lines, on the database: drafted, told in other words, and a person's words checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import count

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from griot.helpers.clients import helper_from
from griot.helpers.protocols import Drafter, Translator
from griot.press.core import types
from griot.press.core.lines.checking import check
from griot.press.core.lines.drafting import draft, draft_as, drafts, is_untranslated
from griot.press.core.lines.house import lint
from griot.press.core.lines.lines import line_text
from griot.press.core.lines.mentions import find_mentions, mention_sentence
from griot.press.core.progress import Progress, silent_progress
from griot.press.models import Article, Line, Organisation, Story
from griot.press.stories.glosses import translator_here
from griot.press.stories.pipeline import stories_on_beat
from griot.troubles.sweeping import each

CONSIDERED = 400  # of a story's articles; its originals before copies of them
_WHOLE_FIRST = (F("copy_of").asc(nulls_first=True), "-published", "url")


def draft_lines(
    since: datetime, until: datetime, language: str = "en", progress: Progress = silent_progress
) -> None:
    """Draft the line of each story on the beat with news between two moments, where it changed; what a person
    has written is checked again.
    """
    stories = list(stories_on_beat(since, until).values_list("pk", flat=True))
    organisations = [row.as_value() for row in Organisation.objects.all()]
    numbers = count(1)

    def draft_one(pk: int) -> None:
        progress("drafting", next(numbers), len(stories))
        draft_story(Story.objects.get(pk=pk), language, organisations)

    each("drafting lines", stories, draft_one)


def draft_story(
    story: Story, language: str, organisations: Sequence[types.Organisation] | None = None
) -> Line:
    """Draft one story's line anew; a person's words are never drafted over: they are checked again. Of a
    story that an issue has told, what came since is told, where there is any.

    `organisations` are ours; read where not given.
    """
    if by_hand := _checked_anew(story, language):
        return by_hand
    if organisations is None:
        organisations = [row.as_value() for row in Organisation.objects.all()]
    members = _drafted_from(story)
    translator, drafter = helpers()
    line = draft(members, language, translator, drafter)
    found = [(ours, [m for value in members for m in find_mentions(value, ours)]) for ours in organisations]
    mention = " ".join(filter(None, (mention_sentence(mentions, members, ours) for ours, mentions in found)))
    facts = {
        "outlets": [asdict(o) for o in line.outlets],
        "body": line.body,
        "piece": line.piece,
        "mention": mention,
        "mentions": [asdict(m) for _, mentions in found for m in mentions],
        "claims": [asdict(c) for c in line.claims],
        "findings": [asdict(f) for f in lint(line.body, language)],
        "ok": line.ok,
        "is_original": is_untranslated(line, members),
    }
    with transaction.atomic():
        by_hand = _checked_anew(story, language)
        return by_hand or Line.objects.update_or_create(story=story, language=language, defaults=facts)[0]


def check_lines(story: Story) -> None:
    """Check what a person has written of a story against the articles that it has now."""
    for language in story.lines.filter(is_by_hand=True).values_list("language", flat=True):
        _checked_anew(story, language)


@transaction.atomic
def _checked_anew(story: Story, language: str) -> Line | None:
    """The line that a person has written, and as it stands to the story's articles; None where none has."""
    known = Line.objects.select_for_update().filter(story=story, language=language).first()
    if known is None or not known.is_by_hand:
        return None
    check_again(known)
    known.save(update_fields=["claims", "findings", "ok"])
    return known


def check_again(line: Line) -> None:
    """Check a line that a person has changed against its story's articles, those that it names first, and the
    house style. Not saved.
    """
    named = Q(url__in=[outlet["url"] for outlet in line.outlets])
    articles = (
        Article.objects.filter(story=line.story_id).alias(is_named=named).order_by("-is_named", *_WHOLE_FIRST)
    )
    members = [a.as_value() for a in articles.select_related("outlet", "copy_of")[:CONSIDERED]]
    value = line.as_value()
    claims = check(line_text(value), members) if members else value.claims
    line.claims = [asdict(c) for c in claims]
    line.findings = [asdict(f) for f in lint(line.body, line.language)]
    line.ok = not any(c.is_refused for c in claims)


def told_as(line: Line, piece: types.Piece) -> types.Line | None:
    """The line of a story as one of another kind of piece; None where its articles don't tell it so."""
    members = _drafted_from(line.story)
    return draft_as(members, piece, line.language) if members else None


def other_wordings(line: Line) -> list[types.Line]:
    """What else the story's line may say, the best first: each told in another sentence, and checked."""
    members = _drafted_from(line.story)
    return [p for p in drafts(members, line.language, *helpers()) if p.body != line.body] if members else []


def _drafted_from(story: Story) -> list[types.Article]:
    whole_first = story.articles.order_by(*_WHOLE_FIRST)
    rows = list(whole_first.select_related("outlet", "copy_of")[:CONSIDERED])
    rows.sort(key=lambda a: (-a.published.timestamp(), a.url))
    fresh = [a for a in rows if story.told and a.first_seen > story.told and a.copy_of_id is None]
    return [a.as_value() for a in (fresh or rows)]


def helpers() -> tuple[Translator | None, Drafter | None]:
    """The translator and the drafter that the settings name, or None."""
    drafter = helper_from(settings.DRAFTER) if settings.DRAFTER else None
    return translator_here(), drafter if isinstance(drafter, Drafter) else None
