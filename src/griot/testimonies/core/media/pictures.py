"""What a picture file says of itself (EXIF, IPTC, XMP), and the same picture saying nothing.

A picture may carry where it was taken, with what device and by whom. Who and what is read to fill in the
form; then all of it is taken out of the file, before anybody sees it.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps
from PIL.IptcImagePlugin import getiptcinfo

_FORMATS = frozenset({"JPEG", "PNG", "WEBP", "AVIF"})  # a GIF has no place for a location
_ARTIST, _COPYRIGHT, _DESCRIPTION = 0x013B, 0x8298, 0x010E
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says of its picture; "" where it says nothing."""

    title: str = ""
    description: str = ""
    credit: str = ""
    licence: str = ""


def read_metadata(content: bytes) -> Metadata:
    """What a picture says of itself, in any of the three ways. Empty for what can't be read."""
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content)) as image:
            warnings.simplefilter("ignore")
            exif, iptc, xmp = image.getexif(), getiptcinfo(image) or {}, _xmp(image)
    except Exception:  # a broken segment of a good picture: it then says nothing
        return Metadata()

    def said(*values: Any) -> str:
        return next((text for value in values if (text := _text(value))), "")

    name = said(iptc.get((2, 80)), xmp.get("creator"), exif.get(_ARTIST))
    agency = said(iptc.get((2, 110)), xmp.get("Credit"))
    credit = "/".join(dict.fromkeys(filter(None, [agency, name])))
    return Metadata(
        title=said(iptc.get((2, 5)), xmp.get("title"))[:255],
        description=said(iptc.get((2, 120)), xmp.get("description"), exif.get(_DESCRIPTION))[:255],
        credit=credit[:200],
        licence=said(xmp.get("UsageTerms"), iptc.get((2, 116)), xmp.get("rights"), exif.get(_COPYRIGHT))[
            :120
        ],
    )


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            value = value.decode("latin-1")
    return " ".join(value.replace("\0", " ").split()) if isinstance(value, str) else ""


def _xmp(image: Image.Image) -> dict[str, str]:
    """The first text under each name in the picture's XMP packet."""
    found: dict[str, str] = {}

    def walk(value: Any, name: str) -> None:
        if isinstance(value, str):
            found.setdefault(name, value)
        elif isinstance(value, list):
            for one in value:
                walk(one, name)
        elif isinstance(value, dict):
            for key, one in value.items():
                walk(one, name if key in {"Alt", "Seq", "Bag", "li", "text"} else key)

    try:
        walk(image.getxmp(), "")
    except Exception:  # malformed XML
        return {}
    return found


def without_metadata(content: bytes) -> bytes:
    """The same picture, upright, without anything that it says of itself; colours keep their profile.

    Formats that carry none are given back as they are. Raises OSError for what is no picture.
    """
    with Image.open(io.BytesIO(content)) as image:
        kind = image.format or ""
        if kind not in _FORMATS or getattr(image, "is_animated", False):
            return content
        is_turned = image.getexif().get(_ORIENTATION, 1) != 1
        profile = image.info.get("icc_profile")
        upright = ImageOps.exif_transpose(image) if is_turned else image
        quality: dict[str, Any] = {"JPEG": 95 if is_turned else "keep", "WEBP": 92, "AVIF": 90}
        options: dict[str, Any] = {"quality": quality[kind]} if kind in quality else {}
        if kind == "PNG":
            upright.info.clear()
        for name in ("exif", "xmp", "comment", "photoshop"):
            upright.info.pop(name, None)
        out = io.BytesIO()
        upright.save(out, kind, **options, **({"icc_profile": profile} if profile else {}), exif=b"")
    return out.getvalue()


def blank_png(width: int, height: int) -> bytes:
    """A picture of that size on which there is nothing."""
    out = io.BytesIO()
    Image.new("L", (max(1, min(width, 4000)), max(1, min(height, 4000))), 235).save(out, "PNG", optimize=True)
    return out.getvalue()
