"""One system's folds to the raw scores of its row."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.index import Result
from bench.measurement import accuracy
from bench.measurement.accuracy import Counts
from bench.tables.tested import tested

_MEASURES = {"uar": accuracy.uar, "war": accuracy.war, "macro_f1": accuracy.macro_f1}


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
    return {
        **_means([_pooled([result.counts for result in mine]) for mine in seeds.values()]),
        **_seen(list(seeds.values())),
        **_over_folds(list(seeds.values())),
        "folds": min(len(mine) for mine in seeds.values()),
        "folds_of": results[0].request.folds,
        "seeds": len(seeds),
        **_videos(results),
    }


def _pooled(counts: Sequence[Counts]) -> Counts:
    return np.sum(counts, axis=0)


def _means(pooled: Sequence[Counts]) -> dict[str, Any]:
    return {
        name: statistics.fmean(score(confusion) for confusion in pooled)
        for name, score in _MEASURES.items()
    }


def _seen(seeds: Sequence[Sequence[Result]]) -> dict[str, Any]:
    """UAR and WAR without the videos that nobody could look at, where there are any."""
    every = all(result.counts_seen is result.counts for mine in seeds for result in mine)
    pooled = [] if every else [_pooled([result.counts_seen for result in mine]) for mine in seeds]
    if not pooled or not all(confusion.any() for confusion in pooled):
        return {"uar_seen": None, "war_seen": None}
    means = _means(pooled)
    return {"uar_seen": means["uar"], "war_seen": means["war"]}


def _over_folds(seeds: Sequence[Sequence[Result]]) -> dict[str, Any]:
    """Mean and sample standard deviation (n - 1) of the folds' UAR, averaged over the seeds."""
    uars = [_uars([result.counts for result in mine]) for mine in seeds]
    spreads = [float(np.std(of_folds, ddof=1)) for of_folds in uars if len(of_folds) > 1]
    return {
        "uar_fold_mean": statistics.fmean(statistics.fmean(of_folds) for of_folds in uars),
        "uar_fold_sd": statistics.fmean(spreads) if spreads else None,
    }


def _uars(folds: Sequence[Counts]) -> NDArray[np.float64]:
    return np.array([accuracy.uar(counts) for counts in folds])


def _videos(results: Sequence[Result]) -> dict[str, Any]:
    """Distinct test videos: all, seen, on the fallback crop, and without any pixels."""
    videos = tested(results).values()
    seen = [video for video in videos if video.seen]
    return {
        "videos": len(videos),
        "seen": len(seen),
        "fallback": sum(video.status == "fallback" for video in seen),
        "unreadable": len(videos) - len(seen),
    }
