"""What tells that two videos are one: the bytes of their files, and a sketch of their frames."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.frames.decode import Picture, images_of

VERSION = "sketch-1"
"""Names the rules of this file; a note of other rules is made anew."""

_MOMENTS = 8
_SIDE = 12


class Sketch:
    """A small description of a video that survives another name, size, codec and frame rate."""

    def __init__(self) -> None:
        self._small: list[NDArray[np.uint8]] = []

    def add(self, picture: Picture) -> None:
        """The next frame as it was filmed, shape (H, W, 3); any constant step between frames."""
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        self._small.append(np.asarray(small, np.uint8))

    def text(self) -> str:
        """The description, as hexadecimal digits; "" where no frame was added."""
        if not self._small:
            return ""
        moments = np.linspace(0, len(self._small) - 1, _MOMENTS).round().astype(int)
        return np.stack([self._small[moment] for moment in moments]).tobytes().hex()


def content(path: Path) -> str:
    """sha256 over the bytes of a video file, or over those of a folder's images in their order.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    for file in images_of(path) if path.is_dir() else [path]:
        with file.open("rb") as source:
            digest.update(hashlib.file_digest(source, "sha256").digest())
    return digest.hexdigest()
