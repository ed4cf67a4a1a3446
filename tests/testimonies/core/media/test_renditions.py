"""Which renditions a consent lets be perceived."""

from __future__ import annotations

import pytest

from griot.testimonies.core.media.renditions import may_be_perceived

SHOWN, BLURRED, ALTERED, MUTE = ("show", "show"), ("blur", "show"), ("show", "alter"), ("show", "hide")


@pytest.mark.parametrize(
    ("kind", "media", "made_with", "face", "voice", "may"),
    [
        ("light", "video", SHOWN, "show", "show", True),
        ("light", "video", SHOWN, "blur", "show", False),
        ("light", "video", BLURRED, "blur", "show", True),
        ("light", "video", BLURRED, "show", "show", True),
        ("light", "video", BLURRED, "hide", "show", False),
        ("still", "video", BLURRED, "hide", "show", False),
        ("photo", "photo", SHOWN, "blur", "show", False),
        ("photo", "photo", SHOWN, "show", "hide", True),
        ("stream", "video", SHOWN, "show", "alter", False),
        ("stream", "video", ALTERED, "show", "alter", True),
        ("small", "video", ALTERED, "show", "hide", False),
        ("small", "video", MUTE, "show", "hide", True),
        ("sound", "audio", SHOWN, "hide", "show", True),
        ("sound", "audio", ALTERED, "show", "hide", False),
        ("sound", "audio", MUTE, "show", "hide", False),
        ("proof", "video", SHOWN, "blur", "show", False),
        ("proof", "video", BLURRED, "hide", "show", False),
        ("proof", "audio", SHOWN, "hide", "show", True),
        ("proof", "audio", SHOWN, "show", "alter", False),
        ("waves", "audio", SHOWN, "hide", "hide", True),
    ],
)
def test_nothing_shows_more_than_the_consent_lets(kind, media, made_with, face, voice, may):
    assert may_be_perceived(kind, media, made_with, face, voice) is may
