"""How rare a word is in the world's writing, whatever the articles at hand are about.

The sentence encoder's vocabulary holds the probability of each of its 128,000 pieces over 16 languages (a
unigram model, Kudo 2018): a word's is that of its pieces. So four articles alone are enough to see that
"Sabratha" says more than "boat".
"""

from __future__ import annotations

from functools import lru_cache

from griot.press.core.language.vectors import sentence_model


@lru_cache(maxsize=100_000)
def as_written(word: str) -> float:
    """The natural logarithm of a word's probability: about -4 for "of", -12 for "boat", -24 for "Gavdos"."""
    tokenizer = sentence_model()._tokenizer
    return float(sum(tokenizer._scores[p] for p in tokenizer.encode(word, add_bos=False, add_eos=False)))


def log_probability(word: str) -> float:
    """The same, as written or in small letters, whichever is more frequent."""
    return max(as_written(word), as_written(word.lower()))
