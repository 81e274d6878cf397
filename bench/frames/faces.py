"""Where the face is through a video: one smooth track, one square crop a frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from bench.frames.decode import Picture
from bench.frames.detectors import Faces

VERSION = "track-1"
"""Names the rules of this file in the fingerprint of a store."""

EVERY = 5
"""The detector looks at every fifth frame; between looks the box is interpolated."""
REACH = 2
"""Looks before and after one that smooth its box: together about a second."""
FALLBACK = 0.8
"""Side of the crop where no face is found, as a fraction of the shorter side."""

Box = tuple[float, float, float]
"""Centre x, centre y and side of a square, in pixels."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the detector found in one frame."""

    frame: int
    faces: Faces


@dataclass(frozen=True, slots=True)
class Track:
    """The face of one video at the frames where it was found."""

    frames: NDArray[np.int64]
    """Their original numbers, increasing, shape (F,)."""
    faces: Faces
    """(F, 3 or 13), smoothed: a row a frame."""


def track(looks: Sequence[Look]) -> Track | None:
    """The one face that a video is about, or None where none was found.

    Boxes of neighbouring looks that lie close and are alike in size make a chain; the chain with
    the largest sum of sides wins, and others join it where they leave it free in time (after a
    cut, say). A box in no such chain is an outlier. A chain of a single box counts only in a video
    of fewer than four looks. Each chain is smoothed by a median and a mean over five looks.
    """
    shortest = 2 if len(looks) >= 4 else 1
    chains = [chain for chain in _chains(looks) if len(chain) >= shortest]
    chains.sort(key=lambda chain: -sum(box[2] for _, box in chain))
    kept: list[_Chain] = []
    for chain in chains:
        if all(chain[-1][0] < other[0][0] or chain[0][0] > other[-1][0] for other in kept):
            kept.append(chain)
    if not kept:
        return None
    kept.sort(key=lambda chain: chain[0][0])
    frames = np.array([frame for chain in kept for frame, _ in chain])
    return Track(frames, np.concatenate([_smooth(np.stack([b for _, b in c])) for c in kept]))


def box_at(path: Track, frame: int) -> Box:
    """The face's box at any frame: interpolated between looks, held before and after them."""
    x, y, side = _at(path, frame)[:3]
    return x, y, side


def points_at(path: Track, frame: int) -> NDArray[np.float64]:
    """The face's five points at any frame, (5, 2), of a detector that gives them."""
    return np.reshape(_at(path, frame)[3:], (5, 2))


def centred(height: int, width: int, *, panes: int = 1, fraction: float = 1.0) -> Box:
    """The centred square of a picture, or of the left one of several panes.

    Args:
        height: of the picture, in pixels.
        width: of the picture, in pixels.
        panes: views side by side in it.
        fraction: side of the square, as a fraction of the shorter side.
    """
    return width / panes / 2, height / 2, fraction * min(height, width / panes)


def crop(picture: Picture, box: Box, size: int, margin: float = 0.0) -> Picture:
    """A square of the picture, resized; beyond the picture its edge is repeated.

    Args:
        picture: (H, W, 3).
        box: of the face.
        size: side of the crop in pixels; shrunk by area, enlarged by linear interpolation.
        margin: added around the box, as a fraction of its side, half on each side.
    """
    x, y, side = box
    side = max(2, round(side * (1 + margin)))
    height, width = picture.shape[:2]
    # a picture may be smaller than the one in which the box was found
    left = round(min(max(x, 0), width) - side / 2)
    top = round(min(max(y, 0), height) - side / 2)
    right, bottom = left + side, top + side
    inner = picture[max(top, 0) : bottom, max(left, 0) : right]
    above, below = max(-top, 0), max(bottom - height, 0)
    before, after = max(-left, 0), max(right - width, 0)
    if above or below or before or after:
        inner = cv2.copyMakeBorder(inner, above, below, before, after, cv2.BORDER_REPLICATE)
    how = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(inner, (size, size), interpolation=how), np.uint8)


def _at(path: Track, frame: int) -> list[float]:
    return [float(np.interp(frame, path.frames, column)) for column in path.faces.T]


_Chain = list[tuple[int, NDArray[np.float64]]]


def _chains(looks: Sequence[Look]) -> list[_Chain]:
    chains: list[_Chain] = []
    for look in looks:
        ends = [chain for chain in chains if chain[-1][0] < look.frame]
        for box in sorted(look.faces, key=lambda box: -box[2]):
            near = [chain for chain in ends if _continues(chain[-1][1], box)]
            if not near:
                chains.append([(look.frame, box)])
                continue
            chain = min(near, key=lambda chain: _distance(chain[-1][1], box))
            chain.append((look.frame, box))
            ends = [other for other in ends if other is not chain]
    return chains


def _continues(last: NDArray[np.float64], box: NDArray[np.float64]) -> bool:
    ratio = box[2] / last[2]
    return _distance(last, box) < 0.5 * max(last[2], box[2]) and 0.6 < ratio < 1.6


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.hypot(*(one[:2] - other[:2])))


def _smooth(faces: Faces) -> Faces:
    for centre in (np.median, np.mean):
        padded = np.pad(faces, ((REACH, REACH), (0, 0)), mode="edge")
        windows = sliding_window_view(padded, 2 * REACH + 1, axis=0)
        faces = np.asarray(centre(windows, axis=-1), float)
    return faces
