"""Where an outlet is at home: of two that name one address, the article is the one's whose site it is."""

from __future__ import annotations

from griot.press.core.pages.urls import site_of
from griot.press.models import Article, Outlet, Source

_NO_SITE = (Source.Kind.MAILBOX, Source.Kind.PUSH)  # their hosts are the newsroom's own, or nobody's


def is_at_home(outlet: Outlet, url: str) -> bool:
    """Whether the address is at the site of the outlet's home page; where none is stated, of its sources."""
    if not (site := site_of(url)):
        return False
    if outlet.home_page:
        return site == site_of(outlet.home_page)
    sources = outlet.sources.exclude(kind__in=_NO_SITE)
    return any(site == site_of(address) for address in sources.values_list("url", flat=True))


def comes_home(article: Article, outlet: Outlet) -> bool:
    """Whether the article, stored as another's, is this outlet's: each reads and names what it likes, and who
    was first is not who wrote it.
    """
    is_anothers = article.outlet_id != outlet.pk and not is_at_home(article.outlet, article.url)
    return is_anothers and is_at_home(outlet, article.url)
