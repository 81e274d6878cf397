"""What the rule of decision and the intervals are worth: known truths, many times over.

Light versions run by default; those of the numbers in `docs/statistics.md` are marked slow.
"""

import numpy as np
import pytest
from scipy.stats import norm

from bench.statistics import interval, is_supported, resample
from bench.statistics.answers import pooled

PERSONS, CLIPS = 31, 6
"""As many as MMI's persons, each showing six emotions."""


def filmed(answers, rng, alike, cluster=None, persons=PERSONS):
    """Two systems that are both right 65 times of 100, and more so on some persons than on others.

    Args:
        answers: what makes `Answers`.
        rng: source of chance.
        alike: correlation of two clips of one person; half of the rest is the clip's, for both.
        cluster: whom the videos are said to show.
        persons: how many show six clips each.
    """
    clip = rng.standard_normal((persons, CLIPS))
    own = rng.standard_normal((2, persons, CLIPS))
    person = rng.standard_normal((2, persons, 1))
    hard = alike**0.5 * person + (1 - alike) ** 0.5 * (clip + own) / 2**0.5
    right = (hard < norm.ppf(0.65)).reshape(2, -1)
    who = np.repeat(range(persons), CLIPS) if cluster is None else cluster
    return answers(right, true=np.tile(range(CLIPS), persons), cluster=who)


def covered(answers, metric, alike, repetitions, draws):
    """Share of intervals that hold the truth: of a system's score, and of the difference."""
    rng = np.random.default_rng(7)
    held = np.zeros(2)
    for _ in range(repetitions):
        drawn = resample(filmed(answers, rng, alike), draws)[metric][:, :, 0]
        alone = interval(drawn[:, 0], PERSONS, 0.05)
        both = interval(drawn[:, 0] - drawn[:, 1], PERSONS, 0.05)
        held += (alone.low <= 0.65 <= alone.high, both.low <= 0 <= both.high)
    return held / repetitions


@pytest.mark.parametrize("metric", ["war", "uar"])
def test_intervals_hold_the_truth_under_effects_of_persons(answers, metric):
    assert (covered(answers, metric, 0.2, repetitions=250, draws=1000) >= 0.92).all()


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["war", "uar"])
@pytest.mark.parametrize("alike", [0.05, 0.1, 0.2, 0.3])
def test_intervals_hold_the_truth_however_alike_the_clips_of_a_person_are(answers, metric, alike):
    assert (covered(answers, metric, alike, repetitions=2000, draws=2000) >= 0.93).all()


def test_without_persons_the_same_intervals_would_be_too_short(answers):
    rng = np.random.default_rng(7)
    videos = PERSONS * CLIPS
    held = 0
    for _ in range(250):
        given = filmed(answers, rng, 0.3, cluster=range(videos))
        found = interval(resample(given, 500)["war"][:, 0, 0], videos, 0.05)
        held += found.low <= 0.65 <= found.high
    assert held / 250 < 0.85


@pytest.mark.slow
def test_of_few_persons_the_percentile_interval_is_too_short_and_the_expanded_one_is_not(answers):
    rng = np.random.default_rng(7)
    held = np.zeros(2)
    for _ in range(1500):
        drawn = resample(filmed(answers, rng, 0.2, persons=12), 2000)["uar"][:, 0, 0]
        low, high = np.quantile(drawn, [0.025, 0.975])
        expanded = interval(drawn, 12, 0.05)
        held += (low <= 0.65 <= high, expanded.low <= 0.65 <= expanded.high)
    plain, ours = held / 1500
    assert plain < 0.92 < ours


# ---------------------------------------------------------------- learners


def learned(answers, rng, folds, better=0.0):
    """Two learners that each pick the feature of ten that parts two classes best, cross-validated.

    The features of both are alike in law, so that what they expect to score is the same and a
    difference is a false alarm. What is picked hangs on the training videos, as what a network
    becomes does. Each of 40 persons shows 5 clips and has an offset of its own.

    Args:
        answers: what makes `Answers`.
        rng: source of chance.
        folds: how many, of whole persons.
        better: what the first one's features part the classes by, beyond the other's.
    """
    who = np.repeat(range(40), 5)
    true = rng.integers(0, 2, 200)
    lead = np.array([0.25 + better, 0.25])[:, None, None]
    features = rng.standard_normal((2, 200, 10)) + lead * (2 * true[:, None] - 1)
    features += 0.5 * rng.standard_normal((2, 40, 10))[:, who]
    fold = rng.permutation(40)[who] % folds
    right = np.zeros((2, 200), bool)
    for k in range(folds):
        test, train = fold == k, fold != k
        low, high = (features[:, train & (true == label)].mean(axis=1) for label in (0, 1))
        picked = np.abs(high - low).argmax(axis=1)
        for system, feature in enumerate(picked):
            gap = (high - low)[system, feature]
            middle = (high + low)[system, feature] / 2
            right[system, test] = ((features[system, test, feature] > middle) == (gap > 0)) == true[
                test
            ]
    return answers(right, true=true, fold=fold, cluster=who, ratio=1 / (folds - 1))


def alarms(answers, folds, metric, repetitions, better=0.0):
    """Share of comparisons that are called supported."""
    rng = np.random.default_rng(11)
    return np.mean(
        [
            is_supported(learned(answers, rng, folds, better), metric, draws=1000)
            for _ in range(repetitions)
        ]
    )


@pytest.mark.parametrize("folds", [5, 10])
def test_equal_learners_are_seldom_told_apart(answers, folds):
    assert alarms(answers, folds, "uar", 400) <= 0.06


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["uar", "war"])
@pytest.mark.parametrize("folds", [3, 5, 10])
def test_false_alarms_stay_below_the_level(answers, folds, metric):
    assert alarms(answers, folds, metric, 3000) <= 0.06


def test_a_learner_that_is_better_is_found(answers):
    assert alarms(answers, 10, "uar", 100, better=0.75) >= 0.8


def test_the_plain_t_test_over_folds_would_raise_false_alarms(answers):
    from bench.statistics import over_folds
    from bench.statistics.folds import plain_t

    rng = np.random.default_rng(11)
    ps = [
        plain_t(np.diff(over_folds(learned(answers, rng, 10), "war"), axis=0).ravel()).p
        for _ in range(300)
    ]
    assert np.mean(np.array(ps) < 0.05) > 0.1


def test_the_pooled_score_of_equal_learners_is_the_same_on_average(answers):
    rng = np.random.default_rng(3)
    scores = [pooled(learned(answers, rng, 5), "war")[:, 0] for _ in range(300)]
    assert np.diff(np.mean(scores, axis=0)) == pytest.approx(0, abs=0.01)
