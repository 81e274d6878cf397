"""One system's folds to the raw scores of its row."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.index import Result
from bench.measurement import stacked
from bench.measurement.accuracy import Counts
from bench.tables.tested import tested

_MEASURES = {"uar": stacked.uars, "war": stacked.wars, "macro_f1": stacked.macro_f1s}


def row(results: Sequence[Result]) -> dict[str, Any]:
    """Scores of one system: its folds pooled seed by seed, then averaged over the seeds.

    Args:
        results: done folds of one identity, one of each seed and fold.

    Returns:
        fractions; the standard deviation is None with fewer than two folds, the seen scores are
        None where every video was seen, and `folds` is the least number done by a seed.
    """
    seeds: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        seeds[result.seed].append(result)
    sizes = [len(mine) for mine in seeds.values()]
    ordered = [result for mine in seeds.values() for result in mine]
    counts = np.array([result.counts for result in ordered])
    return {
        **_means(_pooled(counts, sizes)),
        **_seen(ordered, sizes),
        **_over_folds(stacked.uars(counts), sizes),
        "folds": min(sizes),
        "folds_of": results[0].request.folds,
        "seeds": len(seeds),
        **_videos(results),
    }


def _pooled(counts: Counts, sizes: Sequence[int]) -> Counts:
    """The sum of each run of so many confusions, shape (seeds, K, K + 1)."""
    return np.add.reduceat(counts, np.cumsum([0, *sizes[:-1]]), axis=0)


def _means(pooled: Counts) -> dict[str, Any]:
    return {name: statistics.fmean(score(pooled).tolist()) for name, score in _MEASURES.items()}


def _seen(ordered: Sequence[Result], sizes: Sequence[int]) -> dict[str, Any]:
    """UAR and WAR without the videos that nobody could look at, where there are any."""
    if any(result.counts_seen is not result.counts for result in ordered):
        pooled = _pooled(np.array([result.counts_seen for result in ordered]), sizes)
        if pooled.any(axis=(1, 2)).all():
            means = _means(pooled)
            return {"uar_seen": means["uar"], "war_seen": means["war"]}
    return {"uar_seen": None, "war_seen": None}


def _over_folds(uars: stacked.Scores, sizes: Sequence[int]) -> dict[str, Any]:
    """Mean and sample standard deviation (n - 1) of the folds' UAR, averaged over the seeds."""
    if len(set(sizes)) == 1:
        seeds = uars.reshape(len(sizes), -1)
        spreads = np.std(seeds, axis=1, ddof=1).tolist() if sizes[0] > 1 else []
    else:
        seeds = np.split(uars, np.cumsum(sizes[:-1]))
        spreads = [float(np.std(folds, ddof=1)) for folds in seeds if len(folds) > 1]
    return {
        "uar_fold_mean": statistics.fmean(statistics.fmean(folds.tolist()) for folds in seeds),
        "uar_fold_sd": statistics.fmean(spreads) if spreads else None,
    }


def _videos(results: Sequence[Result]) -> dict[str, Any]:
    """Distinct test videos: all, seen, on the fallback crop, and without any pixels."""
    fates = Counter([video.status for video in tested(results).values()])
    seen = fates["scored"] + fates["fallback"]
    return {
        "videos": fates.total(),
        "seen": seen,
        "fallback": fates["fallback"],
        "unreadable": fates.total() - seen,
    }
