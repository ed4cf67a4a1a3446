"""A testimony as others may show it: whoever puts one before anybody outside asks here, and shows
what comes back.

The values are plain; addresses are paths on the site. What the current consent keeps back is not in them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from griot.locking import is_database_away
from griot.testimonies.core import consent, names, types
from griot.testimonies.core.media.subtitles import chapters, parse, unmarked, within, write
from griot.testimonies.making.rendering import public as public_renditions
from griot.testimonies.making.rendering import with_renditions
from griot.testimonies.models import Campaign, Country, Departure, Referral, Rendition, Testimony
from griot.testimonies.models.days import day_of
from griot.testimonies.showing.marking import marks_of_public

log = logging.getLogger(__name__)
# What each use has addresses of: mails, and issues that partners get, show pictures; what other media may
# take is offered on a story's page, while that is there.
PICTURES = frozenset({"photo", "still"})
SERVED = {
    "web": frozenset(Rendition.Kind.values),
    "mail": PICTURES,
    "partners": PICTURES,
    "media": frozenset({"light", "sound", "photo"}),
}


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    width: int
    height: int
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """A file that other media may take; `size` in bytes."""

    url: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Told:
    """One testimony for one use, in one language (or the one it was told in, where it is not translated).
    `captions` are the languages that its subtitles are written in, the one of `subtitles` first.
    """

    slug: str
    kind: types.Kind
    language: str
    campaign: str
    title: str
    quote: str
    paragraphs: tuple[str, ...]
    subtitles: str
    chapters: tuple[tuple[float, str], ...]
    name: str
    place: types.Spot
    journey: tuple[str, str]
    images: tuple[Image, ...]
    film: str
    small: str
    stream: str
    sound: str
    published: datetime
    is_altered: bool
    themes: tuple[str, ...] = ()
    route: str = ""
    downloads: tuple[Download, ...] = ()
    captions: tuple[str, ...] = ()


def out() -> QuerySet[Testimony]:
    """What is published and not withdrawn; whether a use may show it is for `told` to say."""
    return Testimony.objects.filter(state=Testimony.State.PUBLISHED, withdrawn=None).order_by("-published")


def find(slug: str) -> Testimony | None:
    return Testimony.objects.filter(slug=slug).first()


def was_out(testimony: Testimony) -> bool:
    """Whether it was public once, so that its address has a tombstone rather than nothing."""
    return testimony.published is not None


def told(testimony: Testimony, use: types.Use, language: str, in_full: bool = True) -> Told | None:
    """What `use` may show of a testimony now: what was approved last, as far as the consent of this moment
    goes. None where it may show nothing, or where it is not published. Subtitles and chapters, which are
    long and stand on a story's own page alone, are left empty where it is not asked for `in_full`.
    """
    if testimony.state != Testimony.State.PUBLISHED or not testimony.published or not testimony.approved:
        return None
    value, public = testimony.agreed, testimony.approved
    teller = types.Teller(**public["teller"])
    cut = _cut(testimony, public)
    captions = _captions(public, language, cut) if in_full else ()
    language, words = _words(public, language)
    if captions:
        words = {**words, "subtitles": public["writings"][captions[0]]["subtitles"]}
    shown = consent.shown(teller, value, testimony.withdrawn, use, day_of())
    if value is None or shown is None:
        return None

    late = testimony.perhaps_kept_back(value.naming)
    # Another name may be found out late to be somebody's own: what was known at the approval was looked at.
    found_out = {*testimony.names, *late} - {teller.name} if value.naming == "alias" else set()
    name = shown.name if names.without(shown.name, found_out, "") == shown.name else ""
    likely, wholly = names.likely(late, words.values())
    kept = [*testimony.kept_back(value.naming), *likely]

    def said(text: str) -> str:
        """A text without the names that are kept back. Cues and chapters come here one by one; their times
        are no words.
        """
        return unmarked(names.without(text, kept, name, wholly))

    spoken = words if in_full else {}
    texts = {key: said(text) for key, text in words.items() if key not in {"subtitles", "chapters"}}
    renditions = public_renditions(testimony)
    images = tuple(
        Image(address_of(r, use), r.width, r.height, texts.get(f"caption {r.file_id}", ""))
        for r in renditions
        if r.kind in PICTURES
    )
    return Told(
        slug=testimony.slug,
        kind=public["kind"],
        language=language,
        campaign=testimony.campaign.name,
        title=texts.get("title", ""),
        quote=texts.get("quote", ""),
        paragraphs=tuple(p.strip() for p in texts.get("body", "").split("\n\n") if p.strip()),
        subtitles=write(
            [
                replace(cue, text=said(cue.text))
                for cue in within(parse(spoken.get("subtitles", "")), cut.begins, cut.ends)
            ]
        ),
        chapters=tuple(
            (at - cut.begins, said(title))
            for at, title in chapters(spoken.get("chapters", ""))
            if cut.begins <= at and (cut.ends is None or at < cut.ends)
        ),
        name=name,
        place=replace(shown.place, words=said(shown.place.words)),
        journey=(said(shown.journey[0]), said(shown.journey[1])),
        images=images,
        film=next((address_of(r, use) for r in renditions if r.kind == "light"), ""),
        small=next((address_of(r, use) for r in renditions if r.kind == "small"), ""),
        stream=next((f"{address_of(r, use)}master.m3u8" for r in renditions if r.kind == "stream"), ""),
        sound=next((address_of(r, use) for r in renditions if r.kind == "sound"), ""),
        published=testimony.published,
        is_altered=shown.face != "show" or shown.voice != "show",
        captions=captions,
        themes=tuple(public["themes"]),
        route=public["route"] if value.place != "country" else "",
        downloads=(
            tuple(
                Download(address_of(r, "media"), r.kind, r.size)
                for r in renditions
                if r.kind in SERVED["media"]
            )
            if consent.allows(value, "media") and use == "web"
            else ()
        ),
    )


def _cut(testimony: Testimony, public: Mapping[str, Any]) -> types.Cut:
    """How the recording was cut that the approved words belong to; where none was, they are of no film."""
    for file in testimony.files.all():
        approved = public.get("files", {}).get(str(file.pk))
        if approved and approved["media"] in {"video", "audio"}:
            return types.Cut.approved(approved["cut"])
    return types.Cut()


def _words(public: Mapping[str, Any], wanted: str) -> tuple[str, dict[str, str]]:
    """The approved words in the language that is wanted, in the one it was told in, or in any; and which."""
    written, told_in = public["writings"], public["language"]
    for language in (wanted, told_in, *written):
        if language in written:
            return language, written[language]
    return told_in, {}


def _captions(public: Mapping[str, Any], wanted: str, cut: types.Cut) -> tuple[str, ...]:
    """The languages that subtitles of what is shown were approved in: the one that is wanted, the teller's,
    others.
    """
    written, told_in = public["writings"], public["language"]
    found = [one for one in written if within(parse(written[one].get("subtitles", "")), cut.begins, cut.ends)]
    return tuple(sorted(found, key=lambda one: (one != wanted, one != told_in, one)))


def address_of(rendition: Rendition, use: types.Use) -> str:
    return reverse("rendition", args=[use, rendition.word_for(use)])


def may_be_met(row: Testimony, use: types.Use) -> bool:
    """Whether `use` shows it; said also of what is broken: its teller can take it back."""
    try:
        return told(row, use, row.language, in_full=False) is not None
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception("testimony %s can't be shown", row.pk)
        return True


def all_told(use: types.Use, language: str) -> list[Told]:
    """Everything that `use` may show, newest first, as it stands at this moment: one query says of which
    testimonies anything was changed, and these alone are decided on anew.
    """
    marks = marks_of_public()
    before = _remembered.get((use, language), {})
    known = {pk: before[pk] for pk, mark in marks.items() if pk in before and before[pk][0] == mark}
    new = out().filter(pk__in=marks.keys() - known.keys()).select_related("campaign")
    for row in with_renditions(new):
        with _leaving_out(row):
            known[row.pk] = marks[row.pk], told(row, use, language, in_full=False)
    _remembered[use, language] = known
    values = [value for _, value in known.values() if value is not None]
    return sorted(values, key=lambda value: (value.published, value.slug), reverse=True)


# What was last told of each testimony that is out, with the mark that it then had. What is out no more goes
# at the next asking.
_remembered: dict[tuple[str, str], dict[UUID, tuple[str, Told | None]]] = {}


def _told_or_left_out(row: Testimony, use: types.Use, language: str) -> Told | None:
    with _leaving_out(row):
        return told(row, use, language, in_full=False)
    return None


@contextmanager
def _leaving_out(row: Testimony) -> Iterator[None]:
    """One that can't be shown takes no page of others with it."""
    try:
        yield
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception("testimony %s is left out of a page", row.pk)


def narrowed(
    stories: Sequence[Told],
    kind: str = "",
    country: str = "",
    words: str = "",
    theme: str = "",
    route: str = "",
) -> list[Told]:
    """Those of a kind, told in a country, of a theme, a route, with words. All of it is looked for in what is
    shown, and nowhere else.
    """
    wanted = re.findall(r"\w+", words.casefold())

    def has_all(s: Told) -> bool:
        if not wanted:
            return True
        text = " ".join([s.title, s.quote, *s.paragraphs, s.name, s.place.words]).casefold()
        return all(word in text for word in wanted)

    return [
        s
        for s in stories
        if kind in {"", s.kind}
        and country in {"", s.place.country}
        and theme in {"", *s.themes}
        and route in {"", s.route}
        and has_all(s)
    ]


def turn_to(country: str, language: str) -> list[Referral]:
    """Whom a reader in a country can turn to: in their language where there is somebody,
    in English otherwise.
    """
    rows = list(Referral.objects.filter(country=country).exclude(subject=Referral.Subject.CARE))
    in_language = [r for r in rows if r.language == language]
    return in_language or [r for r in rows if r.language == "en"] or rows


def countries_with_help() -> list[str]:
    return sorted(set(Referral.objects.exclude(subject="care").values_list("country", flat=True)))


def open_campaigns() -> QuerySet[Campaign]:
    """Those that take stories of anybody, today."""
    today = day_of()
    has_ended = Q(ends__isnull=False, ends__lt=today)
    return Campaign.objects.filter(is_public=True, begins__lte=today).exclude(has_ended)


def countries_of(campaigns: Iterable[Campaign]) -> list[str]:
    """Where they have teams, who read what comes from there."""
    found = Country.objects.filter(campaign__in=list(campaigns))
    return sorted(found.values_list("code", flat=True).distinct())


def left_the_house(slug: str, how: str, to: str, count: int = 1) -> None:
    """Write down that a testimony went out, so that those who have it can be told when it is withdrawn."""
    testimony = find(slug)
    if testimony is not None:
        Departure.objects.create(testimony=testimony.pk, how=how, to=to[:200], count=count)


def choices() -> list[tuple[str, str]]:
    """What an editor can put into an issue. Those that were taken off the site or withdrawn stay, also when
    nothing is left of them, so that an old issue can be saved.
    """
    once_approved = Q(published__isnull=False) | ~Q(approved={}) | Q(erased__isnull=False)
    rows = Testimony.objects.filter(once_approved).select_related("campaign").order_by("-published")
    return [(row.slug, _label(row)) for row in with_renditions(rows)]


def _label(row: Testimony) -> str:
    value = _told_or_left_out(row, "web", "en") or _told_or_left_out(row, "mail", "en")
    if value is None:
        return f"{row.slug}: not to be shown any more"
    return f"{value.title or value.name} ({row.get_kind_display()})"
