"""A translator on this machine: packages of Argos Translate, read by CTranslate2. Nothing is sent away.

A package is a folder: `metadata.json` (from_code, to_code, package_version), `model/` (CTranslate2), and
`sentencepiece.model` or `bpe.model` (subword-nmt's, over Moses' tokens). What libraries read it is installed
by `./griot add_translator`; without them, and for a pair of languages without a package, HelperError.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from griot.helpers.protocols import HelperError

PIVOT = "en"  # most packages translate from or into it
LOADED = 4  # models held in memory, some 100 MB each
MOST_PIECES = 200  # of a sentence at once: what these models have learned from
BEAM, LENGTH_PENALTY = 4, 0.2  # as Argos Translate decodes
MOST_METADATA = 64 * 1024  # bytes
_CODE, _VERSION = re.compile(r"[a-z]{2,3}"), re.compile(r"[\w.+-]{1,40}", re.ASCII)
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Package:
    """From one language into another (ISO 639 codes)."""

    folder: Path
    source: str
    target: str
    version: str
    prefix: str = ""  # what a model of many languages is told its target with


@dataclass(frozen=True, slots=True)
class Argos:
    """The packages in a folder, directly or by way of English."""

    folder: Path

    @property
    def where(self) -> str:
        return "this machine"

    def translate(self, text: str, source: str, target: str) -> str:
        for package in route(installed(self.folder), source, target):
            text = _loaded(package).translate(text)
        if not text.strip():
            raise HelperError("the answer is empty")
        return " ".join(text.split())


def read_package(folder: Path) -> Package:
    """Raises HelperError where it is none that can be read here."""
    try:
        with open(folder / "metadata.json", encoding="utf-8") as file:
            facts = json.loads(file.read(MOST_METADATA))
        source, target, version = (str(facts[key]) for key in ("from_code", "to_code", "package_version"))
        package = Package(folder, source, target, version, str(facts.get("target_prefix", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise HelperError(f"no package of Argos Translate: {type(error).__name__}: {error}"[:200]) from None
    if not all(map(_CODE.fullmatch, (package.source, package.target))):
        raise HelperError("no package of Argos Translate: it names no two languages")
    if not _VERSION.fullmatch(version):
        raise HelperError("no package of Argos Translate: it has no version")
    if not (folder / "model" / "model.bin").is_file() or _tokens_file(folder) is None:
        raise HelperError("no package of Argos Translate that can be read: it lacks its model")
    return package


def try_out(folder: Path) -> None:
    """Load a package and have it translate. Raises HelperError, or takes the process down: a model is read by
    libraries that believe it.
    """
    _Model(read_package(folder)).translate("1")


def installed(folder: Path) -> list[Package]:
    """What stands in a folder, what is replaced before what replaces it; what is broken is passed over."""
    found = []
    for place in sorted(folder.glob("*_*")):
        try:
            found.append(read_package(place))
        except HelperError:
            continue
    return found


def route(packages: Iterable[Any], source: str, target: str) -> list[Any]:
    """The package, or the two by way of English, that lead from one language into another. Raises
    HelperError. Whatever has `source` and `target` can be a step: a package, or one of an index.
    """
    by_pair = {(p.source, p.target): p for p in packages}
    if direct := by_pair.get((source, target)):
        return [direct]
    first, second = by_pair.get((source, PIVOT)), by_pair.get((PIVOT, target))
    if first and second:
        return [first, second]
    raise HelperError(f"there is no package from {source or 'a language that is not known'} into {target}")


class _Model:
    """A loaded package."""

    def __init__(self, package: Package) -> None:
        try:
            import ctranslate2
            from sentencex import segment
        except ImportError:
            raise HelperError(
                "its libraries are not installed; ./griot add_translator installs them"
            ) from None
        self.package, self._segment = package, segment
        try:
            self._tokens: _Tokens = _tokens_of(package)
            self._model = ctranslate2.Translator(
                str(package.folder / "model"), device="cpu", compute_type="default", intra_threads=2
            )
        except (RuntimeError, ValueError, LookupError, OSError, SystemExit) as error:  # subword-nmt exits
            raise HelperError(f"{package.folder.name}: {str(error)[:160]}") from error

    def translate(self, text: str) -> str:
        prefix = [self.package.prefix] if self.package.prefix else []
        try:
            sentences = [s.strip() for s in self._segment(self.package.source, " ".join(text.split()))]
            parts = [part for s in sentences if s for part in _in_parts(self._tokens.apart(s))]
            answers = self._model.translate_batch(
                parts,
                target_prefix=[prefix] * len(parts) if prefix else None,
                beam_size=BEAM,
                length_penalty=LENGTH_PENALTY,
                replace_unknowns=True,
                max_batch_size=16,
                max_decoding_length=2 * max(map(len, parts), default=0) + 16,
            )
        except (RuntimeError, ValueError) as error:
            raise HelperError(f"{self.package.folder.name}: {str(error)[:160]}") from error
        told = [answer.hypotheses[0][len(prefix) :] for answer in answers]
        return " ".join(filter(None, (self._tokens.joined(pieces).strip() for pieces in told)))


def _in_parts(pieces: Sequence[str]) -> Iterator[list[str]]:
    """A sentence in parts of at most MOST_PIECES, of about one length: the model would cut off the rest."""
    parts = -(-len(pieces) // MOST_PIECES)
    for n in range(parts):
        yield list(pieces[n * len(pieces) // parts : (n + 1) * len(pieces) // parts])


@lru_cache(maxsize=LOADED)
def _load(package: Package) -> _Model:
    return _Model(package)


def _loaded(package: Package) -> _Model:
    with _loading:  # two at once would load a model twice
        return _load(package)


# --- words apart, and joined -------------------------------------------------------------


class _SentencePiece:
    def __init__(self, package: Package, file: Path) -> None:
        import sentencepiece

        self._processor = sentencepiece.SentencePieceProcessor(model_file=str(file))

    def apart(self, sentence: str) -> list[str]:
        return list(self._processor.encode(sentence, out_type=str))

    def joined(self, pieces: Sequence[str]) -> str:
        return str(self._processor.decode(list(pieces))).replace("▁", " ")


class _Bpe:
    def __init__(self, package: Package, file: Path) -> None:
        from sacremoses import MosesDetokenizer, MosesPunctNormalizer, MosesTokenizer
        from subword_nmt.apply_bpe import BPE

        self._normalizer = MosesPunctNormalizer(package.source)
        self._tokenizer = MosesTokenizer(package.source)
        self._detokenizer = MosesDetokenizer(package.target)
        with open(file, encoding="utf-8") as codes:
            self._bpe = BPE(codes)

    def apart(self, sentence: str) -> list[str]:
        tokens = self._tokenizer.tokenize(self._normalizer.normalize(sentence))
        return list(self._bpe.segment_tokens(tokens))

    def joined(self, pieces: Sequence[str]) -> str:
        words = " ".join(pieces).replace("@@ ", "").removesuffix("@@").split()
        return str(self._detokenizer.detokenize(words))


_Tokens = _SentencePiece | _Bpe
_KINDS: dict[str, type[_Tokens]] = {"sentencepiece.model": _SentencePiece, "bpe.model": _Bpe}


def _tokens_file(folder: Path) -> Path | None:
    return next((folder / name for name in _KINDS if (folder / name).is_file()), None)


def _tokens_of(package: Package) -> _Tokens:
    file = _tokens_file(package.folder)
    if file is None:
        raise OSError("it has no tokenizer")
    return _KINDS[file.name](package, file)
