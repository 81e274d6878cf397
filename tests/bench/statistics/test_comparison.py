import numpy as np
import pytest

from bench.statistics import Interval, compare, is_supported, supported
from bench.statistics.comparison import seeds_to_separate


def five_folds(answers, lead, seeds=1):
    """Two systems on 5 folds of 10 persons; the first is right on `lead[k]` more of fold k."""
    fold = np.repeat(range(5), 10)
    right = np.zeros((2, seeds, 50), bool)
    for k, more in enumerate(lead):
        right[:, :, k * 10 : k * 10 + 3] = True
        right[0, :, k * 10 + 3 : k * 10 + 3 + more] = True
    return answers(right, fold=fold)


def test_a_difference_over_folds_is_put_together(answers):
    found = compare(five_folds(answers, (3, 4, 5, 4, 4)), "war")
    assert (found.first, found.second) == (0.7, 0.3)
    assert found.difference == pytest.approx(0.4)
    assert (found.basis, found.test.df) == ("folds", 4)
    # differences 0.3 0.4 0.5 0.4 0.4: s² = 0.005, t = 0.4 / sqrt(0.45 * 0.005)
    assert found.test.t == pytest.approx(0.4 / 0.00225**0.5)
    assert found.effect == pytest.approx(0.4 / 0.005**0.5)
    assert found.signs == 0.0625
    assert found.repeated is None
    assert supported(found.p, found.interval)


def test_seeds_are_averaged_before_folds_are_tested_and_all_counted_in_the_repeated_test(answers):
    found = compare(five_folds(answers, (3, 4, 5, 4, 4), seeds=2), "war")
    assert found.test.df == 4
    assert found.repeated.df == 9


def test_turning_changes_every_sign_and_no_p(answers):
    found = compare(five_folds(answers, (3, 4, 5, 4, 4)), "war")
    turned = found.turned()
    assert (turned.difference, turned.test.t) == (-found.difference, -found.test.t)
    assert turned.interval == Interval(-found.interval.high, -found.interval.low)
    assert (turned.first, turned.p) == (found.second, found.p)
    assert turned.turned() == found


def test_one_fold_is_tested_over_its_seeds(answers):
    right = np.zeros((2, 3, 20), bool)
    for seed, hits in enumerate((12, 13, 14)):
        right[0, seed, :hits] = True
        right[1, seed, :6] = True
    found = compare(answers(right), "war")
    assert (found.basis, found.test.df) == ("seeds", 2)
    assert found.test.t == pytest.approx(0.35 / (0.0025 / 3) ** 0.5)


def test_one_training_supports_nothing(answers):
    given = answers([[1] * 30, [0] * 30])
    found = compare(given, "war")
    assert (found.basis, found.p) == ("none", None)
    assert found.interval == Interval(1.0, 1.0)
    assert not is_supported(given, "war")


@pytest.mark.parametrize(
    ("p", "found", "said"),
    [
        (0.01, Interval(0.1, 0.2), True),
        (0.05, Interval(0.1, 0.2), False),
        (0.01, Interval(-0.1, 0.2), False),
        (None, Interval(0.1, 0.2), False),
        (0.01, None, False),
    ],
)
def test_training_and_people_must_both_support_a_difference(p, found, said):
    assert supported(p, found) is said


@pytest.mark.parametrize("lead", [(3, 4, 5, 4, 4), (0, 4, 1, 0, 2), (0, 0, 0, 0, 1)])
def test_the_short_way_decides_as_the_long_one(answers, lead):
    given = five_folds(answers, lead)
    found = compare(given, "war")
    assert is_supported(given, "war") is supported(found.p, found.interval)


def test_seeds_that_agree_are_enough_and_folds_that_disagree_never_are(answers):
    assert seeds_to_separate(five_folds(answers, (3, 4, 5, 4, 4), seeds=2), "war") == 1
    assert seeds_to_separate(five_folds(answers, (0, 7, 0, 1, 0), seeds=2), "war") is None
