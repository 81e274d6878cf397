"""The folds of systems to the raw scores of their rows, all of them at once."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np

from bench.index import Folds
from bench.index.folds import Numbers
from bench.measurement import stacked
from bench.measurement.accuracy import Counts
from bench.tables.tested import fates_of

_MEASURES = {"uar": stacked.uars, "war": stacked.wars, "macro_f1": stacked.macro_f1s}


def rows(systems: Sequence[Folds]) -> list[dict[str, Any]]:
    """Scores of systems: folds pooled seed by seed, then averaged over the seeds.

    Args:
        systems: of each its done folds, one of each seed and fold, seed by seed.

    Returns:
        fractions; the standard deviation is None with fewer than two folds, the seen scores are
        None where every video was seen, and `folds` is the least number done by a seed.
    """
    classes: dict[int, list[int]] = defaultdict(list)
    for number, folds in enumerate(systems):
        classes[len(folds.request.classes)].append(number)
    found: list[dict[str, Any]] = [{}] * len(systems)
    for numbers in classes.values():
        for number, row in zip(numbers, _rows([systems[n] for n in numbers]), strict=True):
            found[number] = row
    videos = (_videos(fates) for fates in fates_of(systems))
    return [{**row, **mine} for row, mine in zip(found, videos, strict=True)]


class _Seeds(NamedTuple):
    """Folds of several systems behind one another, seed by seed."""

    folds: Folds
    sizes: Numbers
    """How many folds each seed has."""
    ends: Sequence[tuple[int, int]]
    """Of each system its first seed, and the one behind its last."""

    @property
    def starts(self) -> Numbers:
        """The first fold of each seed."""
        return np.cumsum(self.sizes) - self.sizes


def _seeds(systems: Sequence[Folds]) -> _Seeds:
    folds = systems[0].followed_by(systems[1:])
    lengths = [len(mine) for mine in systems]
    system = np.repeat(np.arange(len(systems)), lengths)
    others = (np.diff(system) != 0) | (np.diff(folds.seeds) != 0)
    starts = np.concatenate([[0], np.flatnonzero(others) + 1])
    seeds = np.bincount(system[starts]).tolist()
    sizes = np.diff(starts, append=len(folds))
    return _Seeds(folds, sizes, list(pairwise(accumulate(seeds, initial=0))))


def _rows(systems: Sequence[Folds]) -> list[dict[str, Any]]:
    """Of systems with the same number of classes."""
    seeds = _seeds(systems)
    counts, seen = seeds.folds.counts, _seen(systems, seeds.folds)
    means, over = _means(counts, seeds), _over_folds(stacked.uars(counts), seeds)
    sizes = seeds.sizes.tolist()
    return [
        {
            **means[number],
            "uar_seen": seen[number]["uar"] if number in seen else None,
            "war_seen": seen[number]["war"] if number in seen else None,
            **over[number],
            "folds": min(sizes[start:stop]),
            "folds_of": folds.request.folds,
            "seeds": stop - start,
        }
        for number, (folds, (start, stop)) in enumerate(zip(systems, seeds.ends, strict=True))
    ]


def _means(counts: Counts, seeds: _Seeds) -> list[dict[str, float]]:
    """Scores of each system, the mean over its seeds; none where a seed has no video."""
    pooled = _pooled(counts, seeds)
    some = np.asarray(pooled.any(axis=(1, 2)))
    scores = {name: np.full(len(pooled), np.nan) for name in _MEASURES}
    for name, score in _MEASURES.items():
        scores[name][some] = score(pooled[some])
    return [
        {name: statistics.fmean(scores[name][start:stop].tolist()) for name in _MEASURES}
        if some[start:stop].all()
        else {}
        for start, stop in seeds.ends
    ]


def _pooled(counts: Counts, seeds: _Seeds) -> Counts:
    """The counts of the folds of each seed, added up: shape (seeds, K, K + 1)."""
    first = seeds.starts
    pooled = counts[first]
    for fold in range(1, seeds.sizes.max()):  # a third of the time of `np.add.reduceat`
        there = seeds.sizes > fold
        pooled[there] += counts[first[there] + fold]
    return pooled


def _seen(systems: Sequence[Folds], folds: Folds) -> dict[int, dict[str, float]]:
    """By number of the system its scores over the videos that were seen, where not all were."""
    if not folds.partly.any():
        return {}
    partly = [number for number, mine in enumerate(systems) if mine.partly.any()]
    seeds = _seeds([systems[number] for number in partly])
    means = _means(seeds.folds.counts_seen, seeds)
    return {number: scores for number, scores in zip(partly, means, strict=True) if scores}


def _over_folds(uars: stacked.Scores, seeds: _Seeds) -> list[dict[str, float | None]]:
    """Mean and sample standard deviation (n - 1) of the folds' UAR, averaged over the seeds."""
    means = np.empty(len(seeds.sizes))
    spreads = np.empty(len(seeds.sizes))
    for size in set(seeds.sizes.tolist()):
        mine = np.flatnonzero(seeds.sizes == size)
        folds = uars[seeds.starts[mine, None] + np.arange(size)]
        # what `fmean` does, without its questions to each of very many seeds
        means[mine] = [math.fsum(values) / size for values in folds.tolist()]
        spreads[mine] = np.std(folds, axis=1, ddof=1) if size > 1 else np.nan
    found: list[dict[str, float | None]] = []
    for start, stop in seeds.ends:
        there = [spread for spread in spreads[start:stop].tolist() if spread == spread]
        found.append(
            {
                "uar_fold_mean": statistics.fmean(means[start:stop].tolist()),
                "uar_fold_sd": statistics.fmean(there) if there else None,
            }
        )
    return found


def _videos(fates: Counter[str]) -> dict[str, Any]:
    """Distinct test videos: all, seen, on the fallback crop, and without any pixels."""
    seen = fates["scored"] + fates["fallback"]
    return {
        "videos": fates.total(),
        "seen": seen,
        "fallback": fates["fallback"],
        "unreadable": fates.total() - seen,
    }
