"""The room in the admin for what phones play: consent texts and prompts, read aloud by somebody."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from griot.accounts.requests import number_in
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake import speaking
from griot.testimonies.keeping import vault
from griot.testimonies.models import Campaign, Spoken
from griot.testimonies.models.campaigns import LANGUAGES, token_hash


def spoken(request: HttpRequest) -> HttpResponse:
    """Consent texts and prompts, to be read aloud by somebody, for phones to play."""
    campaigns = Campaign.objects.all()
    campaign = campaigns.filter(pk=number_in(request.GET.get("campaign")) or 0).first() or campaigns.first()
    if request.method == "POST" and campaign:
        _change(request, campaign)
        return redirect(f"{reverse('testimonies:spoken')}?campaign={campaign.pk}")
    rows = _rows(campaign) if campaign else []
    missing = sum(not is_now for *_, is_now in rows)
    words = {"rows": rows, "campaign": campaign, "campaigns": campaigns, "missing": missing}
    return render(request, "testimonies/spoken.html", words)


def _change(request: HttpRequest, campaign: Campaign) -> None:
    """Keep the sound that was sent for a text, or drop what is kept."""
    language, _, what = request.POST.get("text", "").partition(" ")
    try:
        if "drop" in request.POST:
            for row in campaign.spoken.filter(language=language, what=what):
                speaking.drop(row)
            messages.success(request, "Removed.")
            return
        _keep(request.FILES.get("file"), campaign, language, what)
        messages.success(request, "Kept: phones take it along with the next network.")
    except Refused as refusal:
        messages.error(request, f"Nothing was changed: {refusal}")


def _keep(file: UploadedFile[bytes] | None, campaign: Campaign, language: str, what: str) -> None:
    if file is None or (file.size or 0) > speaking.LARGEST:
        raise Refused(f"A sound file of at most {speaking.LARGEST // 2**20} MB is expected.")
    with vault().scratch() as folder:
        with (folder / "sent").open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        speaking.keep(campaign, language, what, folder / "sent")


def _rows(campaign: Campaign) -> list[tuple[speaking.Text, Spoken | None, str, bool]]:
    """Each text to be read, what is kept of it, its language's name, and whether these are the words read;
    by language, the consent first.
    """
    known = speaking.readings(campaign)
    names = dict(LANGUAGES)
    rows = []
    for text in speaking.texts(campaign):
        row = known.get((text.language, text.what))
        rows.append((text, row, names[text.language], bool(row and row.of == token_hash(text.words))))
    return sorted(rows, key=lambda r: (r[2], not r[0].what.startswith(speaking.CONSENT)))


def spoken_file(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(
        vault().read(get_object_or_404(Spoken, pk=pk).vault),
        content_type="audio/mp4",
        headers={"Cache-Control": "private, no-store"},
    )
