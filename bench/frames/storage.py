"""How the frames of one video lie on disk: raw, as JPEGs, or as their distributor's images."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.frames.decode import Picture, decoded, image

QUALITY = 95
"""Of the JPEGs, whose colour is half as fine as their grey (4:2:0).

Beside colour as fine (4:4:4), a face takes a seventh less room, is decoded in a seventh less time,
and differs from the raw frame by 0.90 grey levels in the mean in place of 0.82.
"""

VERSIONS = {
    "raw": "raw",
    "jpeg": f"jpeg-{QUALITY} 4:2:0 opencv-{cv2.__version__}, aligned images in place",
}
"""Storage -> what decides its pixels, for the fingerprint of a store."""

SUFFIXES = {"raw": ".npy", "jpeg": ".jpegs"}
"""Storage -> how the name of a video's file ends."""

_ENCODING = (
    *(cv2.IMWRITE_JPEG_QUALITY, QUALITY),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420),
)
_PLACE = np.dtype("<u8")


class Frames(Protocol):
    """The frames of one video, in order; each is read when it is asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, position: int, /) -> Picture:
        """One frame, (H, W, 3) uint8, RGB, square.

        Raises:
            BenchError: it cannot be decoded.
        """
        ...


class Writer(Protocol):
    """Takes the frames of one video, without knowing how many will come."""

    def add(self, frame: Picture) -> None:
        """Append one frame, shape (size, size, 3)."""
        ...

    def close(self) -> None:
        """Write what is known only at the end."""
        ...


class RawWriter:
    """Writes a `.npy` file.

    Args:
        file: empty; it is sought in.
        size: side of the frames in pixels.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._frames = 0
        self._write_header()

    def add(self, frame: Picture) -> None:
        """Append one frame, shape (size, size, 3)."""
        self._file.write(np.ascontiguousarray(frame).data)
        self._frames += 1

    def close(self) -> None:
        """Write the number of frames into the head of the file."""
        self._file.seek(0)
        self._write_header()

    def _write_header(self) -> None:
        # numpy pads the header so that the first axis can grow in place
        shape = (self._frames, self._size, self._size, 3)
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)


class JpegWriter:
    """Writes JPEGs one after the other; the file ends with the place of each and of their end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places = [0]

    def add(self, frame: Picture) -> None:
        """Append one frame, shape (size, size, 3)."""
        _, data = cv2.imencode(".jpg", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), _ENCODING)
        self._file.write(data.data)
        self._places.append(self._places[-1] + data.size)

    def close(self) -> None:
        """Write the places, eight bytes each, lowest byte first."""
        self._file.write(np.array(self._places, _PLACE).tobytes())


class NoWriter:
    """Lets go of the frames of a video whose images are read in place."""

    def add(self, frame: Picture) -> None:
        """Let one frame go."""

    def close(self) -> None:
        """Write nothing."""


class JpegFrames:
    """The frames that a `JpegWriter` wrote, memory-mapped.

    Args:
        path: the file.
        count: how many frames it holds.

    Raises:
        OSError, ValueError: it cannot be read, or was not written whole.
    """

    def __init__(self, path: Path, count: int) -> None:
        self._path = path
        self._bytes: NDArray[np.uint8] = np.memmap(path, np.uint8, "r")
        end = len(self._bytes) - _PLACE.itemsize * (count + 1)
        self._places: list[int] = self._bytes[max(end, 0) :].view(_PLACE).tolist()
        if end < 0 or self._places[-1] != end:
            raise ValueError(f"it does not hold {count} frames")

    def __len__(self) -> int:
        return len(self._places) - 1

    def __getitem__(self, position: int, /) -> Picture:
        first, last = self._places[position], self._places[position + 1]
        picture = decoded(self._bytes[first:last])
        if picture is None:
            raise BenchError(
                f"frame {position} in {self._path} cannot be decoded. Delete the file and run "
                f"`bench data prepare` again."
            )
        return picture


class ImageFrames:
    """Images in the folder where their distributor put them, each cut to its centred square."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._folder = folder
        self._names = names

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, position: int, /) -> Picture:
        path = self._folder / self._names[position]
        picture = image(path)
        if picture is None:
            raise BenchError(
                f"{path} was an image when it was prepared, and cannot be read any more. Copy the "
                f"folder again from its source, then run `bench data prepare`."
            )
        height, width = picture.shape[:2]
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        return picture[top : top + side, left : left + side]
