"""What the demo newsroom made itself: features, a gallery, a quote, portraits; and its people."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from django.core.files.images import ImageFile
from django.db import transaction

from griot.demo.core.pictures import PICTURES, draw
from griot.demo.core.wire import Wire, load
from griot.digest.models import IssuePage, Newsroom, Picture
from griot.mailing.models import Audience, Subscriber, Subscription
from griot.press.models import Article, Entry, Fetch, Organisation, Outlet, Source, Story
from griot.runtime.state import demo_facts

OUR_NAMES = (
    "the Passage Network\nRéseau Passage\nRed Pasaje\nRede Passagem\nRete Passaggio\nPassage-Netzwerk\nشبكة"
    " العبور"
)
# Invented: two earlier years and this one, which is not over.
ARRIVALS = """Month\t2024\t2025\t2026
Jan\t5320\t4510\t2340
Feb\t3900\t3370\t1980
Mar\t6100\t5240\t3020
Apr\t7480\t6010\t4150
May\t8890\t7320\t5230
Jun\t10240\t8460\t6480
Jul\t11530\t9120\t7350
Aug\t10980\t9480\t7910
Sep\t9760\t8230\t7020
Oct\t8120\t7010\t6240
Nov\t6340\t5520\t
Dec\t4870\t4130\t
"""
SUBSCRIBERS = (
    "Awa Ndiaye",
    "Bram de Wit",
    "Chiara Lombardo",
    "Dalal Mansour",
    "Esther Okafor",
    "Farid Benali",
    "Grace Wanjiku",
    "Hugo Pereira",
    "Ines Castaño",
    "Jonas Petersen",
    "Khadija Rahman",
    "Luca Ferri",
)


def current_wire() -> Wire:
    facts = demo_facts()
    return load(facts["port"], datetime.fromisoformat(facts["base"]))


def seed_people() -> None:
    """The audience and its invented subscribers, and the newsroom's name."""
    Newsroom.objects.update(name="The Morning Kora", contact="newsdesk@passage-network.example")
    Organisation.objects.update_or_create(
        name="Passage Network", defaults={"names": OUR_NAMES, "spokespeople": "Aminata Sow\nKaren Oduya"}
    )
    audience, _ = Audience.objects.get_or_create(slug="demo", defaults={"name": "Demo audience"})
    for name in SUBSCRIBERS:
        email = f"{name.lower().replace(' ', '.').replace('ñ', 'n')}@reader.example"
        subscriber, _ = Subscriber.objects.get_or_create(email=email, defaults={"name": name})
        Subscription.objects.get_or_create(audience=audience, subscriber=subscriber)


def seed_sources(wire: Wire) -> None:
    for outlet in wire.outlets.values():
        row, _ = Outlet.objects.update_or_create(
            name=outlet.name,
            defaults={
                "attribution": outlet.attribution,
                "country": outlet.country,
                "language": outlet.language,
                "weight": outlet.weight,
                "is_agency": outlet.is_agency,
                "home_page": f"http://{wire.host(outlet.slug)}/",
            },
        )
        Source.objects.get_or_create(outlet=row, defaults={"url": wire.feed_url(outlet)})


def forget_yesterday() -> None:
    """Clear the demo's last night. Its texts are the same every night, so yesterday's would be today's
    copies.
    """
    with transaction.atomic():
        Entry.objects.all().delete()
        Fetch.objects.all().delete()
        Article.objects.all().delete()
        Story.objects.all().delete()
        Source.objects.update(
            etag="",
            last_modified="",
            content_hash="",
            next_fetch=datetime.fromisoformat(demo_facts()["base"]),
        )


def seed_pictures() -> None:
    for name, facts in PICTURES.items():
        if not Picture.objects.filter(title=facts["title"]).exists():
            content = io.BytesIO()
            draw(name).save(content, "JPEG", quality=88)
            content.seek(0)
            Picture.objects.create(
                title=facts["title"],
                description=facts["alt"],
                credit=facts["credit"],
                file=ImageFile(content, name=f"{name}.jpg"),
            )


def dress(issue: IssuePage) -> None:
    """Put the newsroom's own pieces around the press review, publish, and leave a draft to edit.

    Publishing is the demo's stand-in for the duty editor; it happens once a day.
    """
    if issue.live:
        return
    wire = current_wire()
    review = [(b.block_type, b.value) for b in issue.body if b.block_type == "press_review"]
    frame = _frame(wire)
    after = next(i for i, (kind, _) in enumerate(frame) if kind == "portrait") + 1
    issue.body = [*frame[:after], *review, *frame[after:]]
    issue.summary = "In Pikine, the audience speaks first · " + issue.summary
    revision = issue.save_revision()
    revision.publish()
    issue.refresh_from_db()
    issue.save_revision()
    IssuePage.objects.filter(pk=issue.pk).update(has_unpublished_changes=True)


def _frame(wire: Wire) -> list[tuple[str, Any]]:
    picture = {name: Picture.objects.get(title=facts["title"]) for name, facts in PICTURES.items()}
    url = {a.slug: wire.url(a) for a in wire.articles}

    def link(words: str, slug: str) -> dict[str, str]:
        return {"words": words, "url": url[slug]}

    return [
        (
            "feature",
            {
                "title": "In Pikine, the audience speaks first",
                "picture": picture["screening"],
                "dateline": "Dakar (TMK)",
                "text": (
                    "<p>The film lasts 45 minutes and the debate two hours. On Saturday night more than 300"
                    " people sat on mats and plastic chairs in Pikine, a suburb of Dakar, to watch what"
                    " twelve returnees had filmed with their phones: the promise, the desert, the way"
                    " home.</p><p>The Passage Network has trained the twelve to interview others who came"
                    " back. They ask, they listen, and they show each story first to the person who told it."
                    " “Nobody here needs a lecture about the sea,” said Ousmane Diarra, who filmed most of"
                    " it. “They need somebody who was on it.”</p><p>The mothers took the microphone first, in"
                    " Wolof. Ten more screenings are planned before Christmas, each followed by a debate.</p>"
                ),
                "link": link("Read here", "courier-dakar-screening"),
            },
        ),
        (
            "gallery",
            {
                "title": "The Week in Pictures",
                "pictures": [
                    {
                        "picture": picture["caravan"],
                        "source": "La Frontera Diaria",
                        "caption": (
                            "Families walk north from Tapachula before sunrise, when the road is still cool."
                        ),
                        "link": link("Click here for more images", "frontera-caravana-tapachula"),
                    },
                    {
                        "picture": picture["harbour"],
                        "source": "The Harbour Times",
                        "caption": "A coast guard cutter comes in to Lampedusa with 57 people on deck.",
                        "link": link("Click here for more images", "coast-guard-lampedusa-57"),
                    },
                ],
            },
        ),
        ("banner", {"picture": picture["banner"], "url": url["standpoint-film-festival"]}),
        (
            "quote",
            {
                "text": (
                    "The first thing I carried out was the sewing machine. It feeds eight people, and it"
                    " knows my hands."
                ),
                "name": "Nurjahan Begum",
                "journey": "Displaced from Maungdaw to Cox’s Bazar, Bangladesh",
                "picture": picture["machine"],
                "link": link("Click here for more Holding On stories", "beacon-camp-fire"),
            },
        ),
        (
            "portrait",
            {
                "picture": picture["portrait"],
                "name": "Fatoumata and Rosalia",
                "text": "She taught me the stitch, I taught her the song. Now the costume has both.",
                "link": link("Read more", "bussola-sartoria"),
            },
        ),
        (
            "figures",
            {
                "title": "People who came by sea, month by month",
                "data": ARRIVALS,
                "unit": "people",
                "threshold": 9000.0,
                "threshold_label": "Places in the reception centres",
                "source": {
                    "words": "Count of the Strait Harbour Office",
                    "url": url["coast-guard-lampedusa-57"],
                },
            },
        ),
        (
            "video",
            {
                "title": "What twelve returnees filmed",
                "picture": picture["screening"],
                "text": "The first four minutes of the film that Pikine has been talking about.",
                "minutes": 4,
                "link": link("Watch here", "courier-dakar-screening"),
            },
        ),
        (
            "quote_of_the_day",
            {
                "title": "",
                "text": "A queue is a border that has learned to be polite.",
                "name": "Rosa Menchaca",
                "journey": "bus driver on the road to Tapachula",
                "picture": None,
                "link": link("Read more", "frontera-caravana-tapachula"),
            },
        ),
        (
            "feature",
            {
                "title": "Two days that can change a contract",
                "picture": picture["lesson"],
                "dateline": "Sharjah (TMK)",
                "text": (
                    "<p>What is on the pay slip, who keeps the passport, whom to call at night: from January"
                    " every domestic worker who lands in the Emirates will spend two days on questions like"
                    " these, in nine languages.</p><p>The lessons were tried out with 140 women this autumn."
                    " The one they asked to hear twice was about rest days.</p>"
                ),
                "link": link("Read here", "chronicle-orientation"),
            },
        ),
        (
            "feature",
            {
                "title": "Islands that lend to themselves",
                "picture": picture["islands"],
                "dateline": "Praia (TMK)",
                "text": (
                    "<p>More Cabo Verdeans live abroad than at home, and for fifty euros each of them can now"
                    " own a piece of a school. The first bonds went on sale on Friday; by Sunday a roof in"
                    " Fogo was paid for.</p>"
                ),
                "link": link("Read here", "review-cabo-verde"),
            },
        ),
        (
            "event",
            {
                "title": "The film comes to Guédiawaye",
                "begins": (wire.base + timedelta(days=9)).replace(hour=19, minute=0, second=0, microsecond=0),
                "ends": (wire.base + timedelta(days=9)).replace(hour=21, minute=30, second=0, microsecond=0),
                "all_day": False,
                "where": "Place de la Mosquée, Guédiawaye",
                "text": "<p>A screening with a debate in Wolof and French. Bring a mat.</p>",
                "link": {"words": "", "url": ""},
            },
        ),
        ("share", {}),
    ]
