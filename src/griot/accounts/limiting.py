"""How often an address or a person may try something: counted for all web servers together."""

from __future__ import annotations

from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

# A count goes on until it is over, or where it would last longer than any: a wrong clock has begun it.
_COUNT = """
INSERT INTO accounts_tries AS known (place, count, until)
VALUES (%(place)s, 1, now() + make_interval(secs => %(within)s))
ON CONFLICT (place) DO UPDATE SET
    (count, until) = (
        SELECT CASE WHEN goes_on THEN known.count + 1 ELSE 1 END,
            CASE WHEN goes_on THEN known.until ELSE EXCLUDED.until END
        FROM (SELECT known.until BETWEEN now() AND EXCLUDED.until + interval '1 hour' AS goes_on) tried
    )
RETURNING count
"""
MOST_GUESSES, GUESSED_WITHIN = 10, 3600  # at the password of an account whose session is open
_FORGET = "DELETE FROM accounts_tries WHERE until < now()"


def comes_too_often(request: HttpRequest, what: str, most: int, within: int) -> bool:
    """Count a try of an address; True from the one after `most` on, until `within` seconds after the first.

    Of IPv6 the network (/64) counts, which is one customer's.
    """
    return is_too_often(what, get_ip(request), most, within)


def is_too_often(what: str, who: object, most: int, within: int) -> bool:
    """Count a try of somebody's, likewise. Who it is, is not kept: who looked at a receipt is nobody's
    business.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"place": _place(what, who), "within": within})
        count = int(cursor.fetchone()[0])
        if count == 1:
            cursor.execute(_FORGET)
    return count > most


def guesses_too_often(user: Any) -> bool:
    """Count a try at the password of an account in an open session, wherever it comes from; a right one ends
    the count (`forget_guesses`).
    """
    return is_too_often("password", user.pk, MOST_GUESSES, GUESSED_WITHIN)


def forget_guesses(user: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_tries WHERE place = %s", [_place("password", user.pk)])


def _place(what: str, who: object) -> str:
    return salted_hmac("griot.accounts.limiting", f"{what} {who}", algorithm="sha256").hexdigest()
