"""Weights from elsewhere: found or made, read safely, and laid into a network without gaps."""

from bench.weights.matching import Report, load, match
from bench.weights.origins import resolve
from bench.weights.reading import NeedsUnpicklingError, read
from bench.weights.synthetic import SEED, STILLS, make_synthetic_trunk, synthetic_path

__all__ = [
    "SEED",
    "STILLS",
    "NeedsUnpicklingError",
    "Report",
    "load",
    "make_synthetic_trunk",
    "match",
    "read",
    "resolve",
    "synthetic_path",
]
