"""What a view behind a permission may count on."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest


class SignedIn(HttpRequest):
    """A request of somebody who has signed in: the type for views that a decorator keeps others from."""

    user: User


def number_in(said: str | None) -> int | None:
    """A row's number, as a form or an address says it; None for whatever else it says, and for one beyond
    every table's.
    """
    return int(said) if said and said.isascii() and said.isdecimal() and len(said) <= 18 else None
