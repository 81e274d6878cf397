"""How much a score would move if other people had been filmed: a bootstrap over clusters."""

from dataclasses import dataclass

import numpy as np

from bench.statistics.answers import METRICS, Answers, Floats, Labels, Metric, by_cluster, score

DRAWS = 10_000
SEED = 20221
"""Of every draw: the same answers give the same interval anywhere."""

_CELLS = 1 << 19
"""So many random numbers are held at a time."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where a number may well lie; fractions."""

    low: float
    high: float

    def excludes_zero(self) -> bool:
        """Whether all of it lies on one side of zero."""
        return self.low > 0 or self.high < 0


def resample(answers: Answers, draws: int = DRAWS) -> dict[Metric, Floats]:
    """Scores of systems after drawing as many clusters as there are, with replacement.

    Every system is scored on the same draws, so that differences are paired. A class that vanishes
    from a draw leaves the UAR of that draw, as it does wherever a class has no video.

    Args:
        answers: of M systems under S seeds.
        draws: how often, at least 1.

    Returns:
        of each score fractions, shape (draws, M, S).
    """
    tally = by_cluster(answers)
    shape = answers.right.shape[:2]
    hits = tally.hits.reshape(-1, answers.clusters, answers.classes)
    table = np.concatenate([tally.videos[None], hits]).transpose(1, 0, 2)  # (C, 1 + M S, K)
    # clusters that hold the same are one kind, so that thousands of single videos are quick
    kinds, kind = np.unique(table.reshape(len(table), -1), axis=0, return_inverse=True)
    found: dict[Metric, Floats] = {name: np.empty((draws, *shape)) for name in METRICS}
    step = max(1, _CELLS // answers.clusters)
    source = np.random.PCG64(SEED)
    for start in range(0, draws, step):
        stop = min(start + step, draws)
        times = _times_drawn(source, stop - start, kind.ravel(), len(kinds))
        # whole numbers below 2**53: the sums are exact on every machine
        counts = times @ kinds.astype(np.float64)
        counts = counts.reshape(stop - start, *table.shape[1:])
        for name in METRICS:
            scores = score(counts[:, 1:], counts[:, :1], name)
            found[name][start:stop] = scores.reshape(-1, *shape)
    return found


def interval(values: Floats, clusters: int, level: float) -> Interval | None:
    """The expanded percentile interval of resampled numbers.

    The plain percentile interval is too short for few clusters, since it forgets that the spread
    was itself estimated; its ends are moved out as far as Student's t lies beyond the normal.

    Args:
        values: shape (draws,).
        clusters: how many were drawn from.
        level: the share of intervals that may miss, as in 0.05.

    Returns:
        None where there is one cluster, which says nothing of others.

    Source: Hesterberg, "What Teachers Should Know About the Bootstrap", The American Statistician
        69(4), 2015, section 3.3.
    """
    if clusters < 2:
        return None
    from scipy.special import ndtr, stdtrit  # scipy.stats takes a second to import

    reach = stdtrit(clusters - 1, 1 - level / 2) * np.sqrt(clusters / (clusters - 1))
    tail = float(ndtr(-reach))
    # an end of a draw, and none between two: builds of scipy differ in the last digits of a tail
    low, high = np.quantile(values, [tail, 1 - tail], method="closest_observation")
    return Interval(float(low), float(high))


def _times_drawn(source: np.random.PCG64, draws: int, kind: Labels, kinds: int) -> Floats:
    """How often each draw of as many clusters as there are holds each kind, shape (draws, kinds).

    Drawn from raw bits, whose stream is the same in every version of numpy.

    Args:
        source: of the bits.
        draws: how many.
        kind: of each cluster, shape (C,).
        kinds: how many there are.
    """
    clusters = len(kind)
    raw = np.asarray(source.random_raw(draws * clusters)) >> np.uint64(32)
    raw *= np.uint64(clusters)
    raw >>= np.uint64(32)
    place = kind[raw].reshape(draws, clusters)
    place += kinds * np.arange(draws)[:, None]
    counts = np.bincount(place.ravel(), minlength=draws * kinds)
    return counts.reshape(draws, kinds).astype(np.float64)
