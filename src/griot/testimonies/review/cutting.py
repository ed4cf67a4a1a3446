"""The cutting room: subtitles by ear and eye, chapters, where a recording begins and ends, what is not
heard, its still.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from griot.testimonies.access import allowed, for_reviewers, note, require, visible
from griot.testimonies.core import types
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.media.clock import seconds, typed
from griot.testimonies.core.media.subtitles import BadSubtitles, as_vtt, chapters
from griot.testimonies.core.surfaces import surface
from griot.testimonies.making.rendering import uncut, waves_of
from griot.testimonies.models import Cut, File, Testimony
from griot.testimonies.models.campaigns import WRITTEN_IN
from griot.testimonies.review import files, review
from griot.testimonies.review.writing import MOST_SUBTITLES


class Moment(forms.CharField):
    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return seconds(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class CuttingForm(forms.Form):
    subtitles = forms.CharField(
        label="Subtitles (WebVTT or SRT)",
        required=False,
        max_length=MOST_SUBTITLES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
        help_text="What stands in {braces} is neither heard nor read.",
    )
    chapters = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="One a line: 1:05 The desert",
    )
    bleeps = forms.CharField(
        label="Not to be heard",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="From and to, one a line: 1:05.2 1:06.0",
    )
    begins = Moment(required=False, max_length=16)
    ends = Moment(required=False, max_length=16)
    still = Moment(label="Its still is the picture at", required=False, max_length=16)

    def clean_subtitles(self) -> str:
        try:
            return as_vtt(self.cleaned_data["subtitles"])
        except BadSubtitles as error:
            raise forms.ValidationError(str(error)) from error

    def clean_chapters(self) -> str:
        try:
            chapters(self.cleaned_data["chapters"])
        except BadSubtitles as error:
            raise forms.ValidationError(str(error)) from error
        return str(self.cleaned_data["chapters"])

    def clean_bleeps(self) -> tuple[types.Span, ...]:
        found = []
        for n, line in enumerate(self.cleaned_data["bleeps"].splitlines(), 1):
            parts = re.split(r"\s+[-–]?\s*", line.strip())
            if parts == [""]:
                continue
            try:
                begins, ends = (seconds(part) for part in parts)
            except ValueError as error:
                raise forms.ValidationError(
                    f"line {n}: two times are expected, from and to ({error})"
                ) from error
            found.append((begins, ends))
        return tuple(found)

    def cut(self) -> types.Cut:
        data = self.cleaned_data
        return types.Cut(data["begins"] or 0.0, data["ends"], data["bleeps"], data["still"])


def _as_fields(row: Testimony, file: File, language: str) -> dict[str, str]:
    writing = row.writings.filter(language=language).first()
    cut = Cut.objects.filter(file=file).first() or Cut(file=file)
    return {
        "subtitles": writing.subtitles if writing else "",
        "chapters": writing.chapters if writing else "",
        **_cut_fields(cut),
    }


def _seen(fields: dict[str, str]) -> str:
    return hashlib.sha256(repr(sorted(fields.items())).encode()).hexdigest()[:20]


@surface("review room: cutting", "assigned", "refused", "a recording, its subtitles and its cut, for editors")
@for_reviewers
def cutting(request: HttpRequest, pk: Any, file_pk: Any) -> HttpResponse:
    row = get_object_or_404(visible(request.user), pk=pk)
    require(request.user, "edit", row)
    file = get_object_or_404(row.files.filter(role=File.Role.STORY, media__in=["video", "audio"]), pk=file_pk)
    language = request.GET.get("language", "")
    language = language if language in dict(WRITTEN_IN) else row.language
    form = CuttingForm(request.POST or None, initial=_as_fields(row, file, language))
    if request.method == "POST":
        wrong = _save(request, row, file, language, form)
        if not wrong:
            messages.success(
                request,
                "Saved. What is heard or seen otherwise now is being made, and shown once somebody has looked"
                " at it.",
            )
            return redirect(f"{reverse('testimonies:cutting', args=[row.pk, file.pk])}?language={language}")
        messages.error(request, wrong)  # what was typed stands in the form
    note(request.user, row, "cutting room")
    return render(
        request,
        "testimonies/cutting.html",
        {
            "row": row,
            "file": file,
            "form": form,
            "language": language,
            "languages": WRITTEN_IN,
            "seen": _seen(_as_fields(row, file, language)),
            "playable": uncut(file),
            "waves": waves_of(file),
            "is_leading": row.leading() == file,
            "can_open_original": "original" in allowed(request.user, row),
        },
    )


def _save(request: HttpRequest, row: Testimony, file: File, language: str, form: CuttingForm) -> str:
    """Store all of it, or nothing; gives what kept it from being stored, in words."""
    if not form.is_valid():
        return "Not saved; see below."
    texts, cut = {name: form.cleaned_data[name] for name in ("subtitles", "chapters")}, form.cut()
    try:
        with transaction.atomic():
            Testimony.objects.select_for_update().get(
                pk=row.pk
            )  # nobody else saves between the look and the saving
            stored = _as_fields(row, file, language)
            if request.POST.get("seen") != _seen(stored):
                return (
                    "Somebody else has saved this meanwhile. What you have is below, not saved: compare, and"
                    " save again."
                )
            if row.leading() == file and any(stored[name] != text for name, text in texts.items()):
                review.write(row, request.user, language, texts)
            if any(stored[name] != value for name, value in _cut_fields(cut).items()):
                files.cut(row, request.user, file.pk, cut)
    except Refused as refusal:
        return f"Not saved. {refusal}"
    return ""


def _cut_fields(cut: types.Cut | Cut) -> dict[str, str]:
    return {
        "begins": typed(cut.begins) if cut.begins else "",
        "ends": "" if cut.ends is None else typed(cut.ends),
        "still": "" if cut.still is None else typed(cut.still),
        "bleeps": "\n".join(f"{typed(begins)} {typed(ends)}" for begins, ends in cut.bleeps),
    }
