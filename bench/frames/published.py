"""Weights of detectors as others publish them: fetched once, checked, kept in the cache."""

import hashlib
import os
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from bench.cache import cache_folder
from bench.errors import BenchError, unknown
from bench.frames.notes import replacing


@dataclass(frozen=True, slots=True)
class Published:
    """A file of weights and where it comes from."""

    file: str
    url: str
    sha256: str
    variable: str
    """Environment variable that names another file to be used in its place."""


PUBLISHED = {
    # Wu et al., YuNet: A Tiny Millisecond-level Face Detector, Machine Intelligence Research, 2023
    "yunet": Published(
        "face_detection_yunet_2023mar.onnx",
        "https://github.com/opencv/opencv_zoo/raw/main/models/face_detection_yunet/"
        "face_detection_yunet_2023mar.onnx",
        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        "BENCH_YUNET",
    ),
    # Deng et al., RetinaFace, CVPR 2020, with a ResNet-50, as trained in PyTorch on WIDER FACE
    "retinaface": Published(
        "detection_Resnet50_Final.pth",
        "https://github.com/xinntao/facexlib/releases/download/v0.1.0/detection_Resnet50_Final.pth",
        "6d1de9c2944f2ccddca5f5e010ea5ae64a39845a86311af6fdf30841b0a5a16d",
        "BENCH_RETINAFACE",
    ),
}
"""Detector -> its weights."""


def weights_of(name: str) -> Path:
    """The weights of a detector on this machine: the file that its variable names, or the cached.

    Raises:
        BenchError: they are not here.
    """
    published = PUBLISHED[name]
    asked = os.environ.get(published.variable)
    path = Path(asked) if asked else _kept(published)
    if not path.is_file():
        raise BenchError(
            f"detector {name!r} needs its weights, and {path} is missing. Run `bench weights "
            f"fetch {name}`, or set {published.variable} to the file."
        )
    return path


def fetch(name: str) -> Path:
    """Download the weights of a detector into the cache; the published file stays if it is there.

    Raises:
        BenchError: there are none of that name, or they cannot be had, or are other ones.
    """
    if name not in PUBLISHED:
        raise unknown("detector with weights", name, PUBLISHED)
    published = PUBLISHED[name]
    path = _kept(published)
    if path.is_file() and _sha256(path.read_bytes()) == published.sha256:
        return path
    data = _download(published, path)
    if _sha256(data) != published.sha256:
        raise BenchError(
            f"{published.url} is not the file that is known as {published.file}: its sha256 is "
            f"{_sha256(data)}, expected {published.sha256}. Nothing is kept; get the file from "
            f"elsewhere and set {published.variable} to it."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(data)
    return path


def _kept(published: Published) -> Path:
    return cache_folder() / "weights" / published.file


def _download(published: Published, path: Path) -> bytes:
    try:
        with urllib.request.urlopen(published.url, timeout=20) as answer:
            if not answer.url.startswith("https://"):
                raise OSError(f"it leads to {answer.url}, which is not https")
            return answer.read()
    except OSError as error:
        cause = getattr(error, "reason", error)
        why = getattr(cause, "strerror", None) or cause
        raise BenchError(
            f"{published.file} cannot be downloaded: {why}. Get it from {published.url} and put "
            f"it into {path.parent}."
        ) from error


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
