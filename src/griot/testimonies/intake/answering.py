"""Interfaces for programs answer in one kind, JSON or XML, also where Django has a page of HTML."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def in_kind(failed: Callable[[int, str], HttpResponse]) -> Callable[[View], View]:
    """What Django would say in a page of HTML is said with `failed`: that nothing is there (404), or that it
    is not to be asked so (405).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                response = view(request, *args, **kwargs)
            except Http404:
                response = failed(404, "there is nothing at this address")
            if response.status_code == 405:
                allowed = response["Allow"]
                response = failed(405, f"this address takes {allowed}")
                response["Allow"] = allowed
            return response

        # No cookie is looked at, so there is nothing to forge.
        return csrf_exempt(never_cache(answer))

    return decorate


def unknown(request: HttpRequest) -> HttpResponse:
    """An address that is none."""
    raise Http404
