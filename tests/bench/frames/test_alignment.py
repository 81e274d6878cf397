import cv2
import numpy as np
import pytest

from bench.frames.alignment import TEMPLATE, align, placed, similarity


def rotated(degrees, scale=1.0, shift=(0.0, 0.0)):
    """The template turned about its middle, scaled and moved."""
    angle = np.deg2rad(degrees)
    turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return (TEMPLATE - 56) @ np.transpose(turn) * scale + 56 + shift


def dotted(points, side=500, radius=4.0):
    """A dark picture with a soft white dot at each point."""
    y, x = np.mgrid[:side, :side] + 0.5
    bright = sum(np.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * radius**2)) for a, b in points)
    return np.repeat((255 * np.minimum(bright, 1)).astype(np.uint8)[..., None], 3, axis=2)


def centres(picture, near, reach):
    """Where the dots are, each looked for around the place where it should be."""
    found = []
    for x, y in near:
        left, top = int(x) - reach, int(y) - reach
        window = picture[top : top + 2 * reach, left : left + 2 * reach, 0].astype(float)
        rows, columns = np.mgrid[: 2 * reach, : 2 * reach] + 0.5
        found.append(
            [
                left + (window * columns).sum() / window.sum(),
                top + (window * rows).sum() / window.sum(),
            ]
        )
    return np.array(found)


@pytest.mark.parametrize("degrees", [0, 20, -75, 180])
@pytest.mark.parametrize("scale", [0.7, 1.0, 3.0])
def test_a_turned_and_scaled_face_comes_back_upright_to_a_fifth_of_a_pixel(degrees, scale):
    points = rotated(degrees, scale, (180, 190))
    crop = align(dotted(points, radius=2.5 * scale), points, 112)
    assert crop.shape == (112, 112, 3)
    assert centres(crop, TEMPLATE, 8) == pytest.approx(TEMPLATE, abs=0.2)


def test_size_and_margin_place_the_points():
    assert placed(112, 0.0) == pytest.approx(TEMPLATE)
    assert placed(224, 0.0) == pytest.approx(2 * TEMPLATE)
    assert placed(112, 1.0) == pytest.approx(TEMPLATE / 2 + 28)
    points = rotated(10, 2.0, (180, 190))
    crop = align(dotted(points, radius=6), points, 224, margin=0.25)
    assert centres(crop, placed(224, 0.25), 12) == pytest.approx(placed(224, 0.25), abs=0.3)


def test_the_similarity_is_the_nearest_one_of_all():
    rng = np.random.default_rng(0)
    points, targets = rng.uniform(0, 100, (2, 5, 2))

    def distance(matrix):
        return ((points @ matrix[:, :2].T + matrix[:, 2] - targets) ** 2).sum()

    best = similarity(points, targets)
    assert best[0, 0] == best[1, 1]
    assert best[0, 1] == -best[1, 0]
    for a, b, x, y in rng.normal(0, 0.01, (200, 4)):
        nearby = best + np.array([[a, -b, 100 * x], [b, a, 100 * y]])
        assert distance(nearby) > distance(best)


def test_a_mirrored_face_is_turned_and_never_mirrored():
    matrix = similarity(TEMPLATE * [-1, 1], TEMPLATE)
    assert np.linalg.det(matrix[:, :2]) >= 0


def test_beyond_the_picture_its_edge_is_repeated():
    picture = np.full((60, 60, 3), 90, np.uint8)
    assert (align(picture, rotated(30, 1.0, (-40, -40)), 112) == 90).all()


def test_points_that_fall_together_give_some_crop():
    picture = np.full((60, 60, 3), 90, np.uint8)
    assert align(picture, np.full((5, 2), 30.0), 32).shape == (32, 32, 3)


def test_a_large_face_is_shrunk_by_area():
    noise = np.random.default_rng(0).integers(0, 256, (900, 900, 3), np.uint8)
    crop = align(noise, rotated(10, 7.3, (390, 390)), 112)
    assert crop[20:-20, 20:-20].std() < 20


def test_the_template_is_a_face():
    eyes, nose, mouth = TEMPLATE[:2], TEMPLATE[2], TEMPLATE[3:]
    assert eyes[0, 0] < nose[0] < eyes[1, 0]
    assert eyes[:, 1].max() < nose[1] < mouth[:, 1].min()
    assert cv2.contourArea(np.array([*eyes, *mouth[::-1]], np.float32)) > 900
