"""Datasets to folds: pure, seeded, hashed, and frozen to a file of ids."""

from bench.protocols.frozen import Combine, content_hash, freeze, thaw
from bench.protocols.rules import NAMES, cross_corpus, labelled, split
from bench.protocols.summary import FoldSummary, Side, describe
from bench.protocols.validation import validation_part

__all__ = [
    "NAMES",
    "Combine",
    "FoldSummary",
    "Side",
    "content_hash",
    "cross_corpus",
    "describe",
    "freeze",
    "labelled",
    "split",
    "thaw",
    "validation_part",
]
