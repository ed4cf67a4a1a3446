"""What readers find where the links of an issue lead: each is opened as their browser would."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from griot.characters import fit_text
from griot.digest.models import IssuePage, LinkCheck
from griot.digest.release.preflight import RECENT, links_of
from griot.digest.site.composing import issue_of
from griot.press.core.pages.pages import read_page
from griot.press.core.pages.walls import says_nothing_is_here
from griot.press.core.sources.fetching import Fetched, Fetcher, FetchError, host_of, is_exempt
from griot.press.core.types import BadInput
from griot.press.listening.apart import NotStarted, apart
from griot.press.listening.politeness import NoTurn, await_turn

# As a browser asks, which some sites want; who asks is said all the same.
_LIKE = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en,fr;q=0.8,es;q=0.7,ar;q=0.6,*;q=0.3",
    "Upgrade-Insecure-Requests": "1",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
}
_WALLS = re.compile(r"HTTP (?:401|402|403|429|451)\b")
# A page that is there, and that is only not to be asked for so, or is no page.
_THERE = ("HTTP 405", "HTTP 406", "larger than")
Found = LinkCheck.Found


def check_links_of(pk: int) -> None:
    """Open each address not opened of late. Hosts are taken in turn, each left in peace between two
    questions.
    """
    page = IssuePage.objects.filter(pk=pk).first()
    if page is None:
        return
    links = links_of(issue_of(page.get_latest_revision_as_object()))
    known = LinkCheck.objects.filter(url__in=links, at__gt=timezone.now() - RECENT)
    left = set(links) - set(known.values_list("url", flat=True))
    asked: dict[str, float] = {}
    agent = f"{_LIKE} {settings.USER_AGENT}"
    with Fetcher(agent, settings.FETCH_ALLOWED, headers=_HEADERS) as fetcher:
        for url in sorted(left, key=lambda u: (u.split("/")[3:], u)):  # hosts alternate
            try:
                _take_turn(url, asked)
                found, error, language = _opened(fetcher, url)
            except (NoTurn, NotStarted):  # it says nothing of the link: asked when somebody looks again
                continue
            facts = {"found": found, "error": fit_text(error, 200), "language": language}
            LinkCheck.objects.update_or_create(url=url, defaults={"at": timezone.now(), **facts})


def _take_turn(url: str, asked: dict[str, float]) -> None:
    host = host_of(url)
    if is_exempt(host, settings.FETCH_ALLOWED):  # what is ours to ask stands in no queue
        wait = asked.get(host, 0.0) + min(settings.FETCH_DELAY, 1.0) - time.monotonic()
        time.sleep(max(0.0, wait))
        asked[host] = time.monotonic()
    else:
        await_turn("", url)


def _opened(fetcher: Fetcher, url: str) -> tuple[str, str, str]:
    """What a reader finds at an address, why it is no page, and the page's language."""
    try:
        fetched = fetcher.get(url, may_follow=await_turn)
    except NoTurn:
        raise
    except FetchError as error:
        said = str(error)
        if any(sign in said for sign in _THERE):
            return Found.PAGE, "", ""
        return (Found.WALL if _WALLS.search(said) else Found.ERROR), said, ""
    if urlsplit(fetched.url).path in {"", "/"} and urlsplit(url).path not in {"", "/"}:
        return Found.NOTHING, "leads to the site’s front page", ""
    return _read(fetched)


def _read(fetched: Fetched) -> tuple[str, str, str]:
    if "html" not in fetched.content_type and fetched.content.lstrip()[:1] != b"<":
        return Found.PAGE, "", ""
    try:
        page = apart(read_page, fetched.content, fetched.url)
    except BadInput:
        return Found.PAGE, "", ""
    language = (page.language or "")[:12]
    if page.kind == "paywall":
        return Found.WALL, "asks to subscribe", language
    if page.kind == "consent_wall":
        return Found.WALL, "asks for consent to cookies first", language
    if says_nothing_is_here(page.title, page.text):
        return Found.NOTHING, "says that nothing is there", language
    return Found.PAGE, "", language
