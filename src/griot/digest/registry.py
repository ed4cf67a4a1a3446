"""What pages ask of the rooms above them. A page knows its data; who shows it, or judges it, registers here
and is found here.

`site/reading.py` registers what readers get, `release/approving.py` who wrote an issue and what keeps it in.
Nothing here imports them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from wagtail.contrib.routable_page.models import RoutablePageMixin

View = Callable[..., HttpResponseBase]
Preview = Callable[[Any, str], HttpResponseBase]
_ROUTES: dict[str, list[URLPattern]] = defaultdict(list)
_PREVIEWS: dict[str, Preview] = {}
_AUTHORS: list[Callable[[Any], int | None]] = []
Judge = TypeVar("Judge", bound=Callable[..., str])
_JUDGES: list[Callable[..., str]] = []
_MAILS: list[Callable[[Any], str]] = []


class Answering(RoutablePageMixin):
    """A page whose answers and previews are registered by others."""

    @classmethod
    def get_subpage_urls(cls) -> tuple[URLPattern, ...]:
        return (*_ROUTES[cls.__name__], *super().get_subpage_urls())

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        return _PREVIEWS[type(self).__name__](self, mode_name)


def answers(model: type[Answering], route: str, name: str) -> Callable[[View], View]:
    """The function answers below a page of `model`: called with the page, the request, and
    what `route` captures.
    """

    def register(view: View) -> View:
        _ROUTES[model.__name__].append(path(route, view, name=name))
        return view

    return register


def previews(model: type[Answering]) -> Callable[[Preview], Preview]:
    """The function previews a page of `model`: called with the page and the name of the mode."""

    def register(view: Preview) -> Preview:
        _PREVIEWS[model.__name__] = view
        return view

    return register


def tells_author(function: Callable[[Any], int | None]) -> Callable[[Any], int | None]:
    """The function gives the id of the user who last changed what readers would read of a page; None
    for the machine.
    """
    _AUTHORS[:] = [function]
    return function


def author_of(page: Any) -> int | None:
    return _AUTHORS[0](page)


def tells_why_not(function: Judge) -> Judge:
    """The function says why a page may not go out at a moment (None: as planned, or now); "" where it may."""
    _JUDGES[:] = [function]
    return function


def why_not(page: Any, at: datetime | None = None) -> str:
    return _JUDGES[0](page, at)


def tells_mails(function: Callable[[Any], str]) -> Callable[[Any], str]:
    """The function says to whom an issue was sent, as a sentence; "" where to nobody."""
    _MAILS[:] = [function]
    return function


def mails_of(page: Any) -> str:
    return _MAILS[0](page) if _MAILS else ""
