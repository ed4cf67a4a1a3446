"""Deeds: who did what to whom, where, how surely, and who says so, from a sentence's grammar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from griot.press.core.language.lexicon import are_alike
from griot.press.core.language.places import place_key
from griot.press.core.language.syntax import Parse, Token
from griot.press.core.language.text import fold
from griot.press.core.lines.claims import are_opposites

MOST = 40  # deeds of a sentence: a stranger's sentence may be nothing but verbs
_LONGEST = 12  # words of a party that are looked at, and links of the grammar that are followed
_ACTORS = {"nsubj", "csubj"}
_TARGETS = {"dobj", "nsubjpass", "csubjpass", "dative", "oprd"}
_PART_OF_NAME = {"compound", "amod", "poss", "nmod", "appos", "nummod", "flat"}
_NAMING = {"compound", "flat", "appos"}
_CLAUSES = {
    "ROOT",
    "ccomp",
    "xcomp",
    "advcl",
    "relcl",
    "acl",
    "conj",
    "pcomp",
    "parataxis",
    "dep",
    "csubj",
    "prep",
}

_PRONOUNS = {"PRP", "WP", "WDT", "EX", "DT", "WRB"}
_AFFIRMING = ("admit", "confirm", "accept")  # what is denied, refuted, rejected or opposed is not stated
_INSTEAD = {"than", "instead", "without"}
_NEGATIVE = {"not", "n't", "never", "no", "neither", "nor", "none", "nobody", "nothing"}


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part in a deed: the head's lemma, the words that tell it from others, and its names."""

    head: str
    words: frozenset[str]
    names: frozenset[str]
    utmost: frozenset[str] = frozenset()  # its superlatives: largest, first, only

    @property
    def is_utmost(self) -> bool:
        return bool(self.utmost)

    @property
    def is_country(self) -> bool:
        return any(name.isupper() for name in self.names)

    def is_like(self, other: Party) -> bool:
        """Whether both may be one: a name or a head shared, or heads alike."""
        if self.names and other.names:
            return not self.names.isdisjoint(other.names)
        if (self.head in other.words or other.head in self.words) and self.head.isalpha():
            return True
        return are_alike(self.head, other.head)


@dataclass(frozen=True, slots=True)
class Aside:
    """A party behind a preposition; "not on layoffs" is denied."""

    preposition: str
    party: Party
    is_denied: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What a verb says; `start` and `end` cut its words."""

    start: int
    end: int
    verb: str
    actors: tuple[Party, ...]
    targets: tuple[Party, ...]
    asides: tuple[Aside, ...]
    is_negated: bool
    is_disowned: bool  # the clause of what somebody denies, refuses, or does not say
    is_sure: bool
    is_past: bool
    is_said: bool
    speakers: tuple[Party, ...] = ()
    particles: tuple[str, ...] = ()  # prepositions without a party: to vote against

    @property
    def parties(self) -> tuple[Party, ...]:
        return (*self.actors, *self.targets, *(aside.party for aside in self.asides))


def deeds_in(parse: Parse) -> list[Deed]:
    """The deeds of a parsed sentence, in the order of their verbs; at most MOST."""
    return list(_Grammar(parse).deeds())


def innermost(deeds: Iterable[Deed], at: int) -> Deed | None:
    """The deed whose words are the fewest around a place."""
    return min((d for d in deeds if d.start <= at < d.end), key=lambda d: d.end - d.start, default=None)


def words_set_aside(parse: Parse) -> tuple[Set[str], Set[str]]:
    """The lemmas of nouns and verbs that a sentence states, and of those that it denies, or names only as
    what something else is measured against or stands in the place of: "rather than a reform".
    """
    return _Grammar(parse).set_aside()


def origins(parse: Parse) -> Iterator[tuple[str, Set[str]]]:
    """Nouns, and the countries that they are of, from or in: "Maltese bakers", "bakers from Malta"."""
    return _Grammar(parse).origins()


class _Grammar:
    """A parsed sentence, asked for what stands below each word."""

    def __init__(self, parse: Parse) -> None:
        self.tokens = parse
        self.below: list[list[int]] = [[] for _ in parse]
        for i, token in enumerate(parse):
            if token.head != i:
                self.below[token.head].append(i)

    def deeds(self) -> Iterator[Deed]:
        told = [i for i, t in enumerate(self.tokens) if self._is_deed(t) or t.relation == "appos"]
        for i in told[:MOST]:
            yield self._deed(i) if self._is_deed(self.tokens[i]) else self._apposition(i)

    def set_aside(self) -> tuple[Set[str], Set[str]]:
        stated: set[str] = set()
        aside: set[str] = set()
        denied = {i for i in range(len(self.tokens)) if self._has_no(i) or self._has_no_before(i)}
        for i, token in enumerate(self.tokens):
            if token.tag[:2] in {"NN", "VB"} and token.relation not in {"aux", "auxpass"}:
                (aside if self._is_set_aside(i, denied) else stated).add(fold(token.lemma))
        return stated, aside

    def _is_set_aside(self, i: int, denied: Set[int]) -> bool:
        """A verb by its own "not"; a noun by a "no" or "than" above it, up to the next verb."""
        if self._is_deed(self.tokens[i]):
            return self._is_negated(i) or self._is_disowned(i)
        for _ in range(_LONGEST):
            if i in denied:
                return True
            above = self.tokens[i].head
            if above == i or self._is_deed(self.tokens[above]):
                return False
            if fold(self.tokens[above].text) in _INSTEAD:
                return True
            i = above
        return False

    def origins(self) -> Iterator[tuple[str, Set[str]]]:
        for i, token in enumerate(self.tokens):
            if token.tag not in {"NN", "NNS"}:
                continue
            near = self._children(i, "amod", "compound", "poss")
            near += [
                o
                for c in self._children(i, "prep")
                if fold(self.tokens[c].text) in {"from", "of", "in"}
                for o in self._children(c, "pobj")
            ]
            keys = (place_key(self.tokens[c].text) or "" for c in near)
            if countries := frozenset(key for key in keys if len(key) == len("XX")):
                yield fold(token.lemma), countries

    def _apposition(self, i: int) -> Deed:
        """ "China, the largest source" says what China is."""
        start, end = self._stretch(i)
        one, other = self._party(self.tokens[i].head), self._party(i)
        return Deed(start, end, "be", (one,), (other,), (), False, False, True, False, False)

    def _is_deed(self, token: Token) -> bool:
        return token.tag[:2] == "VB" and token.relation not in {"aux", "auxpass", "amod", "compound", "case"}

    def _children(self, i: int, *relations: str) -> list[int]:
        return [c for c in self.below[i] if self.tokens[c].relation in relations]

    def _deed(self, i: int) -> Deed:
        token = self.tokens[i]
        is_passive = self._is_passive(i)
        actors = [p for c in self._children(i, *_ACTORS) for p in self._parties(c)]
        targets = [p for c in self._children(i, *_TARGETS) for p in self._parties(c)]
        actors += [
            p for c in self._children(i, "agent") for o in self._children(c, "pobj") for p in self._parties(o)
        ]
        if token.relation == "attr":
            actors = []
        if not self._children(i, *_ACTORS, "nsubjpass", "csubjpass"):
            inherited = self._inherited(i)
            if is_passive:
                targets += inherited
            else:
                actors += inherited
        targets += [p for c in self._children(i, "attr", "acomp") for p in self._parties(c)]
        asides = [
            Aside(fold(self.tokens[c].text), p, self._has_no(c) or self._has_no_before(c))
            for above in (i, *self._children(i, "dobj"))  # "blamed the fall on rust" may hang on either
            for c in self._children(above, "prep", "dative")
            if above == i or fold(self.tokens[c].text) != "of"
            for o in self._children(c, "pobj")
            for p in self._parties(o)
        ]
        start, end = self._stretch(i)
        return Deed(
            start,
            end,
            self._verb(i),
            tuple(actors),
            tuple(targets),
            tuple(asides),
            self._is_negated(i),
            self._is_disowned(i),
            self._is_sure(i),
            self._is_past(i),
            bool(self._children(i, "ccomp")),
            tuple(self._speakers(i)),
            tuple(
                fold(self.tokens[c].text)
                for c in self._children(i, "prep", "advmod")
                if not self._children(c, "pobj", "pcomp") and self.tokens[c].tag == "IN"
            ),
        )

    def _verb(self, i: int) -> str:
        lemma = fold(self.tokens[i].lemma)
        particle = next((fold(self.tokens[c].text) for c in self._children(i, "prt")), "")
        return f"{lemma}_{particle}" if particle else lemma

    def _is_passive(self, i: int) -> bool:
        if self._children(i, "auxpass", "nsubjpass"):
            return True
        token = self.tokens[i]
        if token.relation == "acl" and token.tag == "VBN":
            return True
        return token.relation == "conj" and token.tag == "VBN" and self._is_passive_above(i)

    def _is_passive_above(self, i: int) -> bool:
        above = self.tokens[i].head
        return above < i and not self._children(i, *_ACTORS, "aux") and self._is_passive(above)

    def _inherited(self, i: int) -> list[Party]:
        """The subject of a verb that has none of its own: of the noun or verb that it hangs on."""
        for _ in range(_LONGEST):
            token, above = self.tokens[i], self.tokens[i].head
            if above == i or token.relation not in _CLAUSES:
                return []
            if token.relation in {"acl", "relcl"}:
                return list(self._parties(above))
            own = self._children(above, *_ACTORS, "nsubjpass")
            if token.relation == "xcomp" and (objects := self._children(above, "dobj")):
                own = objects
            if own:
                return [p for c in own for p in self._parties(c)]
            i = above
        return []

    def _parties(self, i: int) -> Iterator[Party]:
        """The noun at `i` and those joined to it; what a relative pronoun stands for; no other pronouns."""
        for _ in range(_LONGEST):
            token = self.tokens[i]
            if token.tag in {"WP", "WDT"} or (token.tag == "IN" and fold(token.text) == "that"):
                relative = self._relative_above(i)
                if relative is None:
                    return
                i = relative
                continue
            break
        if self.tokens[i].tag not in _PRONOUNS:
            yield self._party(i)
        else:
            for c in self._children(i, "prep"):
                for o in self._children(c, "pobj"):
                    if self.tokens[o].tag not in _PRONOUNS:
                        yield self._party(o)
        for c in self._children(i, "conj"):
            if c > i:
                yield from self._parties(c)

    def _relative_above(self, i: int) -> int | None:
        for _ in range(_LONGEST):
            token = self.tokens[i]
            if token.relation == "relcl":
                return token.head
            if token.head == i:
                return None
            i = token.head
        return None

    def _party(self, i: int) -> Party:
        words: set[str] = set()
        names: set[str] = set()
        utmost: set[str] = set()
        named: set[int] = set()  # words of the name itself: not of whose or of where it is
        queue = [i]
        for j in queue:
            token = self.tokens[j]
            word = fold(token.lemma)
            is_own = j == i or (token.relation in _NAMING and token.head in named)
            if is_own and token.tag[:3] == "NNP":
                named.add(j)
                names.add(place_key(token.text) or fold(token.text))
            if token.tag == "JJS" or word in {"first", "only", "last"}:
                utmost.add(word)
            if token.tag[:2] in {"NN", "JJ", "CD", "VB", "FW"}:
                words.add(word)
            for c in self.below[j]:
                relation = self.tokens[c].relation
                of = relation == "prep" and fold(self.tokens[c].text) == "of"
                if len(queue) < _LONGEST and (relation in _PART_OF_NAME or of or (relation == "pobj")):
                    queue.append(c)
        proper = [self.tokens[j].text for j in sorted(named)]
        if len(proper) > 1 and (key := place_key(" ".join(proper))):
            names = {key}
        return Party(fold(self.tokens[i].lemma), frozenset(words), frozenset(names), frozenset(utmost))

    def _is_negated(self, i: int) -> bool:
        """Whether the verb is denied, or who does it or to whom is nobody."""
        if self._has_no(i) or any(self._has_no(c) for c in self._children(i, *_ACTORS, *_TARGETS, "attr")):
            return True
        refuses = bool(self._children(i, "aux")) and self.tokens[i].tag == "VB"
        return refuses and self.tokens[i].relation == "xcomp" and self._is_disowned(i)

    def _is_disowned(self, i: int) -> bool:
        token = self.tokens[i]
        if token.relation in {"xcomp", "ccomp", "pcomp"} and token.head != i:
            above = self._verb_above(i)
            if above is not None:
                lemma = fold(self.tokens[above].lemma)
                return self._has_no(above) != any(are_opposites(lemma, verb) for verb in _AFFIRMING)
        return False

    def _verb_above(self, i: int) -> int | None:
        for _ in range(3):
            i = self.tokens[i].head
            if self._is_deed(self.tokens[i]):
                return i
        return None

    def _has_no(self, i: int) -> bool:
        return any(
            self.tokens[c].relation == "neg" or fold(self.tokens[c].text) in _NEGATIVE for c in self.below[i]
        )

    def _has_no_before(self, i: int) -> bool:
        return i > 0 and fold(self.tokens[i - 1].text) == "not"

    def _is_sure(self, i: int) -> bool:
        """Whether the deed is told as done, not as possible, wished, planned or feared."""
        token = self.tokens[i]
        for c in self._children(i, "aux"):
            aux = self.tokens[c]
            if aux.tag == "MD" or (aux.tag == "TO" and token.relation not in {"advcl"}):
                return False
        if any(fold(self.tokens[c].text) in {"if", "unless", "whether"} for c in self._children(i, "mark")):
            return False
        if token.relation == "conj" and token.tag == "VB" and token.head < i:
            return self._is_sure(token.head) if self.tokens[token.head].tag == "VB" else True
        return True

    def _is_past(self, i: int) -> bool:
        tags = {self.tokens[c].tag for c in self._children(i, "aux", "auxpass")}
        has = any(fold(self.tokens[c].lemma) == "have" for c in self._children(i, "aux"))
        return self.tokens[i].tag == "VBD" or "VBD" in tags or (has and self._is_sure(i))

    def _speakers(self, i: int) -> Iterator[Party]:
        """Who says the clause of this verb: the subject of the verb that it is the object of."""
        for _ in range(_LONGEST):
            token = self.tokens[i]
            if token.head == i:
                return
            if token.relation == "ccomp":
                for c in self._children(token.head, *_ACTORS):
                    yield from self._parties(c)
                return
            i = token.head

    def _stretch(self, i: int) -> tuple[int, int]:
        """From the first to the last word that hangs on the verb without a clause of its own between."""
        first = last = i
        queue = [i]
        for j in queue:
            first, last = min(first, j), max(last, j)
            queue += [
                c
                for c in self.below[j]
                if not self._is_deed(self.tokens[c])
                and self.tokens[c].relation not in {"punct", "cc", "mark"}
            ]
        return self.tokens[first].start, self.tokens[last].end
