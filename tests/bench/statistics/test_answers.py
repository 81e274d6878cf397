import numpy as np
import pytest

from bench.statistics import over_folds, pooled, score


def test_war_is_the_share_of_hits():
    assert score(np.array([3, 1]), np.array([4, 4]), "war") == 0.5


def test_uar_is_the_mean_recall_of_the_classes_that_are_there():
    assert score(np.array([3, 1, 0]), np.array([4, 2, 0]), "uar") == pytest.approx(0.625)


def test_scores_are_pooled_over_folds_seed_by_seed(answers):
    right = [[[1, 1, 1, 0], [1, 0, 0, 0]]]
    given = answers(right, true=[0, 0, 0, 1], fold=[0, 0, 1, 1])
    assert pooled(given, "war").tolist() == [[0.75, 0.25]]
    assert pooled(given, "uar") == pytest.approx(np.array([[0.5, 1 / 6]]))


def test_a_fold_without_a_video_of_a_class_is_scored_over_the_others(answers):
    given = answers([[1, 0, 1, 0]], true=[0, 0, 0, 1], fold=[0, 0, 1, 1])
    assert over_folds(given, "uar").tolist() == [[[0.5, 0.5]]]


def test_some_systems_and_seeds_keep_the_videos(answers):
    given = answers([[[1, 0]], [[0, 1]], [[1, 1]]])
    assert given.of((2, 0), (0,)).right.tolist() == [[[True, True]], [[True, False]]]
