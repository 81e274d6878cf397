import numpy as np
import pytest

from baselines.majority import Majority

VIDEO = np.zeros((3, 8, 8, 3), np.uint8)


@pytest.fixture
def majority():
    system = Majority()
    system.fit(np.empty((5, 0), np.float32), np.array([2, 0, 2, 1, 2]), 4)
    return system


def test_it_looks_at_nothing():
    assert Majority().features(VIDEO).shape == (0,)


def test_every_video_gets_the_shares_of_the_classes_in_training(majority):
    scores = majority.scores(np.empty((2, 0), np.float32))
    np.testing.assert_array_equal(scores, [[0.2, 0.2, 0.6, 0], [0.2, 0.2, 0.6, 0]])
