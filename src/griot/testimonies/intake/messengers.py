"""The coordinators' room in the admin: messengers, their phones, and what they ask for at check-ins. Who
comes in stands in `access.ADDRESSES`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from griot.accounts.requests import SignedIn, number_in
from griot.qr import qr_code
from griot.testimonies.access import messengers_of, note
from griot.testimonies.intake import odk
from griot.testimonies.models import CheckIn, Messenger

A_PAGE = 50  # answered check-ins


def _my_messengers(user: Any) -> QuerySet[Messenger]:
    return messengers_of(user).select_related("team__campaign").prefetch_related("devices")


def messengers(request: HttpRequest) -> HttpResponse:
    rows = _my_messengers(request.user)
    return render(
        request,
        "testimonies/messengers.html",
        {"rows": [(m, m.modules_due(), m.devices.order_by("-last_seen").first()) for m in rows]},
    )


@require_POST
@transaction.atomic
def messenger(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite (a QR code and a link, shown once), let in by ODK Collect (likewise), freeze, thaw. One after
    the other: who is frozen meanwhile is let in by nobody.
    """
    mine = _my_messengers(request.user).values("pk")
    row = get_object_or_404(Messenger.objects.select_for_update().filter(pk__in=mine), pk=pk)
    act = request.POST.get("act")
    if act in {"freeze", "thaw", "invite", "odk"}:
        note(request.user, None, f"messenger {act}", f"messenger {row.pk}")
    if act == "freeze":
        is_heard = row.devices.filter(login="", is_wiped=False).exists()  # by our app
        row.freeze()
        erases = " The phone erases what it holds as soon as it has a network."
        messages.success(request, f"{row} is frozen.{erases if is_heard else ''}")
        if row.devices.exclude(login="").exists():
            messages.warning(
                request,
                "ODK Collect can't be told to erase anything: whoever has that phone has what it holds. Warn"
                " the tellers whom that may harm.",
            )
    elif act == "thaw":
        row.thaw()
        messages.success(request, f"{row} may be invited again, with a new key.")
    elif act == "invite" and row.state != Messenger.State.FROZEN:
        url = f"{settings.PUBLIC_URL}{reverse('phone_app')}#join={row.invite_anew()}"
        return render(request, "testimonies/invitation.html", {"row": row, "url": url, "code": qr_code(url)})
    elif act == "odk" and row.state != Messenger.State.FROZEN:
        login, password = odk.admit(row)
        server = f"{settings.PUBLIC_URL}{reverse('odk:submission').removesuffix('/submission')}"
        words = {"row": row, "server": server, "login": login, "password": password}
        return render(
            request,
            "testimonies/odk.html",
            {**words, "code": qr_code(odk.settings_code(server, login, password, str(row.team.campaign)))},
        )
    return redirect("testimonies:messengers")


def check_ins(request: SignedIn) -> HttpResponse:
    """For the focal person of a country alone, whatever other roles anybody has: first all that wait for an
    answer, those who would like a call before others; then the answered, by pages.
    """
    rows = CheckIn.objects.filter(messenger__team__focal_person=request.user).select_related(
        "messenger__team"
    )
    if request.method == "POST":
        rows.filter(pk=number_in(request.POST.get("pk")) or 0).update(answered=timezone.now())
        return redirect("testimonies:check_ins")
    page = Paginator(rows.exclude(answered=None), A_PAGE).get_page(request.GET.get("page"))
    note(request.user, None, "check-ins", f"page {page.number}")
    waiting = rows.filter(answered=None).order_by("-wants_call", "mood", "at") if page.number == 1 else []
    return render(request, "testimonies/check_ins.html", {"rows": [*waiting, *page], "page": page})
