import numpy as np
import pytest

from baselines.lpq_top_src import PLANES, LpqTopSrc, codes, histograms

XY, XT, YT = PLANES


def waves(phase, *, t=0, y=0, x=0, shape=(21, 21, 21), window=7):
    """A wave of grey levels with so many periods a window along each axis."""
    at_t, at_y, at_x = np.ogrid[: shape[0], : shape[1], : shape[2]]
    angle = 2 * np.pi * (t * at_t + y * at_y + x * at_x) / window + phase
    return (100 + 50 * np.cos(angle)).astype(np.float32), angle


def inner(volume):
    return volume[3:-3, 3:-3, 3:-3]


def bits(code, number):
    return (code >> number) & 1


def texture(seed, shape=(6, 48, 48)):
    """Noise with little of the highest frequencies, as in a picture."""
    return blurred(np.random.default_rng(seed).uniform(0, 255, shape))


def blurred(volume):
    """A symmetric blur along every axis: its transfer function is positive at low frequencies."""
    for axis in range(volume.ndim):
        sides = np.roll(volume, 1, axis) + np.roll(volume, -1, axis)
        volume = 0.5 * volume + 0.25 * sides
    return volume.astype(np.float32)


# the frequency whose phase is asked for, the plane, and the bit of its real part
FREQUENCIES = [
    ({"x": 1}, XY, 0),
    ({"y": 1}, XY, 1),
    ({"y": 1, "x": 1}, XY, 2),
    ({"y": -1, "x": 1}, XY, 3),
    ({"x": 1}, XT, 0),
    ({"t": 1}, XT, 1),
    ({"t": 1, "x": 1}, XT, 2),
    ({"y": 1}, YT, 0),
    ({"t": 1}, YT, 1),
    ({"t": -1, "y": 1}, YT, 3),
]


@pytest.mark.parametrize(("periods", "plane", "bit"), FREQUENCIES)
def test_a_wave_of_known_phase_sets_the_bits_of_its_quadrant(periods, plane, bit):
    volume, angle = waves(0.3, **periods)
    code = inner(codes(volume, plane, 7))
    angle = inner(np.broadcast_to(angle, volume.shape))
    np.testing.assert_array_equal(bits(code, bit), np.cos(angle) > 0)
    np.testing.assert_array_equal(bits(code, bit + 4), -np.sin(angle) > 0)  # f(x - y) exp(-iuy)


def test_a_turn_of_the_phase_by_half_a_period_flips_its_bits():
    one, other = (inner(codes(waves(phase, x=1)[0], XY, 7)) for phase in (0.3, 0.3 + np.pi))
    assert (one ^ other == 0b0001_0001).all()


def test_a_wave_of_one_frequency_leaves_the_bits_of_the_others():
    code = inner(codes(waves(0.3, x=1)[0], XY, 7))
    assert (code & 0b1110_1110 == 0).all()


def test_a_symmetric_blur_changes_no_code_of_a_sum_of_waves():
    parts = [waves(0.3 + k, **f)[0] / (k + 1) for k, (f, _, _) in enumerate(FREQUENCIES[:4])]
    sharp = np.sum(parts, axis=0)
    np.testing.assert_array_equal(
        inner(codes(sharp, XY, 7))[1:-1, 1:-1, 1:-1],
        inner(codes(blurred(sharp), XY, 7))[1:-1, 1:-1, 1:-1],
    )


def test_a_blur_changes_few_bits_of_a_texture():
    sharp = texture(0)
    changed = codes(sharp, XY, 7) ^ codes(blurred(sharp), XY, 7)
    assert np.unpackbits(changed).mean() < 0.1


def test_a_constant_brightness_and_contrast_change_no_code():
    picture = texture(0)
    np.testing.assert_array_equal(codes(picture, XY, 7), codes(0.5 * picture + 40, XY, 7))


def test_beyond_its_border_a_picture_goes_on_as_its_last_pixel():
    step = np.zeros((3, 20, 20), np.float32)
    step[..., 10:] = 100
    seen = codes(step, XY, 7).any(axis=(0, 1))
    np.testing.assert_array_equal(np.flatnonzero(seen), np.arange(7, 13))


def test_slabs_change_no_code():
    volume = texture(1, (20, 9, 33))
    whole = codes(volume, YT, 5)
    column = codes(np.ascontiguousarray(volume[:, :, 12:13]), YT, 5)
    np.testing.assert_array_equal(whole[:, :, 12:13], column)


def test_a_histogram_counts_the_codes_of_each_block_over_time():
    code = np.zeros((2, 2, 4), np.uint8)
    code[0, :, 2:] = 7
    blocks = np.array([[0, 0, 1, 1], [0, 0, 1, 1]])
    counts = histograms(code, blocks, 2)
    assert counts.shape == (2, 256)
    assert (counts[0, 0], counts[1, 0], counts[1, 7]) == (1, 0.5, 0.5)


@pytest.mark.parametrize("frames", [1, 2, 11])
def test_features_have_one_length_for_any_number_of_frames_and_odd_sizes(frames):
    video = np.random.default_rng(0).integers(0, 256, (frames, 19, 23, 3), dtype=np.uint8)
    features = LpqTopSrc(grid=2).features(video)
    assert features.shape == (3 * 4 * 256,)
    np.testing.assert_allclose(features.reshape(-1, 256).sum(1), 1, rtol=1e-6)


@pytest.mark.parametrize("level", [0, 77, 255])
def test_a_constant_video_has_the_code_zero_alone(level):
    features = LpqTopSrc(grid=2).features(np.full((9, 16, 16, 3), level, np.uint8))
    np.testing.assert_array_equal(np.flatnonzero(features), np.arange(0, 3 * 4 * 256, 256))


def test_a_still_video_differs_from_a_moving_one_on_the_planes_of_time_alone():
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    still = np.stack([picture] * 8)
    flicker = np.stack([picture if t % 4 < 2 else picture // 2 for t in range(8)])
    system = LpqTopSrc(grid=1)
    one, other = (system.features(video).reshape(3, 256) for video in (still, flicker))
    moved = np.abs(one - other).sum(1)
    assert moved[0] < 0.1
    assert moved[1:].min() > 0.5


def test_a_picture_with_fewer_pixels_than_blocks_is_refused():
    with pytest.raises(ValueError) as caught:
        LpqTopSrc(grid=4).features(np.zeros((5, 3, 8, 3), np.uint8))
    assert str(caught.value) == "it has 3 x 8 pixels and 4 blocks along each side"


def clouds(videos, seed):
    """Three classes, each a direction of its own with noise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(videos) % 3
    return (4 * np.eye(12)[labels] + rng.normal(0, 0.3, (videos, 12))).astype(np.float32), labels


@pytest.fixture(scope="module")
def fitted():
    pytest.importorskip("sklearn", reason="comes with the part `classical`")
    system = LpqTopSrc()
    system.fit(*clouds(30, 0), 3)
    return system


def test_three_classes_of_a_direction_each_are_told_apart(fitted):
    features, labels = clouds(30, 1)
    scores = fitted.scores(features)
    np.testing.assert_allclose(scores.sum(1), 1)
    np.testing.assert_array_equal(scores.argmax(1), labels)


def test_a_training_video_is_its_own_sparse_code(fitted):
    label = int(fitted.members[4].argmax())
    residuals = fitted._residuals(fitted.dictionary[4])
    assert residuals[label] == pytest.approx(fitted.penalty, rel=0.1)
    assert np.delete(residuals, label) == pytest.approx(1, abs=0.01)


def test_one_video_is_scored_alike_beside_others(fitted):
    features, _ = clouds(6, 2)
    np.testing.assert_allclose(fitted.scores(features[:1]), fitted.scores(features)[:1])


def test_two_fits_give_the_same_scores(fitted):
    again = LpqTopSrc()
    again.fit(*clouds(30, 0), 3)
    features, _ = clouds(6, 2)
    np.testing.assert_array_equal(again.scores(features), fitted.scores(features))
