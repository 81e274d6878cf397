"""Whether a difference would come back with other training videos: tests over the folds."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.statistics.answers import Floats

_EXACT = 16
"""Up to so many differences every sign is tried; of more, a fixed draw of signs."""
_SIGNS = 10_000
_SEED = 20223
_ROUNDING = 1e-12
"""Less than this is what adding fractions leaves over, and stands for 0."""


@dataclass(frozen=True, slots=True)
class Student:
    """A two-sided t test."""

    t: float
    df: int
    p: float


def corrected_t(differences: Floats, ratio: float) -> Student | None:
    """The corrected resampled t test of differences, one of each fold.

    Training sets of folds overlap, so that the plain variance of a mean, s² / k, is too small;
    here it is s² (1/k + test videos / training videos).

    Args:
        differences: of two systems, shape (k,).
        ratio: test videos over training videos of a fold.

    Returns:
        None where nothing can be said: fewer than two folds, or folds that all differ by one and
        the same number that is not 0, so that there is no spread to measure it by.

    Source: Nadeau and Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003,
        section 3, eq. 9.
    """
    return _t(differences, 1 / max(1, len(differences)) + ratio)


def repeated_t(differences: Floats, ratio: float) -> Student | None:
    """The corrected test over folds that were all trained again, under each of several seeds.

    It counts each training as a repetition with other folds. Here the folds stay, so that it sees
    k · r - 1 degrees of freedom where videos and persons are the same ones again: it is the more
    lenient of the two, and decides nothing.

    Args:
        differences: shape (r seeds, k folds).
        ratio: test videos over training videos of a fold.

    Returns:
        None as `corrected_t`.

    Source: Bouckaert and Frank, "Evaluating the Replicability of Significance Tests for Comparing
        Learning Algorithms", PAKDD 2004, section 3.3.
    """
    return _t(differences.ravel(), 1 / max(1, differences.size) + ratio)


def plain_t(differences: Floats) -> Student | None:
    """Student's paired t test: of trainings on the same videos, which differ by their seed."""
    return _t(differences, 1 / max(1, len(differences)))


def sign_flip(differences: Floats) -> float:
    """Two-sided p of the mean if each difference had any of its signs with equal chance.

    Args:
        differences: shape (k,); every sign is tried up to 16, else 10,000 fixed draws and the
            signs that were seen.
    """
    k = len(differences)
    if k <= _EXACT:
        bits = np.arange(2**k)[:, None] >> np.arange(k) & 1
    else:
        raw = np.asarray(np.random.PCG64(_SEED).random_raw(_SIGNS * k)) >> np.uint64(63)
        bits = np.concatenate([np.zeros((1, k)), raw.reshape(_SIGNS, k).astype(np.float64)])
    sums = np.abs(((1.0 - 2.0 * bits) * differences).sum(axis=1))
    # equal sums may differ in their last digits, and a tie counts as reached
    return float(np.mean(sums >= sums[0] * (1 - 1e-9) - 1e-15))


def least_p(k: int) -> float:
    """The smallest p that signs of k differences can give, as in Wilcoxon's test: 2 / 2^k."""
    return min(1.0, 2.0 ** (1 - k))


def effect(differences: Floats) -> float | None:
    """Cohen's d of pairs: mean difference of the folds over its standard deviation (n - 1)."""
    mean, spread = _mean(differences), _spread(differences)
    return mean / spread if spread else None


def _mean(differences: Floats) -> float:
    mean = float(differences.mean())
    return mean if abs(mean) > _ROUNDING else 0.0


def _spread(differences: Floats) -> float:
    """Sample standard deviation; 0 of less than two."""
    spread = float(differences.std(ddof=1)) if len(differences) > 1 else 0.0
    return spread if spread > _ROUNDING else 0.0


def _t(differences: Floats, share: float) -> Student | None:
    if len(differences) < 2:
        return None
    df = len(differences) - 1
    mean, spread = _mean(differences), _spread(differences)
    if not spread:
        return None if mean else Student(0.0, df, 1.0)
    from scipy.stats import t as student

    t = mean / (spread * math.sqrt(share))
    return Student(t, df, stable(2 * student.sf(abs(t), df)))


def stable(p: Any) -> float:
    """Ten digits of a probability: builds of scipy differ in the last ones."""
    return float(f"{float(p):.10g}")
