"""What is said of raw times: percentiles, their spread, and how sure the median is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95
"""Least share of repeated measurements whose interval holds the true median."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one set of samples, in their unit."""

    n: int
    p50: float
    p90: float
    p95: float
    p99: float
    iqr: float
    """p75 - p25."""
    low: float | None
    """Lower end of the confidence interval of the median; None with fewer than six samples."""
    high: float | None


def summary(samples: Sequence[float]) -> Summary:
    """Percentiles by linear interpolation, and a distribution-free interval of the median.

    The interval runs from the k-th smallest to the k-th largest sample, the narrowest such pair
    that holds the median with 95 %: how many of n independent samples lie below it is binomial
    with p = 1/2. See Conover, Practical Nonparametric Statistics (1999), section 3.2.

    Args:
        samples: one or more, in any order.
    """
    ordered = np.sort(np.asarray(samples, dtype=np.float64))
    p25, p50, p75, p90, p95, p99 = map(float, np.percentile(ordered, (25, 50, 75, 90, 95, 99)))
    n, k = len(ordered), _rank(len(ordered))
    low, high = (float(ordered[k - 1]), float(ordered[n - k])) if k else (None, None)
    return Summary(n, p50, p90, p95, p99, p75 - p25, low, high)


def _rank(n: int) -> int:
    """Largest k for which the k-th smallest and k-th largest hold the median; 0: there is none."""
    k = n // 2
    chance = math.comb(n, k) / 2**n
    held = chance if n % 2 == 0 else 2 * chance
    while held < CONFIDENCE and k > 0:
        chance *= k / (n - k + 1)
        held += 2 * chance
        k -= 1
    return k
