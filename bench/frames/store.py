"""Prepared frames on disk: a memory-mapped array and a small json for every video."""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.frames import decode, detectors, faces
from bench.records import Preprocessing, Status, Video
from bench.schema import plain, read

_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of one prepared video: its json."""

    video: str
    status: Status
    """scored, fallback (no face was found), or unreadable (no frame was)."""
    reason: str
    """Why it is unreadable, or where it broke off; "" when nothing is wrong."""
    frames: int
    """How many are stored."""
    looked: int
    """At how many of them the detector looked; 0 without a detector."""
    found: int
    """In how many of those it found a face."""
    fps: float | None
    lost: tuple[int, ...]
    """Original numbers of the frames that could not be read, where later ones could."""
    box: tuple[float, ...] | None
    """Median centre x, centre y and side of the face, in pixels of the upright picture."""
    source: str
    """What was read, with size and time of change; another source is prepared again."""
    schema: int = _SCHEMA


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """The frames of one video, ready to be chosen from."""

    frames: NDArray[np.uint8]
    """(T, size, size, 3) RGB, memory-mapped and read-only."""
    status: Status
    fps: float | None
    lost: tuple[int, ...] = ()
    """Original numbers of frames that are not among `frames`, increasing."""

    def original(self, position: int) -> int:
        """The number that a stored frame has in its source."""
        for number in self.lost:
            position += number <= position
        return position


class FrameStore:
    """The prepared frames of one dataset under one preprocessing; cheap to open and to pickle.

    Args:
        folder: as `store_folder` names it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._notes: dict[str, Note] = {}

    def note(self, video_id: str) -> Note | None:
        """What is known of a video; None: it is not prepared."""
        if video_id not in self._notes:
            note = load_note(self.folder, video_id)
            if note is None:
                return None
            self._notes[video_id] = note
        return self._notes[video_id]

    def missing(self, videos: Iterable[Video]) -> tuple[str, ...]:
        """Ids of the videos that are not prepared; an unreadable one is, as unreadable."""
        return tuple(video.id for video in videos if self.note(video.id) is None)

    def status(self, video_id: str) -> Status:
        """scored, fallback or unreadable.

        Raises:
            BenchError: the video is not prepared.
        """
        return self._prepared(video_id).status

    def read(self, video_id: str) -> StoredVideo:
        """The frames of a video.

        Raises:
            BenchError: the video is not prepared, unreadable, or its array is damaged.
        """
        note = self._prepared(video_id)
        if note.status == "unreadable":
            raise BenchError(f"video {video_id!r} has no frames: {note.reason}")
        path = frames_path(self.folder, video_id)
        try:
            frames = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise BenchError(
                f"{path} cannot be read: {error}. Delete it and run `bench data prepare` again."
            ) from error
        return StoredVideo(frames, note.status, note.fps, note.lost)

    def _prepared(self, video_id: str) -> Note:
        note = self.note(video_id)
        if note is None:
            raise BenchError(
                f"video {video_id!r} is not prepared in {self.folder}. Run `bench data prepare`."
            )
        return note


class Stores:
    """The frame stores of several datasets behind one door; a video's id names its dataset.

    Args:
        folders: dataset, as before the colon of an id -> folder of its store.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._stores = {dataset: FrameStore(folder) for dataset, folder in folders.items()}

    def note(self, video_id: str) -> Note | None:
        """As `FrameStore.note`."""
        return self._of(video_id).note(video_id)

    def missing(self, videos: Iterable[Video]) -> tuple[str, ...]:
        """As `FrameStore.missing`."""
        return tuple(video.id for video in videos if self.note(video.id) is None)

    def status(self, video_id: str) -> Status:
        """As `FrameStore.status`."""
        return self._of(video_id).status(video_id)

    def read(self, video_id: str) -> StoredVideo:
        """As `FrameStore.read`."""
        return self._of(video_id).read(video_id)

    def _of(self, video_id: str) -> FrameStore:
        dataset = video_id.partition(":")[0]
        if dataset not in self._stores:
            raise BenchError(
                f"video {video_id!r} is of no dataset of this run; expected one of "
                f"{', '.join(self._stores)}. Name its dataset in the run."
            )
        return self._stores[dataset]


def fingerprint(preprocessing: Preprocessing) -> str:
    """Names everything that decides a stored pixel: `haar-224-0.25-` and a hash of the rest.

    Raises:
        BenchError: the detector is unknown, or its weights are missing.
    """
    text = json.dumps(describe(preprocessing), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{preprocessing.detector}-{preprocessing.size}-{preprocessing.margin:g}-{digest}"


def describe(preprocessing: Preprocessing) -> dict[str, str | int | float]:
    """What a fingerprint stands for, in words; `preprocessing.json` of a store keeps it."""
    words: dict[str, str | int | float] = {
        "decoder": decode.VERSION,
        "detector": detectors.version(preprocessing.detector),
        "crop": faces.VERSION,
        "margin": preprocessing.margin,
        "size": preprocessing.size,
    }
    # said only where it differs from the default: older stores hold the same pixels
    if preprocessing.align:
        words["align"] = True
    if preprocessing.storage != "raw":
        words["storage"] = preprocessing.storage
    return words


def store_folder(cache: Path, dataset: str, root: Path, preprocessing: Preprocessing) -> Path:
    """Where the frames of a dataset lie: one folder a root and a preprocessing."""
    place = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:8]
    return cache / "frames" / f"{dataset}-{place}" / fingerprint(preprocessing)


def frames_path(folder: Path, video_id: str) -> Path:
    """The array of a video; its note lies beside it, as json."""
    slug = re.sub(r"[^A-Za-z0-9-]+", "_", video_id)[-60:]
    return folder / f"{slug}-{hashlib.sha256(video_id.encode()).hexdigest()[:12]}.npy"


def load_note(folder: Path, video_id: str) -> Note | None:
    """The note of a video; None where there is none that can be read, or its array is gone."""
    array = frames_path(folder, video_id)
    try:
        note = read(Note, json.loads(array.with_suffix(".json").read_bytes()), array.stem)
    except (OSError, ValueError, BenchError):
        return None
    whole = note.status == "unreadable" or array.is_file()
    return note if note.schema == _SCHEMA and whole else None


def save_note(folder: Path, note: Note) -> None:
    """Write a note, after the frames it speaks of."""
    path = frames_path(folder, note.video).with_suffix(".json")
    with replacing(path) as file:
        file.write(json.dumps(plain(note), indent=1).encode() + b"\n")


class FrameWriter:
    """Appends the frames of one video to a `.npy` file, without knowing how many will come."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self.frames = 0
        self._write_header()

    def add(self, frame: NDArray[np.uint8]) -> None:
        """Append one frame, shape (size, size, 3)."""
        self._file.write(np.ascontiguousarray(frame).data)
        self.frames += 1

    def close(self) -> None:
        """Write the number of frames into the head of the file."""
        self._file.seek(0)
        self._write_header()

    def _write_header(self) -> None:
        # numpy pads the header so that the first axis can grow in place
        shape = (self.frames, self._size, self._size, 3)
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only when it is whole and on disk."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with unfinished.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
