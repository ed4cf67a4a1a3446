"""A feed's bytes as XML that a parser takes, whatever its publisher got wrong: the encoding, entities that
XML does not know, bare ampersands, characters that XML forbids.

All of it takes time and memory in proportion to the length of the bytes.
"""

from __future__ import annotations

import codecs
import re
from html.entities import html5

from charset_normalizer import from_bytes

MOST_LOOKED_AT = 65_536  # bytes by which an encoding that nobody names is recognised
_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
]
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"<\?xml\b[^>]*\?>", re.I)
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.I)
_INSIDE = re.compile(r"[^\[>]*(?:\[[^\]]*\]\s*)?>")
_ENTITY = re.compile(r"""<!ENTITY\s+(\w+)\s+(?:"([^"&%<]{0,200})"|'([^'&%<]{0,200})')\s*>""")
_ODD = re.compile(r"&(?:#(\d{1,7}|[xX][\da-fA-F]{1,6});|(\w{1,40};))?|<(?![A-Za-z_:/!?])")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_OWN = {"amp;", "lt;", "gt;", "quot;", "apos;"}
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


def _in_windows_letters(error: UnicodeError) -> tuple[str, int]:
    """What is no UTF-8 is mostly the Windows letters of whoever pasted it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("griot-windows", _in_windows_letters)


def text_of(content: bytes) -> str:
    """The characters of a feed.

    What is UTF-8 throughout is read as that, whatever it says of itself, since nothing else is by chance;
    Latin-1 is read as the Windows letters that go by its name (WHATWG Encoding §4.2).
    """
    content = content.lstrip(b" \t\r\n")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace").removeprefix("\ufeff")
    found = _DECLARED.match(content[:400])
    declared = found[1].decode("ascii").lower() if found else ""
    try:
        if codecs.lookup(declared or "utf-8").name not in {"iso2022_jp", "hz", "utf-7"}:
            return content.decode("utf-8")
    except (LookupError, UnicodeDecodeError):
        pass
    try:
        name = codecs.lookup(declared).name
        if not name.startswith("utf-"):
            return content.decode("cp1252" if name in {"iso8859-1", "ascii"} else name, "replace")
    except (LookupError, ValueError):
        pass
    return content.decode(_guessed(content), "griot-windows")


def _guessed(content: bytes) -> str:
    """The encoding of bytes that are not what they say: UTF-8 with a few broken, or another encoding."""
    head = content[:MOST_LOOKED_AT]
    broken = len(re.findall(r"[\udc80-\udcff]", head.decode("utf-8", "surrogateescape")))
    letters = sum(byte > 127 for byte in head)
    if broken * 2 < letters:
        return "utf-8"
    best = from_bytes(head).best()
    name = best.encoding if best else "cp1252"
    return "utf-8" if name in {"ascii", "utf_8", "latin_1", "cp1252"} or name.startswith("utf") else name


def mended(text: str) -> str:
    """XML without a declaration and a DOCTYPE, in which every `&` and `<` is one of the markup's.

    Entities that the DOCTYPE declares with plain words, and HTML's, become their characters; no other is
    followed (CWE-776). What stands in CDATA stays as it is.
    """
    text = _FORBIDDEN.sub("", text)
    head = text[:MOST_LOOKED_AT]
    start = head.find("<")
    if start < 0:
        return ""
    head, own = _DECLARATION.sub("", head[start:], count=1), {}
    if (doctype := _DOCTYPE.search(head)) and (inside := _INSIDE.match(head, doctype.end())):
        own = {f"{name};": double or single for name, double, single in _ENTITY.findall(inside[0])}
        head = head[: doctype.start()] + head[inside.end() :]
    text = head + text[MOST_LOOKED_AT:]

    def in_order(odd: re.Match[str]) -> str:
        number, name = odd[1], odd[2]
        if number:
            return _character(int(number[1:], 16) if number[0] in "xX" else int(number))
        if name in _XML_OWN:
            return odd[0]
        if name and (found := own.get(name) or html5.get(name)):
            return found.replace("&", "&amp;").replace("<", "&lt;")
        return "&lt;" if odd[0] == "<" else f"&amp;{name or ''}"

    pieces, at = [], 0
    while (begin := text.find(_CDATA, at)) >= 0 and (end := text.find(_CDATA_END, begin)) >= 0:
        pieces += [_ODD.sub(in_order, text[at:begin]), text[begin : end + len(_CDATA_END)]]
        at = end + len(_CDATA_END)
    return "".join([*pieces, _ODD.sub(in_order, text[at:])])


def _character(code: int) -> str:
    """A numbered character, the Windows ones by the numbers that HTML lets them have (HTML §13.2.5.80)."""
    if 0x80 <= code <= 0x9F:
        return bytes([code]).decode("cp1252", "ignore")
    if code > 0x10FFFF or _FORBIDDEN.match(chr(code)):
        return ""
    return f"&#{code};"
