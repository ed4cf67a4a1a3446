"""Stories: which articles tell of the same event.

What speaks for a pair is learned (`pairs.py`). Stories are then grown by average linkage: the two with the
highest evidence between their members (the mean, and a little of the likest pair's) are joined, as long as
it is above JOIN, and articles move where they fit better. One link is never enough (single linkage over one
cosine chains half a day's diplomacy into one blob), and a pair whose facts exclude each other weighs so much
that it keeps two stories apart.

Deterministic: the same articles give the same stories, in whatever order they are passed.
Stories that were known before are decided anew, with a little credit for staying together;
they keep their ids by what they share with what they were. What an editor has said
(`Verdicts`) is never undone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from griot.press.core.language.vectors import SentenceEncoder, Vectors, default_encoder
from griot.press.core.stories.pairs import REFUSED, Pairs, compare, evidence
from griot.press.core.types import Article

Matrix = NDArray[np.float32]
Table = NDArray[np.floating]

JOIN = 0.0  # log odds from which an article joins a story, and two stories are one
LIKEST = 0.28  # share of the likest pair in that; the rest is the mean: one event is told from different ends
WINDOW = timedelta(hours=96)  # articles further apart are never linked directly
STAY = 0.3  # credit for two articles that are in one story already: a story should not flicker
UNLIKE, ALIKE = -4.0, 5.0  # one pair's evidence counts no less and no more: a story is its members' sum
NEVER = -1e6  # evidence of a pair that an editor has parted; no mean survives it
MAX_PASSES = 6
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
    place = {a.url: i for i, a in enumerate(ranked)}
    ids = [known.get(a.url) for a in ranked]
    reach = in_reach(ranked)
    pairs = compare(ranked, vectors, background, reach)
    matrix = _matrix(pairs, evidence(pairs), len(ranked))
    first: dict[str, int] = {}
    was = np.array([first.setdefault(story, i) if story else -1 - i for i, story in enumerate(ids)])
    matrix[was[:, None] == was[None, :]] += STAY
    for a, b in verdicts.apart:
        if a in place and b in place:
            matrix[place[a], place[b]] = matrix[place[b], place[a]] = NEVER
            reach[place[a], place[b]] = reach[place[b], place[a]] = True
    stories = _Stories(matrix, reach)
    stories.put_together(
        [(place[a], place[b]) for a, b in sorted(verdicts.together) if a in place and b in place]
    )
    stories.settle()
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


def in_reach(articles: Sequence[Article]) -> NDArray[np.bool_]:
    """Which pairs are published within WINDOW; those with an unknown date are. Pairs out of reach say
    nothing, for a story may live on for weeks.
    """
    hours = np.array([(a.published or _NO_DATE).timestamp() / 3600 for a in articles])
    gap = np.abs(hours[:, None] - hours[None, :])
    undated = np.array([a.published is None for a in articles])
    return np.asarray((gap <= WINDOW.total_seconds() / 3600) | undated[:, None] | undated[None, :])


def _matrix(pairs: Pairs, odds: Matrix, size: int) -> Matrix:
    """The evidence for all pairs, shape (size, size): UNLIKE for those not worth comparing."""
    odds = np.where(odds == REFUSED, REFUSED, np.clip(odds, UNLIKE, ALIKE))
    matrix = np.full((size, size), UNLIKE, dtype=np.float32)
    matrix[pairs.rows, pairs.columns] = matrix[pairs.columns, pairs.rows] = odds
    return matrix


def group_pairs(pairs: Pairs, odds: Matrix, reach: NDArray[np.bool_]) -> list[int]:
    """A key for each article, the same for those of one story, by the evidence of their pairs alone."""
    stories = _Stories(_matrix(pairs, odds, len(reach)), reach)
    stories.settle()
    return [int(key) for key in stories.key_of]


def _parts(linked: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The connected part of each of n things, as its lowest index; `linked` has shape (n, n), symmetric."""
    part = np.arange(len(linked))
    for a, b in np.argwhere(np.triu(linked, 1)).tolist():
        if part[a] != part[b]:
            low, high = sorted((part[a], part[b]))
            part[part == high] = low
    return part


def _support(sums: Table, counts: Table, likest: Table) -> Table:
    """The evidence between stories by the sum over their pairs in reach, how many those are, and the
    likest of them.
    """
    mean = sums / np.maximum(counts, 1)
    return np.asarray(np.where(counts > 0, (1 - LIKEST) * mean + LIKEST * likest, -np.inf))


class _Stories:
    """The stories being built: each article's key, which is the index of an article or a number past the last
    index; at first each is alone.
    """

    def __init__(self, matrix: Matrix, reach: NDArray[np.bool_]) -> None:
        self.reach = reach.astype(np.float32)
        np.fill_diagonal(self.reach, 0)
        self.matrix = matrix * self.reach
        self.key_of = np.arange(len(matrix))
        self.is_fixed = np.zeros(len(matrix), dtype=bool)

    @property
    def members(self) -> dict[int, list[int]]:
        """The stories' members, in the articles' order."""
        found: dict[int, list[int]] = {}
        for i, key in enumerate(self.key_of.tolist()):
            found.setdefault(key, []).append(i)
        return found

    def put_together(self, together: Sequence[tuple[int, int]]) -> None:
        """What an editor has put together is never moved apart.

        It may be of several events: to another article it says what the likest of its parts says.
        """
        for a, b in together:
            self.is_fixed[[a, b]] = True
            self.key_of[self.key_of == self.key_of[b]] = self.key_of[a]
        for key in np.unique(self.key_of[self.is_fixed]):
            inside = np.flatnonzero(self.key_of == key)
            part_of = _parts(self.matrix[np.ix_(inside, inside)] >= JOIN)
            parts = [inside[part_of == part] for part in np.unique(part_of)]
            others = np.flatnonzero((self.key_of != key) & ~(self.matrix[:, inside] <= NEVER).any(axis=1))
            voice = np.max([self.matrix[np.ix_(others, part)].mean(axis=1) for part in parts], axis=0)
            self.matrix[np.ix_(others, inside)] = voice[:, None]
            self.matrix[np.ix_(inside, others)] = voice[None, :]
        self.matrix *= self.reach

    def settle(self) -> None:
        """Merge and move until nothing changes."""
        for _ in range(MAX_PASSES):
            if not (self.merge() | self.move()):
                break

    def merge(self) -> bool:
        """Average-link agglomeration of stories, best pair first. True when something changed.

        Two stories above JOIN have a pair above it: each part of the articles that such pairs connect is gone
        through alone, so that it takes no longer in a larger window.
        """
        return sum(self._merge_part(part) for part in self._connected()) > 0

    def _connected(self) -> list[NDArray[np.intp]]:
        """The articles of each part with more than one story."""
        _, rows = np.unique(self.key_of, return_inverse=True)
        together = np.zeros((rows.max() + 1, rows.max() + 1), dtype=bool)
        i, j = np.nonzero((self.matrix >= JOIN) & (self.reach > 0))
        together[rows[i], rows[j]] = True
        of_article = _parts(together)[rows]
        parts = (np.flatnonzero(of_article == p) for p in np.unique(of_article))
        return [p for p in parts if len(np.unique(self.key_of[p])) > 1]

    def _merge_part(self, part: NDArray[np.intp]) -> bool:
        keys, rows = np.unique(self.key_of[part], return_inverse=True)
        matrix, reach = self.matrix[np.ix_(part, part)], self.reach[np.ix_(part, part)]
        spread = np.zeros((len(keys), len(part)), dtype=np.float32)
        spread[rows, np.arange(len(part))] = 1
        sums, counts = spread @ matrix @ spread.T, spread @ reach @ spread.T
        likest = np.full(sums.shape, -np.inf, dtype=np.float32)
        np.maximum.at(likest, (rows[:, None], rows[None, :]), np.where(reach > 0, matrix, -np.inf))
        is_gone = np.zeros(len(keys), dtype=bool)
        between = _support(sums, counts, likest)
        np.fill_diagonal(between, -np.inf)
        while True:
            a, b = sorted(divmod(int(between.argmax()), len(keys)))
            if between[a, b] < JOIN:
                return bool(is_gone.any())
            for table, joined in (
                (sums, sums[a] + sums[b]),
                (counts, counts[a] + counts[b]),
                (likest, np.maximum(likest[a], likest[b])),
            ):
                table[a], table[:, a] = joined, joined
            is_gone[b] = True
            support = np.where(is_gone, -np.inf, _support(sums[a], counts[a], likest[a]))
            support[a] = -np.inf
            between[a], between[:, a] = support, support
            between[b], between[:, b] = -np.inf, -np.inf
            self.key_of[self.key_of == keys[b]] = keys[a]

    def move(self) -> bool:
        """Move each article to the story it fits best, or out where none fits any more."""
        changed = False
        for i in np.flatnonzero(~self.is_fixed & (self.matrix >= JOIN).any(axis=1)).tolist():
            support, key = self._best(i)
            here = int(self.key_of[i])
            is_alone = int((self.key_of == here).sum()) == 1
            target = key if support >= JOIN else (here if is_alone else self._free_key(i))
            if target != here:
                self.key_of[i] = target
                changed = True
        return changed

    def _best(self, i: int) -> tuple[float, int]:
        """The story with the highest evidence for article `i`, itself left out."""
        counts = np.bincount(self.key_of, weights=self.reach[i]).astype(np.float64)
        sums = np.bincount(self.key_of, weights=self.matrix[i]).astype(np.float64)
        likest = np.full(len(counts), -np.inf)
        near = self.reach[i] > 0
        np.maximum.at(likest, self.key_of[near], self.matrix[i, near])
        support = _support(sums, counts, likest)
        best = int(support.argmax())
        return float(support[best]), best

    def _free_key(self, i: int) -> int:
        """A key for a new story of article `i`; its own index may name the story it leaves."""
        return i if i not in self.key_of else len(self.key_of) + i
