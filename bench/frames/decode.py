"""Video files and folders of images -> RGB frames with their original numbers."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from bench.errors import BenchError

Picture = NDArray[np.uint8]
"""(H, W, 3) RGB."""

VERSION = f"pyav {av.__version__}"
"""Names the decoder in the fingerprint of a store."""

IMAGES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
"""Endings of the images that make a folder a video."""

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True)
class Footage:
    """An opened video."""

    frames: Iterator[tuple[int, Picture]]
    """(original number from 0, upright RGB picture). Where the video breaks off, the iterator
    ends with a BenchError that says so; the frames before it are good."""
    fps: float | None
    """Frames a second; None where the source does not say."""


@contextmanager
def opened(
    path: Path, *, rotation: int = 0, every: int = 1, limit: int | None = None
) -> Iterator[Footage]:
    """A video file, or a folder of images in natural order (`2.jpg` before `10.jpg`).

    Args:
        path: the file or the folder.
        rotation: degrees clockwise that bring the stored picture upright; a turn that the file
            itself asks its player for comes before it.
        every: gives only frames 0, k, 2k, ...; the others are decoded and skipped.
        limit: gives only those among so many frames, from the first; the others are not read.

    Raises:
        BenchError: nothing is there, or it cannot be opened as a video.
    """
    if path.is_dir():
        yield Footage(_first(_images(path, rotation, every), limit), None)
        return
    if not path.is_file():
        raise BenchError(f"{path} is missing; expected a video file or a folder of images.")
    try:
        container = av.open(str(path))
    except (FFmpegError, OSError, ValueError) as error:
        raise BenchError(
            f"{path} ({path.stat().st_size} bytes) cannot be opened as a video: "
            f"{_reason(error)}. Copy the file again from its source."
        ) from error
    with container:
        if not container.streams.video:
            raise BenchError(
                f"{path} has no video track; expected one. Copy the file again from its source."
            )
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1  # the store prepares one video a core
        rate = stream.average_rate or stream.guessed_rate
        frames = _first(_footage(container, path, rotation, every), limit)
        yield Footage(frames, float(rate) if rate else None)


def _first(
    frames: Iterator[tuple[int, Picture]], limit: int | None
) -> Iterator[tuple[int, Picture]]:
    for number, picture in frames:
        if limit is not None and number >= limit:
            return
        yield number, picture


def turned(picture: Picture, rotation: int) -> Picture:
    """The picture turned clockwise by 0, 90, 180 or 270 degrees."""
    turn = _TURNS.get(rotation % 360)
    return picture if turn is None else np.asarray(cv2.rotate(picture, turn), np.uint8)


def images_of(folder: Path) -> list[Path]:
    """The images directly in a folder, in natural order."""
    found = (path for path in folder.iterdir() if is_image(path.name))
    return sorted(found, key=lambda path: (_natural(path.name), path.name))


def first_image(path: Path) -> Path | None:
    """The image of a folder whose name is the least; None where there is none, or it is a file.

    Raises:
        OSError: the folder cannot be listed.
    """
    if not path.is_dir():
        return None
    with os.scandir(path) as entries:
        names = [entry.name for entry in entries if is_image(entry.name)]
    return path / min(names) if names else None


def is_image(name: str) -> bool:
    """Whether the name of a file is that of an image in a folder that is a video."""
    # a copy made by macOS has a hidden "._" twin of each file
    return not name.startswith(".") and name.lower().endswith(tuple(IMAGES))


def image(path: Path) -> Picture | None:
    """The picture in an image file; None where it cannot be read."""
    try:
        return decoded(np.fromfile(path, np.uint8))
    except OSError:
        return None


def decoded(data: NDArray[np.uint8]) -> Picture | None:
    """The picture in the bytes of an image; None where they are none."""
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB) if data.size else None
    except cv2.error:
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


def _footage(
    container: InputContainer, path: Path, rotation: int, every: int
) -> Iterator[tuple[int, Picture]]:
    stream = container.streams.video[0]
    frames = container.decode(stream)
    converter = VideoReformatter()  # one for all frames: each would otherwise set up its own
    for number in count():
        try:
            frame = next(frames, None)
            picture = None
            if frame is not None and number % every == 0:
                picture = _picture(frame, converter)
        except (FFmpegError, OSError, ValueError, MemoryError) as error:
            raise BenchError(
                f"{path} breaks off after {number} frames: {_reason(error)}. "
                f"Copy the file again from its source."
            ) from error
        if frame is None:
            return _check_complete(path, number, stream.frames)
        if picture is not None:
            # a file's own rotation is counted counterclockwise
            yield number, turned(picture, rotation - frame.rotation)
    return None


def _picture(frame: av.VideoFrame, converter: VideoReformatter) -> Picture:
    return np.asarray(converter.reformat(frame, format="rgb24").to_ndarray(), np.uint8)


def _check_complete(path: Path, read: int, announced: int) -> None:
    # containers miscount by a frame where the last one is dropped or repeated
    if read == 0 or read < announced - 1:
        raise BenchError(
            f"{path} breaks off after {read} frames; its header announces {announced}. "
            f"Copy the file again from its source."
        )


def _images(folder: Path, rotation: int, every: int) -> Iterator[tuple[int, Picture]]:
    broken: list[str] = []
    paths = images_of(folder)
    for number, path in enumerate(paths):
        if number % every:
            continue
        picture = image(path)
        if picture is None:
            broken.append(path.name)
            continue
        yield number, turned(picture, rotation)
    if broken or not paths:
        what = f"images that cannot be read: {', '.join(broken)}" if broken else "no image"
        raise BenchError(f"{folder} has {what}. Copy the folder again from its source.")


def _natural(name: str) -> list[tuple[bool, int, str]]:
    parts = re.split(r"(\d+)", name.lower())
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
