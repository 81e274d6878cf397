import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.errors import BenchError
from bench.frames.sampling import Choice, choose, native_positions
from bench.records import Sampling

PAPER = Sampling("clips", clips=7, frames=5)


def test_the_papers_test_rule_takes_every_third_frame_of_seven_windows():
    choice = choose(105, PAPER, resample=105, rng=None)
    expected = [15 + 10 * clip + frame for clip in range(7) for frame in (0, 3, 6, 9, 12)]
    assert choice.frames == tuple(expected)
    assert choice.spans == tuple((15 + 10 * clip, 30 + 10 * clip) for clip in range(7))


def test_the_papers_training_rule_starts_at_each_of_thirty_frames():
    starts = {
        choose(105, PAPER, resample=105, rng=np.random.default_rng(seed)).spans[0][0]
        for seed in range(500)
    }
    assert starts == set(range(30))


def test_training_takes_distinct_frames_of_a_window_in_order():
    frames = np.array(choose(105, PAPER, resample=105, rng=np.random.default_rng(0)).frames)
    assert (np.diff(frames.reshape(7, 5), axis=1) > 0).all()


def test_every_frame_of_a_window_is_drawn_in_training():
    drawn = set()
    for seed in range(300):
        choice = choose(105, PAPER, resample=105, rng=np.random.default_rng(seed))
        drawn |= {frame - choice.spans[0][0] for frame in choice.frames[:5]}
    assert drawn == set(range(15))


def test_a_single_clip_is_the_centred_window_of_the_excerpt():
    choice = choose(105, Sampling("clips", clips=1, frames=15), resample=105, rng=None)
    assert choice == Choice(tuple(range(45, 60)), ((45, 60),))


def test_three_clips_spread_over_the_excerpt():
    choice = choose(105, Sampling("clips", clips=3, frames=1), resample=105, rng=None)
    assert choice.spans == ((15, 30), (45, 60), (75, 90))


def test_a_longer_video_keeps_its_central_frames():
    assert native_positions(205, 105).tolist() == list(range(50, 155))


def test_a_shorter_video_is_stretched_to_its_nearest_frames():
    assert native_positions(3, 5).tolist() == [0, 1, 1, 2, 2]
    assert choose(50, PAPER, resample=105, rng=None).spans[0] == (7, 15)


def test_resampling_reaches_every_rule():
    choice = choose(210, Sampling("uniform", frames=3), resample=30, rng=None)
    assert choice == Choice((94, 104, 114), ((90, 120),))


def test_a_uniform_test_takes_the_middle_of_each_part():
    choice = choose(30, Sampling("uniform", clips=2, frames=3), resample=None, rng=None)
    assert choice == Choice((2, 7, 12, 17, 22, 27), ((0, 15), (15, 30)))


def test_uniform_training_draws_one_frame_of_each_part():
    rngs = [np.random.default_rng(seed) for seed in range(200)]
    sampling = Sampling("uniform", frames=3)
    drawn = np.array([choose(9, sampling, resample=None, rng=rng).frames for rng in rngs])
    assert [sorted(set(column)) for column in drawn.T.tolist()] == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


def test_segments_are_runs_in_the_middle_of_their_parts():
    choice = choose(40, Sampling("segments", clips=4, frames=2), resample=None, rng=None)
    assert choice.frames == (4, 5, 14, 15, 24, 25, 34, 35)
    assert choice.spans == ((0, 10), (10, 20), (20, 30), (30, 40))


def test_segments_of_a_short_video_repeat_its_last_frame():
    choice = choose(3, Sampling("segments", clips=2, frames=4), resample=None, rng=None)
    assert choice == Choice((0, 1, 2, 2, 1, 2, 2, 2), ((0, 3), (1, 3)))


def test_a_dense_run_is_centred_with_its_stride():
    choice = choose(20, Sampling("dense", frames=4, stride=3), resample=None, rng=None)
    assert choice == Choice((5, 8, 11, 14), ((5, 15),))


def test_dense_views_start_from_the_first_to_the_last_possible_frame():
    sampling = Sampling("dense", frames=4, stride=1)
    views = [choose(14, sampling, resample=None, rng=None, view=v, views=3) for v in range(3)]
    assert [view.frames[0] for view in views] == [0, 5, 10]


def test_a_dense_run_repeats_the_last_frame_of_a_short_video():
    choice = choose(4, Sampling("dense", frames=4, stride=2), resample=None, rng=None)
    assert choice.frames == (0, 2, 3, 3)


def test_all_gives_every_frame_and_no_more_than_its_limit():
    assert choose(5, Sampling("all"), resample=None, rng=None).frames == (0, 1, 2, 3, 4)
    choice = choose(100, Sampling("all", limit=4), resample=None, rng=None)
    assert choice == Choice((12, 37, 62, 87), ((0, 100),))


def test_a_video_without_frames_is_refused():
    with pytest.raises(BenchError) as error:
        choose(0, PAPER, resample=105, rng=None)
    assert str(error.value) == "a video of 0 frames has none to choose; expected at least 1."


def test_an_unknown_rule_is_named_with_the_nearest_one():
    with pytest.raises(BenchError) as error:
        choose(9, Sampling("unifrom", frames=3), resample=None, rng=None)
    assert str(error.value) == (
        "unknown sampling rule 'unifrom'. Did you mean 'uniform'? "
        "Known: all, clips, dense, segments, uniform."
    )


def test_a_rule_without_a_number_of_frames_is_refused():
    with pytest.raises(BenchError, match="sampling rule 'dense' lacks 'frames'"):
        choose(9, Sampling("dense"), resample=None, rng=None)


samplings = st.builds(
    Sampling,
    rule=st.sampled_from(["clips", "uniform", "segments", "dense"]),
    clips=st.integers(1, 9),
    frames=st.integers(1, 16),
    stride=st.integers(1, 5),
)
lengths = st.integers(1, 400)
resamplings = st.none() | st.integers(1, 200)
rngs = st.none() | st.integers(0, 99).map(np.random.default_rng)


@settings(max_examples=300, deadline=None)
@given(lengths, samplings, resamplings, rngs)
def test_a_choice_lies_in_the_video_has_its_size_and_is_covered_by_its_spans(
    length, sampling, resample, rng
):
    choice = choose(length, sampling, resample=resample, rng=rng)
    frames = np.array(choice.frames).reshape(sampling.clips, sampling.frames)
    spans = np.array(choice.spans)
    assert spans.shape == (sampling.clips, 2)
    assert (spans[:, :1] <= frames).all()
    assert (frames < spans[:, 1:]).all()
    assert spans.min() >= 0
    assert spans.max() <= length
    assert (np.diff(frames, axis=1) >= 0).all()


@settings(max_examples=100, deadline=None)
@given(lengths, samplings, resamplings)
def test_the_test_rule_never_changes(length, sampling, resample):
    first = choose(length, sampling, resample=resample, rng=None)
    assert choose(length, sampling, resample=resample, rng=None) == first


@settings(max_examples=100, deadline=None)
@given(lengths, samplings, resamplings, st.integers(0, 99))
def test_one_seed_draws_one_choice(length, sampling, resample, seed):
    draws = [np.random.default_rng(seed) for _ in range(2)]
    first, second = (choose(length, sampling, resample=resample, rng=rng) for rng in draws)
    assert first == second


@given(lengths, st.none() | st.integers(1, 50), resamplings)
def test_all_gives_the_smaller_of_length_and_limit(length, limit, resample):
    choice = choose(length, Sampling("all", limit=limit), resample=resample, rng=None)
    assert len(choice.frames) == min(resample or length, limit or 10**9)
