"""The check: is every fact of a line in an article of its story?

Facts are numbers, names, places, dates, quotations, negations, verbs that have an opposite, and
the outlets credited. Each must stand in a passage (a title or sentence) of an article, in the
company it keeps in the line. Where a passage says the same thing with *another* fact in its
place, that contradicts the line, even if the fact stands somewhere else in the story: so a
true figure moved to another subject, or two names changed about, are found.

What is found keeps its passage; what is not has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from babel import Locale

from griot.press.core.language.calendars import CalendarDate
from griot.press.core.language.numbers import Number, agrees, rounding_before
from griot.press.core.language.places import people_of, place_key, place_names
from griot.press.core.language.text import fold, stem, stop_words, without_initials
from griot.press.core.lines.claims import CONNECTORS, OPENING_WORDS, negations, without_titles
from griot.press.core.lines.passages import SMALL, Fact, Text, counted, passages_of
from griot.press.core.types import Article, Claim

ATTRIBUTION_VERB = re.compile(
    r"\s(?:all )?(?:also )?(reported|ran|published|featured|interviewed|spoke|reviewed|carried|wrote|told|"
    r"looked|quoted|cited|described|profiled|rapporte|rapportent|publie|publient|informa|informan|publica|"
    r"publican|أفادت|ذكرت|نشرت)\b"
)
SAME = 0.6  # share of a claim's neighbours from which a passage says the same thing
# Share of the line's words that a passage has in the same order: it is that passage, cut or touched up
RETOLD = 0.75
VERBATIM = 0.8  # … and from which it uses the line's own words, so that each must be in its place
MIN_COMPANY = 3  # content words; with fewer the company says nothing
_IN_LANGUAGE = re.compile(r"^\s*reported, in ([A-Z]\w+), under")  # says what the article itself is
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|«([^»]+)»")
_SPEECH = {
    stem(w, "en")
    for w in (
        "said says told tells added stated announced explained called warned quoted denied confirmed".split()
    )
}
_LISTING = re.compile(r"\s*(?:,|,? and|,? or|,? et|,? y|,? e|،| و)?\s*")
_PAUSE = re.compile(r"[,;:–—]\s")


def check(
    line: str, articles: Sequence[Article], language: str = "en", passages: Sequence[Text] | None = None
) -> tuple[Claim, ...]:
    """The claims of a line in plain text, each with the passage that supports it or without.

    `articles` are all of the line's story; `passages` are theirs (`passages_of`) where several lines
    of one story are checked. A line without a single fact has no claims.
    """
    line = " ".join(line.split())
    verb = ATTRIBUTION_VERB.search(line)
    head, body = (line[: verb.start()], line[verb.start() :]) if verb else ("", line)
    if passages is None:
        passages = passages_of(articles)
    written_in = {Locale("en").languages.get(a.language) for a in articles}
    if (found := _IN_LANGUAGE.match(body)) and found.group(1) in written_in:
        body = _IN_LANGUAGE.sub(" reported under", body)
    body = without_initials(body)
    claims = [*_outlets(head, articles)]
    quotes = list(_QUOTED.finditer(body))
    claims += [_quotation(m.group(1) or m.group(2) or m.group(3), passages) for m in quotes]
    # What stands in quotation marks was compared word for word; blank it, keeping positions.
    for m in quotes:
        body = body[: m.start()] + "·" * (m.end() - m.start()) + body[m.end() :]
    said = Text(body[verb.end() - verb.start() :] if verb else body, language)
    checker = _Checker(said, passages)
    claims += [checker.claim(fact) for fact in said.facts]
    claims += checker.dropped_negations()
    return tuple(dict.fromkeys(claims))


def _outlets(head: str, articles: Sequence[Article]) -> Iterator[Claim]:
    """Each outlet that the attribution names must be one of the story's."""
    known = {fold(name): a for a in articles for name in (a.outlet, a.credit)}
    head = re.sub(r"\s+and others$", "", head.strip())
    # Longest first, so that a name with a comma or "and" in it is taken whole.
    rest = fold(head)
    for name in sorted(known, key=len, reverse=True):
        pattern = rf"(?:(?:^|(?<=, )|(?<= and ))(?:the )?){re.escape(name)}(?=$|, | and )"
        if re.search(pattern, rest):
            rest = re.sub(pattern, "", rest)
            yield Claim(known[name].outlet, "outlet", known[name].url, known[name].title)
    for name in re.split(r", | and ", rest):
        if left := name.strip(" ,"):
            start = fold(head).find(left)
            yield Claim(head[start : start + len(left)] if start >= 0 else left, "outlet")


def _quotation(quoted: str, passages: Sequence[Text]) -> Claim:
    wanted = Text(quoted, "").spaced
    for i, passage in enumerate(passages):
        following = passages[i + 1 : i + 3]
        joined = passage.spaced + "".join(p.spaced[1:] for p in following if p.url == passage.url)
        if wanted in joined:
            return Claim(quoted, "quotation", passage.url, passage.text)
    return Claim(quoted, "quotation")


class _Checker:
    """One line's body against the passages of its story."""

    def __init__(self, said: Text, passages: Sequence[Text]) -> None:
        self.said, self.passages = said, passages
        self.used: set[tuple[int, int]] = (
            set()
        )  # what one fact of the line has been found at, another can't be
        stop = stop_words(said.language) | OPENING_WORDS
        self.company = frozenset(
            stem(w, said.language) for _, w in said.words if w not in stop and len(w) > 2 and not w.isdigit()
        )

    def claim(self, fact: Fact) -> Claim:
        for passage, unsaid in self._retold:
            if not any(fact.start <= p < fact.end for p in unsaid):
                return self._supported(fact, passage)
        if any(self._is_exchanged(fact, passage, unsaid) for passage, unsaid in self._retold):
            return Claim(fact.text, fact.kind)
        before, after = self.said.neighbours(fact.start, fact.end)
        around = set(before + after)
        same = [p for p in self.passages if len(around) >= 2 and len(around & p.stems) >= SAME * len(around)]
        exact = [(p, at) for p in same if (at := self._place_of(fact, p)) >= 0]
        if not exact and self._is_repeated(fact):
            return Claim(fact.text, fact.kind)
        if exact:
            self.used.update((id(p), at) for p, at in exact)
            return self._supported(fact, exact[0][0])
        if any(self._has_rival(fact, p) for p in same) or self._is_told_of_another(fact):
            return Claim(fact.text, fact.kind)
        return self._somewhere(fact, around)

    @cached_property
    def _retold(self) -> list[tuple[Text, dict[int, tuple[int, int]]]]:
        """Passages that the line gives almost word for word, with the line's words that differ.

        Those map from where they stand in the line to the stretch of the passage in whose place they stand.
        """
        found = []
        mine = [w for _, w in self.said.words]
        for passage in self.passages:
            if passage.language != self.said.language or len(self.company & passage.stems) < 0.7 * len(
                self.company
            ):
                continue
            theirs = [w for _, w in passage.words]
            unsaid: dict[int, tuple[int, int]] = {}
            same = 0
            for tag, i1, i2, j1, j2 in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
                if tag == "equal":
                    same += i2 - i1
                    continue
                stretch = (passage.words[j1][0], passage.words[j2 - 1][0] + 1) if j2 > j1 else (0, 0)
                unsaid.update({self.said.words[i][0]: stretch for i in range(i1, i2)})
            if len(mine) >= 6 and same >= RETOLD * len(mine):
                found.append((passage, unsaid))
        return found

    def _is_exchanged(self, fact: Fact, passage: Text, unsaid: dict[int, tuple[int, int]]) -> bool:
        """Whether a passage that the line retells has another fact of this kind in its place."""
        kinds = {"name", "place"} if fact.kind in {"name", "place"} else {fact.kind}
        stretches = {unsaid[p] for p in unsaid if fact.start <= p < fact.end}
        return any(
            other.kind in kinds
            and start < end
            and (start <= other.start < end or other.start <= start < other.end)
            and not self._is_same_name(fact, other)
            and not self._matches(fact, other)
            for start, end in stretches
            for other in passage.facts
        )

    def _is_repeated(self, fact: Fact) -> bool:
        """Whether the line gives a figure or a name a second time and no passage does: one of them stands for
        another.
        """
        if fact.kind not in {"number", "name"}:
            return False
        first = next(
            f
            for f in self.said.facts
            if f.kind == fact.kind and (f.value == fact.value or self._matches(fact, f))
        )
        times = [
            (
                len(list(_places(fact.value, p)))
                if isinstance(fact.value, list)
                else sum(self._matches(fact, o) for o in p.facts if o.kind == "number")
            )
            for p in self.passages
        ]
        return first.start != fact.start and max(times, default=0) < 2

    def _is_told_of_another(self, fact: Fact) -> bool:
        """Whether the passage that tells most of this part of the line has another figure or speaker, and not
        this one.
        """
        if fact.kind == "number":
            around = self._clause_around(fact)
            with_it = max((len(around & p.stems) for p in self.passages if self._has(fact, p)), default=0)
            return any(
                len(around & p.stems) >= with_it + 2
                and not self._has(fact, p)
                and self._counts_alike(fact, p)
                for p in self.passages
            )
        if fact.kind == "name" and self._speaks(self.said, fact):
            company = self.company - {stem(fold(w), self.said.language) for w in fact.text.split()}
            top = max(self.passages, key=lambda p: len(company & p.stems), default=None)
            return (
                top is not None
                and len(company & top.stems) >= 4
                and all(
                    len(company & top.stems) >= len(company & p.stems) + 2
                    for p in self.passages
                    if self._has(fact, p)
                )
                and not self._has(fact, top)
                and any(other.kind == "name" and self._speaks(top, other) for other in top.facts)
            )
        if fact.kind == "verb":
            pair, side = fact.side
            if (pair, 1 - side) in {f.value for f in self.said.facts if f.kind == "verb"}:
                return False  # the line speaks of both
            sides = [({o.value for o in p.facts if o.kind == "verb"}, p) for p in self.passages]
            return not any((pair, side) in values for values, _ in sides) and any(
                (pair, 1 - side) in values and len(self.company & p.stems) >= MIN_COMPANY
                for values, p in sides
            )
        return False

    def _clause_around(self, fact: Fact) -> set[str]:
        """The neighbours of a fact that stand in its own part of the sentence."""
        start = max((m.end() for m in _PAUSE.finditer(self.said.text, 0, fact.start)), default=0)
        stop = _PAUSE.search(self.said.text, fact.end)
        end = stop.start() if stop else len(self.said.text)
        return {w for p, w in self.said.stemmed if start <= p < fact.start or fact.end <= p < end}

    @staticmethod
    def _speaks(text: Text, fact: Fact) -> bool:
        before, after = text.neighbours(fact.start, fact.end, 2)
        return bool({"accord"} & set(before) or _SPEECH & set(after[:1]) or _SPEECH & set(before[:1]))

    def _counts_alike(self, fact: Fact, passage: Text) -> bool:
        mine = counted(self.said, fact)
        return bool(mine) and any(
            counted(passage, other) == mine for other in passage.facts if other.kind == "number"
        )

    def _supported(self, fact: Fact, passage: Text) -> Claim:
        return Claim(fact.text, fact.kind, passage.url, passage.text)

    def _matches(self, fact: Fact, other: Fact) -> bool:
        """Whether a passage's fact bears out the line's."""
        if isinstance(fact.value, Number) and isinstance(other.value, Number):
            rounding = rounding_before(self.said.text, fact.start)
            return agrees(fact.value.value, rounding, other.value.value)
        if isinstance(fact.value, CalendarDate) and isinstance(other.value, CalendarDate):
            return fact.value.is_borne_out_by(other.value)
        return fact.kind == other.kind and fact.value == other.value

    def _place_of(self, fact: Fact, passage: Text, again: bool = False) -> int:
        """Where the passage has the fact, beside one of the words that it stands beside in the line; -1 where
        nowhere.

        One place bears out one fact, unless `again`.
        """
        if isinstance(fact.value, list):
            places = list(_places(fact.value, passage))
        else:
            places = [
                (o.start, o.end)
                for o in passage.facts
                if o.kind == fact.kind and self._bears_out(fact, o, passage)
            ]
        free = [(at, to) for at, to in places if again or (id(passage), at) not in self.used]
        for nameless in (False, True) if self._is_listed(fact) else (False,):
            before, after = self.said.neighbours(fact.start, fact.end, nameless=nameless)
            for at, to in free:
                if not (before or after) or _beside(passage, at, to, before[:2], after[:2], 3, nameless):
                    return at
        return -1

    def _is_listed(self, fact: Fact) -> bool:
        """Whether the line has the fact in a list of names, which may be told in any order."""
        return any(
            _LISTING.fullmatch(self.said.text[min(fact.end, o.end) : max(fact.start, o.start)])
            for o in self.said.facts
            if o is not fact and {o.kind, fact.kind} <= {"name", "place"}
        )

    def _has_rival(self, fact: Fact, passage: Text) -> bool:
        """Whether the passage has another fact of this kind where the line has this one."""
        before, after = self.said.neighbours(fact.start, fact.end)
        if fact.kind == "negation":
            return True  # the passage says the same without it, or with it somewhere else
        if fact.kind == "verb":
            pair, side = fact.side
            verbs = [o for o in passage.facts if o.kind == "verb"]
            return (pair, side) not in {o.value for o in verbs} and any(
                o.value == (pair, 1 - side) and _beside(passage, o.start, o.end, before[:2], after[:2], 2)
                for o in verbs
            )
        around = set(before + after)
        is_verbatim = len(around & passage.stems) >= VERBATIM * len(around)
        has_it = self._has(fact, passage)
        if has_it and not is_verbatim:
            return False
        kinds = {"name", "place"} if fact.kind in {"name", "place"} else {fact.kind}
        return any(
            other.kind in kinds
            and (is_verbatim or not (other.start == 0 and other.kind == "name" and " " not in other.text))
            and not self._is_same_name(fact, other)
            and not (fact.kind in {"number", "date"} and self._matches(fact, other))
            and self._fills_slot(other, passage, before, after, is_verbatim, has_it)
            and not (has_it and self._is_at_home(other, passage))
            for other in passage.facts
        )

    @staticmethod
    def _fills_slot(
        other: Fact, passage: Text, before: list[str], after: list[str], is_verbatim: bool, has_it: bool
    ) -> bool:
        """Whether a passage's fact stands where the line has another; the more so, the more else is
        the same.
        """
        if is_verbatim and not has_it:
            return _beside(passage, other.start, other.end, before[:2], after[:2], 3)
        theirs_before, theirs_after = passage.neighbours(other.start, other.end, 2 if is_verbatim else 1)
        sides = [bool(before) and before[0] in theirs_before, bool(after) and after[0] in theirs_after]
        return all(sides) if is_verbatim and before and after else any(sides)

    def _is_at_home(self, other: Fact, passage: Text) -> bool:
        """Whether the line has a passage's fact too, and in the same place: then it is nobody's rival."""
        mine = [f for f in self.said.facts if self._is_same_name(f, other) or self._matches(f, other)]
        return any(self._place_of(f, passage, again=True) >= 0 for f in mine)

    def _bears_out(self, fact: Fact, other: Fact, passage: Text) -> bool:
        """Whether a passage's fact is the line's, numbers counting the same sort of thing."""
        if not self._matches(fact, other):
            return False
        mine, theirs = counted(self.said, fact), counted(passage, other)
        if mine.startswith("thing") and theirs.startswith("thing"):
            return True  # photographs or times: an editor's words may differ from a reporter's
        return not (mine and theirs and mine != theirs) or passage.language != self.said.language

    def _is_same_name(self, fact: Fact, other: Fact) -> bool:
        if not (isinstance(fact.value, list) and isinstance(other.value, list)):
            return False
        mine, theirs = {fold(w) for w in fact.value} - CONNECTORS, {fold(w) for w in other.value} - CONNECTORS
        key = place_key(fact.text)
        return bool(mine & theirs) or (key is not None and key == place_key(other.text))

    def _somewhere(self, fact: Fact, around: set[str]) -> Claim:
        """No passage says the same thing: the fact must stand in one that shares some of the line's
        company.
        """
        own = frozenset(stem(fold(w), self.said.language) for w in fact.text.split())
        near = frozenset(around) if fact.kind in {"number", "date", "negation"} else self.company
        for i, passage in enumerate(self.passages):
            if self._has(fact, passage):
                # A name is introduced in one sentence and acts in the next: neighbours count as company.
                beside = [p for p in self.passages[max(0, i - 1) : i + 2] if p.url == passage.url]
                if fact.kind in {"number", "negation"}:
                    beside = [passage]
                if any(self._keeps_company(near - own, p) for p in beside):
                    return self._supported(fact, passage)
        if fact.kind == "verb":  # no passage uses either word: a paraphrase, and nothing contradicts it
            pair, side = fact.side
            for passage in self.passages:
                sides = {o.value for o in passage.facts if o.kind == "verb"}
                if (pair, 1 - side) not in sides and self._keeps_company(self.company - own, passage):
                    return self._supported(fact, passage)
        if isinstance(fact.value, list) and len(pieces := without_titles(fact.value)) > 1:
            found = [
                self._somewhere(Fact(fact.kind, fact.start, fact.end, " ".join(p), p), around) for p in pieces
            ]
            if all(claim.is_supported for claim in found):
                return Claim(fact.text, fact.kind, found[-1].url, found[-1].passage)
        return Claim(fact.text, fact.kind)

    def _has(self, fact: Fact, passage: Text) -> bool:
        if isinstance(fact.value, list):
            return any(True for _ in _places(fact.value, passage))
        if fact.kind == "negation":
            return passage.has_negation
        return any(
            self._bears_out(fact, other, passage) for other in passage.facts if other.kind == fact.kind
        )

    def _keeps_company(self, company: frozenset[str], passage: Text) -> bool:
        """Whether a passage has one of the words around the fact.

        Passages in another language can't share words, and a very short line has too few to tell;
        there the fact alone must do.
        """
        return (
            len(company) < MIN_COMPANY
            or passage.language != self.said.language
            or bool(company & passage.stems)
        )

    def dropped_negations(self) -> Iterator[Claim]:
        """What the line states and a passage denies: a "not" that was lost on the way."""
        for passage in self.passages:
            if passage.language != self.said.language or not passage.has_negation:
                continue
            for fact in passage.facts:
                if fact.kind != "negation":
                    continue
                before, after = passage.neighbours(fact.start, fact.end, 3)
                runs = (
                    [after[:3]]
                    if len(after) > 2 and (not before or set(before[:2]) & self.said.stems)
                    else []
                )
                runs += [before[:2][::-1] + after[:2]] if len(before[:2]) + len(after[:2]) > 2 else []
                if any(self._says_in_order(run) and not self._is_stated(run) for run in runs):
                    yield Claim(" ".join([fact.text, *after]), "negation")
                    return

    def _says_in_order(self, run: Sequence[str]) -> bool:
        """Whether the line has these stems in a row, small words aside, without a negation before them."""
        stems = [(stem(w, self.said.language), w) for _, w in self.said.words if w not in SMALL]
        for i in range(len(stems) - len(run) + 1):
            if [s for s, _ in stems[i : i + len(run)]] == list(run):
                lead = [w for _, w in stems[max(0, i - 3) : i]]
                return not any(w in negations(self.said.language) or w.endswith("n't") for w in lead)
        return False

    def _is_stated(self, run: Sequence[str]) -> bool:
        """Whether some passage says these words without any negation."""
        return any(set(run) <= p.stems and not p.has_negation for p in self.passages)


def _places(name: Sequence[str], passage: Text) -> Iterator[tuple[int, int]]:
    """Where a passage has a name, or a place under any of its names: (start, end)."""
    key, ways = _ways_to_write(" ".join(name))
    people = [[w] for _, w in passage.words if people_of(w) == key] if key and len(key) == 2 else []
    for tokens in [*ways, *people]:
        if f" {' '.join(tokens)} " not in passage.spaced:
            continue
        for i in range(len(passage.words) - len(tokens) + 1):
            if [w for _, w in passage.words[i : i + len(tokens)]] == tokens:
                last, word = passage.words[i + len(tokens) - 1]
                yield passage.words[i][0], last + len(word)


@lru_cache(maxsize=4096)
def _ways_to_write(name: str) -> tuple[str | None, list[list[str]]]:
    """The key of the place that a name stands for, if any, and the words of all its names."""
    key = place_key(name)
    return key, [Text(n, "").spaced.split() for n in [name, *(sorted(place_names(key)) if key else [])]]


def _beside(
    passage: Text,
    start: int,
    end: int,
    before: Sequence[str],
    after: Sequence[str],
    reach: int,
    nameless: bool = False,
) -> bool:
    """Whether some of these words stand within `reach` of a place in a passage, on the same side as in the
    line.
    """
    theirs_before, theirs_after = passage.neighbours(start, end, reach, nameless)
    return bool(set(before) & set(theirs_before)) or bool(set(after) & set(theirs_after))
