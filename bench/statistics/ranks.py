"""Several systems on several datasets: mean ranks, Friedman's test and Nemenyi's difference."""

import math
from dataclasses import dataclass

import numpy as np

from bench.errors import BenchError
from bench.statistics.answers import Floats
from bench.statistics.folds import stable

_MOST = 0.5
"""A critical difference above this share of the widest gap of ranks tells nothing apart."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Mean ranks of systems over datasets, 1 being the best."""

    ranks: tuple[float, ...]
    """In the order of the systems."""
    datasets: int
    p: float
    """Of Friedman's test, that all systems are alike."""
    critical: float
    """Nemenyi's critical difference: mean ranks further apart are told apart."""


def critical_difference(systems: int, datasets: int, level: float = 0.05) -> float:
    """Nemenyi's critical difference of mean ranks, q sqrt(k (k + 1) / 6N).

    Source: Demšar, "Statistical Comparisons of Classifiers over Multiple Data Sets", JMLR 7, 2006,
        section 3.2.2; q is the studentized range over the square root of 2.
    """
    from scipy.stats import studentized_range

    q = float(studentized_range.ppf(1 - level, systems, np.inf)) / math.sqrt(2)
    return stable(q * math.sqrt(systems * (systems + 1) / (6 * datasets)))


def weakness(systems: int, datasets: int, level: float = 0.05) -> str | None:
    """Why ranks over so few datasets prove nothing, as a sentence; None where they may.

    They may where the critical difference is at most half of the widest gap that ranks can have.
    """
    if systems < 3:
        return f"Ranks over datasets need three systems; {systems} stand(s) in all of them."
    wanted, widest = critical_difference(systems, datasets, level), systems - 1
    if wanted <= _MOST * widest:
        return None
    enough = math.ceil(datasets * (wanted / (_MOST * widest)) ** 2)
    return (
        f"No test over datasets: with {systems} systems on {datasets} dataset(s) mean ranks would "
        f"have to lie {wanted:.2f} apart, where the widest possible gap is {widest}, so that next "
        f"to nothing could be told apart; {enough} datasets would do."
    )


def ranking(scores: Floats, level: float = 0.05) -> Ranking:
    """Mean ranks, Friedman's test in the form of Iman and Davenport, and the critical difference.

    Args:
        scores: shape (N datasets, k systems), the higher the better; ties share their rank.
        level: of the critical difference.

    Raises:
        BenchError: there are too few datasets or systems, and why.

    Source: Demšar, JMLR 7, 2006, section 3.2.2, with the correction for ties of Conover.
    """
    datasets, systems = scores.shape
    reason = weakness(systems, datasets, level)
    if reason:
        raise BenchError(reason)
    from scipy.stats import f, rankdata

    ranks = rankdata(-scores, axis=1)
    means = ranks.mean(axis=0)
    middle = systems * (systems + 1) ** 2 / 4
    spread = float((ranks**2).sum()) - datasets * middle
    if spread < 1e-9:  # all systems tie on all datasets
        p = 1.0
    else:
        chi = (systems - 1) * datasets * float(((means - means.mean()) ** 2).sum()) * datasets
        chi /= spread
        rest = datasets * (systems - 1) - chi
        ratio = (datasets - 1) * chi / rest if rest > 1e-9 else math.inf
        p = stable(f.sf(ratio, systems - 1, (systems - 1) * (datasets - 1)))
    critical = critical_difference(systems, datasets, level)
    return Ranking(tuple(means.tolist()), datasets, p, critical)
