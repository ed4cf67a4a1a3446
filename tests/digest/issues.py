"""An issue with every block, for tests."""

from __future__ import annotations

import io
from datetime import date, timedelta

from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation

from griot.digest.models import DigestIndexPage, IssuePage, Picture


def make_picture(title: str = "A picture") -> Picture:
    content = io.BytesIO()
    Image.new("RGB", (1400, 900), (168, 67, 31)).save(content, "JPEG")
    content.seek(0)
    return Picture.objects.create(
        title=title,
        description="A plain red field",
        credit="AFP/Somebody",
        file=ImageFile(content, name="red.jpg"),
    )


def make_issue(language: str = "en", day: date = date(2018, 12, 12), live: bool = True) -> IssuePage:
    picture = make_picture()

    def link(words: str) -> dict[str, str]:
        return {"words": words, "url": "https://outlet.example/story"}

    issue = IssuePage(
        title="Migrants as Messengers",
        slug=str(day),
        day=day,
        locale=Locale.objects.get(language_code=language),
        live=live,
        summary="Communities meet & discuss",
        body=[
            (
                "feature",
                {
                    "title": "Communities Meet to Share",
                    "picture": picture,
                    "dateline": "Dakar (IPS)",
                    "text": (
                        '<p>Communities have been <a href="https://x.example/">meeting</a>.</p><p>The film is'
                        " followed by a debate.</p>"
                    ),
                    "link": link("Read here"),
                },
            ),
            (
                "gallery",
                {
                    "title": "A Year in Pictures: Migration",
                    "pictures": [
                        {
                            "picture": picture,
                            "source": "TIME",
                            "caption": "A group climbs the fence.",
                            "link": link("Click here for more images"),
                        }
                    ],
                },
            ),
            ("banner", {"picture": picture, "url": ""}),
            (
                "quote",
                {
                    "text": "I must protect it because it represents the tribe.",
                    "name": "Abdul Jabar Dimalna",
                    "journey": "Displaced from Marawi City to Lanao del Norte, Philippines",
                    "picture": None,
                    "link": link("Click here for more Holding On stories"),
                },
            ),
            (
                "portrait",
                {
                    "picture": picture,
                    "name": "Barbara and Chaqir",
                    "text": "Being different is not something bad.",
                    "link": link("Read more"),
                },
            ),
            (
                "press_review",
                {
                    "title": "",
                    "lines": [
                        {
                            "outlets": [
                                {"name": "The Gulf Today", "url": "https://g.example/1"},
                                {"name": "MENAFN", "url": "https://m.example/1"},
                            ],
                            "body": "reported that 57 <b>people</b> & others agreed.",
                            "mention": "It cited Passage Network figures.",
                            "story": None,
                        },
                        {
                            "outlets": [
                                {"name": f"Outlet {c}", "url": f"https://{c}.example/"} for c in "abcdef"
                            ],
                            "body": "reported that all agree.",
                            "mention": "",
                            "story": None,
                        },
                    ],
                },
            ),
            ("share", {}),
        ],
    )
    DigestIndexPage.objects.get(locale=issue.locale).add_child(instance=issue)
    if live:
        issue.save_revision().publish(skip_permission_checks=True)
        issue.refresh_from_db()
    return issue


def read_by_a_person(edition: IssuePage) -> None:
    """Each text of an edition as somebody translates it."""
    for segment in StringSegment.objects.filter(source__object_id=edition.translation_key):
        StringTranslation.objects.update_or_create(
            translation_of=segment.string,
            locale=edition.locale,
            context=segment.context,
            defaults={
                "data": segment.string.data,
                "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
            },
        )


def make_full_issue(language: str = "en", day: date | None = None) -> IssuePage:
    """Today's issue with every kind of block, published."""
    issue = make_issue(language, day or timezone.localdate(), live=False)
    picture = issue.body[0].value["picture"]
    table = "Month,2024,2025,2026\nJan,5320,4510,2340\nFeb,3900,,1980\nMar,9700,9100,"
    tomorrow = timezone.now() + timedelta(days=1)
    link = {"words": "Watch here", "url": "https://outlet.example/film"}
    for kind, value in (
        (
            "video",
            {
                "title": "What a returnee packs",
                "picture": picture,
                "text": "A film from the bus.",
                "minutes": 4,
                "link": link,
            },
        ),
        (
            "quote_of_the_day",
            {
                "title": "",
                "text": "A border is a queue.",
                "name": "Rosa Menchaca",
                "journey": "bus driver, Tapachula",
                "picture": None,
                "link": {"words": "", "url": ""},
                "credit": "",
            },
        ),
        (
            "figures",
            {
                "title": "Arrivals by sea",
                "data": table,
                "unit": "people",
                "threshold": 5000,
                "threshold_label": "Capacity",
                "source": {"words": "The coast guard", "url": "https://guard.example/"},
            },
        ),
        (
            "event",
            {
                "title": "A screening in Pikine",
                "begins": tomorrow,
                "ends": None,
                "all_day": False,
                "where": "Pikine, Dakar",
                "text": "<p>With a debate in French and Wolof.</p>",
                "link": link,
            },
        ),
        ("text", '<p>A word from the newsroom, with <a href="https://word.example/">a link</a>.</p>'),
    ):
        issue.body.append((kind, value))
    issue.save_revision().publish(skip_permission_checks=True)
    return IssuePage.objects.get(pk=issue.pk)
