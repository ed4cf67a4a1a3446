"""The pre-flight: what an editor should know of an issue before it goes out, each finding with its place.

What blocks must be mended before the issue can be scheduled; the rest is for the editor to judge.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.conf import settings
from django.utils import timezone

from griot.digest.core import types
from griot.digest.core.rendering.mail import LARGEST, MailError, render_mail
from griot.digest.core.rendering.text import paragraphs, render_text
from griot.digest.models import IssuePage, LinkCheck, Picture, ToldItem
from griot.digest.site.composing import anchor_of, bound_lines, issue_of, line_anchor, picture_of
from griot.press.core.lines.house import lint
from griot.press.models import Line

MOST_PICTURES = 12
WEEK = timedelta(days=7)
RECENT = timedelta(hours=12)  # that a link's check holds
SPAM_LIMIT = 5.0
Level = Literal["block", "warn", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`place` is the block's address in the editor ("block-…-section"), or "" for the issue as a whole."""

    level: Level
    text: str
    place: str = ""
    story: int | None = None


def preflight(page: IssuePage) -> list[Finding]:
    """All findings, the blocking ones first. Asks no network; links are checked by a job (`links_of`,
    `tasks`).
    """
    value, places = issue_of(page), _places(page)
    found = [
        *_rendered(value),
        *_claims(page),
        *_links(value, places),
        *_terms(value, places),
        *_pictures(page),
        *_outlets(value, places),
        *_repeated(page),
        *_editions(value, places),
        *_whole(value),
    ]
    return sorted(found, key=lambda f: ("block", "warn", "info").index(f.level))


def blocks(page: IssuePage) -> list[Finding]:
    return [f for f in preflight(page) if f.level == "block"]


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
        yield Finding("block", f"{str(error)[:1].upper()}{str(error)[1:]}")
        return
    if size > LARGEST * 0.9:
        yield Finding("warn", f"The e-mail has {size // 1024} KB of the {LARGEST // 1024} that it may have.")


def _claims(page: IssuePage) -> Iterator[Finding]:
    """Lines of stories are as checked as at the desk; what was changed since in the issue itself is not."""
    stories = [line.value["story"] for line in bound_lines(page) if line.value["story"]]
    known = {
        line.story_id: line
        for line in Line.objects.filter(story__in=stories, language=settings.LANGUAGE_CODE).prefetch_related(
            "overrides__by"
        )
    }
    for bound in bound_lines(page):
        v, place = bound.value, _place(bound)
        line = known.get(v["story"])
        if line is None or page.language != settings.LANGUAGE_CODE:
            continue
        if v["body"] != line.body:
            yield Finding(
                "warn",
                f"This line was changed in the issue and is not checked: “{v['body'][:80]}”",
                place,
                line.story_id,
            )
            continue
        overrides = line.overrides.all()
        for claim in line.as_value().claims:
            if not claim.is_refused:
                continue
            vouched = [o for o in overrides if o.claim == claim.text]
            for o in vouched:
                yield Finding("info", f"{o.by} answers for “{claim.text}”: {o.why}", place, line.story_id)
            if not vouched:
                yield Finding(
                    "block",
                    f"No article supports “{claim.text}” in “{v['body'][:60]}”.",
                    place,
                    line.story_id,
                )


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


def _links(value: types.Issue, places: Mapping[str, str]) -> Iterator[Finding]:
    links = links_of(value)
    checked = {c.url: c for c in LinkCheck.objects.filter(url__in=links, at__gt=timezone.now() - RECENT)}
    for url, anchor in links.items():
        check = checked.get(url)
        if check and check.error:
            yield Finding("warn", f"Dead link: {url[:120]} ({check.error}).", places.get(anchor, ""))
    if unchecked := len(links) - len(checked):
        yield Finding("info", f"{unchecked} of {len(links)} links are being checked; look again in a moment.")
    for block in value.blocks:
        link = getattr(block, "link", None) or getattr(block, "more", None)
        if link and not link.url and value.printed_head is None:
            yield Finding("warn", f"“{link.words}” leads nowhere.", places.get(block.anchor, ""))
        if isinstance(block, types.PressReview) and value.printed_head is None:
            for line in block.lines:
                if bare := [name for name, url in line.urls if not url]:
                    yield Finding(
                        "warn", f"{', '.join(bare)}: named without a link.", places.get(line.anchor, "")
                    )


def _terms(value: types.Issue, places: Mapping[str, str]) -> Iterator[Finding]:
    for block in value.blocks:
        if isinstance(block, types.PressReview):
            for line in block.lines:
                for f in lint(line.body, value.language):
                    yield Finding(
                        "warn", f"House style: “{f.text}”, {f.advice}.", places.get(line.anchor, "")
                    )
        elif isinstance(block, types.Feature | types.Event | types.Text):
            for f in lint(" ".join(paragraphs(block.html)), value.language):
                if not f.text.endswith(" words"):
                    yield Finding(
                        "warn", f"House style: “{f.text}”, {f.advice}.", places.get(block.anchor, "")
                    )


def _pictures(page: IssuePage) -> Iterator[Finding]:
    today = timezone.localdate()
    count = 0
    for child in page.body:
        for picture in pictures_in(child.value):
            count += 1
            if not picture.credit.strip():
                yield Finding("block", f"“{picture.title}” has no credit.", _place(child))
            if not picture.description.strip():
                yield Finding("block", f"“{picture.title}” has no alternative text.", _place(child))
            if not picture.may_be_shown:
                yield Finding(
                    "block", f"The rights to “{picture.title}” have ended; it is not shown.", _place(child)
                )
            elif picture_of(picture) is None:
                yield Finding(
                    "block",
                    f"“{picture.title}” can't be shown: its file can't be read, or the disk is full."
                    " Make room, or upload it again.",
                    _place(child),
                )
            elif picture.rights_until and picture.rights_until <= today + WEEK:
                yield Finding(
                    "warn",
                    f"The rights to “{picture.title}” end after {picture.rights_until:%-d %B}.",
                    _place(child),
                )
    if count > MOST_PICTURES:
        yield Finding("warn", f"{count} pictures; more than {MOST_PICTURES} make a mail slow on a phone.")


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
    named: Counter[str] = Counter()
    first: dict[str, str] = {}
    for block in value.blocks:
        if isinstance(block, types.PressReview):
            for line in block.lines:
                names = [name for name, _ in line.urls]
                for name in {n for n in names if names.count(n) > 1}:
                    yield Finding("warn", f"{name} is named twice in one line.", places.get(line.anchor, ""))
                for name in dict.fromkeys(names):
                    named[name] += 1
                    first[name] = line.anchor
    for name, times in named.items():
        if times > 1:
            yield Finding("info", f"{name} is named in {times} lines.", places.get(first[name], ""))


def _repeated(page: IssuePage) -> Iterator[Finding]:
    """Stories that an issue of the last week has told already."""
    stories = {bound.value["story"]: bound for bound in bound_lines(page) if bound.value["story"]}
    earlier = ToldItem.objects.filter(
        story__in=stories, day__gt=page.day - WEEK, day__lt=page.day, language=page.language
    ).select_related("issue")
    for item in earlier:
        bound = stories[item.story]
        yield Finding(
            "warn", f"“{item.issue.title}” told this story: “{item.text[:80]}”", _place(bound), item.story
        )


def _editions(value: types.Issue, places: Mapping[str, str]) -> Iterator[Finding]:
    for block in value.blocks if value.language != settings.LANGUAGE_CODE else ():
        states: list[str] = (
            [line.state for line in block.lines] if isinstance(block, types.PressReview) else [block.state]
        )
        for state, words in (
            ("untranslated", "not translated yet"),
            ("machine", "translated by machine and read by nobody"),
        ):
            if n := states.count(state):
                what = (
                    f"{n} line{'s' if n > 1 else ''}"
                    if isinstance(block, types.PressReview)
                    else f"“{types.title_of(block) or block.kind}”"
                )
                yield Finding("warn", f"{what}: {words}.", places.get(block.anchor, ""))


def _whole(value: types.Issue) -> Iterator[Finding]:
    if not value.summary:
        yield Finding("warn", "The issue has no summary: it is what inboxes show beside the subject.")
    if not any(isinstance(b, types.PressReview) and b.lines for b in value.blocks):
        yield Finding("warn", "The issue has no press line.")
    score = spam_score(value)
    if score is None:
        yield Finding("info", "SpamAssassin is not installed here, so the spam score is not known.")
    elif score >= SPAM_LIMIT:
        yield Finding(
            "warn",
            f"SpamAssassin gives this issue {score:.1f} points; from {SPAM_LIMIT:.0f} on, mail is taken for"
            " spam.",
        )


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
