"""The pre-flight: what an editor should know of an issue before it goes out, each finding with its place.

What must be mended keeps the issue in; what should be, an editor looks at; the rest is good to know.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from babel import Locale
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from griot.digest.core import types
from griot.digest.core.rendering.mail import LARGEST, MailError, render_mail
from griot.digest.core.rendering.text import paragraphs, render_text
from griot.digest.models import IssuePage, LinkCheck, Picture, ToldItem
from griot.digest.release.claiming import of_claims
from griot.digest.release.findings import LEVELS, Finding, Level, Mend
from griot.digest.release.judging import answered, unread_findings, whole
from griot.digest.release.leading import next_link, of_other_stories, stories_of
from griot.digest.site.composing import anchor_of, bound_lines, issue_of, line_anchor, picture_of
from griot.press.core.language.languages import KNOWN, detect_language
from griot.press.core.lines.house import lint
from griot.press.models import Story

MOST_PICTURES = 12
WEEK = timedelta(days=7)
RECENT = timedelta(hours=12)  # that a link's check holds
SPAM_LIMIT = 5.0
FEWEST_WORDS = 6  # that tell which language a line is in


def preflight(page: IssuePage, at: datetime | None = None) -> list[Finding]:
    """All findings of a draft that is to go out at a moment (as it is planned, or now, where none is given),
    those that keep it in first. Asks no network; links are checked by a job (`links_of`, `tasks`).
    """
    value, places, stories = issue_of(page), _places(page), stories_of(page)
    found = [
        *_rendered(value),
        *whole(page, value, max(at or goes_out_at(page), timezone.now())),
        *of_claims(page, stories),
        *_links(page, value, places, stories),
        *_foreign(value, places),
        *_terms(value, places),
        *_pictures(page),
        *_outlets(value, places),
        *_repeated(page),
        *unread_findings(page),
        *_around(value),
    ]
    if page.is_edition:  # it is mended where it is translated
        found = [replace(f, mend=None) for f in found]
    return sorted(answered(page, found), key=lambda f: LEVELS.index(f.level))


def goes_out_at(page: IssuePage) -> datetime:
    """When a draft would go out: at the time that it is planned for, or now."""
    planned = page.planned()
    return (planned and planned.approved_go_live_at) or page.go_live_at or timezone.now()


def _place(child: Any) -> str:
    return f"block-{child.id}-section"


def _places(page: IssuePage) -> dict[str, str]:
    """The place of each item's anchor, lines included."""
    return {
        **{anchor_of(child.id): _place(child) for child in page.body},
        **{line_anchor(line.id): _place(line) for line in bound_lines(page)},
    }


def _rendered(value: types.Issue) -> Iterator[Finding]:
    try:
        size = len(render_mail(value).encode())
    except MailError as error:
        yield Finding("must", "The e-mail can’t be made", str(error))
        return
    if size > LARGEST * 0.9:
        yield Finding("should", "The e-mail is large", f"{size // 1024} KB of {LARGEST // 1024}")


def links_of(value: types.Issue) -> dict[str, str]:
    """Every address that the issue leads to outside of itself, and the item that has it."""
    found: dict[str, str] = {}

    def add(url: str, anchor: str) -> None:
        if url.startswith(("http://", "https://")) and not url.startswith(f"{settings.PUBLIC_URL}/"):
            found.setdefault(url, anchor)

    for block in value.blocks:
        for name in ("link", "more", "source"):
            link = getattr(block, name, None)
            if link:
                add(link.url, block.anchor)
        add(getattr(block, "url", "") or "", block.anchor)
        for url in re.findall(r'href="([^"]+)"', getattr(block, "html", "")):
            add(url, block.anchor)
        if isinstance(block, types.PressReview):
            for line in block.lines:
                for _, url in line.urls:
                    add(url, line.anchor)
        if isinstance(block, types.Gallery):
            for shown in block.pictures:
                add(shown.more.url if shown.more else "", block.anchor)
    return found


_BARS: dict[str, str] = {
    LinkCheck.Found.WALL: "Readers meet a wall",
    LinkCheck.Found.NOTHING: "Links to a page that is gone",
    LinkCheck.Found.ERROR: "Dead links",
}


def _links(
    page: IssuePage, value: types.Issue, places: Mapping[str, str], stories: Mapping[str, Story]
) -> Iterator[Finding]:
    links = links_of(value)
    checked = {c.url: c for c in LinkCheck.objects.filter(url__in=links, at__gt=timezone.now() - RECENT)}
    bad = {url for url, check in checked.items() if check.found in _BARS}
    yield from of_other_stories(page, stories)
    for url, anchor in links.items():
        check = checked.get(url)
        if check and check.found in _BARS:
            mend = next_link(page, anchor, url, bad)
            words = f"{url[:120]} ({check.error})"
            yield Finding("should", _BARS[check.found], words, places.get(anchor, ""), mend=mend)
        elif check and check.language and not check.language.startswith(value.language.split("-")[0]):
            name = Locale("en").languages.get(check.language, check.language)
            words = f"{url[:120]} ({name})"
            yield Finding("know", "Links to a page in another language", words, places.get(anchor, ""))
    if unchecked := len(links) - len(checked):
        yield Finding(
            "know", "Links that are not checked yet; look again in a moment", f"{unchecked} of {len(links)}"
        )
    for block in value.blocks:
        link = getattr(block, "link", None) or getattr(block, "more", None)
        if link and not link.url and value.printed_head is None:
            yield Finding(
                "should", "These words lead nowhere", f"“{link.words}”", places.get(block.anchor, "")
            )
        if isinstance(block, types.PressReview) and value.printed_head is None:
            for line in block.lines:
                if bare := [name for name, url in line.urls if not url]:
                    where = places.get(line.anchor, "")
                    yield Finding("should", "Named without a link", ", ".join(bare), where)


def _foreign(value: types.Issue, places: Mapping[str, str]) -> Iterator[Finding]:
    """Lines that stand in their article's language; of an edition it is said where nobody has translated
    them.
    """
    for block in value.blocks if value.language == value.source_language else ():
        for line in block.lines if isinstance(block, types.PressReview) else ():
            spoken = detect_language(line.body, value.language)
            if len(line.body.split()) >= FEWEST_WORDS and spoken in KNOWN and spoken != value.language:
                words = f"“{line.body[:80]}” ({Locale('en').languages[spoken]})"
                yield Finding("should", "A line in another language", words, places.get(line.anchor, ""))


def _terms(value: types.Issue, places: Mapping[str, str]) -> Iterator[Finding]:
    what = "Not how the house writes"
    for block in value.blocks:
        if isinstance(block, types.PressReview):
            for line in block.lines:
                for f in lint(line.body, value.language):
                    is_term = f.proper and f.proper in f.advice
                    mend = Mend("terms", f"Write “{f.proper}”", (line.anchor,)) if is_term else None
                    place = places.get(line.anchor, "")
                    yield Finding("should", what, f"“{f.text}”, {f.advice}", place, mend=mend)
        elif isinstance(block, types.Feature | types.Event | types.Text):
            for f in lint(" ".join(paragraphs(block.html)), value.language):
                if not f.text.endswith(" words"):
                    place = places.get(block.anchor, "")
                    yield Finding("should", what, f"“{f.text}”, {f.advice}", place)


def _pictures(page: IssuePage) -> Iterator[Finding]:
    count = 0
    for child in page.body:
        for picture in pictures_in(child.value):
            count += 1
            opens = ("Open the picture", reverse("wagtailimages:edit", args=[picture.pk]))
            for level, what, more in _of_picture(picture):
                yield Finding(level, what, f"“{picture.title}”{more}", _place(child), opens=opens)
    if count > MOST_PICTURES:
        yield Finding("should", f"More than {MOST_PICTURES} pictures are slow on a phone", str(count))


def _of_picture(picture: Picture) -> Iterator[tuple[Level, str, str]]:
    today = timezone.localdate()
    if not picture.credit.strip():
        yield "must", "Pictures without a credit", ""
    if not picture.description.strip():
        yield "must", "Pictures that nobody has described", ""
    if not picture.may_be_shown:
        yield "must", "Pictures whose rights have ended", ""
    elif picture_of(picture) is None:
        more = ": its file can't be read, or the disk is full. Make room, or upload it again."
        yield "must", "Pictures that can't be shown", more
    elif picture.rights_until and picture.rights_until <= today + WEEK:
        yield "should", "Pictures whose rights end soon", f" after {picture.rights_until:%-d %B}"


def pictures_in(value: Any) -> Iterator[Picture]:
    if isinstance(value, Picture):
        yield value
    elif hasattr(value, "values") and not isinstance(value, str):
        for inner in value.values():
            yield from pictures_in(inner)
    elif isinstance(value, list) or hasattr(value, "bound_blocks"):
        for inner in value:
            yield from pictures_in(inner)


def _outlets(value: types.Issue, places: Mapping[str, str]) -> Iterator[Finding]:
    lines_of = defaultdict[str, list[types.PressLine]](list)
    for block in value.blocks:
        for line in block.lines if isinstance(block, types.PressReview) else ():
            names = [name for name, _ in line.urls]
            for name in dict.fromkeys(names):
                lines_of[name].append(line)
                if names.count(name) > 1:
                    mend = Mend("once", "Name it once", (line.anchor, name))
                    place = places.get(line.anchor, "")
                    yield Finding("should", "Named twice in one line", name, place, mend=mend)
    for name, lines in lines_of.items():
        if len(lines) > 1:
            place = places.get(lines[0].anchor, "")
            yield Finding("know", "Outlets in several lines", f"{name} ({len(lines)})", place)


def _repeated(page: IssuePage) -> Iterator[Finding]:
    """Stories that an issue of the last week has told already."""
    stories = {bound.value["story"]: bound for bound in bound_lines(page) if bound.value["story"]}
    earlier = ToldItem.objects.filter(
        story__in=stories, day__gt=page.day - WEEK, day__lt=page.day, language=page.language
    ).select_related("issue")
    for item in earlier:
        bound = stories[item.story]
        mend = Mend("take out", "Take it out", (line_anchor(bound.id),))
        words = f"“{bound.value['body'][:80]}”, on {item.day:%-d %B}"
        yield Finding("should", "Told this week already", words, _place(bound), item.story, mend)


def _around(value: types.Issue) -> Iterator[Finding]:
    if not value.summary:
        mend = Mend("summary", "Write it from the first item") if first_words(value) else None
        words = "inboxes show it beside the subject"
        yield Finding("should", "There is no summary", words, mend=mend)
    score = spam_score(value)
    if score is None:
        yield Finding("know", "Spam is not scored", "SpamAssassin is not installed here")
    elif score >= SPAM_LIMIT:
        words = f"{score:.1f} points; from {SPAM_LIMIT:.0f} on it is"
        yield Finding("should", "It may be taken for spam", words)


def first_words(value: types.Issue) -> str:
    """What the issue's first feature or line says, as its summary."""
    for block in value.blocks:
        if isinstance(block, types.Feature) and block.title:
            return block.title
        if isinstance(block, types.PressReview) and block.lines:
            return f"{''.join(block.lines[0].names)} {block.lines[0].body}"
    return ""


def spam_score(value: types.Issue) -> float | None:
    """SpamAssassin's score of the text part, by its local rules alone; None where it is not installed."""
    program = shutil.which("spamassassin")
    if program is None:
        return None
    mail = (
        f"From: {settings.MAIL_FROM}\nSubject: {value.title}\nContent-Type: text/plain;"
        f" charset=utf-8\n\n{render_text(value)}"
    )
    done = subprocess.run([program, "-L", "-t"], input=mail.encode(), capture_output=True, timeout=60)
    found = re.search(rb"score=(-?[\d.]+)", done.stdout)
    return float(found.group(1)) if found else None
