import math

import numpy as np
import pytest
from scipy import stats

from bench.statistics import corrected_t, effect, least_p, repeated_t, sign_flip
from bench.statistics.folds import plain_t


@pytest.mark.parametrize(("folds", "needed"), [(5, 4.16), (10, 3.29)])
def test_the_plain_t_that_just_reaches_five_percent_is_the_known_one(folds, needed):
    # mean and spread such that the plain t is exactly `needed`
    shape = np.linspace(-1, 1, folds)
    shape /= shape.std(ddof=1)
    differences = shape + needed / math.sqrt(folds)
    assert plain_t(differences).t == pytest.approx(needed)
    assert corrected_t(differences, 1 / (folds - 1)).p == pytest.approx(0.05, abs=0.0003)


def test_the_corrected_t_is_the_one_worked_by_hand():
    # mean 0.03, s² = (1 + 1 + 4 + 4 + 0) / 4 * 1e-4 = 2.5e-4, share 1/5 + 1/4 = 0.45
    found = corrected_t(np.array([0.04, 0.02, 0.05, 0.01, 0.03]), 0.25)
    assert found.t == pytest.approx(0.03 / math.sqrt(0.45 * 2.5e-4))
    assert found.df == 4
    assert found.p == pytest.approx(0.0474206, abs=1e-6)


def test_the_repeated_test_counts_every_training():
    # 6 differences, mean 0.02, s² = 2 (1 + 0 + 1) / 5 * 1e-4 = 0.8e-4, share 1/6 + 1/2
    found = repeated_t(np.array([[0.01, 0.02, 0.03], [0.03, 0.02, 0.01]]), 0.5)
    assert found.t == pytest.approx(0.02 / math.sqrt((1 / 6 + 1 / 2) * 0.8e-4))
    assert found.df == 5


def test_the_plain_t_is_scipys():
    values = np.array([0.1, -0.2, 0.4, 0.3])
    theirs = stats.ttest_1samp(values, 0)
    assert plain_t(values).t == pytest.approx(theirs.statistic)
    assert plain_t(values).p == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("values", [[], [0.1], [0.1, 0.1, 0.1]])
def test_without_a_spread_there_is_no_test(values):
    assert corrected_t(np.array(values), 0.25) is None


def test_folds_that_never_differ_are_no_evidence():
    assert corrected_t(np.zeros(5), 0.25).p == 1.0


@pytest.mark.parametrize(("k", "p"), [(1, 1.0), (3, 0.25), (5, 0.0625), (10, 0.001953125)])
def test_the_least_p_of_signs_is_that_of_wilcoxon(k, p):
    values = np.arange(1.0, k + 1)
    assert least_p(k) == p == pytest.approx(stats.wilcoxon(values, method="exact").pvalue)
    assert sign_flip(values) == p


def test_signs_are_flipped_in_every_way():
    # of 8 sums, those of |2 + 1 - 1| or more: 2+1-1, 2-1+1, 4 and their opposites
    assert sign_flip(np.array([2.0, 1.0, -1.0])) == 6 / 8


def test_many_signs_are_drawn_and_the_draw_is_fixed():
    values = np.arange(1, 41) - 18.0
    theirs = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=20_000, rng=1
    )
    assert sign_flip(values) == pytest.approx(theirs.pvalue, abs=0.02)
    assert sign_flip(values) == sign_flip(values)


def test_the_effect_is_the_mean_in_standard_deviations():
    assert effect(np.array([0.1, 0.2, 0.3])) == pytest.approx(2.0)
    assert effect(np.array([0.1])) is None
