"""A newsroom with a night's stories before it, for what is measured at the desk: 200 outlets that are visited
every hour, stories of three reports each, an issue in the making with three editions, an archive, readers.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

OUTLETS, RATED = 200, 240
PLACES = ("Lampedusa", "Calais", "Agadez", "Melilla", "Tapachula", "Cox’s Bazar", "Zarzis", "Nouadhibou")
DEEDS = (
    "Migrants rescued off {}",
    "Court halts deportation from {}",
    "Ministers meet over the border at {}",
    "Refugee camp near {} burns",
    "Harbour of {} opens a market",
    "Football: {} wins at home",
)
TEXT = (
    "{title}, report {n}. The coast guard said that {n} people on {boats} boats were met near {place} on"
    " Sunday. “We had been at sea for three days,” said Mariam Diallo, who came with her children. The"
    " interior ministry did not answer questions about what happens next. Volunteers brought water and"
    " blankets to the quay. The mayor of {place} asked the government for buses. "
)
PAST_ISSUES, TOLD_IN_EACH = 15, 960
AUDIENCES = (("Friends", "en", 4000), ("Amis", "fr", 700), ("Amigos", "es", 300))


def person(name: str, *roles: str) -> Any:
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    user = get_user_model().objects.create_user(name, f"{name}@example.org", secrets.token_urlsafe(12))
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def bare_page() -> Any:
    """A page of Wagtail's own, with a title and nothing else."""
    from wagtail.models import Page

    found = Page.objects.filter(slug="bare").first()
    return found or Page.objects.get(depth=1).add_child(instance=Page(title="Bare", slug="bare"))


def add_stories(count: int) -> None:
    """Stories of the night, rated as the night rates them: the first of them by their words."""
    import numpy as np
    from django.contrib.postgres.search import SearchVector
    from django.db import connection
    from django.utils import timezone

    from griot.press.models import Article, Outlet, Story
    from griot.press.stories.pipeline import rate_stories

    now, begin = timezone.now(), Story.objects.count()
    outlets = [Outlet.objects.get_or_create(name=f"Outlet {n}")[0] for n in range(OUTLETS)]
    random = np.random.default_rng(begin)
    stories = Story.objects.bulk_create(
        Story(
            first_published=_moment(now, n),
            last_published=_moment(now, n),
            headline=f"{_title(n)}, report 0",
            outlets=[outlets[(n + k) % OUTLETS].pk for k in range(3)],
        )
        for n in range(begin, begin + count)
    )
    rows = []
    for n, story in enumerate(stories, begin):
        place, title = PLACES[n % len(PLACES)], _title(n)
        for k in range(3):
            outlet = outlets[(n + k) % OUTLETS]
            text = TEXT.format(title=title, n=n + 2, boats=n % 7 + 2, place=place)
            rows.append(
                Article(
                    outlet=outlet,
                    url=f"https://o{outlet.pk}.example/{story.pk}",
                    title=f"{title}, report {n}",
                    summary=text[:200],
                    text=text * 5,
                    language=("en", "en", "fr")[k],
                    places=["IT", "LY"] if n % 2 else ["MX"],
                    published=story.first_published + timedelta(minutes=k),
                    published_from="feed",
                    read_from="page",
                    story=story,
                    vector=random.standard_normal(512) / 512**0.5,
                    is_indexed=k == 0,
                )
            )
    with connection.cursor() as cursor:  # filled row by row it takes minutes
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'article_vector'")
        [index] = cursor.fetchone()
        cursor.execute("DROP INDEX article_vector")
    Article.objects.bulk_create(rows, batch_size=2000)
    searched = SearchVector("title", weight="A", config="simple") + SearchVector(
        "text", weight="D", config="simple"
    )
    Article.objects.filter(search=None).update(search=searched)
    with connection.cursor() as cursor:
        cursor.execute(index)
    rate_stories({story.pk for story in stories[:RATED]})
    _rate_as_those(stories[:RATED], stories[RATED:])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a house does by itself overnight


OWN = ("first_published", "last_published", "outlets", "headline")  # what no other story has


def _rate_as_those(rated: list[Any], others: list[Any]) -> None:
    """The same figures and reasons for all others, in turn: reading their words would take minutes."""
    from django.db import connection

    from griot.press.stories.pipeline import DESCRIBED

    named = ", ".join(("score", *(name for name in DESCRIBED if name not in OWN)))
    like = "model.id = %(first)s + story.id %% %(count)s"
    given = {"first": rated[0].pk, "count": len(rated), "others": [story.pk for story in others]}
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE press_story story SET ({named}) = (SELECT {named} FROM press_story model WHERE {like})"
            " WHERE id = ANY(%(others)s)",
            given,
        )
        cursor.execute(
            "INSERT INTO press_rating (story_id, beat_id, score, features, reasons, judgement)"
            " SELECT story.id, model.beat_id, model.score, model.features, model.reasons, ''"
            " FROM press_story story JOIN press_rating model"
            " ON model.story_id = %(first)s + story.id %% %(count)s WHERE story.id = ANY(%(others)s)",
            given,
        )


def _title(n: int) -> str:
    return DEEDS[n // len(PLACES) % len(DEEDS)].format(PLACES[n % len(PLACES)])


def _moment(now: datetime, n: int) -> datetime:
    return now - timedelta(minutes=10 + n % 1800)


def add_lines(most: int) -> list[int]:
    """The lines that the night drafts, of the first stories; gives those stories, the greatest news first."""
    from django.utils import timezone

    from griot.press.models import Story
    from griot.press.stories.lines import draft_story
    from griot.press.stories.pipeline import stories_on_beat

    now = timezone.now()
    told = list(stories_on_beat(now - timedelta(hours=36), now).values_list("pk", flat=True)[:most])
    for pk in told:
        draft_story(Story.objects.get(pk=pk), "en", ())
    return told


def add_visits() -> None:
    """Two weeks of visits to a source of each outlet, every hour, and what they brought last night."""
    from django.utils import timezone

    from griot.press.models import Article, Entry, Fetch, Outlet, Source

    now = timezone.now()
    sources = Source.objects.bulk_create(
        Source(outlet=o, url=f"https://o{o.pk}.example/feed", added=now - timedelta(days=60))
        for o in Outlet.objects.all()
    )
    Fetch.objects.bulk_create(
        (
            Fetch(
                source=source,
                at=now - timedelta(hours=hour, minutes=source.pk % 50),
                outcome="new" if (hour + source.pk) % 4 else "silent",
                new_entries=(hour + source.pk) % 4,
                milliseconds=400 + hour,
            )
            for source in sources
            for hour in range(14 * 24)
        ),
        batch_size=5000,
    )
    of = {source.outlet_id: source.pk for source in sources}
    Entry.objects.bulk_create(
        (
            Entry(source_id=of[outlet], identity=str(pk), title="A piece", state="read", article_id=pk)
            for pk, outlet in Article.objects.values_list("pk", "outlet_id")
        ),
        batch_size=5000,
    )


def add_archive() -> None:
    """Past issues that are out, and what they told."""
    from django.contrib.postgres.search import SearchVector
    from django.utils import timezone
    from wagtail.models import Locale

    from griot.digest.models import DigestIndexPage, IssuePage, ToldItem

    locale = Locale.objects.get(language_code="en")
    front = DigestIndexPage.objects.get(locale=locale)
    rows = []
    for n in range(1, PAST_ISSUES + 1):
        day = timezone.localdate() - timedelta(days=n)
        issue = IssuePage(title=f"Digest of {day}", slug=str(day), day=day, locale=locale, live=True)
        front.add_child(instance=issue)
        for k in range(TOLD_IN_EACH):
            place = PLACES[(n + k) % len(PLACES)]
            rows.append(
                ToldItem(
                    issue=issue,
                    day=day,
                    language="en",
                    position=k,
                    kind="line",
                    section="press_review",
                    anchor=f"line-{k}",
                    text=f"reported that {n + k} migrants were met near {place}.",
                    outlets=[f"Outlet {(n + k) % OUTLETS}"],
                    countries=["IT"],
                )
            )
    ToldItem.objects.bulk_create(rows, batch_size=2000)
    ToldItem.objects.update(search=SearchVector("text", weight="B", config="simple"))


def add_readers() -> None:
    from griot.mailing.models import Audience, Subscriber, Subscription

    for name, language, count in AUDIENCES:
        audience = Audience.objects.create(name=name, slug=name.lower(), language=language)
        readers = Subscriber.objects.bulk_create(
            Subscriber(email=f"{name}{n}@example.org".lower(), second_language=("", "es")[n % 2])
            for n in range(count)
        )
        Subscription.objects.bulk_create(
            Subscription(audience=audience, subscriber=reader) for reader in readers
        )


def add_issue(user: Any, stories: list[int]) -> Any:
    """An issue in the making with these stories, and its editions: one that nobody has translated, two that
    somebody has.
    """
    from wagtail_localize.models import StringSegment, StringTranslation

    from griot.digest.desk.actions import act
    from griot.digest.desk.placing import issue_in_the_making
    from griot.digest.release.editions import make_editions

    for pk in stories:
        act("accept", user, {"story": pk})
    issue = issue_in_the_making()
    editions = make_editions(issue, user)
    for edition in editions[1:]:
        for segment in StringSegment.objects.filter(source__object_id=issue.translation_key):
            StringTranslation.objects.get_or_create(
                translation_of=segment.string,
                locale=edition.locale,
                context=segment.context,
                defaults={"data": segment.string.data, "translation_type": "manual"},
            )
    make_editions(issue, user)
    return issue
