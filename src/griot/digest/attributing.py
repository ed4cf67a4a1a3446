"""Reading a press line that a person wrote: its outlets, its body, its mention (house-style.md, backwards)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

_VERBS = (
    "reported reports report published publishes featured features feature ran runs run interviewed interviews spoke speaks reviewed "
    "reviews quoted quotes cited cites noted notes wrote writes carried carries covered covers highlighted highlights said says looked "
    "looks explored explores examined examines profiled profiles shared shares posted tweeted listed lists announced described describes "
    "discussed discusses showed shows aired broadcast broadcasts argued argues analysed analyzed analyses told tells stated states produced "
    "presented presents released reprinted republished mentioned mentions focused focuses followed follows documented added asked asks "
    "investigated investigates revealed reveals warned warns observed offered offers issued"
)  # fmt: skip
_VERB = re.compile(rf"(?<=\s)(?:(?:has|have|also|recently) )*(?:{'|'.join(_VERBS.split())})\b")
_MENTION = re.compile(
    r"(?:They|It|All|Both|He|She|The (?:article|outlets?|report|story|piece|paper|agency)s?)(?: also| all| both)? "
    r"(?:cited|cites|quoted|quotes|mentioned|mentions|referenced|referred|credited|noted|named|featured|included|used|carried|highlighted)\b"
)
_JOINT = re.compile(r",? and others\b|, and |, & | and | & |, ")
_MOST_WORDS = 28  # of an attribution
_PARTICLES = frozenset(
    (
        "de",
        "du",
        "des",
        "of",
        "the",
        "la",
        "le",
        "los",
        "las",
        "el",
        "al",
        "on",
        "in",
        "for",
        "and",
        "&",
        "der",
        "die",
        "das",
        "a",
    )
)


@dataclass(frozen=True, slots=True)
class Attributed:
    """A line taken apart. `names` alternate outlets and what joins them; `body` begins with the verb."""

    names: tuple[str, ...]
    body: str
    mention: str


@lru_cache(maxsize=1)
def _with_and() -> re.Pattern[str]:
    """Names that have an "and" of their own: countries, and what papers are called."""
    countries = [name for name in Locale("en").territories.values() if " and " in name or " & " in name]
    pairs = r"(?:Trinidad|Antigua|Bosnia|Business|Arts|Science|Politics|Law|Food|Money|Health|Sports?|Peace|Development|Policy|Migration|Refugees|Mail|Standard) (?:and|&) (?:Tobago|Barbuda|Herzegovina|[A-Z]\w+)"
    return re.compile("|".join([*map(re.escape, countries), pairs]))


def attribute(text: str) -> Attributed | None:
    """Take a press line apart, or None where it does not begin with outlets and a verb."""
    text = " ".join(text.split())
    for verb in _VERB.finditer(text):
        head = text[: verb.start()].rstrip()
        if len(head.split()) > _MOST_WORDS:
            return None
        if _is_attribution(head):
            body = text[verb.start() :]
            body, mention = _without_mention(body)
            return Attributed(separate(head), body, mention)
    return None


def separate(head: str) -> tuple[str, ...]:
    """The outlets of an attribution and what joins them, alternating; joined again they give it back."""
    protected = [m.span() for m in _with_and().finditer(head)]
    pieces, end = [], 0
    for joint in _JOINT.finditer(head):
        if any(a <= joint.start() < b and "," not in joint.group() for a, b in protected):
            continue
        pieces += [head[end : joint.start()], joint.group()]
        end = joint.end()
    return tuple([*pieces, head[end:]] if head[end:] else pieces)


def _is_attribution(head: str) -> bool:
    """Whether every name in it could be an outlet's: it begins with a capital, and is no sentence."""
    names = separate(head)[::2]
    return bool(head) and head[-1] not in ",;:." and all(_is_name(name) for name in names)


def _is_name(name: str) -> bool:
    words = name.split()
    if not words or len(words) > 9 or re.search(r"[“”\"!?;:]|\.\s", name):
        return False
    big = [w for w in words if w[:1].isupper() or w[:1].isdigit() or not w[:1].isascii()]
    small = [w for w in words if w not in big and w.strip("()") not in _PARTICLES]
    lone = {
        "It",
        "They",
        "He",
        "She",
        "This",
        "That",
        "There",
        "The",
        "In",
        "A",
        "An",
        "We",
        "I",
        "These",
        "Those",
        "All",
        "Both",
        "According",
    }
    return (
        bool(big)
        and not small
        and not (words[0] in lone and len(words) == 1)
        and words[0] not in lone - {"The", "All", "A"}
    )


def _without_mention(body: str) -> tuple[str, str]:
    """The body and the closing sentence that says how our organisation appears, where there is one."""
    cuts = [m.end() for m in re.finditer(r"[.!?”\"]\s+(?=[A-Z])", body)]
    for cut in cuts:
        if _MENTION.match(body[cut:]):
            return body[:cut].rstrip(), body[cut:]
    return body, ""
