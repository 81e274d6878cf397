"""One system's folds to the raw scores of its row."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.measurement import accuracy
from bench.records import FoldRecord, Prediction

_MEASURES = {"uar": accuracy.uar, "war": accuracy.war, "macro_f1": accuracy.macro_f1}


def row(records: Sequence[FoldRecord]) -> dict[str, Any]:
    """Scores of one system: its folds pooled seed by seed, then averaged over the seeds.

    Args:
        records: done folds of one identity, one of each seed and fold.

    Returns:
        fractions; the standard deviation is None with fewer than two folds, the seen scores are
        None where every video was seen, and `folds` is the least number done by a seed.
    """
    classes = records[0].request.classes
    seeds: dict[int, list[FoldRecord]] = defaultdict(list)
    for record in records:
        seeds[record.request.seed].append(record)
    pooled = [[p for record in mine for p in record.predictions] for mine in seeds.values()]
    return {
        **_means(pooled, classes),
        **_seen(pooled, classes),
        **_over_folds(list(seeds.values())),
        "folds": min(len(mine) for mine in seeds.values()),
        "folds_of": records[0].request.folds,
        "seeds": len(seeds),
        **_videos(records),
    }


def _means(pooled: Sequence[Sequence[Prediction]], classes: Sequence[str]) -> dict[str, Any]:
    counts = [accuracy.count(predictions, classes) for predictions in pooled]
    return {
        name: statistics.fmean(score(confusion) for confusion in counts)
        for name, score in _MEASURES.items()
    }


def _seen(pooled: Sequence[Sequence[Prediction]], classes: Sequence[str]) -> dict[str, Any]:
    """UAR and WAR without the videos that nobody could look at, where there are any."""
    seen = [accuracy.seen(predictions) for predictions in pooled]
    if sum(map(len, seen)) == sum(map(len, pooled)) or not all(seen):
        return {"uar_seen": None, "war_seen": None}
    means = _means(seen, classes)
    return {"uar_seen": means["uar"], "war_seen": means["war"]}


def _over_folds(seeds: Sequence[Sequence[FoldRecord]]) -> dict[str, Any]:
    """Mean and sample standard deviation (n - 1) of the folds' UAR, averaged over the seeds."""
    folds = [
        [accuracy.uar(accuracy.count(r.predictions, r.request.classes)) for r in mine]
        for mine in seeds
    ]
    spreads = [float(np.std(uars, ddof=1)) for uars in folds if len(uars) > 1]
    return {
        "uar_fold_mean": statistics.fmean(statistics.fmean(uars) for uars in folds),
        "uar_fold_sd": statistics.fmean(spreads) if spreads else None,
    }


def _videos(records: Sequence[FoldRecord]) -> dict[str, Any]:
    """Distinct test videos: all, seen, on the fallback crop, and without any pixels."""
    videos = {p.video: p for record in records for p in record.predictions}.values()
    seen = accuracy.seen(videos)
    return {
        "videos": len(videos),
        "seen": len(seen),
        "fallback": sum(p.status == "fallback" for p in seen),
        "unreadable": len(videos) - len(seen),
    }
