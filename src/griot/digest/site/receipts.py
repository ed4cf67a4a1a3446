"""The teller's own page: with the code on their receipt they see where their story stands, change what they
allow, or take it back.

No account, no address, no name is asked. The code opens the page for a while; it is not kept in the address.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from griot.accounts.limiting import comes_too_often
from griot.digest.core.rendering.environment import render_template
from griot.digest.core.words import front_of, is_right_to_left, long_date, words
from griot.digest.site.newsroom import newsroom, readers_language
from griot.digest.site.refusing import in_words
from griot.testimonies import withdrawing
from griot.testimonies.access import note
from griot.testimonies.core import types
from griot.testimonies.core.consent import allowances, is_within, narrowed
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.surfaces import surface
from griot.testimonies.intake.consenting import add_consent
from griot.testimonies.intake.contacts import forget_contact, kept
from griot.testimonies.intake.taking import read_consent
from griot.testimonies.models import Testimony
from griot.testimonies.models.campaigns import token_hash
from griot.testimonies.models.receipts import plain_receipt
from griot.testimonies.showing import shown

OPEN_FOR = timedelta(minutes=30)
# Wrong codes of one address, in seconds. The right one opens whatever others have tried: a shelter or a whole
# mobile network may share an address, and 60 bits are not found by trying.
MOST_TRIES, TRIES_WITHIN = 100, 600
OUTSIDE: tuple[types.Use, ...] = ("screenings", "web", "mail", "partners", "media")  # of the team
_KEPT = ("naming", "place", "face", "voice")


@surface(
    "teller's receipt", "receipt code", "bare fact", "what the teller sees and changes of their own testimony"
)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and "code" in request.POST:
        return _opened(request)
    row = _of(request)
    if row is None:
        return _page(request, row=None)
    if request.method == "POST":
        return _changed(request, row)
    return _page(request, row=row)


def _opened(request: HttpRequest) -> HttpResponse:
    code = plain_receipt(request.POST["code"])
    known = Testimony.objects.filter(receipt=token_hash(code)).order_by("arrived", "pk")
    row = known.first() if code else None
    if row is None:
        if comes_too_often(request, "receipt", MOST_TRIES, TRIES_WITHIN):
            return _page(request, row=None, error="receipt_wait", status=429)
        return _page(request, row=None, error="receipt_unknown", status=404)
    request.session.cycle_key()
    request.session["receipt"] = [str(row.pk), row.receipt, (timezone.now() + OPEN_FOR).timestamp()]
    if not request.user.is_authenticated:
        request.session.set_expiry(OPEN_FOR)
    note("teller", row, "receipt")
    return HttpResponseRedirect(reverse("receipt"))


def _of(request: HttpRequest) -> Testimony | None:
    kept = request.session.get("receipt")
    if not kept or kept[2] < timezone.now().timestamp():
        return None
    row = Testimony.objects.filter(pk=kept[0]).first()
    # A new receipt ends what an older one had opened; a withdrawn story is shown as that, to who withdrew it.
    return row if row and (row.receipt == kept[1] or row.withdrawn) else None


def _mark(row: Testimony) -> str:
    """Whose page it is, for its forms: another may have opened theirs in the same browser meanwhile."""
    return salted_hmac("griot.receipt", f"{row.pk} {row.receipt}", algorithm="sha256").hexdigest()


def _changed(request: HttpRequest, row: Testimony) -> HttpResponse:
    act = request.POST.get("act")
    if act == "close":
        request.session.flush()
    elif act in {"withdraw", "change", "forget"} and request.POST.get("of") != _mark(row):
        request.session.flush()  # who is here may not be the one whose code was typed last
        return _page(request, row=None, error="receipt_other", status=409)
    elif act == "withdraw" and not row.over:
        if request.POST.get("sure") != "yes":
            return _page(request, row=row, error="receipt_sure", status=400)
        note("teller", row, "withdraw")
        withdrawing.withdraw(row, "teller")
    elif act == "forget" and not row.over:
        note("teller", row, "contact erased")
        forget_contact(row)
    elif act == "change" and not row.over and row.consent:
        try:
            is_all_heard = _change(request, row)
        except Refused as refusal:
            return _page(request, row=row, said=in_words(refusal, readers_language()), status=400)
        if not is_all_heard:
            return _page(request, row=_of(request), error="receipt_seen", status=409)
    return HttpResponseRedirect(reverse("receipt"))


@transaction.atomic
def _change(request: HttpRequest, opened: Testimony) -> bool:
    """What the teller ticked, over what they allowed before, for as long as their code opens it. Of a page
    from before the last change what allows less is heard, and nothing else: it would put back what was taken
    back. Gives whether all was heard. Raises Refused.
    """
    known = Testimony.objects.select_for_update().filter(pk=opened.pk, receipt=opened.receipt)
    if (row := known.first()) is None or row.over or row.consent is None:
        return True
    before = row.consent.as_value()
    language = readers_language()
    sent: dict[str, Any] = {
        "uses": request.POST.getlist("uses"),
        "language": language,
        "explained": "alone",  # on this page, whichever way the one before was explained
        "evidence": before.evidence or "receipt",
        "is_minor": before.is_minor,
        "given": timezone.now().isoformat(),
        "until": request.POST.get("until", ""),
        "guardian": {"name": before.guardian.name, "relation": before.guardian.relation}
        if before.guardian
        else None,
        **{name: request.POST.get(name, getattr(before, name)) for name in _KEPT},
    }
    said = value = read_consent(sent, row.teller, before)
    if request.POST.get("seen") != str(row.consent.version):
        value = replace(narrowed(before, said), language=language, explained=said.explained)
        if before.by == "teller" and allowances(value) == allowances(before):
            return allowances(said) == allowances(before)  # the same, sent twice
    is_minor = row.is_perhaps_minor
    if (row.receipt_narrows or is_minor) and not is_within(value, before):
        why = "receipt_minor" if is_minor else "receipt_narrows"
        raise Refused(why, [why])
    add_consent(row, replace(value, given=timezone.now(), by="teller"))
    note("teller", row, "consent")
    return allowances(said) == allowances(value)


def _page(
    request: HttpRequest, row: Testimony | None, error: str = "", said: str = "", status: int = 200
) -> HttpResponse:
    language = readers_language()
    contact = kept(row) if row else None
    met = [use for use in OUTSIDE if row and shown.may_be_met(row, use)]
    page = render_template(
        "web/receipt.html",
        language=language,
        rtl=is_right_to_left(language),
        newsroom=newsroom().name,
        row=row,
        mark=_mark(row) if row else "",
        consent=row.consent if row else None,
        over=row.over if row else "",
        contact_until=long_date(contact.until, language) if contact else "",
        csrf=get_token(request),
        error=words(language)[error] if error else said,
        address=reverse("story", args=[row.slug]) if row and "web" in met else "",
        elsewhere=[use for use in met if use != "web"],
        front=front_of(language),
        referrals=shown.turn_to(row.country, language) if row and row.country else [],
    )
    # Not no-referrer: browsers then send "Origin: null", which the form’s protection refuses.
    return HttpResponse(
        page, status=status, headers={"X-Robots-Tag": "noindex", "Referrer-Policy": "same-origin"}
    )
