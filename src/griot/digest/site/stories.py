"""Testimonies before readers: their pages and their gallery.

What may be shown comes from `griot.testimonies.showing.shown`, asked anew each time; nothing here
keeps a copy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlencode

from babel import Locale
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from griot.digest.core import types
from griot.digest.core.rendering.environment import render_template
from griot.digest.core.rendering.feeds import render_stories_feed
from griot.digest.core.rendering.typeset import card_png
from griot.digest.core.rendering.web import render_message
from griot.digest.core.rendering.worldmap import Mark, draw, shapes
from griot.digest.core.words import front_of, is_right_to_left, words
from griot.digest.site.newsroom import absolute, country_names, newsroom, readers_language
from griot.digest.site.reading import photos
from griot.digest.site.testimony_blocks import place_words
from griot.testimonies.core.media.subtitles import parse
from griot.testimonies.core.surfaces import surface
from griot.testimonies.core.types import KINDS, ROUTES, THEMES
from griot.testimonies.showing import shown
from griot.testimonies.showing.media import AGE
from griot.testimonies.showing.shown import Told

MOST_IN_FEED = 30
A_PAGE = 24


def _kept(
    content: str | bytes, content_type: str = "text/html; charset=utf-8", status: int = 200
) -> HttpResponse:
    """An answer that nobody keeps for long: a withdrawal reaches all within a minute."""
    return HttpResponse(
        content, content_type=content_type, status=status, headers={"Cache-Control": f"public, max-age={AGE}"}
    )


def _told(slug: str, language: str = "") -> Told | HttpResponse:
    """What the web may show of a story, in the page's language or another; its tombstone; or 404 for what was
    never there.
    """
    testimony = shown.find(slug)
    if testimony is None:
        raise Http404("there is no such story")
    value = shown.told(testimony, "web", language or readers_language())
    if value is not None:
        return value
    if not shown.was_out(testimony):
        raise Http404("there is no such story")
    return HttpResponse(
        render_message("not_shown_story", newsroom().name, readers_language()),
        status=410,
        headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"},
    )


@surface("story page", "web", "tombstone", "the page of a testimony on the site, in every language")
def story(request: HttpRequest, slug: str) -> HttpResponse:
    value = _told(slug)
    if isinstance(value, HttpResponse):
        return value
    language = readers_language()
    here = request.GET.get("country", "")
    country = here if here in shown.countries_with_help() else value.place.country
    page = render_template(
        "web/story.html",
        language=language,
        story=value,
        rtl=is_right_to_left(language),
        place=place_words(value, language),
        newsroom=newsroom().name,
        url=absolute(request.path),
        country=country,
        countries=country_names(shown.countries_with_help(), language),
        help=shown.turn_to(country, language),
        front=front_of(language),
        card=absolute(reverse("story_card", args=[slug])),
        poster=absolute(value.images[0].url) if value.images else "",
        captions=named(value.captions, language),
        transcript=[c.text for c in parse(value.subtitles)],
    )
    return _kept(page)


def named(codes: Iterable[str], language: str) -> list[tuple[str, str]]:
    """Languages with what they are called in the page's."""
    names = Locale(language).languages
    return [(code, names.get(code, code)) for code in codes]


@surface("story subtitles", "web", "tombstone", "the subtitles of a testimony's film")
def subtitles(request: HttpRequest, slug: str) -> HttpResponse:
    """In the page's language where there are some, or in the one that is asked for (`in`)."""
    value = _told(slug, request.GET.get("in", "")[:8])
    if isinstance(value, HttpResponse):
        return value
    if not value.subtitles:
        raise Http404("there are no subtitles")
    return _kept(value.subtitles, "text/vtt; charset=utf-8")


@surface("story share card", "web", "tombstone", "the picture that networks show for a testimony")
def card(request: HttpRequest, slug: str) -> HttpResponse:
    value = _told(slug)
    if isinstance(value, HttpResponse):
        return value
    language = readers_language()
    issue = types.Issue(
        newsroom().name, value.title, value.published.date(), language, "", "", "", "", value.quote, ()
    )
    block = types.Quote("", value.quote or value.title, value.name, "", None, None, value.title)
    with photos() as (folder, _):
        return _kept(card_png(issue, block, folder), "image/png")


@surface("stories gallery", "web", "absent", "all public testimonies by kind and country, and their search")
def stories(request: HttpRequest) -> HttpResponse:
    language = readers_language()
    kind, country, theme, route, asked = (
        request.GET.get(name, "")[:100] for name in ("kind", "country", "theme", "route", "q")
    )
    everything = shown.all_told("web", language)
    found = shown.narrowed(everything, kind if kind in KINDS else "", country, asked, theme, route)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    asked_for = {"kind": kind, "country": country, "theme": theme, "route": route, "q": asked}
    answer = render_template(
        "web/stories.html",
        language=language,
        rtl=is_right_to_left(language),
        newsroom=newsroom().name,
        url=absolute(request.path),
        stories=[(s, place_words(s, language)) for s in page.object_list],
        page=page,
        query=urlencode({k: v for k, v in asked_for.items() if v}),
        themes=[t for t in THEMES if any(t in s.themes for s in everything)],
        theme=theme,
        routes=[r for r in ROUTES if any(r == s.route for s in everything)],
        route=route,
        map=draw(shapes(settings.CAPTURE_DIST / "countries.json"), _marks(found, language, asked_for)),
        kinds=sorted({s.kind for s in everything}),
        kind=kind,
        country=country,
        asked=asked,
        countries=country_names(sorted({s.place.country for s in everything if s.place.country}), language),
        front=front_of(language),
        is_open=shown.open_campaigns().exists(),
    )
    return _kept(answer)


def _marks(stories: list[Told], language: str, asked_for: dict[str, str]) -> list[Mark]:
    """A mark for each exact place, and one for each country of those that are told no more precisely."""
    exact = [s for s in stories if s.place.latitude is not None and s.place.longitude is not None]
    marks = [
        Mark(
            reverse("story", args=[s.slug]),
            s.title or s.name,
            1,
            s.place.country,
            (s.place.longitude or 0.0, s.place.latitude or 0.0),
        )
        for s in exact
    ]
    placed = {s.slug for s in exact}
    counts = Counter(s.place.country for s in stories if s.slug not in placed and s.place.country)
    for code, count in counts.items():
        name = Locale(language).territories.get(code, code)
        query = urlencode({**{k: v for k, v in asked_for.items() if v}, "country": code})
        marks.append(
            Mark(
                f"{reverse('stories')}?{query}",
                words(language)["stories_at"].format(name, count),
                count,
                code,
            )
        )
    return marks


@surface("stories feed", "web", "absent", "public testimonies as Atom")
def stories_feed(request: HttpRequest) -> HttpResponse:
    language = readers_language()
    rows = [
        (
            absolute(reverse("story", args=[s.slug])),
            s.title or s.name,
            s.quote or (s.paragraphs[0] if s.paragraphs else ""),
            s.published,
        )
        for s in shown.all_told("web", language)[:MOST_IN_FEED]
    ]
    name = f"{newsroom().name}: {words(language)['stories']}"
    return _kept(
        render_stories_feed(rows, absolute(request.path), name, language),
        "application/atom+xml; charset=utf-8",
    )
