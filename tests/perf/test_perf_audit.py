"""All pairs of a set as large as FERV39k."""

import numpy as np
import pytest

from bench.frames.likeness import alike, sketch

VIDEOS = 38_935


@pytest.fixture(scope="module")
def sketches():
    rng = np.random.default_rng(0)
    grids = rng.integers(0, 256, (VIDEOS, 6, 16, 16), dtype=np.uint8)
    return {f"{number:05d}": sketch(grid) for number, grid in enumerate(grids)}


def test_all_pairs_of_the_largest_set(benchmark, sketches):
    assert benchmark.pedantic(alike, (sketches,), rounds=1, iterations=1) == []
