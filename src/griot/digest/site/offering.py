"""The platform for others: anybody may offer a story, without an account, and gets a receipt
like every teller.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from time import time
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from griot.accounts.limiting import comes_too_often
from griot.digest.core.rendering.environment import render_template
from griot.digest.core.words import front_of, is_right_to_left, long_date, words
from griot.digest.site.newsroom import country_names, newsroom, readers_language
from griot.digest.site.refusing import in_words
from griot.qr import qr_code
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.surfaces import surface
from griot.testimonies.intake.contacts import kept, last_day
from griot.testimonies.intake.taking import take_offer
from griot.testimonies.models.days import day_of
from griot.testimonies.showing import shown

MOST_OFFERS, OFFERS_WITHIN = 30, 3600  # of one address, which a shelter may share, in seconds
_FORM = re.compile(r"\d{10}-[0-9a-f]{32}")  # when a page was given out, and a secret of its own
FIELDS = (
    *("campaign", "words", "name", "alias", "naming", "birth_year", "country", "guardian", "relation"),
    "contact",
)


@surface(
    "public form", "own", "absent", "somebody offers their own story; what they typed is shown to them alone"
)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest) -> HttpResponse:
    language = readers_language()
    campaigns = list(shown.open_campaigns())
    if not campaigns and request.method != "POST":
        raise Http404("no campaign is open to anyone")
    error, code, status = "", "", 200
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in FIELDS}
    form = request.POST.get("form", "")
    form = form if _FORM.fullmatch(form) else f"{int(time())}-{secrets.token_hex(16)}"
    until = last_day(_given(form))
    is_past = until < day_of()  # of a page that lay open for long
    typed |= {
        "uses": request.POST.getlist("uses"),
        "form": form,
        "until": "" if is_past else long_date(until, language),
    }
    if request.method == "POST":
        if request.POST.get("website"):  # a field that people don't see
            return _page(request, language, campaigns, typed, "", "")
        if comes_too_often(request, "offer", MOST_OFFERS, OFFERS_WITHIN):
            error, status = words(language)["offer_wait"], 429
        else:
            try:
                chosen = next((c for c in campaigns if c.slug == typed["campaign"]), None)
                sent = _as_sent(request, language, form)
                row, code = take_offer(chosen, form, sent, typed["contact"], until)
                contact = kept(row)
                typed["kept"] = long_date(contact.until, language) if contact else ""
            except Refused as refusal:
                error, status = in_words(refusal, language), 400
    return _page(request, language, campaigns, typed, error, code, status)


def _given(form: str) -> datetime:
    """When the page was given out."""
    return datetime.fromtimestamp(int(form.partition("-")[0]), UTC)


def _as_sent(request: HttpRequest, language: str, form: str) -> dict[str, object]:
    """The form in the shape that phones send: the same, whenever it is sent."""
    said = request.POST
    guardian = (
        {"name": said.get("guardian", ""), "relation": said.get("relation", "")}
        if said.get("guardian")
        else None
    )
    return {
        "kind": "story",
        "language": language,
        "told": _given(form).isoformat(),
        "answers": {"story": said.get("words", "")},
        "teller": {
            "name": said.get("name", ""),
            "alias": said.get("alias", ""),
            "birth_year": said.get("birth_year"),
            "country": said.get("country", ""),
        },
        "consent": {
            "uses": ["team", *[u for u in said.getlist("uses") if u in {"web", "mail", "screenings"}]],
            "naming": said.get("naming", "unnamed"),
            "place": "country",
            "face": "hide",
            "voice": "hide",
            "language": language,
            "explained": "alone",
            "given": _given(form).isoformat(),
            "evidence": "sent by the teller" if said.get("agree") == "yes" else "",
            "guardian": guardian,
        },
    }


def _page(
    request: HttpRequest,
    language: str,
    campaigns: list[Any],
    typed: dict[str, Any],
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
        countries=country_names(shown.countries_of(campaigns), language),
        typed=typed,
        error=error,
        code=code,
        receipt=(address := f"{settings.PUBLIC_URL}{front_of(language)}receipt/"),
        drawn=qr_code(address) if code else "",
        csrf=get_token(request),
        front=front_of(language),
    )
    # Not no-referrer: browsers then send "Origin: null", which the form’s protection refuses.
    return HttpResponse(page, status=status, headers={"Referrer-Policy": "same-origin"})
