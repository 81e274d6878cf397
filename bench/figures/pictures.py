"""Frames for figures, read from the frame stores of this machine where it has any."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.figures.activation import Picture
from bench.frames.store import FrameStore, StoredVideo, store_folder
from bench.records import FoldRecord, FoldRequest


def stored_pictures(cache: Path, root: Path | None = None) -> Picture:
    """What reads a frame by its original number.

    Args:
        cache: holds the frame stores.
        root: folder of the dataset whose prepared frames are meant; None: of whatever root has
            frames of the same preprocessing.
    """

    @lru_cache(maxsize=64)
    def video_of(folders: tuple[Path, ...], video: str) -> StoredVideo | None:
        for folder in folders:
            try:
                return FrameStore(folder).read(video)
            except BenchError:  # not prepared there
                continue
        return None

    def picture(record: FoldRecord, video: str, number: int) -> NDArray[np.uint8] | None:
        stored = video_of(_folders(cache, root, record.request), video)
        if stored is None:
            return None
        position = number - sum(lost < number for lost in stored.lost)
        if not 0 <= position < len(stored.frames):
            return None
        return np.asarray(stored.frames[position])

    return picture


def _folders(cache: Path, root: Path | None, request: FoldRequest) -> tuple[Path, ...]:
    if root is not None:
        return (store_folder(cache, request.dataset, root, request.preprocessing),)
    kept = request.preprocessing_fingerprint
    return tuple(sorted((cache / "frames").glob(f"{request.dataset}-*/{kept}")))
