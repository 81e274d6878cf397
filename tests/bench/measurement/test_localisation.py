from dataclasses import replace

import pytest

from bench.frames.sampling import choose
from bench.measurement.localisation import Located, locate, rich
from bench.records import Prediction, Sampling

OVERLAPPING = ((0, 15), (10, 25), (20, 35), (30, 45))
VIDEO = Prediction(
    video="faces:a",
    subject="s1",
    group=None,
    true="happy",
    status="scored",
    scores=(0.2, 0.8),
    spans=OVERLAPPING,
    clip_scores=(0.1, 0.2, 0.4, 0.3),
    apex=(22, 32),
)


@pytest.mark.parametrize(
    ("apex", "clips"),
    [
        ((22, 32), (False, False, True, False)),  # 10 frames; 3, 10 and 2 of them in the last three
        ((20, 30), (False, True, True, False)),  # 5 of 10 are half of the shorter one
        ((0, 45), (True, True, True, True)),  # a long apex holds whole clips
        ((31, 32), (False, False, True, True)),  # one frame, in two clips that overlap
        ((60, 70), (False, False, False, False)),
        ((42, 60), (False, False, False, False)),  # 3 frames of a clip of 15
    ],
)
def test_a_clip_shows_the_apex_by_half_of_the_shorter_one(apex, clips):
    assert rich(OVERLAPPING, apex) == clips


def test_the_clip_of_the_highest_score_is_the_located_one():
    assert locate(VIDEO) == Located(hit=True, chance=0.25)
    assert locate(replace(VIDEO, clip_scores=(0.1, 0.5, 0.4, 0.0))) == Located(False, 0.25)


def test_of_equal_scores_the_earliest_clip_is_located():
    assert locate(replace(VIDEO, clip_scores=(0.0, 0.5, 0.5, 0.0), apex=(12, 18))).hit
    assert not locate(replace(VIDEO, clip_scores=(0.0, 0.5, 0.5, 0.0), apex=(26, 30))).hit


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"apex": None}, "no_apex"),
        ({"clip_scores": ()}, "no_clip_scores"),
        ({"clip_scores": (0.5, 0.5)}, "no_clip_scores"),
        ({"apex": (60, 70)}, "apex_outside"),
    ],
)
def test_a_video_that_cannot_be_asked_about_says_why(changes, reason):
    assert locate(replace(VIDEO, **changes)) == reason


def test_the_clips_of_the_paper_never_reach_the_last_frame_of_a_sequence():
    """The excerpt of 75 of 105 frames ends before CK+ has its apex."""
    for frames in range(8, 72):
        spans = choose(frames, Sampling("clips", 7, 5), resample=105, rng=None).spans
        assert not any(rich(spans, (frames - 1, frames))), frames
