"""What every request is held to, and headers that every answer carries."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from urllib.parse import unquote

from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import BadHeaderError, HttpRequest, HttpResponse, JsonResponse
from django.urls import get_resolver

log = logging.getLogger(__name__)
_SEARCHED = re.compile(r"(?:^|(?<=&))q=[^&]*")
# What Django and Python say of a value that is no number.
_NUMBERS = ("number but got {!r}", "invalid literal for int() with base 10: {!r}")
UNFIT = "Something in what was sent can't be kept: a character that is none, or a number beyond all bounds."

# Readers' pages need nothing but their own style sheet and pictures.
PUBLIC = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self';"
    " script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
# Wagtail's admin has inline styles and scripts, and frames its own previews.
ADMIN = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline' 'unsafe-eval';"
    " img-src 'self' data: blob:; frame-src 'self'; connect-src 'self'; object-src 'none'; form-action"
    " 'self'; base-uri 'self'; frame-ancestors 'self'"
)


# By this a phone knows an answer of the newsroom's from that of something between: a portal, a proxy.
PHONES, OURS = "/capture/api/", "X-Griot"


class Headers:
    """Adds a policy by where the page belongs; a view that set its own keeps it. What phones are
    answered bears `OURS`.

    A view may mark its response `is_same_for_everybody`: it then varies by encoding alone. A phone's cache
    looks at Vary, and would not find the app again for a browser that has changed its language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = ADMIN if request.path.startswith("/admin/") else PUBLIC
        response.headers.setdefault("Content-Security-Policy", policy)
        if request.path.startswith(PHONES):
            response.headers[OURS] = "1"
        if getattr(response, "is_same_for_everybody", False):
            response.headers["Vary"] = "Accept-Encoding"
            response.headers.pop("Content-Language", None)
        return response


class Fit:
    """What no table can hold is refused in words (400), where a form did not see it: NUL in an address,
    halves of characters, numbers beyond a column, words where an address wants a number, a line's end in a
    header, endless nesting. Nothing of it is kept. What people search for is never refused: NUL is left out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = _SEARCHED.sub(_without_nul, request.META.get("QUERY_STRING", ""))
        request.META["QUERY_STRING"] = asked
        said = (request.path_info, unquote(asked), *request.COOKIES.values())
        if any("\0" in words for words in said):
            return _refused(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # A number of thousands of digits, which Python refuses to read; Django may have said it in its words.
        said = f"{exception} {exception.__cause__}"
        is_value = isinstance(exception, ValueError)
        is_no_number = is_value and any(
            number.format(value) in said for value in _asked(request) for number in _NUMBERS
        )
        is_endless = is_value and "int_max_str_digits" in said
        if (
            not is_no_number
            and not is_endless
            and not isinstance(
                exception, DataError | OverflowError | UnicodeEncodeError | BadHeaderError | RecursionError
            )
        ):
            return None
        log.warning("%s %s was refused", request.method, request.path, exc_info=exception)
        return _refused(request)


def _asked(request: HttpRequest) -> list[str]:
    """The values in the address, after its question mark."""
    return [value for _, values in request.GET.lists() for value in values]


def _without_nul(searched: re.Match[str]) -> str:
    return searched[0].replace("%00", "").replace("\0", "")


def _refused(request: HttpRequest) -> HttpResponse:
    """As who asks reads it: a browser that wants a page is given one, in the reader's language."""
    if request.content_type == "application/json" or request.path.startswith(PHONES):
        return JsonResponse({"error": UNFIT}, status=400)
    if request.method in {"GET", "HEAD"} and request.accepts("text/html"):
        answer = get_resolver().resolve_error_handler(400)
        return answer(request, BadRequest(UNFIT))  # type: ignore[call-arg]
    return HttpResponse(f"{UNFIT}\n", status=400, content_type="text/plain; charset=utf-8")
