"""Many confusions at once score what each scores alone."""

import numpy as np
import pytest

from bench.measurement import accuracy, stacked

PAIRS = [
    (stacked.wars, accuracy.war),
    (stacked.uars, accuracy.uar),
    (stacked.macro_f1s, accuracy.macro_f1),
]


@pytest.mark.parametrize("classes", [2, 3, 7, 8, 11, 43])
@pytest.mark.parametrize(("many", "one"), PAIRS, ids=["war", "uar", "f1"])
def test_every_score_is_that_of_its_confusion_to_the_last_bit(many, one, classes):
    rng = np.random.default_rng(classes)
    counts = rng.integers(0, 9, (200, classes, classes + 1))
    counts[::3, rng.integers(classes)] = 0  # a class without a video
    assert many(counts).tolist() == [one(confusion) for confusion in counts]
