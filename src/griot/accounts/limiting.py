"""How often one address may try something that needs no account."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest


def comes_too_often(request: HttpRequest, what: str, most: int, within: int) -> bool:
    """Count a try; True from the one after `most` on, until `within` seconds after the first."""
    where = f"tries-{what}-{request.META.get('REMOTE_ADDR', '')}"
    cache.add(where, 0, within)
    return bool(cache.incr(where) > most)
