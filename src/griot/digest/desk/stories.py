"""What the desk shows: stories by filter and rank, a page at a time, in a number of queries that never
grows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from babel import Locale
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from griot.accounts.requests import number_in
from griot.characters import fit_text
from griot.digest.core.words import words
from griot.digest.desk.glossing import Beneath, beneath, headline_of
from griot.digest.models import Assignment, Presence
from griot.press.core.beats.asking import LONGEST
from griot.press.core.beats.relevance import ON_BEAT
from griot.press.models import Article, Beat, Line, Outlet, Rating, Story
from griot.press.stories.ranking import by_news
from griot.press.stories.searching import ARTICLE_FILTERS, Searched, like_in_meaning, searched

PAGE = 50  # stories drawn at a time
SHOWN_OUTLETS = 4
NIGHTS = {"night": timedelta(hours=36), "week": timedelta(days=7)}
STATES = ("open", "accepted", "later", "discarded", "told", "all")
MOST_FOUND = 2000  # articles that a search looks at
# Not told yet, or with something new since.
_NEWS = Q(told=None) | Q(grown__gt=F("told"))
# Told by an issue, with nothing new since, and decided on by nobody: it was laid out by the machine.
_TOLD = Q(decision="", told__isnull=False) & (Q(grown=None) | Q(grown__lte=F("told")))
AWAKE = timedelta(seconds=40)  # that an editor is taken to be at a story after being heard of


@dataclass(frozen=True)
class Asked:
    """What an editor wants to see. Empty fields filter nothing."""

    state: str = "open"
    beat: str = ""
    country: str = ""
    language: str = ""
    outlet: str = ""
    ours: bool = False
    new: bool = False
    mine: int = 0  # the account whose stories these are to be
    within: str = "night"
    q: str = ""
    meaning: bool = False

    @cached_property
    def found(self) -> Any:
        """What the search finds, as ids of stories or a query for them; asked once for the list, its order
        and its facets.
        """
        if self.meaning:
            return list(dict.fromkeys(a.story_id for a in like_in_meaning(self.q) if a.story_id))
        found = Article.objects.filter(self.searched.condition).exclude(story=None)
        return found.order_by("-published", "-pk")[:MOST_FOUND].values("story")

    @cached_property
    def searched(self) -> Searched:
        return searched(self.q, ARTICLE_FILTERS)

    @property
    def note(self) -> str:
        """What is said of a search that was read as words."""
        why = self.searched.why if self.q and not self.meaning else ""
        say = words(settings.LANGUAGE_CODE)
        return say[why] if why == "no_words" else say["read_as_words"].format(say[why]) if why else ""

    @property
    def is_narrowed(self) -> bool:
        narrowing = (self.beat, self.country, self.language, self.outlet, self.ours, self.new, self.mine)
        return any(narrowing) or self.state != "all"

    @classmethod
    def of(cls, query: Mapping[str, str], user: Any = None) -> Asked:
        def word(name: str, most: int = 12) -> str:
            return query.get(name, "").strip()[:most]

        state, within = word("state"), word("within")
        return cls(
            state=state if state in STATES else "open",
            beat=word("beat") if number_in(word("beat")) else "",
            country=word("country"),
            language=word("language"),
            outlet=word("outlet") if number_in(word("outlet")) else "",
            ours=bool(query.get("ours")),
            new=bool(query.get("new")),
            mine=user.pk if user and query.get("mine") else 0,
            within=within if within in NIGHTS else "night",
            q=fit_text(query.get("q", "")).strip()[:LONGEST],
            meaning=bool(query.get("meaning")),
        )


@dataclass
class Row:
    """One story in the list."""

    story: Story
    score: float
    outlets: list[tuple[Outlet, str, datetime]]  # with the language and time of its article, the first first
    more_outlets: int
    line: Line | None
    reasons: Sequence[str]
    threshold: float
    here: list[str] = field(default_factory=list)
    on_it: Assignment | None = None
    language: str = ""  # of a headline that is foreign
    gloss: Beneath | None = None

    @property
    def nearness(self) -> str:
        """The score in words."""
        share = self.score / self.threshold if self.threshold else 0.0
        words = ((2.5, "at its heart"), (1.0, "on the beat"), (0.5, "near the beat"))
        return next((word for least, word in words if share >= least), "far from the beat")

    @property
    def told_by(self) -> str:
        """How many report it, and how many only carry what one of them, or another story, reports."""
        n, copies = self.story.reports, self.story.copies
        said = [f"{n} report{'' if n == 1 else 's'}"] if n or not copies else []
        said += [f"{copies} cop{'y' if copies == 1 else 'ies'}"] if copies else []
        return ", ".join(said) + ("" if n or not copies else " of what another story reports")

    @property
    def has_news_since_told(self) -> bool:
        return bool(self.story.told and self.story.grown and self.story.grown > self.story.told)


def asked_for(asked: Asked, now: datetime | None = None) -> QuerySet[Story]:
    """The stories that an editor asked for, not yet in order."""
    stories = Story.objects.filter(merged_into=None)
    if asked.q:
        stories = stories.filter(pk__in=asked.found)
    else:
        stories = stories.filter(last_published__gt=(now or timezone.now()) - NIGHTS[asked.within])
    if asked.state == "open":
        stories = stories.filter(decision="").filter(_NEWS)
    elif asked.state == "told":
        stories = stories.filter(_TOLD)
    elif asked.state != "all":
        stories = stories.filter(decision=asked.state)
    if asked.country:
        stories = stories.filter(countries__contains=[asked.country])
    if asked.language:
        stories = stories.filter(languages__contains=[asked.language])
    if asked.outlet:
        stories = stories.filter(outlets__contains=[int(asked.outlet)])
    if asked.ours:
        stories = stories.filter(is_ours=True)
    if asked.new:
        stories = stories.filter(_NEWS)
    if asked.mine:
        stories = stories.filter(pk__in=Assignment.objects.filter(user=asked.mine).values("story"))
    return stories


def ranked(stories: QuerySet[Story], asked: Asked) -> QuerySet[Story]:
    """In order: the greatest news first (`ranking.by_news`), for the beat asked for or the nearest; what was
    searched for, newest first.
    """
    nearness = "score"
    if asked.beat:
        mine = Rating.objects.filter(story=OuterRef("pk"), beat=int(asked.beat))
        stories = stories.filter(Exists(mine)).annotate(nearness=Subquery(mine.values("score")[:1]))
        nearness = "nearness"
    if asked.q and asked.meaning:
        order = {pk: n for n, pk in enumerate(asked.found)}
        place = Case(*(When(pk=pk, then=n) for pk, n in order.items()), default=len(order))
        return stories.annotate(place=place).order_by("place", "-pk") if order else stories
    if asked.q:
        return stories.order_by("-last_published", "-pk")
    return stories.order_by(by_news(nearness), "-last_published", "-pk")


def rows(asked: Asked, offset: int = 0, most: int = PAGE) -> list[Row]:
    """A page of stories, in eight queries however many there are."""
    stories = list(ranked(asked_for(asked), asked)[offset : offset + most])
    return rows_of(stories, asked.beat)


def rows_of(stories: Sequence[Story], beat: str = "") -> list[Row]:
    ids = [s.pk for s in stories]
    articles: dict[int, list[Article]] = {}
    shown = (
        Article.objects.filter(story__in=ids)
        .only("story_id", "outlet_id", "title", "language", "published", "copy_of_id")
        .order_by("copy_of_id", "published")
    )
    for article in shown:
        articles.setdefault(article.story_id or 0, []).append(article)
    names = Outlet.objects.in_bulk({a.outlet_id for mine in articles.values() for a in mine})
    lines = {
        line.story_id: line for line in Line.objects.filter(story__in=ids, language=settings.LANGUAGE_CODE)
    }
    ratings: dict[int, Rating] = {}
    for rating in Rating.objects.filter(story__in=ids).select_related("beat").order_by("score"):
        if not beat or rating.beat_id == int(beat):
            ratings[rating.story_id] = rating
    here: dict[int, list[str]] = {}
    for presence in Presence.objects.filter(story__in=ids, at__gt=timezone.now() - AWAKE).select_related(
        "user"
    ):
        if presence.story is not None:
            here.setdefault(presence.story, []).append(presence.name)
    foreign = {f"s{s.pk}": headline_of(s, articles.get(s.pk, ())) for s in stories}
    glosses = beneath(foreign)
    on_it = {row.story: row for row in Assignment.objects.filter(story__in=ids).select_related("user")}
    found = []
    for story in stories:
        first: dict[int, Article] = {}
        for article in sorted(
            articles.get(story.pk, []), key=lambda a: (a.copy_of_id is not None, a.published)
        ):
            first.setdefault(article.outlet_id, article)
        carriers = sorted(
            first.values(), key=lambda a: (a.copy_of_id is not None, -names[a.outlet_id].weight, a.published)
        )
        best = ratings.get(story.pk)
        found.append(
            Row(
                story,
                best.score if best else story.score,
                [(names[a.outlet_id], a.language, a.published) for a in carriers[:SHOWN_OUTLETS]],
                max(0, len(carriers) - SHOWN_OUTLETS),
                lines.get(story.pk),
                best.reasons[:3] if best else (),
                best.beat.threshold if best else ON_BEAT,
                here.get(story.pk, []),
                on_it.get(story.pk),
                text.language if (text := foreign[f"s{story.pk}"]) else "",
                glosses.get(f"s{story.pk}"),
            )
        )
    return found


# --- facets ------------------------------------------------------------------------------

_COUNTS = """
SELECT kind, value, count(*) FROM ({stories}) story, LATERAL (
    SELECT 'country' AS kind, unnest(story.countries)::text AS value
    UNION ALL SELECT 'language', unnest(story.languages)::text
    UNION ALL SELECT 'outlet', unnest(story.outlets)::text
) facet GROUP BY kind, value ORDER BY count(*) DESC, value
"""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    name: str
    count: int
    is_chosen: bool


def choices(asked: Asked) -> dict[str, list[Choice]]:
    """What the list can be narrowed to, each with how many stories that leaves."""
    beats = [
        Choice(str(b.pk), b.name, 0, asked.beat == str(b.pk)) for b in Beat.objects.filter(is_active=True)
    ]
    stories = asked_for(asked).order_by().values("countries", "languages", "outlets")
    try:
        sql, parameters = stories.query.sql_with_params()
    except EmptyResultSet:
        return {"beat": beats}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(stories=sql), parameters)
        counted = cursor.fetchall()
    english = Locale.parse(settings.LANGUAGE_CODE)
    outlets = dict(
        Outlet.objects.filter(pk__in=[int(v) for k, v, _ in counted if k == "outlet"]).values_list(
            "pk", "name"
        )
    )
    names: dict[str, Callable[[str], str]] = {
        "country": lambda v: english.territories.get(v, v),
        "language": lambda v: english.languages.get(v, v),
        "outlet": lambda v: outlets.get(int(v), v),
    }
    found: dict[str, list[Choice]] = {"beat": beats}
    for kind, name in names.items():
        chosen = getattr(asked, kind)
        found[kind] = [Choice(v, name(v), n, v == chosen) for k, v, n in counted if k == kind]
    return found


def totals() -> dict[str, int]:
    """How many stories of the night stand in each state."""
    night = Story.objects.filter(merged_into=None, last_published__gt=timezone.now() - NIGHTS["night"])
    return night.aggregate(
        open=Count("pk", filter=Q(decision="") & _NEWS),
        **{state: Count("pk", filter=Q(decision=state)) for state in ("accepted", "later", "discarded")},
        told=Count("pk", filter=_TOLD),
        all=Count("pk"),
    )
