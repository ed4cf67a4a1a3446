"""Headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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


class Headers:
    """Adds a policy by where the page belongs; a view that set its own keeps it.

    A view may mark its response `is_same_for_everybody`: it then varies by encoding alone. A phone's cache
    looks at Vary, and would not find the app again for a browser that has changed its language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = ADMIN if request.path.startswith(("/admin/", "/documents/")) else PUBLIC
        response.headers.setdefault("Content-Security-Policy", policy)
        if getattr(response, "is_same_for_everybody", False):
            response.headers["Vary"] = "Accept-Encoding"
            response.headers.pop("Content-Language", None)
        return response
