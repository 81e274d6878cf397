"""Face detectors: a picture in, square boxes out; one dict names them all."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.cache import cache_folder
from bench.errors import BenchError, unknown
from bench.frames.decode import Picture

Boxes = NDArray[np.float64]
"""(faces, 3): centre x, centre y and side of square boxes, in pixels of the picture."""
Detector = Callable[[Picture], Boxes]

LOOK = 144
"""Shorter side of the picture that a detector looks at, in pixels."""
SMALLEST = 0.15
"""A face takes at least this fraction of the picture's shorter side."""

YUNET = "face_detection_yunet_2023mar.onnx"
_YUNET_PAGE = "https://github.com/opencv/opencv_zoo/tree/main/models/face_detection_yunet"


def detector(name: str) -> Detector | None:
    """The detector of that name, ready to look; None where the pictures are aligned already.

    Raises:
        BenchError: the name is unknown, or its weights are missing or damaged.
    """
    kind = _kind(name)
    return kind.load(kind.weights()) if kind else None


def version(name: str) -> str:
    """What decides where a detector finds a face: its library, its weights, how it looks.

    Raises:
        BenchError: the name is unknown, or its weights are missing.
    """
    kind = _kind(name)
    if kind is None:
        return name
    sha = hashlib.sha256(kind.weights().read_bytes()).hexdigest()[:12]
    return f"{name} opencv-{cv2.__version__} weights-{sha} look-{LOOK} smallest-{SMALLEST}"


def _haar(weights: Path) -> Detector:
    cascade = cv2.CascadeClassifier(str(weights))

    def find(picture: Picture) -> Boxes:
        small, scale = _small(picture)
        least = int(SMALLEST * min(small.shape[:2]))
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        found = cascade.detectMultiScale(grey, 1.2, 3, minSize=(least, least))
        return _squares(np.reshape(np.asarray(found, float), (-1, 4)), scale)

    return find


def _yunet(weights: Path) -> Detector:
    try:
        network = cv2.FaceDetectorYN.create(str(weights), "", (LOOK, LOOK), score_threshold=0.7)
    except cv2.error as error:
        raise BenchError(
            f"detector 'yunet' cannot read its weights {weights}: {error.err or error}. "
            f"Download {YUNET} again from {_YUNET_PAGE}."
        ) from error

    def find(picture: Picture) -> Boxes:
        small, scale = _small(picture)
        network.setInputSize((small.shape[1], small.shape[0]))
        _, found = network.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
        boxes = np.empty((0, 4)) if found is None else np.asarray(found, float)[:, :4]
        squares = _squares(boxes, scale)
        return squares[squares[:, 2] >= SMALLEST * min(picture.shape[:2])]

    return find


def _cascade() -> Path:
    return Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"


def _yunet_weights() -> Path:
    asked = os.environ.get("BENCH_YUNET")
    path = Path(asked) if asked else cache_folder() / "weights" / YUNET
    if not path.is_file():
        raise BenchError(
            f"detector 'yunet' needs its weights, and {path} is missing. Download {YUNET} from "
            f"{_YUNET_PAGE} and put it there, or set BENCH_YUNET to the file."
        )
    return path


@dataclass(frozen=True, slots=True)
class _Kind:
    weights: Callable[[], Path]
    load: Callable[[Path], Detector]


DETECTORS: dict[str, _Kind | None] = {
    "haar": _Kind(_cascade, _haar),
    "yunet": _Kind(_yunet_weights, _yunet),
    "none": None,
}


def _kind(name: str) -> _Kind | None:
    if name not in DETECTORS:
        raise unknown("detector", name, DETECTORS)
    return DETECTORS[name]


def _small(picture: Picture) -> tuple[Picture, float]:
    """The picture at the size for looking, and the factor that leads back."""
    scale = min(picture.shape[:2]) / LOOK
    if scale <= 1:
        return picture, 1.0
    size = (round(picture.shape[1] / scale), round(picture.shape[0] / scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def _squares(boxes: NDArray[np.float64], scale: float) -> Boxes:
    x, y, width, height = boxes.T
    return scale * np.stack([x + width / 2, y + height / 2, np.maximum(width, height)], axis=1)
