"""The number of a cell by the name of its score."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.errors import BenchError, unknown
from bench.measurement import accuracy
from bench.records import FoldRecord, Prediction

KNOWN = ("uar", "war", "f1", "recall:CLASS")

_MEASURES: dict[str, Callable[[accuracy.Counts], float]] = {
    "uar": accuracy.uar,
    "war": accuracy.war,
    "f1": accuracy.macro_f1,
}


@dataclass(frozen=True, slots=True)
class Score:
    """A score as the table of results has it, and the parts that it is made from; fractions."""

    name: str
    value: float
    seeds: dict[int, float]
    """Seed -> all of its folds pooled; the value is their mean."""
    folds: dict[tuple[int, int], float | None]
    """Seed, fold -> that fold alone; None where it tests no video of the class."""


def score(name: str, records: Sequence[FoldRecord]) -> Score:
    """The score of one system.

    Args:
        name: uar, war, f1 or recall:CLASS.
        records: its folds, one of each seed and fold.

    Raises:
        BenchError: the name is unknown, or no fold tests a video of the class.
    """
    classes = records[0].request.classes
    measure = _measure(name, classes)
    pooled: dict[int, list[Prediction]] = defaultdict(list)
    folds: dict[tuple[int, int], float | None] = {}
    for record in records:
        request = record.request
        pooled[request.seed] += record.predictions
        alone = measure(accuracy.count(record.predictions, classes))
        folds[request.seed, request.fold.index] = None if np.isnan(alone) else alone
    seeds = {seed: measure(accuracy.count(all_, classes)) for seed, all_ in pooled.items()}
    value = statistics.fmean(seeds.values())
    if np.isnan(value):
        raise BenchError(f"no fold tests a video for {name!r}. Choose another score.")
    return Score(name, value, seeds, folds)


def _measure(name: str, classes: Sequence[str]) -> Callable[[accuracy.Counts], float]:
    if name in _MEASURES:
        return _MEASURES[name]
    kind, _, label = name.partition(":")
    if kind != "recall":
        raise unknown("score in --metric", name, KNOWN)
    if label not in classes:
        raise unknown("class", label, classes)
    return lambda counts: float(accuracy.recalls(counts)[classes.index(label)])
