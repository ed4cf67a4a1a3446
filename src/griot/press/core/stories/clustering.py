"""Stories: which articles tell of the same event.

Evidence is fused from several views of a pair: TF-IDF over stems and names of title and
lead (Miranda et al. 2018 use nine such views), names and numbers alone, multilingual
sentence vectors, and time. Articles then join or open stories in the order of publication
by the *mean* evidence against a story's members, followed by passes that merge stories
and move articles until nothing changes (the merge pass is what WAC found to matter most).
One link is never enough: single-link over one cosine chains half a day's diplomacy into
one blob.

Deterministic: the same articles give the same stories, in whatever order they are passed.
Stories that were known before are decided anew, with a little credit for staying together;
they keep their ids by what they share with what they were. What an editor has said
(`Verdicts`) is never undone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from griot.press.core.language.text import names, stems
from griot.press.core.language.vectors import SentenceEncoder, Vectors, default_encoder
from griot.press.core.types import Article

Matrix = NDArray[np.float32]

JOIN = 0.32  # mean evidence from which an article joins a story
MERGE = 0.32  # mean evidence between two stories from which they are one
WINDOW = timedelta(hours=96)  # articles further apart are never linked directly
PER_DAY = 0.02  # evidence lost with each day between two articles
LEXICAL_SAME, LEXICAL_CROSS = 0.4, 0.25  # share of the lexical view within and across languages
CROSS_SCALE = 0.75  # a translation's vector lies this much nearer than a topic's
STAY = 0.02  # credit for two articles that are in one story already: a story should not flicker
NEVER = -1e6  # evidence of a pair that an editor has parted; no mean survives it
MAX_PASSES = 6
LEAD = 400  # characters that the words are taken from
VIEW = 180  # characters that the vector is made from: the news stands in the first sentence
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What editors have said: pairs of URLs that belong together, and pairs that do not.

    Where a chain of "together" leads to an "apart", together wins: it was said of more.
    """

    together: frozenset[tuple[str, str]] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """One story: its members' URLs by time, its id if one was known, ids of stories it absorbed."""

    urls: tuple[str, ...]
    story: str | None = None
    absorbed: tuple[str, ...] = ()


def view_of(article: Article) -> str:
    """What the vectors are made from: the title and the beginning of the lead."""
    return f"{article.title}. {article.lead[:VIEW]}"


def cluster(
    articles: Sequence[Article],
    known: Mapping[str, str] | None = None,
    encoder: SentenceEncoder | None = None,
    vectors: Vectors | None = None,
    verdicts: Verdicts = Verdicts(),
    background: Sequence[Article] = (),
) -> list[Group]:
    """Group articles into stories, ordered by first publication.

    `known` maps URLs to the ids of stories they belong to so far. `vectors` are the encoder's
    for `view_of` each article, shape (len(articles), 512); they are computed where not given.
    `background` are other articles of the time: they are not grouped, but tell which words are rare.
    """
    if not articles:
        return []
    known = known or {}
    order = sorted(range(len(articles)), key=lambda i: (articles[i].published or _NO_DATE, articles[i].url))
    ranked = [articles[i] for i in order]
    if vectors is None:
        vectors = (encoder or default_encoder()).encode([view_of(a) for a in ranked])
    else:
        vectors = vectors[order]
    fused, reach = evidence(ranked, vectors, background)
    place = {a.url: i for i, a in enumerate(ranked)}
    ids = [known.get(a.url) for a in ranked]
    first: dict[str, int] = {}
    was = np.array([first.setdefault(story, i) if story else -1 - i for i, story in enumerate(ids)])
    fused[was[:, None] == was[None, :]] += STAY
    for a, b in verdicts.apart:
        if a in place and b in place:
            fused[place[a], place[b]] = fused[place[b], place[a]] = NEVER
            reach[place[a], place[b]] = reach[place[b], place[a]] = True
    stories = _Stories(fused, reach)
    stories.open_fixed(
        [(place[a], place[b]) for a, b in sorted(verdicts.together) if a in place and b in place]
    )
    for i in range(len(ranked)):
        stories.join_or_open(i)
    for _ in range(MAX_PASSES):
        if not (stories.merge() | stories.move()):
            break
    groups = sorted(stories.members.values())
    kept, absorbed = _keep_ids(groups, ids)
    return [
        Group(tuple(ranked[i].url for i in members), kept.get(n), tuple(absorbed.get(n, ())))
        for n, members in enumerate(groups)
    ]


def _keep_ids(
    groups: Sequence[Sequence[int]], ids: Sequence[str | None]
) -> tuple[dict[int, str], dict[int, list[str]]]:
    """Which group goes on under which known id: the one that shares most with it, the oldest where equal.

    Gives the id of each group that has one, and for each group the ids that end in it.
    """
    shared = Counter((n, story) for n, members in enumerate(groups) for m in members if (story := ids[m]))
    oldest: dict[str, int] = {}
    for i, story in enumerate(ids):
        if story:
            oldest.setdefault(story, i)
    kept: dict[int, str] = {}
    taken: set[str] = set()
    absorbed: dict[int, list[str]] = {}
    for (n, story), _ in sorted(shared.items(), key=lambda kv: (-kv[1], oldest[kv[0][1]], kv[0][0])):
        if story not in taken and n not in kept:
            kept[n] = story
            taken.add(story)
    for (n, story), _ in sorted(shared.items(), key=lambda kv: (-kv[1], kv[0][0])):
        if story not in taken:
            taken.add(story)
            absorbed.setdefault(n, []).append(story)
    return kept, absorbed


def evidence(
    articles: Sequence[Article], vectors: Vectors, background: Sequence[Article] = ()
) -> tuple[Matrix, NDArray[np.bool_]]:
    """How much speaks for each pair being one story, shape (n, n), about -0.2 to 1; and which pairs
    are in reach.

    `vectors` are unit vectors of shape (n, 512). Pairs further apart than WINDOW are out of reach: they say
    nothing, for a story may live on for weeks.
    """
    views = [(a.title, a.lead[:LEAD], a.language) for a in [*articles, *background]]
    n = len(articles)
    lexical = _tfidf_cosine([stems(t, g) + stems(s, g) for t, s, g in views], n)
    shared_names = _tfidf_cosine([names(t, g) + names(s, g) for t, s, g in views], n)
    semantic = vectors @ vectors.T
    languages = np.array([a.language for a in articles])
    same = languages[:, None] == languages[None, :]
    fused = np.where(
        same,
        LEXICAL_SAME * lexical + (1 - LEXICAL_SAME) * semantic,
        LEXICAL_CROSS * shared_names + (1 - LEXICAL_CROSS) * CROSS_SCALE * semantic,
    )
    hours = np.array([(a.published or _NO_DATE).timestamp() / 3600 for a in articles])
    gap = np.abs(hours[:, None] - hours[None, :])
    dated = np.array([a.published is not None for a in articles])
    gap[~(dated[:, None] & dated[None, :])] = 0  # an unknown date speaks neither for nor against
    fused -= PER_DAY * gap / 24
    return np.asarray(fused, dtype=np.float32), gap <= WINDOW.total_seconds() / 3600


def _tfidf_cosine(documents: Sequence[Sequence[str]], n: int) -> Matrix:
    """Pairwise cosine of (1 + log tf) · log(1 + N / df) vectors of the first `n` documents.

    N and df count all of them. Accumulates posting lists.
    """
    total = len(documents)
    frequency = Counter(term for d in documents for term in set(d))
    postings: dict[str, tuple[list[int], list[float]]] = {}
    for i, document in enumerate(documents[:n]):
        weights = {
            t: (1 + math.log(c)) * math.log(1 + total / frequency[t]) for t, c in Counter(document).items()
        }
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        for term, weight in weights.items():
            if frequency[term] > 1:
                rows, values = postings.setdefault(term, ([], []))
                rows.append(i)
                values.append(weight / norm)
    cosine = np.zeros((n, n), dtype=np.float32)
    for rows, values in postings.values():
        column = np.array(values, dtype=np.float32)
        cosine[np.ix_(rows, rows)] += np.outer(column, column)
    return cosine


class _Stories:
    """The stories being built: a key per article (-1: in none yet), and the evidence matrix.

    A story's key is the index of an article that opened it, or a number past the last index.
    """

    def __init__(self, matrix: Matrix, reach: NDArray[np.bool_]) -> None:
        self.reach = reach.astype(np.float32)
        self.matrix = matrix * self.reach
        self.key_of = np.full(len(matrix), -1)
        self.is_fixed = np.zeros(len(matrix), dtype=bool)

    @property
    def members(self) -> dict[int, list[int]]:
        """The stories' members, in the articles' order."""
        found: dict[int, list[int]] = {}
        for i, key in enumerate(self.key_of.tolist()):
            found.setdefault(key, []).append(i)
        return found

    def open_fixed(self, together: Sequence[tuple[int, int]]) -> None:
        """Put together what an editor has put together; it is never moved apart."""
        for a, b in together:
            for i in (a, b):
                if self.key_of[i] < 0:
                    self.key_of[i] = i
                self.is_fixed[i] = True
            self.key_of[self.key_of == self.key_of[b]] = self.key_of[a]

    def _best(self, i: int) -> tuple[float, int]:
        """The story with the highest mean evidence for article `i`, itself left out; (-1, -1) where
        there is none.
        """
        others = self.key_of >= 0
        others[i] = False
        if not others.any():
            return -1.0, -1
        keys = self.key_of[others]
        counts = np.bincount(keys, weights=self.reach[i, others])
        sums = np.bincount(keys, weights=self.matrix[i, others])
        means = np.where(counts > 0, sums / np.maximum(counts, 1), -1.0)
        best = int(means.argmax())
        return float(means[best]), best

    def join_or_open(self, i: int) -> None:
        if self.key_of[i] < 0:
            support, key = self._best(i)
            self.key_of[i] = key if support >= JOIN else self._free_key(i)

    def merge(self) -> bool:
        """Average-link agglomeration of stories, best pair first. True when something changed."""
        keys, rows = np.unique(self.key_of, return_inverse=True)
        spread = np.zeros((len(keys), len(rows)), dtype=np.float32)
        spread[rows, np.arange(len(rows))] = 1
        sums = spread @ self.matrix @ spread.T
        counts = spread @ self.reach @ spread.T
        between = np.where(counts > 0, sums / np.maximum(counts, 1), -1)
        np.fill_diagonal(between, -1)
        changed = False
        while len(keys) > 1:
            a, b = sorted(divmod(int(between.argmax()), len(keys)))
            if between[a, b] < MERGE:
                break
            for table in (sums, counts):
                table[a] += table[b]
                table[:, a] = table[a]
            between[a] = np.where(
                (counts[a] > 0) & (between[a] > -2), sums[a] / np.maximum(counts[a], 1), between[a]
            )
            between[a, a] = -1
            between[:, a] = between[a]
            between[b], between[:, b] = -3, -3  # gone
            self.key_of[self.key_of == keys[b]] = keys[a]
            changed = True
        return changed

    def move(self) -> bool:
        """Move each article to the story it fits best, or out where none fits any more."""
        changed = False
        for i in np.flatnonzero(~self.is_fixed).tolist():
            support, key = self._best(i)
            here = int(self.key_of[i])
            is_alone = int((self.key_of == here).sum()) == 1
            target = key if support >= JOIN else (here if is_alone else self._free_key(i))
            if target != here:
                self.key_of[i] = target
                changed = True
        return changed

    def _free_key(self, i: int) -> int:
        """A key for a new story of article `i`; its own index may name the story it leaves."""
        return i if i not in self.key_of else len(self.key_of) + i
