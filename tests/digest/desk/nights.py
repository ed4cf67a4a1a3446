"""Stories for the desk, and the lines of the issue in the making."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from griot.digest.desk.placing import draft_of, issue_in_the_making
from griot.press.models import Article, Outlet, Story
from griot.press.stories.searching import search_vector


def tell(title: str, *outlets: str, country: str = "IT", hours: float = 2, language: str = "en") -> Story:
    """A story with one report of each outlet."""
    now = timezone.now() - timedelta(hours=hours)
    story = Story.objects.create(first_published=now, last_published=now)
    for n, name in enumerate(outlets or ("The Harbour Times",)):
        outlet, _ = Outlet.objects.get_or_create(name=name)
        text = (
            f"{title}. The coast guard said that {n + 3} boats with migrants were met near Lampedusa on"
            " Sunday."
        )
        Article.objects.create(
            outlet=outlet,
            url=f"https://{name.replace(' ', '').lower()}.example/{story.pk}/{n}",
            title=title,
            summary=text,
            text=text,
            language=language,
            published=now,
            published_from="feed",
            read_from="page",
            story=story,
            places=[country],
            search=search_vector(title, text, text),
        )
    return story


def lines(section: str = "press_review") -> list[int]:
    with draft_of(issue_in_the_making().pk) as draft:
        return [item["value"]["story"] for item in draft.lines(section)]
