"""The files of testimonies: what a phone sends, what arrived of it, and what was made from that. All lie
in the vault.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from griot.testimonies.core import types
from griot.testimonies.core.media import subtitles
from griot.testimonies.models.campaigns import Device
from griot.testimonies.models.making import MakingState
from griot.testimonies.models.testimonies import Testimony


class File(models.Model):
    """A recording or photo as it arrived, without what it said of itself; sealed in the vault. One that could
    not be opened lies there as it came, with all that it says, until a person decides on it (`KEPT`).
    """

    class Role(models.TextChoices):
        STORY = "story", "story"
        EVIDENCE = "evidence", "evidence of consent"
        DUPLICATE = "duplicate", "the same as another of the testimony"
        ASIDE = "aside", "left out of the story"

    class State(models.TextChoices):
        EXPECTED = "expected", "on its way"
        RECEIVED = "received", "being examined"
        VERIFIED = "verified", "verified"
        KEPT = "kept", "kept for a person"
        REFUSED = "refused", "refused"
        ERASED = "erased", "erased"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    testimony = models.ForeignKey(Testimony, models.CASCADE, related_name="files")
    role = models.CharField(max_length=9, choices=Role.choices, default=Role.STORY)
    state = models.CharField(max_length=8, choices=State.choices, default=State.EXPECTED)
    prompt = models.CharField(max_length=64, blank=True, help_text="the prompt of the guide that it answers")
    position = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, help_text="of the file as it was recorded")
    spoken = models.JSONField(
        default=dict, blank=True, help_text="its transcript while it is left out, by language"
    )
    why = models.CharField(max_length=250, blank=True, help_text="why it was refused, or could not be opened")
    media = models.CharField(max_length=5, blank=True)
    mime = models.CharField(max_length=40, blank=True)
    suffix = models.CharField(max_length=6, blank=True)
    size = models.BigIntegerField(default=0, help_text="bytes")
    seconds = models.FloatField(default=0.0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    vault = models.CharField(max_length=32, blank=True, help_text="its name in the vault")
    arrived = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "arrived"]

    @property
    def is_held(self) -> bool:
        """Whether its bytes are here, so that a phone may let go of its own."""
        return self.state in HELD

    def wanted_cut(self) -> types.Cut:
        """What is shown of it: as it was cut, and without the names that its transcript marks: that of the
        first recording, or one that it had when it was the first.
        """
        row = getattr(self, "cut", None) or Cut(file=self)
        spans = [(float(a), float(b)) for a, b in row.bleeps]
        testimony = self.testimony
        leading = testimony.leading()
        if leading and leading.pk == self.pk:
            writing = next((w for w in testimony.writings.all() if w.language == testimony.language), None)
            words = writing.subtitles if writing else ""
        else:
            words = self.spoken.get(testimony.language, {}).get("subtitles", "")
        spans += subtitles.bleeps(subtitles.parse(words))
        return types.Cut(row.begins, row.ends, tuple(subtitles.merged(spans)), row.still)

    def as_it_stands(self, cut: types.Cut) -> dict[str, Any]:
        """What is to be shown of it, so cut, in the shape of `Testimony.approved`: another where it is cut
        otherwise.
        """
        bleeps = [list(bleep) for bleep in cut.bleeps]
        spans = {"begins": cut.begins, "ends": cut.ends, "bleeps": bleeps, "still": cut.still}
        return {"words": self._in_words(cut), "media": self.media, "cut": spans}

    def _in_words(self, cut: types.Cut) -> str:
        said = [self.media]
        if cut.begins or cut.ends is not None:
            said.append(f"from {cut.begins} s to {'its end' if cut.ends is None else f'{cut.ends} s'}")
        if cut.bleeps:
            said.append("silent at " + " and ".join(f"{begins}–{ends} s" for begins, ends in cut.bleeps))
        if cut.still is not None:
            said.append(f"its still at {cut.still} s")
        return ", ".join(said)


HELD = frozenset({File.State.VERIFIED, File.State.KEPT})


class Cut(models.Model):
    """How an editor cut a recording, in seconds of it as it was recorded; no row: whole."""

    file = models.OneToOneField(File, models.CASCADE, related_name="cut")
    begins = models.FloatField(default=0.0)
    ends = models.FloatField(null=True, blank=True)
    bleeps = models.JSONField(default=list, blank=True, help_text="[[from, to], …]: not to be heard")
    still = models.FloatField(null=True, blank=True, help_text="the moment of its picture")


class Upload(models.Model):
    """A file on its way by tus: what has come of it lies in the vault, a piece a request."""

    file = models.OneToOneField(File, models.CASCADE, related_name="upload")
    device = models.ForeignKey(Device, models.CASCADE, null=True, related_name="uploads")
    length = models.BigIntegerField(help_text="bytes")
    offset = models.BigIntegerField(default=0)
    pieces = models.JSONField(default=list, help_text="names in the vault, in order")
    begun = models.DateTimeField(default=timezone.now)
    touched = models.DateTimeField(default=timezone.now)


class Rendition(models.Model):
    """Something made from a file, to be shown: anonymised as the consent wants it, or the teller's own
    face and voice.
    """

    class Kind(models.TextChoices):
        LIGHT = "light", "light film (240p)"
        STREAM = "stream", "film in steps (HLS)"
        SMALL = "small", "small film (AV1)"
        SOUND = "sound", "sound"
        PROOF = "proof", "uncut, for editors"
        WAVES = "waves", "shape of the sound"
        STILL = "still", "still"
        PHOTO = "photo", "photo"

    file = models.ForeignKey(File, models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    face = models.CharField(max_length=5, default="show", help_text="show, or blur")
    voice = models.CharField(max_length=5, default="show", help_text="show, or alter")
    state = models.CharField(max_length=8, choices=MakingState.choices, default=MakingState.WAITING)
    progress = models.FloatField(default=0.0, help_text="from 0 to 1")
    why = models.CharField(max_length=250, blank=True)
    mime = models.CharField(max_length=40, blank=True)
    vault = models.CharField(max_length=32, blank=True)
    parts = models.JSONField(
        default=dict, help_text="of a film in steps: each part's name on the site, and in the vault"
    )
    size = models.BigIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    approved = models.DateTimeField(
        null=True, blank=True, help_text="a person has looked at it beside the original"
    )
    cut = models.CharField(max_length=200, blank=True, help_text="of what cut it was made")
    key = models.CharField(max_length=24, unique=True, help_text="what its addresses on the site are made of")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file", "kind", "face", "voice", "cut"], name="one_rendition_of_a_kind_and_cut"
            )
        ]

    @property
    def label(self) -> str:
        """What is to be seen and heard of it, for those who use a screen reader."""
        face = "" if self.kind == self.Kind.SOUND else f"face: {self.face}"
        voice = "" if self.kind in (self.Kind.PHOTO, self.Kind.STILL) else f"voice: {self.voice}"
        return ", ".join(filter(None, [self.get_kind_display(), face, voice]))

    def word_for(self, use: str, secret: str | None = None) -> str:
        """What its address for a use ends in: who knows one use's knows no other's."""
        mark = salted_hmac("griot.rendition", f"{use} {self.key}", secret, algorithm="sha256")
        return f"{self.key}-{mark.hexdigest()[:24]}"

    @classmethod
    def found_by(cls, use: str, word: str) -> Rendition | None:
        row = cls.objects.select_related("file__testimony").filter(key=word.rpartition("-")[0]).first()
        secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)  # of what was mailed under old ones
        words = [row.word_for(use, secret) for secret in secrets] if row else []
        return row if any(constant_time_compare(known, word) for known in words) else None

    @property
    def names(self) -> list[str]:
        """Its files in the vault."""
        return [*filter(None, [self.vault]), *self.parts.values()]
