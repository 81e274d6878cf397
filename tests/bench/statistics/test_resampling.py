from itertools import product

import numpy as np
import pytest

from bench.statistics import Interval, interval, resample
from bench.statistics import resampling as subject


def test_every_draw_of_three_persons_comes_about_as_often_as_it_should(answers):
    given = answers([[1, 1, 0, 0, 0]], cluster=[0, 0, 1, 2, 2])
    hits, videos = np.array([2, 0, 0]), np.array([2, 1, 2])
    every = [hits[list(d)].sum() / videos[list(d)].sum() for d in product(range(3), repeat=3)]
    drawn = resample(given)["war"][:, 0, 0]
    assert set(np.round(drawn, 9)) == set(np.round(every, 9))
    for value in set(np.round(every, 9)):
        share = np.mean(np.isclose(every, value))
        assert np.mean(np.isclose(drawn, value)) == pytest.approx(share, abs=0.015)


def test_a_class_that_vanishes_from_a_draw_leaves_its_uar(answers):
    given = answers([[1, 0]], true=[0, 1])
    # both persons: (1 + 0) / 2; the first one twice: 1; the second one twice: 0
    assert set(resample(given)["uar"][:, 0, 0]) == {0.0, 0.5, 1.0}


def test_systems_are_scored_on_the_same_draws(answers):
    row = [1, 0, 1, 1, 0, 1]
    drawn = resample(answers([row, row], true=[0, 0, 0, 1, 1, 1]))["uar"]
    assert (drawn[:, 0] == drawn[:, 1]).all()


def test_seeds_are_scored_on_the_same_draws_one_by_one(answers):
    drawn = resample(answers([[[1, 1], [0, 0]]]))["war"]
    assert drawn.shape == (10_000, 1, 2)
    assert set(drawn[:, 0, 0]) == {1.0}
    assert set(drawn[:, 0, 1]) == {0.0}


def test_draws_do_not_depend_on_how_many_are_held_at_a_time(answers, monkeypatch):
    given = answers([[1, 0, 1, 1, 0]], true=[0, 0, 1, 1, 1])
    whole = resample(given, 100)["uar"]
    monkeypatch.setattr(subject, "_CELLS", 35)
    assert (resample(given, 100)["uar"] == whole).all()


def test_the_same_answers_give_the_same_interval_on_every_machine(answers):
    given = answers([[1, 0, 1, 1, 0, 1, 1, 1, 0, 1]], cluster=[0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    drawn = resample(given)["war"][:, 0, 0]
    assert drawn[:6].tolist() == [0.8, 0.9, 0.6, 0.7, 0.9, 0.8]
    assert interval(drawn, 5, 0.05) == Interval(0.5, 1.0)


def test_more_clips_of_the_same_persons_bring_no_certainty(answers):
    once = answers([[1, 0, 1, 1, 0]])
    tenfold = answers([[1, 0, 1, 1, 0] * 10], cluster=[0, 1, 2, 3, 4] * 10)
    ends = [interval(resample(given)["war"][:, 0, 0], 5, 0.05) for given in (once, tenfold)]
    assert ends[0] == ends[1]


def test_few_persons_push_the_ends_out():
    values = np.linspace(0, 1, 10_001)
    # t of 9 degrees at 0.975 is 2.262; times sqrt(10 / 9) = 2.3846; normal tail 0.00855
    found = interval(values, 10, 0.05)
    assert (found.low, found.high) == (
        pytest.approx(0.0085, abs=1e-4),
        pytest.approx(0.9914, abs=1e-4),
    )
    many = interval(values, 100_000, 0.05)
    assert (many.low, many.high) == (pytest.approx(0.025, abs=1e-4), pytest.approx(0.975, abs=1e-4))


def test_one_person_says_nothing_of_others():
    assert interval(np.ones(10), 1, 0.05) is None


@pytest.mark.parametrize(
    ("low", "high", "excludes"),
    [(0.1, 0.2, True), (-0.2, -0.1, True), (-0.1, 0.1, False), (0.0, 0.2, False)],
)
def test_an_interval_excludes_zero_where_all_of_it_is_on_one_side(low, high, excludes):
    assert Interval(low, high).excludes_zero() is excludes
