"""The folds of systems to the raw scores of their rows, all of them at once."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench.index import Result
from bench.measurement import stacked
from bench.measurement.accuracy import Counts
from bench.tables.tested import fates_of

_MEASURES = {"uar": stacked.uars, "war": stacked.wars, "macro_f1": stacked.macro_f1s}

_Seeds: TypeAlias = Sequence[Sequence[Result]]
"""Of one system, the folds of each seed."""


def rows(systems: Sequence[Sequence[Result]]) -> list[dict[str, Any]]:
    """Scores of systems: folds pooled seed by seed, then averaged over the seeds.

    Args:
        systems: of each its done folds, one of each seed and fold.

    Returns:
        fractions; the standard deviation is None with fewer than two folds, the seen scores are
        None where every video was seen, and `folds` is the least number done by a seed.
    """
    shapes: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, mine in enumerate(systems):
        shapes[mine[0].counts.shape].append(number)
    found: list[dict[str, Any]] = [{}] * len(systems)
    for numbers in shapes.values():
        seeds = [_by_seed(systems[number]) for number in numbers]
        for number, row in zip(numbers, _rows(seeds), strict=True):
            found[number] = row
    videos = (_videos(fates) for fates in fates_of(systems))
    return [{**row, **mine} for row, mine in zip(found, videos, strict=True)]


def _by_seed(results: Sequence[Result]) -> _Seeds:
    found: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        found[result.seed].append(result)
    return tuple(found.values())


def _rows(systems: Sequence[_Seeds]) -> list[dict[str, Any]]:
    """Of systems with the same number of classes."""
    sizes = [[len(folds) for folds in seeds] for seeds in systems]
    counts = np.array([r.counts for seeds in systems for folds in seeds for r in folds])
    every = zip(systems, sizes, _means(counts, sizes), strict=True)
    over, seen = _over_folds(stacked.uars(counts), sizes), _seen(systems)
    return [
        {
            **means,
            "uar_seen": seen[number]["uar"] if number in seen else None,
            "war_seen": seen[number]["war"] if number in seen else None,
            **over[number],
            "folds": min(folds),
            "folds_of": seeds[0][0].request.folds,
            "seeds": len(seeds),
        }
        for number, (seeds, folds, means) in enumerate(every)
    ]


def _means(counts: Counts, sizes: Sequence[Sequence[int]]) -> list[dict[str, float]]:
    """Scores of each system, the mean over its seeds; none where a seed has no video."""
    every = list(chain.from_iterable(sizes))
    pooled = _pooled(counts, np.array(every))
    some = np.asarray(pooled.any(axis=(1, 2)))
    scores = {name: np.full(len(pooled), np.nan) for name in _MEASURES}
    for name, score in _MEASURES.items():
        scores[name][some] = score(pooled[some])
    return [
        {name: statistics.fmean(scores[name][start:stop].tolist()) for name in _MEASURES}
        if some[start:stop].all()
        else {}
        for start, stop in _ends(sizes)
    ]


def _pooled(counts: Counts, sizes: NDArray[np.int64]) -> Counts:
    """The counts of so many folds each, added up: shape (seeds, K, K + 1)."""
    first = np.cumsum(sizes) - sizes
    pooled = counts[first]
    for fold in range(1, sizes.max()):  # a third of the time of `np.add.reduceat`
        there = sizes > fold
        pooled[there] += counts[first[there] + fold]
    return pooled


def _ends(sizes: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Where the seeds of each system begin and end among those of all."""
    return list(pairwise(accumulate(map(len, sizes), initial=0)))


def _seen(systems: Sequence[_Seeds]) -> dict[int, dict[str, float]]:
    """By number of the system its scores over the videos that were seen, where not all were."""
    partly = {
        number: seeds
        for number, seeds in enumerate(systems)
        if any(r.counts_seen is not r.counts for folds in seeds for r in folds)
    }
    if not partly:
        return {}
    counts = [r.counts_seen for seeds in partly.values() for folds in seeds for r in folds]
    sizes = [[len(folds) for folds in seeds] for seeds in partly.values()]
    means = zip(partly, _means(np.array(counts), sizes), strict=True)
    return {number: scores for number, scores in means if scores}


def _over_folds(
    uars: stacked.Scores, sizes: Sequence[Sequence[int]]
) -> list[dict[str, float | None]]:
    """Mean and sample standard deviation (n - 1) of the folds' UAR, averaged over the seeds."""
    every = np.array(list(chain.from_iterable(sizes)))
    starts = np.cumsum(every) - every
    means = np.empty(len(every))
    spreads = np.empty(len(every))
    for size in set(every.tolist()):
        mine = np.flatnonzero(every == size)
        folds = uars[starts[mine, None] + np.arange(size)]
        means[mine] = [statistics.fmean(values) for values in folds.tolist()]
        spreads[mine] = np.std(folds, axis=1, ddof=1) if size > 1 else np.nan
    found: list[dict[str, float | None]] = []
    for start, stop in _ends(sizes):
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
