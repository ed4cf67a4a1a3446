"""The platform for others: anybody may offer a story, without an account, and gets a receipt
like every teller.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from griot.accounts.limiting import comes_too_often
from griot.digest.core.rendering.environment import render_template
from griot.digest.core.words import front_of, is_right_to_left, words
from griot.digest.site.newsroom import newsroom, readers_language
from griot.digest.site.refusing import in_words
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.surfaces import surface
from griot.testimonies.intake.taking import take_offer
from griot.testimonies.models.campaigns import LANGUAGES
from griot.testimonies.showing import shown

MOST_OFFERS, OFFERS_WITHIN = 5, 3600  # of one address, in seconds
FIELDS = ("words", "name", "alias", "naming", "birth_year", "guardian", "relation")


@surface(
    "public form", "own", "absent", "somebody offers their own story; what they typed is shown to them alone"
)
@never_cache
@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest) -> HttpResponse:
    language = readers_language()
    campaigns = list(shown.open_campaigns())
    if not campaigns:
        raise Http404("no campaign is open to anyone")
    error, code, status = "", "", 200
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    if request.method == "POST":
        if request.POST.get("website"):  # a field that people don't see
            return _page(request, language, campaigns, typed, "", "")
        if comes_too_often(request, "offer", MOST_OFFERS, OFFERS_WITHIN):
            error, status = words(language)["offer_wait"], 429
        else:
            try:
                chosen = next((c for c in campaigns if c.slug == request.POST.get("campaign")), campaigns[0])
                code = take_offer(chosen, _as_sent(request, language)).make_receipt()
            except Refused as refusal:
                error, status = in_words(refusal, language), 400
    return _page(request, language, campaigns, typed, error, code, status)


def _as_sent(request: HttpRequest, language: str) -> dict[str, object]:
    """The form in the shape that phones send."""
    said = request.POST
    now = timezone.now().isoformat()
    year = said.get("birth_year", "")
    spoken = language if language in dict(LANGUAGES) else "en"
    guardian = (
        {"name": said.get("guardian", ""), "relation": said.get("relation", "")}
        if said.get("guardian")
        else None
    )
    return {
        "id": str(uuid.uuid4()),
        "kind": "story",
        "language": spoken,
        "told": now,
        "answers": {"story": said.get("words", "")},
        "teller": {
            "name": said.get("name", ""),
            "alias": said.get("alias", ""),
            "birth_year": int(year) if year.isdecimal() and len(year) <= 4 else None,
            "country": said.get("country", "")[:2],
        },
        "consent": {
            "uses": ["team", *[u for u in said.getlist("uses") if u in {"web", "mail", "screenings"}]],
            "naming": said.get("naming", "unnamed"),
            "place": "country",
            "face": "hide",
            "voice": "hide",
            "language": spoken,
            "explained": "read",
            "given": now,
            "evidence": "sent by the teller" if said.get("agree") == "yes" else "",
            "guardian": guardian,
        },
    }


def _page(
    request: HttpRequest,
    language: str,
    campaigns: list[Any],
    typed: dict[str, str],
    error: str,
    code: str,
    status: int = 200,
) -> HttpResponse:
    page = render_template(
        "web/offer.html",
        language=language,
        rtl=is_right_to_left(language),
        newsroom=newsroom().name,
        campaigns=campaigns,
        typed=typed,
        error=error,
        code=code,
        csrf=get_token(request),
        front=front_of(language),
    )
    # Not no-referrer: browsers then send "Origin: null", which the form’s protection refuses.
    return HttpResponse(page, status=status, headers={"Referrer-Policy": "same-origin"})
