"""What a picture file says of itself (EXIF, IPTC, XMP), and the same picture saying nothing.

A picture may carry where it was taken, with what device and by whom. Who and what is read to fill in the
form; then all of it is taken out of the file, before anybody sees it.
"""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms, ImageOps, ImageSequence
from PIL.IptcImagePlugin import getiptcinfo
from PIL.JpegImagePlugin import get_sampling

_QUALITY = {"JPEG": {"quality": 95}, "WEBP": {"quality": 92}, "AVIF": {"quality": 90}}
_MOVING = frozenset({"GIF", "PNG", "WEBP", "AVIF"})
_ARTIST, _COPYRIGHT, _DESCRIPTION = 0x013B, 0x8298, 0x010E
_STANDARD = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
# What every picture of ours carries, but for the moment at which Little CMS made it (ICC.1:2022 §7.2.1: bytes
# 24 to 35).
SRGB = _STANDARD.tobytes()[:24] + bytes(12) + _STANDARD.tobytes()[36:]


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


def plain(image: Image.Image) -> Image.Image:
    """The picture (of several the current one) upright, its colours in sRGB, and nothing beside its pixels:
    no words, no profile, no second picture.

    Phones photograph in Display P3: without their profile its colours would be paler than they were.
    """
    profile = image.info.get("icc_profile")
    shown = ImageOps.exif_transpose(image)
    if shown.has_transparency_data:
        shown = shown.convert("RGBA")
    elif shown.mode not in {"1", "L", "I;16", "RGB", "CMYK"}:
        shown = shown.convert("RGB")
    if profile:
        to = "RGBA" if shown.mode == "RGBA" else "RGB"
        # A broken profile, or one for other colours than the picture has, is as good as none.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            shown = ImageCms.profileToProfile(shown, io.BytesIO(profile), _STANDARD, outputMode=to) or shown
    if shown.mode == "CMYK":
        shown = shown.convert("RGB")
    shown.info = {}
    return shown


def without_metadata(content: bytes) -> bytes:
    """The same picture as a file that says nothing but its colours. Raises OSError for what is no picture."""
    with Image.open(io.BytesIO(content)) as image:
        return as_file(image)


def as_file(image: Image.Image, kind: str = "") -> bytes:
    """An opened picture as a file of a kind (Pillow's name; "" for its own) with nothing but its pixels, in
    sRGB, and how long each is shown. Of several pictures that do not move (MPO, HEIC) it is the first.
    """
    kind = kind or {"MPO": "JPEG"}.get(image.format or "", image.format or "PNG")
    options: dict[str, Any] = dict(_QUALITY.get(kind, {}))
    if kind == "JPEG" and (tables := getattr(image, "quantization", None)):
        options = {"qtables": tables, "subsampling": get_sampling(image)}  # as fine as it was
    if kind in _MOVING and getattr(image, "is_animated", False):
        shown = [(plain(frame), frame.info.get("duration", 0)) for frame in ImageSequence.Iterator(image)]
        first, *others = [picture for picture, _ in shown]
        options |= {"save_all": True, "append_images": others, "duration": [time for _, time in shown]}
        options |= {"loop": image.info["loop"]} if "loop" in image.info else {}
    else:
        first = plain(image)
    out = io.BytesIO()
    profile = SRGB if first.mode in {"RGB", "RGBA"} else None  # grey has no need of one
    first.save(out, kind, **options, icc_profile=profile)
    return out.getvalue()


def blank_png(width: int, height: int) -> bytes:
    """A picture of that size on which there is nothing."""
    out = io.BytesIO()
    Image.new("L", (max(1, min(width, 4000)), max(1, min(height, 4000))), 235).save(out, "PNG", optimize=True)
    return out.getvalue()
