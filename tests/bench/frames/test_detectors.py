import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.errors import BenchError
from bench.frames.decode import opened
from bench.frames.detectors import detector, require_points, version

from . import stand_in

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
        "unknown detector 'har'. Did you mean 'haar'? Known: haar, none, retinaface, yunet."
    )


@pytest.fixture
def white():
    """A black picture with a white cell in its middle column, at (76, 60)."""
    picture = np.zeros((144, 160, 3), np.uint8)
    picture[56 : 56 + stand_in.CELL, 72 : 72 + stand_in.CELL] = 255
    return picture


def with_points(x, y, scale=1):
    box = [x, y, scale * max(stand_in.WIDTH, stand_in.HEIGHT)]
    return [[*box, *(scale * stand_in.POINTS + np.array([x, y])).ravel()]]


@pytest.fixture
def yunet(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_YUNET", str(stand_in.yunet(tmp_path / "own.onnx")))
    return detector("yunet")


@pytest.fixture
def library(tmp_path, monkeypatch):
    """The stand-in for RetinaFace's library, and its weights."""
    stand_in.retinaface(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "batch_face", raising=False)
    weights = tmp_path / "own.pth"
    weights.write_bytes(b"weights")
    monkeypatch.setenv("BENCH_RETINAFACE", str(weights))
    yield weights
    sys.modules.pop("batch_face", None)


class TestYunet:
    def test_box_and_points_come_out_where_the_network_puts_them(self, yunet, white):
        assert yunet(white) == pytest.approx(np.array(with_points(72, 56)), abs=1e-3)

    def test_they_are_in_pixels_of_the_picture_whatever_its_size(self, yunet, white):
        doubled = white.repeat(2, axis=0).repeat(2, axis=1)
        assert yunet(doubled) == pytest.approx(np.array(with_points(144, 112, 2)), abs=1e-3)

    def test_an_empty_picture_has_no_face(self, yunet, white):
        assert yunet(np.zeros_like(white)).shape == (0, 13)

    def test_a_face_that_is_small_in_its_picture_is_none(self, yunet, white):
        picture = np.zeros((144, 400, 3), np.uint8)
        picture[:, :160] = white
        assert len(yunet(picture)) == 1
        tall = np.zeros((144 * 16, 160 * 16, 3), np.uint8)
        assert yunet(tall).shape == (0, 13)

    def test_damaged_weights_are_named(self, tmp_path, monkeypatch):
        weights = tmp_path / "own.onnx"
        weights.write_bytes(b"no network")
        monkeypatch.setenv("BENCH_YUNET", str(weights))
        with pytest.raises(BenchError) as error:
            detector("yunet")
        assert str(error.value).startswith(f"detector 'yunet' cannot read its weights {weights}: ")
        assert str(error.value).endswith(
            ". Remove the file and run `bench weights fetch yunet`, or set BENCH_YUNET to another "
            "one."
        )


class TestRetinaface:
    def test_box_and_points_come_out_where_the_network_puts_them(self, library, white):
        found = detector("retinaface")(white)
        box = [72, 56, stand_in.HEIGHT]
        assert found.tolist() == [[*box, *(stand_in.POINTS + np.array([72, 56])).ravel()]]

    def test_they_are_in_pixels_of_the_picture_whatever_its_size(self, library, white):
        find = detector("retinaface")
        doubled = white.repeat(2, axis=0).repeat(2, axis=1)
        assert (find(doubled) == 2 * find(white)).all()

    def test_the_network_sees_colours_in_the_order_of_its_training(self, library, white):
        white[..., 1:] = 0
        assert len(detector("retinaface")(white)) == 1

    def test_an_empty_picture_has_no_face(self, library, white):
        assert detector("retinaface")(np.zeros_like(white)).shape == (0, 13)

    def test_its_version_names_library_and_weights(self, library):
        sha = hashlib.sha256(b"weights").hexdigest()[:12]
        assert version("retinaface") == (
            f"retinaface batch-face-1.5.4 weights-{sha} look-144 smallest-0.15"
        )

    def test_damaged_weights_are_named(self, library):
        library.write_bytes(b"others")
        with pytest.raises(BenchError) as error:
            detector("retinaface")
        assert str(error.value) == (
            f"detector 'retinaface' cannot read its weights {library}: no weights. Remove the "
            f"file and run `bench weights fetch retinaface`, or set BENCH_RETINAFACE to another "
            f"one."
        )

    def test_without_its_library_the_command_is_told(self, library, monkeypatch):
        monkeypatch.setitem(sys.modules, "batch_face", None)
        with pytest.raises(BenchError) as error:
            detector("retinaface")
        assert str(error.value) == (
            "detector 'retinaface' needs the library batch-face, which cannot be imported: import "
            "of batch_face halted; None in sys.modules. Install it with pip install "
            "'video-fer-bench[retinaface]'."
        )


@pytest.mark.parametrize("name", ["haar", "none"])
def test_a_detector_without_points_aligns_nothing(name):
    with pytest.raises(BenchError) as error:
        require_points(name)
    assert str(error.value) == (
        f"faces cannot be aligned with detector {name!r}: it gives no eyes, nose and mouth. "
        f"Choose yunet or retinaface, or leave alignment out."
    )


def test_other_weights_are_another_version(tmp_path, monkeypatch):
    weights = tmp_path / "own.onnx"
    monkeypatch.setenv("BENCH_YUNET", str(weights))
    weights.write_bytes(b"one")
    first = version("yunet")
    weights.write_bytes(b"two")
    assert version("yunet") != first
