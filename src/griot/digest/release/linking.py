"""Whether the links of an issue lead anywhere."""

from __future__ import annotations

import time

from django.conf import settings
from django.utils import timezone

from griot.characters import fit_text
from griot.digest.models import IssuePage, LinkCheck
from griot.digest.release.preflight import RECENT, links_of
from griot.digest.site.composing import issue_of
from griot.press.core.sources.fetching import Fetcher, FetchError, host_of

# A wall or a limit is no dead link: the page is there, only not for us.
_THERE = ("HTTP 401", "HTTP 402", "HTTP 403", "HTTP 405", "HTTP 406", "HTTP 429", "larger than")


def check_links_of(pk: int) -> None:
    """Ask each address not asked of late. Hosts are taken in turn, each left in peace between two
    questions.
    """
    page = IssuePage.objects.filter(pk=pk).first()
    if page is None:
        return
    links = links_of(issue_of(page.get_latest_revision_as_object()))
    known = set(
        LinkCheck.objects.filter(url__in=links, at__gt=timezone.now() - RECENT).values_list("url", flat=True)
    )
    asked: dict[str, float] = {}
    with Fetcher(settings.USER_AGENT, settings.FETCH_ALLOWED) as fetcher:
        for url in sorted(set(links) - known, key=lambda u: (u.split("/")[3:], u)):  # hosts alternate
            wait = asked.get(host_of(url), 0.0) + min(settings.FETCH_DELAY, 1.0) - time.monotonic()
            time.sleep(max(0.0, wait))
            error = _error(fetcher, url)
            asked[host_of(url)] = time.monotonic()
            LinkCheck.objects.update_or_create(
                url=url, defaults={"at": timezone.now(), "error": fit_text(error, 200)}
            )


def _error(fetcher: Fetcher, url: str) -> str:
    try:
        fetcher.get(url)
    except FetchError as error:
        return "" if any(sign in str(error) for sign in _THERE) else str(error)
    return ""
