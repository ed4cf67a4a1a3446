"""Stories: which articles tell of the same event.

Evidence is fused from several views of a pair: TF-IDF over stems and names of title and
lead (Miranda et al. 2018 use nine such views), names and numbers alone, multilingual
sentence vectors, and time. Articles then join or open stories in the order of publication
by the *mean* evidence against a story's members, followed by passes that merge stories
and move articles until nothing changes (the merge pass is what WAC found to matter most).
One link is never enough: single-link over one cosine chains half a day's diplomacy into
one blob.

Deterministic: the same articles give the same stories, in whatever order they are passed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from griot.press.text import names, stems
from griot.press.types import Article
from griot.press.vectors import SentenceEncoder, Vectors, default_encoder

Matrix = NDArray[np.float32]

JOIN = 0.32  # mean evidence from which an article joins a story
MERGE = 0.32  # mean evidence between two stories from which they are one
WINDOW = timedelta(hours=96)  # articles further apart are never linked directly
PER_DAY = 0.02  # evidence lost with each day between two articles
LEXICAL_SAME, LEXICAL_CROSS = 0.4, 0.25  # share of the lexical view within and across languages
CROSS_SCALE = 0.75  # a translation's vector lies this much nearer than a topic's
MAX_PASSES = 6
LEAD = 400  # characters
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Group:
    """One story: its members' URLs by time, its id if one was known, ids of stories it absorbed."""

    urls: tuple[str, ...]
    story: str | None = None
    absorbed: tuple[str, ...] = ()


def view_of(article: Article) -> str:
    """What the vectors are made from: the title and the beginning of the lead."""
    return f"{article.title}. {article.lead[:LEAD]}"


def cluster(
    articles: Sequence[Article],
    known: Mapping[str, str] | None = None,
    encoder: SentenceEncoder | None = None,
    vectors: Vectors | None = None,
) -> list[Group]:
    """Group articles into stories, ordered by first publication.

    `known` maps URLs to the ids of stories they already belong to: those articles stay
    together, and their story keeps its id, unless it is merged into an older one.
    `vectors` are the encoder's for `view_of` each article, shape (len(articles), 512);
    they are computed where not given.
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
    stories = _Stories(evidence(ranked, vectors), [known.get(a.url) for a in ranked])
    stories.open_known()
    for i in range(len(ranked)):
        stories.join_or_open(i)
    for _ in range(MAX_PASSES):
        if not (stories.merge() | stories.move()):
            break
    return [
        Group(
            tuple(ranked[i].url for i in members),
            ids[0] if (ids := stories.ids(members)) else None,
            tuple(ids[1:]),
        )
        for members in sorted(stories.members.values())
    ]


def evidence(articles: Sequence[Article], vectors: Vectors) -> Matrix:
    """How much speaks for each pair being one story, shape (n, n), about -0.2 to 1.

    `vectors` are unit vectors of shape (n, 512).
    """
    title_lead = [(a.title, a.lead[:LEAD], a.language) for a in articles]
    lexical = _tfidf_cosine([stems(t, g) + stems(s, g) for t, s, g in title_lead])
    shared_names = _tfidf_cosine([names(t, g) + names(s, g) for t, s, g in title_lead])
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
    fused[gap > WINDOW.total_seconds() / 3600] = -1
    return np.asarray(fused, dtype=np.float32)


def _tfidf_cosine(documents: Sequence[Sequence[str]]) -> Matrix:
    """Pairwise cosine of (1 + log tf) · log(1 + n / df) vectors, by accumulating posting lists."""
    n = len(documents)
    frequency = Counter(term for d in documents for term in set(d))
    postings: dict[str, tuple[list[int], list[float]]] = {}
    for i, document in enumerate(documents):
        weights = {t: (1 + math.log(c)) * math.log(1 + n / frequency[t]) for t, c in Counter(document).items()}
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

    def __init__(self, matrix: Matrix, known: Sequence[str | None]) -> None:
        self.matrix, self.known = matrix, known
        self.key_of = np.full(len(known), -1)

    @property
    def members(self) -> dict[int, list[int]]:
        """The stories' members, in the articles' order."""
        found: dict[int, list[int]] = {}
        for i, key in enumerate(self.key_of.tolist()):
            found.setdefault(key, []).append(i)
        return found

    def ids(self, members: Sequence[int]) -> list[str]:
        """Known ids among `members`, oldest member first."""
        return list(dict.fromkeys(i for m in members if (i := self.known[m])))

    def open_known(self) -> None:
        first: dict[str, int] = {}
        for i, story in enumerate(self.known):
            if story is not None:
                self.key_of[i] = first.setdefault(story, i)

    def _best(self, i: int) -> tuple[float, int]:
        """The story with the highest mean evidence for article `i`, itself left out; (-1, -1) where there is none."""
        others = self.key_of >= 0
        others[i] = False
        if not others.any():
            return -1.0, -1
        keys = self.key_of[others]
        counts = np.bincount(keys)
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
        keys, rows, counts = np.unique(self.key_of, return_inverse=True, return_counts=True)
        spread = np.zeros((len(keys), len(rows)), dtype=np.float32)
        spread[rows, np.arange(len(rows))] = 1 / counts[rows]
        between = spread @ self.matrix @ spread.T
        np.fill_diagonal(between, -1)
        sizes = counts.astype(np.float32)
        changed = False
        while len(keys) > 1:
            a, b = sorted(divmod(int(between.argmax()), len(keys)))
            if between[a, b] < MERGE:
                break
            total = sizes[a] + sizes[b]
            between[a] = (between[a] * sizes[a] + between[b] * sizes[b]) / total
            between[:, a] = between[a]
            between[a, a] = -1
            between[b], between[:, b] = -1, -1
            sizes[a] = total
            self.key_of[self.key_of == keys[b]] = keys[a]
            changed = True
        return changed

    def move(self) -> bool:
        """Move each new article to the story it fits best, or out where none fits any more."""
        changed = False
        for i in range(len(self.known)):
            if self.known[i] is not None:
                continue
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
        return i if i not in self.key_of else len(self.known) + i
