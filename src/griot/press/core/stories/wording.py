"""How much of an article's title another one tells, in whatever words and language.

Each word of the title is looked for in the other article by vectors of single words, and weighs what it
tells in its window (after the greedy matching with weights by rarity of BERTScore, Zhang et al. 2020). So
"sauvetage" is told by "rescued", and of two titles of one shape the few words that differ are missed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from griot.press.core.language.rarity import log_probability
from griot.press.core.language.vectors import Vectors, default_words
from griot.press.core.types import Article

OTHER, SAME = 0.55, 0.9  # cosines of two words up to which they are others, and from which they are one
LEAD = 400  # characters of a lead
PRIOR = 200  # articles that the world's writing counts for, beside those at hand
EXPECTED = 60  # words in an article: how likely it is to hold one of a given probability
HEAVIEST = 8.0
DOUBT = 4.0  # weight that a title has beside its words: of a short one less is known

_WORD = re.compile(r"[^\W\d_]{4,}")


def telling(log_probability: float, n: int, total: int) -> float:
    """What a word weighs that `n` of `total` articles hold, by how likely any holds it."""
    expected = PRIOR * min(EXPECTED * math.exp(log_probability), 0.2)
    return min(HEAVIEST, -math.log(min(1.0, (max(n - 1, 0.02) + expected) / (total + PRIOR))))


class Wording:
    """The words of a window's articles. `background`, other articles of the time, tells what is rare."""

    def __init__(self, articles: Sequence[Article], background: Sequence[Article]) -> None:
        words = [_words(f"{a.title} {a.lead[:LEAD]}") for a in [*articles, *background]]
        often = Counter(word for found in words for word in found)
        titles = [_words(a.title) for a in articles]
        weight = {
            word: telling(log_probability(word), often[word], len(words))
            for word in {w for t in titles for w in t}
        }
        vocabulary = list(dict.fromkeys(word for found in words[: len(articles)] for word in found))
        place = {word: n for n, word in enumerate(vocabulary)}
        vectors = default_words().of(vocabulary)
        self._titles: list[tuple[Vectors, NDArray[np.float64]]] = [
            (vectors[[place[word] for word in title]], np.array([weight[word] for word in title]))
            for title in titles
        ]
        self._texts = [vectors[[place[word] for word in found]].T for found in words[: len(articles)]]

    def told(self, i: int, j: int) -> float:
        """The share of one article's title that the other tells, 0 to 1, the better of the two ways."""
        return max(self._told(i, j), self._told(j, i))

    def _told(self, i: int, j: int) -> float:
        (title, weights), text = self._titles[i], self._texts[j]
        if not title.size or not text.size:
            return 0.0
        nearest = (title @ text).max(axis=1)
        there = np.clip((nearest - OTHER) / (SAME - OTHER), 0, 1)
        return float(there @ weights / (weights.sum() + DOUBT))


def _words(text: str) -> list[str]:
    """Each once, in the text's order."""
    return list(dict.fromkeys(_WORD.findall(text.lower())))
