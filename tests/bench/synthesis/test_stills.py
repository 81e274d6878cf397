import numpy as np
import pytest

from bench.synthesis.actions import EXPRESSIONS
from bench.synthesis.stills import stills


@pytest.fixture(scope="module")
def pictures():
    return stills(21, 48, seed=3, workers=1)


def test_stills_have_the_stated_shape_and_every_class_equally_often(pictures):
    images, labels = pictures
    assert images.shape == (21, 48, 48, 3)
    assert images.dtype == np.uint8
    assert labels.dtype == np.int64
    assert np.bincount(labels).tolist() == [3] * len(EXPRESSIONS)


def test_the_number_of_workers_changes_nothing(monkeypatch, pictures):
    monkeypatch.setattr("bench.synthesis.stills._CHUNK", 11)
    assert np.array_equal(stills(21, 48, seed=3, workers=2)[0], pictures[0])


def test_more_stills_begin_with_the_fewer(pictures):
    assert np.array_equal(stills(7, 48, seed=3, workers=1)[0], pictures[0][:7])


def test_another_seed_draws_other_people(pictures):
    assert not np.array_equal(stills(7, 48, seed=4, workers=1)[0], pictures[0][:7])


def test_none_are_drawn_when_none_are_asked_for():
    images, labels = stills(0, 32)
    assert images.shape == (0, 32, 32, 3)
    assert labels.shape == (0,)
