"""Copies: the same text in several outlets is one report.

Candidates come from MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman,
Mining of Massive Datasets, §3.4), the decision from the shingles themselves: how much of
the shorter text stands in the longer one. So a copy is found although its headline,
first paragraph or ending were changed.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from rensa import RMinHash

from griot.press.core.language.text import fold, words
from griot.press.core.types import Article

SHINGLE = 4  # words
MIN_WORDS = 25  # shorter texts share phrases by chance
CONTAINED = 0.6  # of the shorter text's shingles
_BANDS, _ROWS = 42, 3  # finds a pair of Jaccard 0.35 with p = .84, of 0.5 with p > .99
_FAR_FUTURE = datetime.max.replace(tzinfo=UTC)
# A dateline or credit names the agency: "DAKAR, 3 Mar (Reuters) -", "– AFP", "(ANSA)".
_CREDIT = re.compile(r"\(([A-Z][\w .&'-]{1,30})\)\s*[-–—]|[-–—]\s*([A-Z][\w .&'-]{1,30})\s*$", re.M)


def shingles(article: Article) -> frozenset[str]:
    """The article's overlapping runs of SHINGLE words; empty where the text is too short."""
    tokens = [fold(w) for w in words(article.text or article.summary)]
    if len(tokens) < MIN_WORDS:
        return frozenset()
    return frozenset(" ".join(tokens[i : i + SHINGLE]) for i in range(len(tokens) - SHINGLE + 1))


def bands(article: Article) -> list[int]:
    """The article's MinHash signature cut into bands, each a signed 64-bit number; empty where the text
    is too short.

    Two articles that share a band are candidates for being copies.
    """
    return _bands(shingles(article))


def _bands(shingle_set: frozenset[str]) -> list[int]:
    if not shingle_set:
        return []
    signature = RMinHash(num_perm=_BANDS * _ROWS, seed=1)
    signature.update(sorted(shingle_set))
    digest = signature.digest()
    return [
        int.from_bytes(
            hashlib.blake2b(f"{b}:{digest[b * _ROWS : (b + 1) * _ROWS]}".encode(), digest_size=8).digest(),
            signed=True,
        )
        for b in range(_BANDS)
    ]


def credited(article: Article) -> str:
    """The folded name that a dateline or closing credit gives, or ""."""
    text = article.text or article.summary
    found = _CREDIT.search(text[:300]) or _CREDIT.search(text[-120:])
    return fold(found.group(1) or found.group(2)).strip() if found else ""


def find_copies(articles: Sequence[Article]) -> dict[str, str]:
    """Which article carries which one's text: URL of the copy → URL of its origin.

    The origin is the article of the outlet that the copies credit, else the first published.
    One outlet's own repetitions are copies too. Articles without copies are absent.
    """
    prints = [shingles(a) for a in articles]
    index: dict[int, list[int]] = defaultdict(list)
    parent = list(range(len(articles)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, shingle_set in enumerate(prints):
        own = _bands(shingle_set)
        for j in sorted({j for band in own for j in index[band]}):
            if root(i) == root(j):  # known already: what many say is compared once each
                continue
            shared = len(shingle_set & prints[j]) / min(len(shingle_set), len(prints[j]))
            if shared >= CONTAINED:
                parent[root(i)] = root(j)
        for band in own:
            index[band].append(i)

    groups: dict[int, list[Article]] = {}
    for i, article in enumerate(articles):
        groups.setdefault(root(i), []).append(article)
    copies = {}
    for group in groups.values():
        if len(group) > 1:
            origin = _origin(group)
            copies.update({a.url: origin.url for a in group if a.url != origin.url})
    return copies


def _origin(group: Sequence[Article]) -> Article:
    credits = {credited(a) for a in group} - {""}
    return min(group, key=lambda a: (fold(a.outlet) not in credits, a.published or _FAR_FUTURE, a.url))
