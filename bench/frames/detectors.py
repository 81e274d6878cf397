"""Face detectors: a picture in, square boxes out, and five points a face where they are given."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError, unknown
from bench.frames.decode import Picture
from bench.frames.published import PUBLISHED, weights_of

Faces = NDArray[np.float64]
"""(faces, 3 or 13), in pixels of the picture: centre x, centre y and side of a square box; then,
where the detector gives them, x and y of five points: the eye on the left of the picture, the
other one, the tip of the nose, the corner of the mouth on the left, the other one."""
Detector = Callable[[Picture], Faces]

LOOK = 144
"""Shorter side of the picture that a detector looks at, in pixels."""
SMALLEST = 0.15
"""A face takes at least this fraction of the picture's shorter side."""

_EXTRA = "pip install 'video-fer-bench[retinaface]'"


def detector(name: str) -> Detector | None:
    """The detector of that name, ready to look; None where the pictures are aligned already.

    Raises:
        BenchError: the name is unknown, or its library or weights are missing or damaged.
    """
    kind = _kind(name)
    return kind.load(kind.weights()) if kind else None


def version(name: str) -> str:
    """What decides where a detector finds a face: its library, its weights, how it looks.

    Raises:
        BenchError: the name is unknown, or its library or weights are missing.
    """
    kind = _kind(name)
    if kind is None:
        return name
    library = kind.library()
    sha = hashlib.sha256(kind.weights().read_bytes()).hexdigest()[:12]
    return f"{name} {library} weights-{sha} look-{LOOK} smallest-{SMALLEST}"


def require_points(name: str) -> None:
    """Refuse a detector that gives no points, by which a face could be aligned.

    Raises:
        BenchError: the name is unknown, or the detector gives none.
    """
    kind = _kind(name)
    if kind is None or not kind.points:
        able = " or ".join(other for other, kind in DETECTORS.items() if kind and kind.points)
        raise BenchError(
            f"faces cannot be aligned with detector {name!r}: it gives no eyes, nose and mouth. "
            f"Choose {able}, or leave alignment out."
        )


def _haar(weights: Path) -> Detector:
    cascade = cv2.CascadeClassifier(str(weights))

    def find(picture: Picture) -> Faces:
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
        raise _damaged("yunet", weights, error.err or error) from error

    def find(picture: Picture) -> Faces:
        small, scale = _small(picture)
        network.setInputSize((small.shape[1], small.shape[0]))
        _, found = network.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
        # x, y, width, height, five points, score
        rows = np.empty((0, 15)) if found is None else np.asarray(found, float)
        return _large(_with_points(rows[:, :4], rows[:, 4:14], scale), picture)

    return find


def _retinaface(weights: Path) -> Detector:
    library = _batch_face()
    try:
        network = library.RetinaFace(gpu_id=-1, model_path=str(weights), network="resnet50")
    except Exception as error:  # a damaged pickle can end in any of them
        raise _damaged("retinaface", weights, error) from error

    def find(picture: Picture) -> Faces:
        small, scale = _small(picture)
        # the weights were trained on pictures as OpenCV reads them
        found = network(cv2.cvtColor(small, cv2.COLOR_RGB2BGR), threshold=0.8)
        corners = np.reshape([np.ravel(box) for box, _, _ in found], (-1, 4))
        boxes = np.hstack([corners[:, :2], corners[:, 2:] - corners[:, :2]])
        points = np.reshape([np.ravel(points) for _, points, _ in found], (-1, 10))
        return _large(_with_points(boxes, points, scale), picture)

    return find


def _batch_face() -> Any:
    try:
        return import_module("batch_face")
    except ImportError as error:
        raise BenchError(
            f"detector 'retinaface' needs the library batch-face, which cannot be imported: "
            f"{error}. Install it with {_EXTRA}."
        ) from error


def _batch_face_version() -> str:
    _batch_face()
    return f"batch-face-{metadata.version('batch-face')}"


def _damaged(name: str, weights: Path, error: object) -> BenchError:
    first = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
    return BenchError(
        f"detector {name!r} cannot read its weights {weights}: {first}. Remove the file and run "
        f"`bench weights fetch {name}`, or set {PUBLISHED[name].variable} to another one."
    )


def _cascade() -> Path:
    return Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"


def _opencv() -> str:
    return f"opencv-{cv2.__version__}"


@dataclass(frozen=True, slots=True)
class _Kind:
    weights: Callable[[], Path]
    load: Callable[[Path], Detector]
    library: Callable[[], str] = _opencv
    points: bool = False


DETECTORS: dict[str, _Kind | None] = {
    "haar": _Kind(_cascade, _haar),
    "yunet": _Kind(lambda: weights_of("yunet"), _yunet, points=True),
    "retinaface": _Kind(
        lambda: weights_of("retinaface"), _retinaface, _batch_face_version, points=True
    ),
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


def _squares(boxes: NDArray[np.float64], scale: float) -> Faces:
    x, y, width, height = boxes.T
    return scale * np.stack([x + width / 2, y + height / 2, np.maximum(width, height)], axis=1)


def _with_points(boxes: NDArray[np.float64], points: NDArray[np.float64], scale: float) -> Faces:
    return np.hstack([_squares(boxes, scale), scale * points])


def _large(faces: Faces, picture: Picture) -> Faces:
    return faces[faces[:, 2] >= SMALLEST * min(picture.shape[:2])]
