"""What predictions are worth: confusion counts, and the scores that follow from them."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError, unknown
from bench.records import Prediction

NO_ANSWER = -1
"""The predicted label of a video without scores: the last column of a confusion."""

Counts: TypeAlias = NDArray[np.signedinteger[Any]]
Recalls: TypeAlias = NDArray[np.float64]


def predicted(prediction: Prediction) -> int:
    """The label of the highest score, ties to the lowest label; NO_ANSWER without scores."""
    scores = prediction.scores
    return scores.index(max(scores)) if scores else NO_ANSWER


def seen(predictions: Iterable[Prediction]) -> tuple[Prediction, ...]:
    """The videos that a model looked at, on a face crop or on the fallback crop."""
    return tuple(p for p in predictions if p.status in ("scored", "fallback"))


def count(predictions: Sequence[Prediction], classes: Sequence[str]) -> Counts:
    """Confusion of stored predictions: all of them for the official denominator, or those `seen`.

    Args:
        predictions: answers to test videos.
        classes: names in the order of the labels and scores.

    Returns:
        counts, shape (K, K + 1); see `confusion`.

    Raises:
        BenchError: a true class is not among the classes.
    """
    return confusion([p.true for p in predictions], [predicted(p) for p in predictions], classes)


def confusion(true: Sequence[str], predicted: Sequence[int], classes: Sequence[str]) -> Counts:
    """How often each class was taken for each other; a video without an answer counts as wrong.

    Args:
        true: class name of each video.
        predicted: label of each video, in [0, K), or NO_ANSWER.
        classes: the K names in the order of the labels.

    Returns:
        counts, shape (K, K + 1): row = true class, column = predicted class, and a last column for
        videos without an answer. Each row sums to the videos of its class.

    Raises:
        BenchError: a true class is not among the classes.
    """
    labels = {name: label for label, name in enumerate(classes)}
    strangers = sorted(set(true) - labels.keys())
    if strangers:
        raise unknown("class", strangers[0], classes)
    counts = np.zeros((len(classes), len(classes) + 1), dtype=np.int64)
    np.add.at(counts, ([labels[name] for name in true], list(predicted)), 1)
    return counts


def recalls(confusion: Counts) -> Recalls:
    """Share of each class that was answered right, in [0, 1]; NaN for a class without a video.

    Args:
        confusion: counts, shape (K, K + 1).

    Returns:
        one recall a class, shape (K,).
    """
    videos = confusion.sum(axis=1)
    hits = confusion.diagonal().astype(np.float64)
    return np.divide(hits, videos, out=np.full(len(videos), np.nan), where=videos > 0)


def war(confusion: Counts) -> float:
    """Weighted average recall: the share of all videos answered right, in [0, 1].

    Args:
        confusion: counts, shape (K, K + 1).

    Raises:
        BenchError: no class has a test video.
    """
    _require_videos(confusion)
    return float(confusion.diagonal().sum() / confusion.sum())


def uar(confusion: Counts) -> float:
    """Unweighted average recall: the mean recall over the classes present, in [0, 1].

    Args:
        confusion: counts, shape (K, K + 1).

    Raises:
        BenchError: no class has a test video.
    """
    _require_videos(confusion)
    return float(np.nanmean(recalls(confusion)))


def macro_f1(confusion: Counts) -> float:
    """Mean over the classes present of F1 = 2 hits / (videos of the class + answers of the class).

    Args:
        confusion: counts, shape (K, K + 1).

    Returns:
        a number in [0, 1]; a class that is present and never answered counts 0.

    Raises:
        BenchError: no class has a test video.
    """
    _require_videos(confusion)
    hits = confusion.diagonal()
    videos = confusion.sum(axis=1)
    answers = confusion[:, :-1].sum(axis=0)
    present = videos > 0
    return float(np.mean(2 * hits[present] / (videos + answers)[present]))


def _require_videos(confusion: Counts) -> None:
    if not confusion.any():
        raise BenchError(
            "no class has a test video, so there is nothing to score. Name a fold with test videos."
        )
