"""Whose site an address is at: what one outlet names at another's site is not its own report."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Exists, OuterRef

from griot.press.core.pages.urls import site_of
from griot.press.models import Outlet, Source

_NO_SITE = (Source.Kind.MAILBOX, Source.Kind.PUSH)  # their hosts are the newsroom's own, or nobody's


class Homes:
    """The sites of the outlets whose own sources are listened to, as they were when this was made."""

    def __init__(self) -> None:
        self._at: dict[str, dict[int, str]] = defaultdict(dict)
        heard = Source.objects.filter(is_active=True)
        outlets = Outlet.objects.filter(Exists(heard.filter(outlet=OuterRef("pk"))))
        sources = heard.exclude(kind__in=_NO_SITE)
        for address, key, name in (
            *outlets.exclude(home_page="").values_list("home_page", "pk", "name"),
            *sources.values_list("url", "outlet_id", "outlet__name"),
        ):
            self._at[site_of(address)][key] = name

    def owner(self, url: str, outlet: int) -> str:
        """The name of the other outlet at whose site the address is; "" where it is this one's or nobody's.

        A site at which several outlets are at home (one publisher's, a host of blogs) is each one's.
        """
        at = self._at.get(site_of(url), {}) if url else {}
        return "" if outlet in at else next(iter(at.values()), "")
