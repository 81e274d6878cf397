import math

import numpy as np
import pytest

from bench.measurement.quantiles import Summary, summary


def test_percentiles_are_interpolated_between_neighbours():
    assert summary([5, 1, 4, 2, 3]) == Summary(
        n=5,
        p50=3.0,
        p90=pytest.approx(4.6),
        p95=pytest.approx(4.8),
        p99=pytest.approx(4.96),
        iqr=2.0,
        low=None,
        high=None,
    )


def test_one_sample_is_all_of_its_percentiles():
    assert summary([7.5]) == Summary(1, 7.5, 7.5, 7.5, 7.5, 0.0, None, None)


@pytest.mark.parametrize(
    ("n", "k"),
    [(6, 1), (7, 1), (8, 1), (9, 2), (10, 2), (12, 3), (15, 4), (20, 6), (30, 10), (100, 40)],
)
def test_the_interval_has_the_ranks_of_published_tables(n, k):
    found = summary(range(1, n + 1))
    assert (found.low, found.high) == (k, n + 1 - k)


def test_five_samples_are_too_few_for_an_interval():
    assert summary([1, 2, 3, 4, 5]).low is None
    assert summary([1, 2, 3, 4, 5]).high is None


@pytest.mark.parametrize("n", [6, 11, 64, 201, 1000])
def test_the_ranks_are_those_of_the_exact_binomial(n):
    def held(k):
        return sum(math.comb(n, i) for i in range(k, n - k + 1)) / 2**n

    found = summary(range(1, n + 1)).low
    assert found is not None
    assert held(int(found)) >= 0.95 > held(int(found) + 1)


def test_the_interval_of_a_hundred_thousand_samples_is_still_found():
    assert (
        summary(range(1, 100_001)).low == 49690
    )  # the exact binomial gives 0.9504, and 0.9497 for the next


def test_the_interval_holds_the_median_of_a_skewed_source_as_often_as_it_says():
    draws = np.random.default_rng(7).exponential(size=(600, 41))
    found = [summary(list(row)) for row in draws]
    held = [s.low <= math.log(2) <= s.high for s in found if s.low is not None and s.high]
    assert len(held) == 600
    assert 0.94 <= np.mean(held) <= 0.985  # exact for n = 41: 0.9725
