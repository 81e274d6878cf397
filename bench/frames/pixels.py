"""Chosen frames -> the memory of a batch, written once where they will stay."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import get_worker_info

from bench.frames.decode import Picture
from bench.frames.storage import Frames


def room(shape: tuple[int, ...]) -> Tensor:
    """Memory for a batch of uint8; a loading process gets such as its reader shares."""
    if get_worker_info() is None:
        return torch.empty(shape, dtype=torch.uint8)
    # as torch's own collation does: what is shared from the start is not copied on its way
    shared = torch.UntypedStorage._new_shared(math.prod(shape))
    return torch.empty(0, dtype=torch.uint8).set_(shared).view(shape)


def write(frames: Frames, positions: Sequence[int], pixels: NDArray[np.uint8]) -> None:
    """Write frames, resized; one that comes again is read once.

    Args:
        frames: of one video.
        positions: T of them.
        pixels: where to, (T, size, size, 3).

    Raises:
        BenchError: a frame cannot be decoded.
    """
    first: dict[int, int] = {}
    for row, position in enumerate(positions):
        shown = first.setdefault(position, row)
        if shown < row:
            pixels[row] = pixels[shown]
        else:
            _resize(frames[position], pixels[row])


def _resize(frame: Picture, pixels: NDArray[np.uint8]) -> None:
    side, size = frame.shape[0], pixels.shape[0]
    if side == size:
        pixels[:] = frame
        return
    how = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    cv2.resize(frame, (size, size), dst=pixels, interpolation=how)
