"""Text embeddings: averaged word vectors of a static model that is included in a wheel."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

DIMENSIONS = 256  # of the model; stored embeddings have the same
MAX_TOKENS = 2048
WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"

Vector = np.ndarray


def embed(texts: list[str]) -> Vector:
    """Return a unit vector (float32) per text, from its first MAX_TOKENS tokens; the zero vector if it has none."""
    tokenizer, weights = _model()
    vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, encoded in enumerate(tokenizer.encode_batch(texts, add_special_tokens=False)):
        if encoded.ids:
            vectors[row] = weights[encoded.ids[:MAX_TOKENS]].mean(axis=0)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.divide(vectors, lengths, out=vectors, where=lengths > 0)
    return vectors


def package_folder(name: str) -> Path:
    """Return the folder of an installed package, without importing it; RuntimeError if there is none."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise RuntimeError(f"the package {name} is not installed")
    return Path(found.submodule_search_locations[0])


@cache
def _model() -> tuple[Tokenizer, Vector]:
    """Load the model on first use from the wordllama wheel; nothing is downloaded."""
    folder = package_folder("wordllama")
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()  # padding would count in the average
    weights = load_file(folder / WEIGHTS)["embedding.weight"].astype(np.float32)  # the file has float16
    return tokenizer, weights
