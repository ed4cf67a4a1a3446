"""What a paragraph is, by its shape alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from griot.digest.core.importing.attributing import attribute
from griot.digest.core.importing.paragraphs import Paragraph

_PHOTO = re.compile(
    r"(?i)^(?:(?:main |lead )?(?:photos?|pictures?|images?|fotos?|pics?)(?: credits?| by| courtesy(?: of)?)?|"
    r"credits?|©)\s*[:©]|^©|^(?:photo|image) (?:by|courtesy)\b"
)
_MOST_OF_SPEAKER = 30  # words
_AGENCY = re.compile(r"[\w.’'&()-]+(?: [\w.’'&()-]+){0,3}(?: ?/ ?[\w.’'&()-]+(?: [\w.’'&()-]+){0,3})+")
LINK = re.compile(
    r"(?i)^(?:(?:read|watch|listen|see|view|learn|find out|click|discover|explore|download|register|"
    r"more)\b(?: (?:here|on|more|the|full|in|to|it|for|about|out|all|now|at)\b.{0,80})?|read)$"
)
SHARE = re.compile(
    r"(?i)^\|? ?share(?: this)?(?: on| via|:)? .{0,20}(?:twitter|facebook|\bx\b|linkedin|whatsapp|"
    r"telegram).*$"
)
BANNER = re.compile(r"(?i)^(?:main )?banner$")
_OPEN, _CLOSE = '“"«„‘', '”"»“’'
_CLOSED_BY = {"“": "”", '"': '"', "«": "»", "„": "“”", "‘": "’"}
QUOTE = re.compile(rf"^[{_OPEN}].+[{_CLOSE}][.!?]?$", re.S)
QUOTE_OF = re.compile(r"(?i)^(?:today[’']s quote|quotes? of the (?:day|week|month)\b.{0,20})$")
_QUOTE_IN_LINE = re.compile(rf"(?i)^quotes? of the (?:day|week|month)\s?[:–—-]\s+(?=[{_OPEN}])")
_SAID_BY = re.compile(
    r"^(?P<joint>[–—-]\s?|[–—-]\s?by |\(|(?:(?:said|says|added|recalled|explained|told|asked)\b ?|by ))"
    r"(?P<who>.+)$",
    re.S,
)
PORTRAIT = re.compile(rf"^(?P<name>[^:{_OPEN}]{{2,80}}):\s+(?P<text>[{_OPEN}].+[{_CLOSE}][.!?]?)$", re.S)
CAPTION = re.compile(r"^(?P<source>[^:“”\".!?]{2,40}):\s+(?P<caption>\S.+)$", re.S)
DATELINE = re.compile(r"^(?P<place>[A-ZÀ-Ý][^–—\n]{1,60}?)\s[–—-]\s")
_SECTIONS = (
    (
        "press_review",
        re.compile(
            r"(?i)^(?:media monitoring|media highlights|press review|in the (?:press|news|media|headlines)|"
            r"news highlights|highlights|top (?:stories|news)|(?:iom )?in the news|interviews?|polls?|"
            r"surveys?|"
            r"features?|in brief)\b.{0,40}$"
        ),
    ),
    (
        "trending",
        re.compile(
            r"(?i)^(?:(?:what[’']s )?trending|(?:around|elsewhere on|from|on) the (?:internet|web)|social"
            r" media)"
            r"\b.{0,40}$"
        ),
    ),
    ("opinion", re.compile(r"(?i)^(?:opinions?|op-?eds?|editorials?|analysis|comment(?:ary)?)\b.{0,30}$")),
)
# What an item of the web begins with that names no outlet: "A new report by … reveals".
_WORK = re.compile(
    r"^(?:A|An|The|This|These|One|New|Two|Three|\d+)(?: [\w’'-]+){0,5}? (?:analys[ei]s|animations?|apps?|"
    r"articles?|"
    r"books?|campaigns?|cartoons?|clips?|databases?|documentar(?:y|ies)|essays?|exhibitions?|films?|games?|"
    r"graphics?|infographics?|maps?|papers?|photo(?:graph)?s?|pictures?|podcasts?|polls?|projects?|reports?|"
    r"research|series|songs?|stud(?:y|ies)|surveys?|threads?|tools?|videos?)\b"
)
_CLOSING = re.compile(
    r"(?i)^(?:\W*)(?:(?:the )?(?:views|opinions|news items|items|articles|contents?) (?:expressed|"
    r"contained|listed|"
    r"selected|in|of|do|are)\b|disclaimer\b|(?:please )?note(?: that|:)|if you (?:would|wish|want|no"
    r" longer|have|"
    r"received)\b|to (?:un)?subscribe\b|(?:un)?subscribe\b|for (?:more|further) (?:information|news|"
    r"details)\b|"
    r"(?:for )?(?:press|media) (?:enquiries|inquiries|contacts?)\b|follow us\b|visit (?:us|our)\b|contact"
    r" us\b|"
    r"(?:compiled|prepared|produced|edited|published|issued) by\b|"
    r"this (?:digest|newsletter|bulletin|e-?mail|message|issue|review|selection|service|summary|"
    r"compilation)\b|"
    r"the (?:\w+ ){0,4}(?:digest|newsletter|bulletin|press review|news review) "
    r"(?:is|was|will|contains|does|has|takes|wishes|goes)\b|©|copyright\b|you (?:are receiv|receiv)|"
    r"we (?:welcome|wish|will be back)\b|our next (?:issue|digest)\b|thank you for\b)"
)
_EVENTS = re.compile(
    r"(?i)^(?:upcoming |coming |forthcoming |other |key )?(?:events?|dates?|conferences?|diary|calendar|"
    r"agenda)"
    r"(?: of the (?:day|week|month)| (?:and|&) \w+)?:?$|^(?:save the dates?|coming up|what[’']s on|on this"
    r" day)\b.{0,30}$"
)


def names_photo(text: str) -> bool:
    """Whether it says that it credits a photo; `is_photo` knows bare agencies, too."""
    return bool(_PHOTO.match(text))


def is_photo(text: str) -> bool:
    return names_photo(text) or bool(len(text) < 70 and _AGENCY.fullmatch(text))


def is_press_line(paragraph: Paragraph | None) -> bool:
    """Whether it is of a list, or attributes what it tells to an outlet."""
    return paragraph is not None and (bool(paragraph.bullet) or attribute(paragraph.text) is not None)


def is_heading(text: str) -> bool:
    return (
        0 < len(text.split()) <= 20
        and len(text) < 160
        and text[-1] not in ".;,:"
        and not (LINK.match(text) or SHARE.match(text) or is_photo(text))
        and not (QUOTE.match(text) or PORTRAIT.match(text))
    )


def is_prose(text: str) -> bool:
    is_special = (
        LINK.match(text) or SHARE.match(text) or is_photo(text) or BANNER.match(text) or is_closing(text)
    )
    return bool(text) and not is_special and not is_heading(text) and not attribute(text)


def section_of(heading: str) -> str | None:
    """The section that a heading names: press_review, trending or opinion."""
    return next((section for section, pattern in _SECTIONS if pattern.match(heading)), None)


def names_events(heading: str) -> bool:
    return bool(_EVENTS.match(heading))


def is_closing(text: str) -> bool:
    """Whether it speaks of the digest itself: who makes it, whom it binds, how to get it."""
    return bool(_CLOSING.match(text))


def is_work(text: str) -> bool:
    """Whether a sentence begins with a report, a film, a map that names no outlet."""
    return bool(_WORK.match(text)) and is_sentence(text)


def is_sentence(text: str) -> bool:
    return text.endswith((".", "!", "?", "…", "”", '"', "’", ")"))


@dataclass(frozen=True, slots=True)
class Said:
    """A quotation in one paragraph with who said it: `by` as it stands there, and the `name` in it."""

    text: str
    by: str
    name: str


def quote_in_line(text: str) -> tuple[str, str]:
    """The title that stands before a quotation in one paragraph, and the quotation; else two empty
    strings.
    """
    found = _QUOTE_IN_LINE.match(text)
    return (found.group().strip(), text[found.end() :]) if found else ("", "")


def said_in(text: str) -> Said | None:
    """A quotation with its speaker behind it: “…” – Name, title; “…,” said Name. None for anything else."""
    if text[:1] not in _CLOSED_BY:
        return None
    # Behind what closes, a space: an apostrophe stands within a word.
    closing = max(text.rfind(f"{mark} ") for mark in _CLOSED_BY[text[:1]])
    quoted, by = text[: closing + 1], text[closing + 1 :].strip()
    if closing <= 0 or not by or len(by.split()) > _MOST_OF_SPEAKER:
        return None
    found = _SAID_BY.match(by)
    who = (found["who"] if found else by).rstrip(".)").strip()
    if not who or not (who[0].isupper() or not who[0].isascii()):
        return None
    return Said(quoted, by, who)
