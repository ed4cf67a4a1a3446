"""The form in which a testimony's words are written, a language at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from griot.testimonies.core.media.subtitles import BadSubtitles, as_vtt
from griot.testimonies.models import File
from griot.testimonies.models.campaigns import WRITTEN_IN

MOST_SUBTITLES = 512 * 1024
MOST_BODY = 100_000  # characters: a book's chapter


class WritingForm(forms.Form):
    language = forms.ChoiceField(choices=WRITTEN_IN)
    title = forms.CharField(max_length=200, required=False)
    quote = forms.CharField(max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    body = forms.CharField(
        required=False,
        max_length=MOST_BODY,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Paragraphs, apart by empty lines.",
    )
    subtitles = forms.CharField(
        required=False,
        max_length=MOST_SUBTITLES,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text="WebVTT or SRT; pasted SRT is turned into WebVTT.",
    )

    def __init__(
        self, *args: Any, photos: Sequence[File] = (), has_recording: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if has_recording:
            del self.fields["subtitles"]  # they are written in the cutting room, and nowhere else
        for n, photo in enumerate(photos, 1):
            self.fields[f"caption {photo.pk}"] = forms.CharField(
                label=f"Words under photo {n}", max_length=300, required=False
            )

    def texts(self) -> dict[str, Any]:
        """What is stored of it."""
        captions = {
            name.removeprefix("caption "): words
            for name, words in self.cleaned_data.items()
            if name.startswith("caption ") and words
        }
        return {
            **{
                name: self.cleaned_data[name]
                for name in ("title", "quote", "body", "subtitles")
                if name in self.fields
            },
            "captions": captions,
        }

    def clean_subtitles(self) -> str:
        try:
            return as_vtt(self.cleaned_data["subtitles"])
        except BadSubtitles as error:
            raise forms.ValidationError(str(error)) from error
