"""Five points of a face -> a crop in which eyes, nose and mouth lie where they always lie."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.frames.decode import Picture

VERSION = "arcface-112"
"""Names the rules of this file in the fingerprint of a store."""

SIDE = 112
TEMPLATE = np.array(
    [
        (38.2946, 51.6963),
        (73.5318, 51.5014),
        (56.0252, 71.7366),
        (41.5493, 92.3655),
        (70.7299, 92.2041),
    ]
)
"""Eyes, nose and corners of the mouth in a crop of 112 pixels, (5, 2), x and y.

Source: Deng et al., ArcFace, CVPR 2019, whose crops have become the field's.
"""

Points = NDArray[np.float64]
"""(5, 2): x and y of eyes, nose and corners of the mouth, in pixels of the picture."""


def align(picture: Picture, points: Points, size: int, margin: float = 0.0) -> Picture:
    """The face upright and at the scale of the template; beyond the picture its edge is repeated.

    Args:
        picture: (H, W, 3).
        points: of the face.
        size: side of the crop in pixels.
        margin: added around the template's square, as a fraction of its side, half on each side.
    """
    turn = similarity(points, placed(size, margin))
    scale = abs(complex(turn[0, 0], turn[1, 0]))
    if scale < 1:
        # shrunk by area first: a warp alone would skip pixels
        height, width = picture.shape[:2]
        small = max(1, round(width * scale)), max(1, round(height * scale))
        picture = np.asarray(cv2.resize(picture, small, interpolation=cv2.INTER_AREA), np.uint8)
        turn[:, 0] *= width / small[0]
        turn[:, 1] *= height / small[1]
    # OpenCV counts from the middle of the first pixel, points from its corner
    turn[:, 2] += turn[:, :2].sum(axis=1) / 2 - 0.5
    return np.asarray(
        cv2.warpAffine(picture, turn, (size, size), borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def placed(size: int, margin: float) -> Points:
    """Where the five points lie in a crop of that size and margin."""
    return size * ((TEMPLATE / SIDE - 0.5) / (1 + margin) + 0.5)


def similarity(points: Points, targets: Points) -> NDArray[np.float64]:
    """The turn, scale and shift, without a reflection, that bring points nearest to targets.

    Least squares (Umeyama, PAMI 13(4), 1991), which in two dimensions is a division of complex
    numbers. Points that all fall together give a scale of 0.

    Args:
        points: (N, 2), x and y.
        targets: (N, 2), x and y.

    Returns:
        (2, 3): what OpenCV calls an affine matrix.
    """
    source, target = points @ [1, 1j], targets @ [1, 1j]
    offsets = source - source.mean()
    spread = max(float(np.vdot(offsets, offsets).real), 1e-12)
    turn = np.vdot(offsets, target - target.mean()) / spread
    shift = target.mean() - turn * source.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
