from dataclasses import replace

import cv2
import numpy as np
import pytest

from bench.synthesis.actions import EXPRESSIONS
from bench.synthesis.face import draw
from bench.synthesis.filming import acted
from bench.synthesis.identity import Identity
from bench.synthesis.performance import Difficulty, perform
from bench.synthesis.state import Pose, Scene, State

PERSON = Identity.of("test/face")
HAPPY = State(acted(PERSON, "happy", 1.0))


@pytest.fixture(scope="module")
def cascade():
    return cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")


def test_the_same_arguments_draw_the_same_picture():
    assert np.array_equal(draw(PERSON, HAPPY, 96), draw(PERSON, HAPPY, 96))


def test_a_picture_has_the_size_that_was_asked():
    assert draw(PERSON, HAPPY, 90, 120).shape == (90, 120, 3)
    assert draw(PERSON, HAPPY, 90).dtype == np.uint8


def test_two_people_look_different():
    other = draw(Identity.of("test/other"), HAPPY, 96).astype(int)
    assert np.abs(draw(PERSON, HAPPY, 96).astype(int) - other).mean() > 5


@pytest.mark.parametrize("kind", ["yaw", "pitch", "roll", "x", "y", "scale"])
def test_every_part_of_the_pose_moves_the_head(kind):
    step = 0.05 if kind in ("x", "y", "scale") else 8.0
    pose = replace(Pose(), **{kind: getattr(Pose(), kind) + step})
    moved = draw(PERSON, replace(HAPPY, pose=pose), 96).astype(int)
    assert np.abs(moved - draw(PERSON, HAPPY, 96)).mean() > 1


def test_a_gain_makes_the_picture_brighter():
    bright = draw(PERSON, replace(HAPPY, scene=Scene(gain=1.2)), 96)
    assert bright.mean() > 1.1 * draw(PERSON, HAPPY, 96).mean()


def test_noise_has_the_strength_that_was_asked_and_differs_by_frame():
    noisy = replace(HAPPY, scene=Scene(noise=4.0))
    first, second = (draw(PERSON, replace(noisy, grain=grain), 96) for grain in (0, 1))
    assert np.std(first.astype(int) - draw(PERSON, HAPPY, 96)) == pytest.approx(4.0, rel=0.1)
    assert not np.array_equal(first, second)


def test_a_blink_covers_the_eyes():
    scene = Scene(elevation=30.0)
    person = replace(PERSON, glasses=False, skin=0.0)
    eyes = np.s_[75:100, 60:130]
    seen = [draw(person, State(blink=lid, scene=scene), 192)[eyes] for lid in (0.0, 1.0)]
    assert seen[0].min() < 60 < seen[1].mean()
    assert seen[0].std() > seen[1].std()


@pytest.mark.parametrize(("height", "width"), [(160, 160), (288, 360)])
def test_an_ordinary_detector_finds_the_face_in_95_of_100_frames(height, width, cascade):
    found = 0
    for number in range(84):
        person = Identity.of(f"test/{number}")
        expression = EXPRESSIONS[number % len(EXPRESSIONS)]
        states = perform(person, expression, "0", Difficulty()).states
        picture = draw(person, states[len(states) * (3 + number % 4) // 10], height, width)
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        found += len(cascade.detectMultiScale(grey, 1.1, 4, minSize=(height // 5,) * 2)) > 0
    assert found / 84 >= 0.95
