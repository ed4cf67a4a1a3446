"""A package of Argos Translate that a test makes: real files, read by the real libraries, which translate word by
word. Its transformer has one layer, written by hand: each step of the decoder looks at the piece that stands at its
own position, and says what the dictionary has for it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec

FRENCH = {
    "Les": "Coast",
    "gardes": "guards",
    "ont": "have",
    "secouru": "rescued",
    "57": "57",
    "migrants": "migrants",
    "près": "west",
    "de": "of",
    "Lampedusa": "Lampedusa",
    "dimanche": "Sunday",
}
CONTROL = ["<unk>", "<s>", "</s>"]
LONGEST = 128  # pieces that are ever decoded
SHARP = 40.0  # how much nearer the own position is than any other


def make_package(
    folder: Path,
    source: str,
    target: str,
    words: Mapping[str, str],
    *,
    version: str = "1.0",
    bpe: bool = False,
) -> Path:
    """A package's folder below `folder`, with a dictionary of single words; names go through as they are."""
    place = folder / f"translate-{source}_{target}-{version.replace('.', '_')}"
    (place / "model").mkdir(parents=True)
    facts = {"from_code": source, "to_code": target, "package_version": version, "argos_version": "1.0"}
    (place / "metadata.json").write_text(json.dumps(facts))
    (place / "stanza").mkdir()
    (place / "stanza" / "unread.pt").write_bytes(b"not read here")
    if bpe:
        (place / "bpe.model").write_text(_codes([*words]))
        pieces = dict(words) | {mark: mark for mark in ".,"}
    else:
        (place / "sentencepiece.model").write_bytes(_sentencepiece([*words]))
        pieces = dict(words) | {mark: mark for mark in ["▁", ".", ","]}
    _transformer(place / "model", pieces)
    return place


def packed(package: Path) -> bytes:
    """The package as it is handed out: one folder in an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(package.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(package.parent))
    return file.getvalue()


def _sentencepiece(words: Sequence[str]) -> bytes:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([*words, "abcdefghijklmnopqrstuvwxyz . ,"] * 20),
        model_writer=model,
        model_type="char",
        vocab_size=len(words) + 256,
        hard_vocab_limit=False,
        user_defined_symbols=[*words, ".", ","],
        minloglevel=2,
    )
    return model.getvalue()


def _codes(words: Sequence[str]) -> str:
    """subword-nmt's merges that put each word together from its letters."""
    merges: dict[str, None] = {}
    for word in words:
        pieces = [*word[:-1], f"{word[-1]}</w>"]
        while len(pieces) > 1:
            merges[f"{pieces[0]} {pieces[1]}"] = None
            pieces[:2] = ["".join(pieces[:2])]
    return "\n".join(["#version: 0.2", *merges])


def _transformer(to: Path, words: Mapping[str, str]) -> None:
    source, target = [*CONTROL, *words], [*CONTROL, *dict.fromkeys(words.values())]
    width = len(source) + LONGEST + (len(source) + LONGEST) % 2
    word, place = slice(0, len(source)), slice(len(source), len(source) + LONGEST)

    def floats(rows: int, columns: int) -> np.ndarray:
        return np.zeros((rows, columns), np.float32)

    def linear(layer: object, weight: np.ndarray) -> None:
        layer.weight, layer.bias = weight, np.zeros(len(weight), np.float32)

    def even(layer: object) -> None:
        layer.gamma, layer.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

    spec = TransformerSpec.from_config(num_layers=1, num_heads=1, pre_norm=True)
    places = floats(LONGEST, width)
    places[:, place] = np.eye(LONGEST)
    for side in (spec.encoder, spec.decoder):
        side.scale_embeddings = False
        side.position_encodings.encodings = places
        layer = side.layer[0]
        for norm in (side.layer_norm, layer.self_attention.layer_norm, layer.ffn.layer_norm):
            even(norm)
        linear(layer.self_attention.linear[0], floats(3 * width, width))
        linear(layer.self_attention.linear[1], floats(width, width))
        linear(layer.ffn.linear_0, floats(4, width))
        linear(layer.ffn.linear_1, floats(width, 4))
    embeddings = floats(len(source), width)
    embeddings[:, word] = np.eye(len(source))
    spec.encoder.embeddings[0].weight = embeddings
    spec.decoder.embeddings.weight = floats(len(target), width)

    query, keys_values, said = floats(width, width), floats(2 * width, width), floats(len(target), width)
    query[place, place] = np.eye(LONGEST) * SHARP
    keys_values[place, place] = np.eye(LONGEST)
    keys_values[width : width + len(source), word] = np.eye(len(source))
    for here, there in [*words.items(), *((mark, mark) for mark in CONTROL)]:
        said[target.index(there), source.index(here)] = 4.0
    attention = spec.decoder.layer[0].attention
    even(attention.layer_norm)
    linear(attention.linear[0], query)
    linear(attention.linear[1], keys_values)
    linear(attention.linear[2], np.eye(width, dtype=np.float32))
    linear(spec.decoder.projection, said)

    spec.config.add_source_eos = True
    spec.register_source_vocabulary(source)
    spec.register_target_vocabulary(target)
    spec.validate()
    spec.save(str(to))
