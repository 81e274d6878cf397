"""Answers made by hand, and learners that are equal by construction."""

import numpy as np
import pytest

from bench.statistics import Answers


def made(right, true=None, *, fold=None, cluster=None, ratio=0.25, classes=None):
    """Answers of systems; by default one class, one fold, each video of its own person."""
    right = np.array(right, dtype=bool)
    right = right[:, None] if right.ndim == 2 else right
    videos = right.shape[-1]
    true = np.zeros(videos, int) if true is None else np.array(true)
    fold = np.zeros(videos, int) if fold is None else np.array(fold)
    cluster = np.arange(videos) if cluster is None else np.array(cluster)
    return Answers(
        right,
        true,
        fold,
        cluster,
        ratio,
        int(fold.max()) + 1,
        int(cluster.max()) + 1,
        classes or int(true.max()) + 1,
    )


@pytest.fixture
def answers():
    return made
