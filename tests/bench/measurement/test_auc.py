"""Areas worked by hand: pairs in order, ties, videos without an answer, folds kept apart."""

import random
from itertools import product

import pytest

from bench.errors import BenchError
from bench.measurement.auc import macro_auc
from bench.records import Prediction

CLASSES = ("anger", "joy")


def answer(true, *scores):
    status = "scored" if scores else "unreadable"
    return Prediction(f"toy:{true}", None, None, true, status, scores)


def two(true, joy):
    return answer(true, 1 - joy, joy)


def test_three_of_four_pairs_in_order_are_three_quarters():
    fold = [two("joy", 0.9), two("joy", 0.4), two("anger", 0.5), two("anger", 0.1)]
    assert macro_auc([fold], CLASSES) == pytest.approx(3 / 4)


def test_equal_scores_count_one_half():
    fold = [two("joy", 0.5), two("joy", 0.9), two("anger", 0.5), two("anger", 0.5)]
    # the pairs of 0.5 with 0.5 are two halves, those of 0.9 are two whole ones
    assert macro_auc([fold], CLASSES) == pytest.approx((2 * 0.5 + 2) / 4)


def test_scores_that_say_nothing_are_worth_one_half():
    fold = [two("joy", 0.5)] * 3 + [two("anger", 0.5)] * 5
    assert macro_auc([fold], CLASSES) == pytest.approx(0.5)


def test_each_class_has_the_same_weight():
    names = ("a", "b", "c")
    fold = [answer("a", 0.8, 0.1, 0.1), answer("b", 0.5, 0.3, 0.2), answer("c", 0.1, 0.5, 0.4)]
    # a: 2 of 2; b: 0.3 beats 0.1 and not 0.5, 1 of 2; c: 2 of 2
    assert macro_auc([fold], names) == pytest.approx((1 + 0.5 + 1) / 3)


def test_pairs_with_a_video_without_scores_are_wrong():
    fold = [two("joy", 0.9), answer("joy"), two("anger", 0.1), answer("anger")]
    assert macro_auc([fold], CLASSES) == pytest.approx(1 / 4)
    assert macro_auc([[p for p in fold if p.scores]], CLASSES) == pytest.approx(1.0)


def test_videos_of_two_folds_are_never_compared():
    high = [two("joy", 0.95), two("anger", 0.9)]
    low = [two("joy", 0.2), two("anger", 0.1)]
    assert macro_auc([high, low], CLASSES) == pytest.approx(1.0)
    assert macro_auc([high + low], CLASSES) == pytest.approx(3 / 4)


def test_a_class_without_a_pair_is_passed_over():
    names = (*CLASSES, "contempt")
    fold = [answer("joy", 0.1, 0.8, 0.1), answer("anger", 0.7, 0.2, 0.1)]
    assert macro_auc([fold], names) == pytest.approx(1.0)


def test_without_any_pair_there_is_no_number():
    assert macro_auc([[two("joy", 0.9)], [two("anger", 0.9)]], CLASSES) is None
    assert macro_auc([[]], CLASSES) is None
    assert macro_auc([], CLASSES) is None


def test_ranks_count_what_comparing_every_pair_counts():
    chance = random.Random(1)
    fold = [two(chance.choice(CLASSES), chance.randrange(8) / 8) for _ in range(60)]
    joys = [p.scores[1] for p in fold if p.true == "joy"]
    others = [p.scores[1] for p in fold if p.true == "anger"]
    wins = [(a > b) + (a == b) / 2 for a, b in product(joys, others)]
    # with two classes, the other score orders the same pairs
    assert macro_auc([fold], CLASSES) == pytest.approx(sum(wins) / len(wins))


def test_a_true_class_that_is_not_there_is_refused():
    with pytest.raises(BenchError, match="unknown class 'fear'"):
        macro_auc([[two("fear", 0.5)]], CLASSES)
