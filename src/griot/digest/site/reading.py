"""What readers' pages answer: issues, their items, pictures made for them, the archive, the feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone

from griot.digest.core import types
from griot.digest.core.rendering import render
from griot.digest.core.rendering.feeds import render_feed, render_json_feed, render_sitemap
from griot.digest.core.rendering.mail import MAIL_POLICY
from griot.digest.core.rendering.typeset import SIGN, card_png, chart_png, issue_pdf
from griot.digest.core.rendering.web import render_archive, render_issue, render_item
from griot.digest.core.words import words
from griot.digest.models import DigestIndexPage, IssuePage
from griot.digest.registry import answers, previews
from griot.digest.site.archive import archive_of
from griot.digest.site.composing import issue_of
from griot.digest.site.newsroom import newsroom, path_of
from griot.digest.site.signs import sign_png
from griot.digest.site.typesetting import set_once, state
from griot.testimonies.keeping import vault
from griot.testimonies.showing.media import public_rendition

FEED_ISSUES = 30
MOST_IN_SITEMAP = 20_000
SECTIONS = get_args(types.Section)
PAGE_AGE = 30  # seconds that others may keep what we served: a withdrawal reaches it within a minute


def kept(response: HttpResponseBase, seconds: int) -> HttpResponseBase:
    """Let browsers and caches keep an answer that is the same for every reader."""
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


@answers(IssuePage, "", "whole")
def issue(page: IssuePage, request: HttpRequest) -> HttpResponseBase:
    return kept(HttpResponse(render_issue(issue_of(page))), PAGE_AGE)


@previews(IssuePage)
def preview(page: IssuePage, mode: str) -> HttpResponseBase:
    """The issue as it stands in the editor: a web page, a mail, or a mail's plain text."""
    format = {"web": "html", "mail": "email", "text": "text"}[mode]
    content_type = "text/plain" if format == "text" else "text/html"
    content = render(issue_of(page, "web" if mode == "web" else "mail"), format)
    response = HttpResponse(content, content_type=f"{content_type}; charset=utf-8")
    if mode == "mail":
        response["Content-Security-Policy"] = MAIL_POLICY
    return response


def _block(page: IssuePage, anchor: str) -> tuple[types.Issue, types.Block]:
    value = issue_of(page)
    block = next((b for b in value.blocks if b.anchor == anchor), None)
    if block is None:
        raise Http404("the issue has no such item")
    return value, block


@answers(IssuePage, "item/<slug:anchor>/", "item")
def item(page: IssuePage, request: HttpRequest, anchor: str) -> HttpResponseBase:
    """One block on a page of its own: what share links lead to, and a gallery's own page."""
    value, block = _block(page, anchor)
    if block.kind in {"press_review", "share", "banner", "text"}:
        return HttpResponseRedirect(f"{value.url}#{anchor}")
    return kept(HttpResponse(render_item(value, block)), PAGE_AGE)


@answers(IssuePage, "item/<slug:anchor>/chart/", "chart")
def chart(page: IssuePage, request: HttpRequest, anchor: str) -> HttpResponseBase:
    during = state()
    value, block = _block(page, anchor)
    if not isinstance(block, types.Figures):
        raise Http404("this item is no chart")
    png = set_once(
        during,
        ("chart", block, value.language),
        lambda: chart_png(block, value.language, value.is_right_to_left),
    )
    return kept(HttpResponse(png, content_type="image/png"), PAGE_AGE)


@answers(IssuePage, "card/", "card")
@answers(IssuePage, "item/<slug:anchor>/card/", "item_card")
def card(page: IssuePage, request: HttpRequest, anchor: str = "") -> HttpResponseBase:
    during = state()
    value, block = _block(page, anchor) if anchor else (issue_of(page), None)
    png = set_once(during, ("card", value, anchor), lambda: _card(value, block))
    return kept(HttpResponse(png, content_type="image/png"), PAGE_AGE)


def _card(value: types.Issue, block: types.Block | None) -> bytes:
    picture = types.picture_of(block) if block else value.first_picture
    with photos([picture] if picture else []) as (folder, names):
        return card_png(value, block, folder, next(iter(names.values()), ""))


@answers(IssuePage, "pdf/", "pdf")
def pdf(page: IssuePage, request: HttpRequest) -> HttpResponseBase:
    during = state()
    value = issue_of(page)
    content = set_once(during, ("pdf", value), lambda: _pdf(value))
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{page.day}-{page.language}.pdf"'
    return kept(response, PAGE_AGE)


def _pdf(value: types.Issue) -> bytes:
    pictures: list[types.Picture] = []
    for block in value.blocks:
        if isinstance(block, types.Gallery):
            pictures += [p.picture for p in block.pictures]
        elif found := types.picture_of(block):
            pictures.append(found)
    with photos(pictures) as (folder, names):
        return issue_pdf(value, folder, names)


@contextmanager
def photos(pictures: Iterable[types.Picture] = ()) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with the JPEGs of those pictures that we serve ourselves, and their names in it by the
    pictures' addresses; and with the newsroom's sign. Tellers' are among them: it is one that the
    vault's sweep clears where we are killed.
    """
    with vault().scratch() as folder:
        names: dict[str, str] = {}
        if png := sign_png():
            (folder / SIGN).write_bytes(png)
        for picture in pictures:
            if picture.url not in names and (photo := _photo_of(picture)):
                names[picture.url] = f"{len(names)}.jpg"
                (folder / names[picture.url]).write_bytes(photo)
        yield folder, names


def _photo_of(picture: types.Picture) -> bytes | None:
    """The JPEG of a picture that we serve ourselves."""
    path = urlsplit(picture.url).path
    if found := re.fullmatch(r"/stories/media/(\w+)/([\w-]+)/", path):
        rendition = public_rendition(found[1], found[2])
        return vault().read(rendition.vault) if rendition else None
    if not path.startswith(settings.MEDIA_URL):
        return None
    name = path.removeprefix(settings.MEDIA_URL)
    if not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return bytes(file.read())


@answers(DigestIndexPage, "feed/", "feed")
@answers(DigestIndexPage, "feed/<slug:section>/", "section_feed")
def atom_feed(index: DigestIndexPage, request: HttpRequest, section: str = "") -> HttpResponseBase:
    return _feed(index, section, as_json=False)


@answers(DigestIndexPage, "json-feed/", "json_feed")
@answers(DigestIndexPage, "json-feed/<slug:section>/", "section_json_feed")
def json_feed(index: DigestIndexPage, request: HttpRequest, section: str = "") -> HttpResponseBase:
    return _feed(index, section, as_json=True)


def _feed(index: DigestIndexPage, section: str, as_json: bool) -> HttpResponseBase:
    """The newest issues of a language, whole or one section of them, as Atom or JSON Feed."""
    say = words(index.locale.language_code)
    if section and section not in SECTIONS:
        raise Http404("there is no such section")
    found = []
    for page in index.issues()[:FEED_ISSUES]:
        value = issue_of(page)
        if section:
            blocks = tuple(
                b for b in value.blocks if isinstance(b, types.PressReview) and b.section == section
            )
            value = replace(value, blocks=blocks)
        if value.blocks and page.last_published_at:
            found.append((value, page.last_published_at))
    front = path_of(index)
    name = newsroom().name + (f": {say[section]}" if section else "")
    url = f"{front}{'json-feed' if as_json else 'feed'}/{f'{section}/' if section else ''}"
    if as_json:
        content = render_json_feed(found, front, url, name, index.locale.language_code).encode()
    else:
        content = render_feed(found, front, url, name)
    kind = "application/feed+json" if as_json else "application/atom+xml"
    return kept(HttpResponse(content, content_type=f"{kind}; charset=utf-8"), PAGE_AGE)


@answers(DigestIndexPage, "", "latest")
def latest(index: DigestIndexPage, request: HttpRequest) -> HttpResponseBase:
    """The newest issue itself; its own address stands in its canonical link."""
    newest = index.issues().first()
    return issue(newest, request) if newest else archive(index, request)


@answers(DigestIndexPage, "archive/", "archive")
def archive(index: DigestIndexPage, request: HttpRequest) -> HttpResponseBase:
    return kept(HttpResponse(render_archive(archive_of(index, request.GET.dict()))), PAGE_AGE)


def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Every issue of every language; those of the last two days as news."""
    pages = list(IssuePage.objects.live().public().order_by("-day")[:MOST_IN_SITEMAP])
    addresses = {page.pk: path_of(page) for page in pages}
    editions: dict[object, list[tuple[str, str]]] = {}
    for page in pages:
        editions.setdefault(page.translation_key, []).append((page.language, addresses[page.pk]))
    since = timezone.now() - timedelta(days=2)
    rows = [
        (addresses[p.pk], p.title, p.language, at, at > since, editions[p.translation_key])
        for p in pages
        if (at := p.first_published_at or p.last_published_at)
    ]
    return kept(HttpResponse(render_sitemap(rows, newsroom().name), content_type="application/xml"), PAGE_AGE)


_OF_AN_ISSUE = re.compile(r"/(?:(\w{2})/)?(\d{4}-\d{2}-\d{2})(?:/|$)")


def was_taken_off(path: str) -> bool:
    """Whether an address is that of an issue that readers once saw, and see no more."""
    found = _OF_AN_ISSUE.match(path)
    if found is None:
        return False
    language, slug = found[1] or settings.LANGUAGE_CODE, found[2]
    known = IssuePage.objects.filter(slug=slug, language=language, live=False)
    return known.exclude(first_published_at=None).exists()
