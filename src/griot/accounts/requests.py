"""What a view behind a permission may count on."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest


class SignedIn(HttpRequest):
    """A request of somebody who has signed in: the type for views that a decorator keeps others from."""

    user: User
