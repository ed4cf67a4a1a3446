"""Reading a press line that a person wrote: its outlets, its body, its mention (house-style.md,
backwards).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

from griot.digest.core.importing.describing import KINDS, described

# What outlets do, as digests put it. The second list is read only where a bullet says that a line begins: in
# prose, organisations do these things, too ("IOM has trained 80 returnees").
_REPORTING = (
    "add air analyse analyze announce argue ask broadcast carry cite cover describe discuss document examine"
    " explore feature focus follow highlight interview investigate issue list look mention note observe offer"
    " present produce profile publish quote release report reprint republish reveal review share speak state"
    " tweet warn"
).split()
_OTHER = (
    "address adopt advise answer assert assess base call capture claim collect comment compare compile"
    " conduct confirm consider contain continue contribute debate dedicate depict detail devote display draw"
    " echo emphasise emphasize estimate explain expose express file gather headline host include indicate"
    " introduce invite lament maintain mark name narrate open opine outline paint picture post praise print"
    " promote provide question raise recount refer reflect reference relate relay remark remember remind say"
    " show spotlight stress suggest summarise summarize survey talk trace track translate uncover underline"
    " update use visit voice weigh wonder"
).split()
_IRREGULAR = (
    "broadcast told tells ran runs run said says spoke written wrote writes posted tweeted showed shows"
).split()
_OTHER_IRREGULAR = (
    "drew found finds find gave gives led leads is has had saw sees shed sheds shown spoken took takes read"
    " reads put puts held holds brought brings made makes met meets"
).split()


def _forms(verb: str) -> list[str]:
    stem = verb.removesuffix("e")
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return [f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"]
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb}s"
    return [third, f"{stem}ed", f"{stem}ing", verb]


def _pattern(verbs: list[str], irregular: list[str]) -> re.Pattern[str]:
    forms = sorted({form for verb in verbs for form in _forms(verb)} | set(irregular), key=len, reverse=True)
    before = (
        "has|have|had|is|are|was|were|also|all|both|each|recently|today|yesterday|separately|again|further"
    )
    return re.compile(rf"(?<=\s)(?:(?:{before})\s+){{0,6}}(?:{'|'.join(forms)})\b")


_VERB = _pattern(_REPORTING, _IRREGULAR)
_ANY_VERB = _pattern(_REPORTING + _OTHER, _IRREGULAR + _OTHER_IRREGULAR)
_MENTION = re.compile(
    r"(?:They|It|All|Both|He|She|The (?:article|outlets?|report|story|piece|paper|agency)s?)(?: also| all|"
    r" both)? (?:cited|cites|quoted|quotes|mentioned|mentions|referenced|referred|credited|noted|named|"
    r"featured|included|used|carried|highlighted)\b"
)
_JOINT = re.compile(
    r",? and others\b|, and |, & |,? (?:as )?(?:re)?(?:carried|printed|published) by |,? \(?via | and | & |, "
)
# What stands between outlet and verb: whom the outlet names for it ("AFP, quoting the coast guard,
# reported").
_NAMED = ("citing ", "quoting ", "according to ", "referring to ", "in partnership with ", "together with ")
# What outlets do and hardly anybody else; of the other verbs of reporting a caption's people do many, too
# ("Ana Ruiz carries her son").
_OF_OUTLETS_ALONE = re.compile(
    r"\b(?:re)?(?:port|publish|broadcast|print|air|featur|interview|profil|ran$|runs?$)(?:e?s|e?d|ing)?$"
)
# What a person does, too: behind it an outlet is recognised by more than its capital.
_SAID = re.compile(
    r"\b(?:sa(?:ys?|id|ying)|t(?:old|ells?)|tweet(?:s|ed)|posted|(?:add|argu|announc|ask|answer|assert|"
    r"comment|"
    r"confirm|express|explain|insist|lament|mention|not|observ|opin|prais|recall|recount|remark|remember|"
    r"state|"
    r"stat|stress|suggest|warn)(?:e?s|e?d)?|sp(?:oke|eaks?|oken)|wr(?:ote|ites?|itten)|thinks?|thought)$"
)
_OF_OUTLETS = frozenset(
    (
        "agencia agence agency broadcasting bulletin chronicle courier daily dispatch echo express gazette"
        " globe"
        " guardian herald inquirer journal mail media mirror monitor news newsweek observer post press radio"
        " record reporter review reuters standard star sun telegraph television times today tribune tv"
        " voice watch"
        " weekly world zeitung afp ap bbc cnn dw efe npr rfi voa xinhua"
    ).split()
)
_OF_PERSONS = frozenset(
    (
        "Ambassador Archbishop Bishop Captain Cardinal Chancellor Chief Colonel Commissioner Director"
        " Doctor Dr Dr."
        " Father General Governor Judge King Lady Lord Mayor Minister Mr Mr. Mrs Mrs. Ms Ms. Nurse Officer"
        " Pope"
        " President Prince Princess Prof Prof. Professor Queen Rapporteur Rev. Secretary Secretary-General"
        " Senator"
        " Sergeant Sheikh Sir Sister Spokesman Spokesperson Spokeswoman"
    ).split()
)
_MOST_WORDS = 28  # of an attribution
_PARTICLES = frozenset("de du des of the la le los las el al on in for and & der die das a".split())
_OWN_NOUNS = frozenset(
    "agency blog channel daily magazine network newspaper newswire online podcast programme radio website"
    " weekly".split()
)
_LOWER_NAMES = frozenset("dpa epd euronews swissinfo taz".split())
# Words that begin a sentence, not an outlet's name; an article may begin either.
_OPENERS = frozenset(
    (
        "It They He She This That There In An We I These Those Both "
        "According Writing Speaking Meanwhile However"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Attributed:
    """A line taken apart. `names` alternate outlets and what joins them, and begin with "" where the first
    outlet is introduced; `body` begins with the verb.
    """

    names: tuple[str, ...]
    body: str
    mention: str

    @property
    def outlets(self) -> tuple[str, ...]:
        return tuple(filter(None, self.names[::2]))


@lru_cache(maxsize=1)
def _with_and() -> re.Pattern[str]:
    """Names that have an "and" of their own: countries, and what papers are called."""
    countries = [name for name in Locale("en").territories.values() if " and " in name or " & " in name]
    pairs = (
        r"(?:Trinidad|Antigua|Bosnia|Business|Arts|Science|Politics|Law|Food|Money|Health|Sports?|Peace|"
        r"Development|Policy|Migration|Refugees|Mail|Standard) (?:and|&) (?:Tobago|Barbuda|Herzegovina|"
        r"[A-Z]\w+)"
    )
    return re.compile("|".join([*map(re.escape, countries), pairs]))


def attribute(text: str, is_marked: bool = False, follows: bool = False) -> Attributed | None:
    """Take a press line apart, or None where it does not begin with outlets and a verb.

    `is_marked` says that a bullet or its place made it a line already, so that any verb will do; `follows`
    that it stands behind one. Otherwise the verb or the name must be an outlet's, not a person's.
    """
    text = " ".join(text.split())
    for verb in (_ANY_VERB if is_marked else _VERB).finditer(text):
        head = text[: verb.start()].rstrip()
        if len(head.split()) > _MOST_WORDS:
            return None
        if is_attribution(head) and _may_do(head, verb.group(), is_marked, follows):
            body = text[verb.start() :]
            body, mention = _without_mention(body)
            return Attributed(separate(head), body, mention)
    return None


def separate(head: str) -> tuple[str, ...]:
    """The outlets of an attribution and what joins and introduces them, alternating; joined again they
    give it back.
    """
    named, aside = _without_aside(head)
    protected = [m.span() for m in _with_and().finditer(named)]
    pieces: list[str] = []
    end = 0
    for joint in _JOINT.finditer(named):
        if any(a <= joint.start() < b and "," not in joint.group() for a, b in protected):
            continue
        _add(pieces, named[end : joint.start()], joint.group())
        end = joint.end()
    if rest := named[end:]:
        _add(pieces, rest)
    if aside and len(pieces) % 2:
        pieces.append(aside)
    elif aside and pieces:
        pieces[-1] += aside
    elif aside:
        pieces = ["", aside]
    return tuple(pieces)


def _add(pieces: list[str], written: str, joint: str = "") -> None:
    """Add a name to names and joints; what introduces and follows it belongs to the joints."""
    found = described(written)
    if found.before and pieces:
        pieces[-1] += found.before
    elif found.before:
        pieces += ["", found.before]
    pieces.append(found.name)
    if after := found.after + joint:
        pieces.append(after)


def _without_aside(head: str) -> tuple[str, str]:
    """The names, and what stands behind them between commas or in a bracket that is theirs."""
    if head.endswith(")") and " (via " in head and "(" not in head.rpartition(" (via ")[2]:
        return head[:-1], ")"
    if not head.endswith(","):
        return head, ""
    before, comma, aside = head[:-1].rpartition(", ")
    if comma and "," not in aside:
        first, _, rest = aside.partition(" ")
        if aside.startswith(_NAMED) or (
            first in {"a", "an", "the", "one"} and not KINDS.isdisjoint(rest.split())
        ):
            return before, head[len(before) :]
        if first in {"via", "(via"} or re.match(r"(?:as )?(?:re)?(?:carried|printed|published) by ", aside):
            return head[:-1], ","
    return head, ""


def is_attribution(head: str) -> bool:
    """Whether every name in it could be an outlet's: it begins with a capital, and is no sentence."""
    names = separate(head)[::2]
    names = names[1:] if names and not names[0] else names
    return (
        bool(names)
        and not _JOINT.match(head)
        and (head[-1] not in ",;:." or bool(_without_aside(head)[1]))
        and all(_is_name(n) for n in names)
    )


def _may_do(head: str, verb: str, is_marked: bool, follows: bool) -> bool:
    """Whether those who are named do this as outlets: people do it, too."""
    pieces = separate(head)
    is_introduced = any(described(piece).is_told for piece in _JOINT.split(head) if piece)
    signs = [
        any(word.lower() in _OF_OUTLETS or "." in word[1:-1] for word in re.split(r"[ /-]", name))
        for name in pieces[::2]
        if name
    ]
    if not all(
        sign or _OF_PERSONS.isdisjoint(name.split())
        for name, sign in zip(filter(None, pieces[::2]), signs, strict=True)
    ):
        return False
    if is_marked or is_introduced or any(signs) or _OF_OUTLETS_ALONE.search(verb):
        return True
    return follows and not _SAID.search(verb)


def _is_name(name: str) -> bool:
    words = name.split()
    if not words or len(words) > 9 or re.search(r"[“”\"!?;:]|\.\s", name):
        return False
    if words[0] in _OPENERS or words in (["The"], ["A"], ["All"]):
        return False
    big = [w for w in words if _is_proper(w.strip("()[]"))]
    return bool(big) and all(w in big or w.strip("()") in _PARTICLES | _OWN_NOUNS for w in words)


def _is_proper(word: str) -> bool:
    """A capital or a figure anywhere, an address, another script, or one of the names that are written
    small.
    """
    return (
        any(c.isupper() or c.isdigit() or not c.isascii() for c in word)
        or re.fullmatch(r"[a-z]+(?:\.[a-z]+)+", word) is not None
        or word in _LOWER_NAMES
    )


def _without_mention(body: str) -> tuple[str, str]:
    """The body and the closing sentence that says how our organisation appears, where there is one."""
    cuts = [m.end() for m in re.finditer(r"[.!?”\"]\s+(?=[A-Z])", body)]
    for cut in cuts:
        if _MENTION.match(body[cut:]):
            return body[:cut].rstrip(), body[cut:]
    return body, ""
