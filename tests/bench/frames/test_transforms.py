import subprocess
import sys

import numpy as np
import pytest

from bench.frames.sampling import Choice
from bench.frames.transforms import TRANSFORMS

CHOICE = Choice((0, 2, 3, 5, 7, 9), ((0, 4), (3, 10)))


def shown(name, length=10, seed=0):
    return TRANSFORMS[name].frames(CHOICE, length, np.random.default_rng(seed))


@pytest.mark.parametrize(("length", "middle"), [(1, 0), (10, 4), (11, 5)])
def test_the_middle_frame_stands_for_all(length, middle):
    choice = shown("middle-frame", length)
    assert choice == Choice((middle,) * 6, ((middle, middle + 1),) * 2)


def test_frames_are_shuffled_across_clips():
    choices = [shown("shuffled-frames", seed=seed) for seed in range(10)]
    assert {tuple(sorted(choice.frames)) for choice in choices} == {CHOICE.frames}
    assert {choice.spans for choice in choices} == {((0, 10), (0, 10))}
    assert any(max(choice.frames[:3]) > 5 for choice in choices)


def test_a_masked_face_changes_no_choice():
    assert shown("masked-face") == CHOICE


def test_the_mask_is_an_ellipse_that_holds_the_box_of_the_face():
    pixels = np.zeros((2, 100, 100, 3), np.uint8)
    TRANSFORMS["masked-face"].pixels(pixels)
    grey = pixels[0, :, :, 0] == 127
    assert (pixels[1] == pixels[0]).all()
    assert grey.sum() == pytest.approx(np.pi * 40 * 50, rel=0.01)
    assert (grey[50].sum(), grey[:, 50].sum()) == (80, 100)
    assert (grey == grey[::-1, ::-1]).all()


@pytest.mark.parametrize("name", TRANSFORMS)
def test_each_says_in_a_line_what_is_shown(name):
    assert 20 < len(TRANSFORMS[name].about) < 90


def test_they_can_be_listed_without_torch():
    code = "import sys, bench.frames.transforms; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
