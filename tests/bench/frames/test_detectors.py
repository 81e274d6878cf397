from pathlib import Path

import numpy as np
import pytest

from bench.errors import BenchError
from bench.frames.decode import opened
from bench.frames.detectors import YUNET, detector, version

FACE = Path(__file__).parents[2] / "data" / "face-pexels.mp4"


def test_haar_finds_the_face_in_nine_of_ten_frames_of_a_filmed_person():
    find = detector("haar")
    with opened(FACE) as footage:
        found = [find(picture) for _, picture in footage.frames]
    sides = [boxes[:, 2].max() for boxes in found if len(boxes)]
    assert len(sides) >= 0.9 * len(found)
    assert 100 < min(sides) <= max(sides) < 180


def test_a_box_is_given_in_pixels_of_the_picture_whatever_its_size():
    find = detector("haar")
    with opened(FACE) as footage:
        picture = next(footage.frames)[1]
    doubled = picture.repeat(2, axis=0).repeat(2, axis=1)
    assert find(doubled)[0] == pytest.approx(2 * find(picture)[0], abs=10)


def test_haar_finds_nothing_in_an_empty_picture():
    assert detector("haar")(np.full((90, 120, 3), 128, np.uint8)).shape == (0, 3)


def test_none_looks_for_nothing():
    assert detector("none") is None


def test_an_unknown_detector_is_named_with_the_known_ones():
    with pytest.raises(BenchError) as error:
        detector("har")
    assert str(error.value) == (
        "unknown detector 'har'. Did you mean 'haar'? Known: haar, none, yunet."
    )


def test_missing_yunet_weights_say_which_from_where_and_where_to_put_them(tmp_path, monkeypatch):
    monkeypatch.delenv("BENCH_YUNET", raising=False)
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    with pytest.raises(BenchError) as error:
        detector("yunet")
    assert str(error.value) == (
        f"detector 'yunet' needs its weights, and {tmp_path / 'weights' / YUNET} is missing. "
        f"Download {YUNET} from "
        "https://github.com/opencv/opencv_zoo/tree/main/models/face_detection_yunet and put it "
        "there, or set BENCH_YUNET to the file."
    )


def test_damaged_yunet_weights_are_named(tmp_path, monkeypatch):
    weights = tmp_path / "own.onnx"
    weights.write_bytes(b"no network")
    monkeypatch.setenv("BENCH_YUNET", str(weights))
    with pytest.raises(BenchError, match=f"detector 'yunet' cannot read its weights {weights}: "):
        detector("yunet")


def test_other_weights_are_another_version(tmp_path, monkeypatch):
    weights = tmp_path / "own.onnx"
    monkeypatch.setenv("BENCH_YUNET", str(weights))
    weights.write_bytes(b"one")
    first = version("yunet")
    weights.write_bytes(b"two")
    assert version("yunet") != first
