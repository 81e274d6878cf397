"""How well scores order videos: the area under the ROC curve, one class against the rest."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.errors import unknown
from bench.records import Prediction


def macro_auc(folds: Sequence[Sequence[Prediction]], classes: Sequence[str]) -> float | None:
    """Mean over the classes of the share of pairs that a class's score puts in the right order.

    A pair is a video of the class and one of another class of the same fold: the scores of two
    trainings are on no common scale, so that videos of two folds are never compared (Forman and
    Scholz, "Apples-to-apples in cross-validation studies", 2010). Equal scores count one half. A
    pair with a video that has no scores counts as wrong, as such videos do in the other measures.

    Args:
        folds: answers to test videos, those of one trained system together.
        classes: the K names in the order of the scores.

    Returns:
        a number in [0, 1], 0.5 for scores that say nothing; None where no class has a pair.

    Raises:
        BenchError: a true class is not among the classes.
    """
    right: dict[int, float] = defaultdict(float)
    pairs: dict[int, int] = defaultdict(int)
    for predictions in folds:
        labels = _labels(predictions, classes)
        answered = np.array([bool(p.scores) for p in predictions], dtype=bool)
        scores = np.array([p.scores for p in predictions if p.scores]).reshape(-1, len(classes))
        for label in range(len(classes)):
            ours = labels == label
            pairs[label] += int(ours.sum()) * int((~ours).sum())
            right[label] += _ordered(scores[:, label], ours[answered])
    areas = [right[label] / pairs[label] for label in range(len(classes)) if pairs[label]]
    return float(np.mean(areas)) if areas else None


def _labels(predictions: Sequence[Prediction], classes: Sequence[str]) -> NDArray[np.int64]:
    numbers = {name: label for label, name in enumerate(classes)}
    for p in predictions:
        if p.true not in numbers:
            raise unknown("class", p.true, classes)
    return np.array([numbers[p.true] for p in predictions], dtype=np.int64)


def _ordered(scores: NDArray[np.float64], ours: NDArray[np.bool_]) -> float:
    """How many pairs of one of ours and another are in order, ties one half (Mann-Whitney's U)."""
    _, place, many = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(many)  # ranks from 1; equal scores share the mean of theirs
    ranks = (last - (many - 1) / 2)[place]
    count = int(ours.sum())
    return float(ranks[ours].sum()) - count * (count + 1) / 2
