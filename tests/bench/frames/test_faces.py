import numpy as np
import pytest

from bench.frames.faces import Look, box_at, centred, crop, points_at, track


def looks_at(*boxes, every=5):
    """One look for each argument: a list of (x, y, side)."""
    return [
        Look(every * number, np.array(found, float).reshape(-1, 3))
        for number, found in enumerate(boxes)
    ]


def test_between_looks_the_box_is_interpolated_and_held_at_both_ends():
    path = track(looks_at([], [(50, 40, 30)], [], [(60, 50, 30)], []))
    assert box_at(path, 0) == box_at(path, 5)
    assert box_at(path, 20) == box_at(path, 15)
    ends = np.array([box_at(path, 5), box_at(path, 15)])
    assert box_at(path, 10) == pytest.approx(ends.mean(axis=0))
    assert ends[0, 0] < ends[1, 0]


def test_points_are_smoothed_and_interpolated_as_their_box_is():
    rng = np.random.default_rng(0)
    jitter = rng.normal(0, 2, (40, 10))
    still = np.arange(10, dtype=float)
    looks = [
        Look(5 * n, np.array([[50, 40, 30, *(still + jitter[n])]])) for n in range(len(jitter))
    ]
    path = track(looks)
    assert np.std(path.faces[:, 3:], axis=0).mean() < 0.55 * np.std(jitter)
    ends = points_at(path, 20), points_at(path, 25)
    assert ends[0].shape == (5, 2)
    assert points_at(path, 22) == pytest.approx(0.6 * ends[0] + 0.4 * ends[1])


def test_the_biggest_face_that_stays_is_followed():
    big, small = (100, 60, 60), (30, 60, 30)
    path = track(looks_at(*[[small, big]] * 5))
    assert box_at(path, 12) == (100, 60, 60)


def test_a_box_far_from_the_track_is_an_outlier():
    face = [(50, 50, 40)]
    path = track(looks_at(face, face, [(200, 90, 90)], face, face))
    assert box_at(path, 10) == (50, 50, 40)


def test_a_sudden_change_of_size_is_an_outlier():
    face = [(50, 50, 40)]
    path = track(looks_at(face, face, [(50, 50, 90)], face, face))
    assert box_at(path, 10) == (50, 50, 40)


def test_a_lasting_change_of_size_starts_a_track_of_its_own():
    path = track(looks_at(*[[(50, 50, 40)]] * 5, *[[(50, 50, 90)]] * 5))
    assert box_at(path, 20) == (50, 50, 40)
    assert box_at(path, 25) == (50, 50, 90)


def test_a_moving_face_is_followed_across_the_picture():
    path = track(looks_at(*[[(20 + 10 * i, 50, 40)] for i in range(12)]))
    assert box_at(path, 25)[0] == pytest.approx(70)


def test_after_a_cut_the_track_goes_on_elsewhere():
    path = track(looks_at(*[[(40, 50, 40)]] * 5, *[[(200, 50, 50)]] * 5))
    assert box_at(path, 20) == (40, 50, 40)
    assert box_at(path, 25) == (200, 50, 50)


def test_a_jittering_box_is_smoothed():
    rng = np.random.default_rng(0)
    jitter = rng.normal(0, 3, 40)
    path = track(looks_at(*[[(100 + j, 50, 60)] for j in jitter]))
    assert np.std(path.faces[:, 0]) < 0.55 * np.std(jitter)


def test_a_face_seen_once_in_four_looks_is_a_mistake():
    assert track(looks_at([], [(50, 50, 40)], [], [])) is None


def test_a_face_seen_once_in_three_looks_counts():
    assert box_at(track(looks_at([], [(50, 50, 40)], [])), 0) == (50, 50, 40)


def test_a_video_without_faces_has_no_track():
    assert track(looks_at([], [], [], [])) is None
    assert track([]) is None


def test_the_centred_square_is_a_fraction_of_the_shorter_side():
    assert centred(100, 160, fraction=0.8) == (80, 50, 80)


def test_of_two_panes_the_square_lies_in_the_left_one():
    assert centred(100, 160, panes=2, fraction=0.8) == (40, 50, 64)


def test_a_crop_holds_the_box_and_its_margin():
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[40:60, 40:60] = 200
    assert (crop(picture, (50, 50, 20), 20) == 200).all()
    bright = crop(picture, (50, 50, 20), 40, margin=1.0)[..., 0] > 100
    assert bright.sum() == 20 * 20
    assert bright[10:30, 10:30].all()


def test_a_crop_beyond_the_picture_repeats_its_edge():
    picture = np.arange(100, dtype=np.uint8)[None, :, None].repeat(100, 0).repeat(3, 2)
    square = crop(picture, (5, 50, 30), 30)
    assert square.shape == (30, 30, 3)
    assert (square[:, :10] == 0).all()
    assert (square[:, 10:, 0] == np.arange(20)).all()


def test_a_small_box_is_enlarged_to_the_size_of_the_crop():
    picture = np.full((20, 20, 3), 9, np.uint8)
    assert (crop(picture, (10, 10, 8), 32) == np.full((32, 32, 3), 9)).all()


def test_a_box_outside_a_smaller_picture_repeats_its_edge():
    picture = np.arange(30, dtype=np.uint8)[None, :, None].repeat(20, 0).repeat(3, 2)
    square = crop(picture, (100, 90, 12), 12)
    assert (square[:, 6:] == 29).all()
    assert square.min() == 24
