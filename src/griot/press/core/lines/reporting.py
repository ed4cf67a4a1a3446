"""Who says so: attributions in a sentence, found, and turned so that they stand well behind "reported that".

…, the ministry said on Monday.       → …, according to the ministry.
The ministry said that …              → …, according to the ministry.
…, results of a survey suggest.       → results of a survey suggest that …
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from griot.press.core.language.syntax import Parse, Token

# Verbs that only say who speaks; "reported that" says it once.
_SAYING = set("say tell report state announce add declare write note explain".split())
# Verbs that also say how it is known, or what the word does.
_HOLDING = set(
    "show suggest find reveal indicate confirm estimate hold rule decide determine conclude warn insist claim"
    " believe argue admit acknowledge predict forecast expect hear learn calculate complain allege stress"
    " promise deny think reckon recall fear".split()
)
_OFTEN_PASSIVE = set("find hear learn believe expect fear reveal think estimate calculate promise".split())
_FINITE = {"VBD", "VBZ", "VBP", "MD"}
_PRONOUNS = {"PRP", "PRP$", "WP", "WDT", "WP$"}
_OPENS_NO_SPEAKER = {"IN", "TO", "WRB", "WDT", "WP", "CC", "RB", "VBG", "VBN", "VB"}
_DAYS = set(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow tonight last late"
    " early earlier this".split()
)
_MEANWHILE = {"as", "while", "when"}  # "the minister said on Friday as the convoy left": of the saying
_OPENING_QUOTES, _CLOSING_QUOTES = {"``", "“", "«", "„"}, {"''", "”", "»"}
MOST_AFTER = 9  # words behind a verb of saying: "told reporters in Tallinn on Monday"


@dataclass(frozen=True, slots=True)
class Attributed:
    """A sentence in its parts: what is said, by whom, and the verb. `told` leaves the saying out.

    `speaker` is "" where the sentence names only a pronoun. `verb` stands as it is written, with its time.
    """

    told: str
    speaker: str
    verb: str
    lemma: str

    @property
    def only_says(self) -> bool:
        return self.lemma in _SAYING


def quoted(parse: Parse) -> list[bool]:
    """Of each token, whether it stands in a quotation (its marks included)."""
    inside, found = False, []
    for token in parse:
        if token.text == '"':
            found.append(True)
            inside = not inside
        elif token.text in _OPENING_QUOTES:
            inside = True
            found.append(True)
        elif token.text in _CLOSING_QUOTES:
            inside = False
            found.append(True)
        else:
            found.append(inside)
    return found


def attributed(sentence: str, parse: Parse) -> Attributed | None:
    """The attribution of a sentence, or None where it has none."""
    return _beside(sentence, parse) or _in_front(sentence, parse)


def segments(parse: Parse) -> list[tuple[int, int]]:
    """Stretches of tokens between commas; a quotation is not cut, and ends one where a comma ends it."""
    inside = quoted(parse)
    found, start = [], 0
    for i, token in enumerate(parse):
        if token.text == "," and not inside[i]:
            found.append((start, i))
            start = i + 1
        elif inside[i] and i > start and parse[i - 1].text == "," and _closes(parse, inside, i):
            found.append((start, i + 1))
            start = i + 1
    end = len(parse)
    while end > start and parse[end - 1].text in {".", "!", "?"}:
        end -= 1
    found.append((start, end))
    return [(a, b) for a, b in found if a < b]


def _closes(parse: Parse, inside: Sequence[bool], i: int) -> bool:
    return parse[i].text in {'"', *_CLOSING_QUOTES} and (i + 1 == len(parse) or not inside[i + 1])


def _beside(sentence: str, parse: Parse) -> Attributed | None:
    """An attribution behind what is said, or set into it between commas."""
    parts = segments(parse)
    for n, (a, b) in enumerate(parts):
        if n == 0:
            continue
        verb = next((i for i in range(a, b) if _is_saying(parse, i, a, b)), None)
        if verb is None or not _is_only_adjunct(parse[verb + 1 : b], parse[verb], inverted=verb == a):
            continue
        first, last = n, n
        if verb > a:
            speaker = (a, _without_auxiliary(parse, a, verb))
            phrase = (verb, b)
        elif _is_inverted(parse, verb, b):
            end = _before_time(parse, verb + 1, b)
            speaker, phrase = (verb + 1, end), (verb, verb + 1)
            if n + 1 < len(parts) and _is_apposition(parse, *parts[n + 1]):
                last = n + 1
                speaker = (verb + 1, parts[last][1]) if end == b else speaker
        elif n >= 3 and _is_nominal(parse, *parts[n - 2]) and _is_apposition(parse, *parts[n - 1]):
            first = n - 2  # "a spokesman, Torben Roth, said"
            named = parts[n - 1] if _has_pronoun(parse, *parts[n - 2]) else (parts[n - 2][0], parts[n - 1][1])
            speaker, phrase = named, (verb, b)
        else:
            continue
        if not _is_nominal(parse, *speaker):
            continue
        rest = parts[last + 1 :]
        while rest and parse[rest[0][0]].tag in {"VBG", "WP", "WDT", "WP$"}:
            rest = rest[1:]  # "…, adding that", "…, who held his hat": of the speaker
        told = [_text(sentence, parse, x, y) for x, y in (*parts[:first], *rest)]
        who = "" if _is_pronoun(parse, *speaker) else _text(sentence, parse, *speaker)
        return Attributed(", ".join(told), who, _text(sentence, parse, *phrase), parse[verb].lemma)
    return None


def _is_inverted(parse: Parse, verb: int, end: int) -> bool:
    """ "…, said the minister": whom one told is no speaker."""
    return (
        end - verb > 1
        and parse[verb].lemma in _SAYING - {"tell"}
        and parse[verb + 1].tag not in {"IN", "TO", "RB"}
        and not _is_day(parse[verb + 1])
    )


def _in_front(sentence: str, parse: Parse) -> Attributed | None:
    """ "The ministry said on Monday that …": of verbs that only say so."""
    root = next((i for i, t in enumerate(parse) if t.head == i), None)
    if root is None or parse[root].lemma not in _SAYING or parse[root].tag not in {"VBD", "VBZ", "VBP"}:
        return None
    subjects = [i for i, t in enumerate(parse) if t.head == root and t.relation == "nsubj" and i < root]
    said = [i for i, t in enumerate(parse) if t.head == root and t.relation == "ccomp" and i > root]
    if not subjects or not said:
        return None
    a, b = subtree(parse, said[0])
    speaker = subtree(parse, subjects[0])
    has_subject = any(t.head == said[0] and t.relation in {"nsubj", "nsubjpass", "expl"} for t in parse)
    end = max((i for i, t in enumerate(parse) if t.text not in {".", '"', "”"}), default=0) + 1
    if (
        speaker[0] != 0
        or b < end
        or not has_subject
        or parse[a].text.lower() not in {"that"} | _nominals(parse, a)
    ):
        return None
    a += parse[a].text.lower() == "that"
    who = "" if _has_pronoun(parse, *speaker) else _text(sentence, parse, *speaker)
    return Attributed(_text(sentence, parse, a, end), who, parse[root].text, parse[root].lemma)


def _nominals(parse: Parse, at: int) -> set[str]:
    """What is said may begin without "that", at its subject."""
    return set() if parse[at].tag in {"TO", "VBG", "WP", "WRB"} else {parse[at].text.lower()}


def subtree(parse: Parse, top: int) -> tuple[int, int]:
    """The stretch from the first to behind the last token that hangs on one."""
    below = {top}
    grown = True
    while grown:
        more = {i for i, t in enumerate(parse) if t.head in below} - below
        below |= more
        grown = bool(more)
    return min(below), max(below) + 1


def _is_saying(parse: Parse, i: int, a: int, b: int) -> bool:
    token = parse[i]
    lemma = token.lemma
    if lemma not in _SAYING | _HOLDING:
        return False
    before = parse[a:i]
    # Of a verb set in between, the tagger often takes the past for a participle, and "show" for a noun.
    is_verb = token.tag in {"VBD", "VBZ", "VBP"} or (
        (token.tag in {"VBN", "VB", "NN"} and i == b - 1)
        or (token.tag == "VBN" and (i == a or lemma not in _OFTEN_PASSIVE))
    )
    return is_verb and (
        i == a
        or (
            before[0].tag not in _OPENS_NO_SPEAKER
            and not any(
                t.tag in _FINITE and t.relation != "relcl" and t.lemma not in {"have", "be"} for t in before
            )
        )
    )


def _is_only_adjunct(rest: Sequence[Token], verb: Token, inverted: bool) -> bool:
    rest = rest[: next((i for i, t in enumerate(rest) if i and t.text.lower() in _MEANWHILE), len(rest))]
    if any(
        t.tag in _FINITE or (t.text.lower() in {"that", "to"} and t.relation in {"mark", "aux"}) for t in rest
    ):
        return inverted and not any(t.text.lower() == "that" and t.relation == "mark" for t in rest)
    if not rest or inverted:
        return True
    first = rest[0]
    return len(rest) <= MOST_AFTER and (
        verb.lemma == "tell" or first.tag in {"IN", "TO", "RB"} or _is_day(first)
    )


def _is_day(token: Token) -> bool:
    return token.text.lower() in _DAYS


def _before_time(parse: Parse, a: int, b: int) -> int:
    """The end of a speaker's name: "the Northern State | on Sunday"."""
    for i in range(a + 1, b):
        if _is_day(parse[i]) or (parse[i].tag == "IN" and i + 1 < b and _is_day(parse[i + 1])):
            return i
    return b


def _without_auxiliary(parse: Parse, a: int, verb: int) -> int:
    end = verb
    while end > a + 1 and parse[end - 1].tag in _FINITE | {"RB", "VBN"} and parse[end - 1].head >= verb:
        end -= 1
    return end


def _is_nominal(parse: Parse, a: int, b: int) -> bool:
    tags = [t.tag for t in parse[a:b]]
    return (
        bool(tags)
        and tags[0] not in _OPENS_NO_SPEAKER
        and any(t.startswith(("NN", "PRP")) or t in {"DT", "CD"} for t in tags)
    )


def _is_apposition(parse: Parse, a: int, b: int) -> bool:
    return _is_nominal(parse, a, b) and not any(t.tag in _FINITE for t in parse[a:b]) and b - a <= 10


def _has_pronoun(parse: Parse, a: int, b: int) -> bool:
    return any(t.tag in _PRONOUNS for t in parse[a:b])


def _is_pronoun(parse: Parse, a: int, b: int) -> bool:
    """Whether a speaker is only "she": "its ministry" speaks of the sentence's own subject."""
    return any(t.tag == "PRP" for t in parse[a:b])


def _text(sentence: str, parse: Parse, a: int, b: int) -> str:
    return sentence[parse[a].start : parse[b - 1].end] if a < b else ""


def speakers(parse: Parse) -> Iterator[int]:
    """Verbs of saying in a sentence: where it has one, a quotation in it has a speaker."""
    return (i for i, t in enumerate(parse) if t.lemma in _SAYING | _HOLDING and t.tag.startswith("VB"))
