"""Kinds of renditions, and which of them a consent lets be perceived."""

from __future__ import annotations

from griot.testimonies.core.types import Face, Voice

FILMS = frozenset({"light", "stream", "small", "proof"})
SEEN = frozenset({*FILMS, "still", "photo"})
HEARD = frozenset({*FILMS, "sound"})
FOR_EDITORS = frozenset({"proof", "waves"})


def may_be_perceived(kind: str, media: str, made_with: tuple[str, str], face: Face, voice: Voice) -> bool:
    """Whether a rendition of a `media` file, made with a face and a voice, keeps to what a consent wants.

    Who hides the face is in no film and no picture. Who hides the voice is in nothing that sounds, altered or
    not; films that were made without it may be seen.
    """
    made_face, made_voice = made_with
    is_seen = kind in SEEN and (kind != "proof" or media == "video")
    if is_seen and (face == "hide" or (face == "blur" and made_face == "show")):
        return False
    if kind in HEARD and voice != "show" and made_voice == "show":
        return False
    return not (voice == "hide" and (kind == "sound" or (kind in FILMS and made_voice == "alter")))
