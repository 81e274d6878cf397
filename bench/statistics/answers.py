"""What systems answered to the same videos, as small arrays, and the scores that follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Metric = Literal["uar", "war"]
METRICS: tuple[Metric, ...] = ("uar", "war")
Labels: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Counted: TypeAlias = Labels | Floats
"""Whole numbers, whatever holds them."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """M systems, trained under S seeds, all asked about the same V test videos."""

    right: NDArray[np.bool_]
    """Shape (M, S, V): whether that video was answered right; no answer is a wrong one."""
    true: Labels
    """Shape (V,): the true class, in [0, K)."""
    fold: Labels
    """Shape (V,): the fold that tests the video, in [0, F)."""
    cluster: Labels
    """Shape (V,): whom the video shows, in [0, C); videos of one person are no news of others."""
    ratio: float
    """Test videos over training videos, of a fold."""
    folds: int
    clusters: int
    classes: int

    def of(self, systems: Sequence[int], seeds: Sequence[int]) -> "Answers":
        """The same videos, for some of the systems and of the seeds."""
        right = self.right[np.ix_(list(systems), list(seeds), range(len(self.true)))]
        return Answers(
            right,
            self.true,
            self.fold,
            self.cluster,
            self.ratio,
            self.folds,
            self.clusters,
            self.classes,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Videos and hits by class, of each of G groups of videos."""

    videos: Labels
    """Shape (G, K)."""
    hits: Labels
    """Shape (M, S, G, K)."""


def by_fold(answers: Answers) -> Tally:
    """Videos and hits of each fold."""
    return _tally(answers, answers.fold, answers.folds)


def by_cluster(answers: Answers) -> Tally:
    """Videos and hits of each person."""
    return _tally(answers, answers.cluster, answers.clusters)


def score(hits: Counted, videos: Counted, metric: Metric) -> Floats:
    """WAR or UAR of counts by class.

    Args:
        hits: shape (..., K).
        videos: that broadcasts to it; one class at least has a video.
        metric: war, the share of hits; uar, the mean recall over the classes that have a video.

    Returns:
        fractions, shape (...).
    """
    if metric == "war":
        return np.asarray(hits.sum(axis=-1) / videos.sum(axis=-1))
    present = videos > 0
    recalls = hits / np.where(present, videos, 1)  # a class without a video has no hit either
    return np.asarray(recalls.sum(axis=-1) / present.sum(axis=-1))


def pooled(answers: Answers, metric: Metric) -> Floats:
    """Score over the videos of all folds, shape (M, S)."""
    tally = by_fold(answers)
    return score(tally.hits.sum(axis=2), tally.videos.sum(axis=0), metric)


def over_folds(answers: Answers, metric: Metric) -> Floats:
    """Score of each fold, shape (M, S, F)."""
    tally = by_fold(answers)
    return score(tally.hits, tally.videos, metric)


def _tally(answers: Answers, group: Labels, groups: int) -> Tally:
    classes = answers.classes
    place = group * classes + answers.true
    size = groups * classes
    systems, seeds, _ = answers.right.shape
    flat = answers.right.reshape(systems * seeds, -1)
    # counted as integers, so that no order of adding can change a bit
    hits = [np.bincount(place[row], minlength=size) for row in flat]
    return Tally(
        np.bincount(place, minlength=size).reshape(groups, classes),
        np.array(hits, dtype=np.int64).reshape(systems, seeds, groups, classes),
    )
