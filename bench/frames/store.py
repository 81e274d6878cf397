"""Prepared frames on disk: what is known of a video, and its frames, ready to be chosen from."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.errors import BenchError
from bench.frames import alignment, decode, detectors, faces, storage
from bench.frames.notes import Note, frames_path, load_note
from bench.frames.storage import Frames, ImageFrames, JpegFrames
from bench.records import Preprocessing, Status, Video


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """The frames of one video, ready to be chosen from."""

    frames: Frames
    """T squares in RGB; of the raw store a read-only memory map, (T, size, size, 3) uint8."""
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
        # of tens of thousands of notes, only what is asked for again and again is held
        self._statuses: dict[str, Status] = {}

    def note(self, video_id: str) -> Note | None:
        """What is known of a video; None: it is not prepared."""
        return load_note(self.folder, video_id)

    def missing(self, videos: Iterable[Video]) -> tuple[str, ...]:
        """Ids of the videos that are not prepared; an unreadable one is, as unreadable."""
        return tuple(video.id for video in videos if self._status(video.id) is None)

    def status(self, video_id: str) -> Status:
        """scored, fallback or unreadable.

        Raises:
            BenchError: the video is not prepared.
        """
        status = self._status(video_id)
        if status is None:
            raise self._unprepared(video_id)
        return status

    def read(self, video_id: str) -> StoredVideo:
        """The frames of a video.

        Raises:
            BenchError: the video is not prepared, unreadable, or its file is damaged.
        """
        note = self.note(video_id)
        if note is None:
            raise self._unprepared(video_id)
        if note.status == "unreadable":
            raise BenchError(f"video {video_id!r} has no frames: {note.reason}")
        return StoredVideo(self._frames(note), note.status, note.fps, note.lost)

    def _frames(self, note: Note) -> Frames:
        if note.place:
            return ImageFrames(Path(note.place), note.files)
        path = frames_path(self.folder, note.video, note.storage)
        try:
            if note.storage == "jpeg":
                return JpegFrames(path, note.frames)
            return np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise BenchError(
                f"{path} cannot be read: {error}. Delete it and run `bench data prepare` again."
            ) from error

    def _status(self, video_id: str) -> Status | None:
        if video_id not in self._statuses:
            note = self.note(video_id)
            if note is None:
                return None
            self._statuses[video_id] = note.status
        return self._statuses[video_id]

    def _unprepared(self, video_id: str) -> BenchError:
        return BenchError(
            f"video {video_id!r} is not prepared in {self.folder}. Run `bench data prepare`."
        )


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
        return tuple(video.id for video in videos if self._of(video.id).missing([video]))

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
        BenchError: the detector is unknown, or lacks its library, its weights, or the points by
            which faces are to be aligned.
    """
    text = json.dumps(describe(preprocessing), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{preprocessing.detector}-{preprocessing.size}-{preprocessing.margin:g}-{digest}"


def describe(preprocessing: Preprocessing) -> dict[str, str | int | float]:
    """What a fingerprint stands for, in words; `preprocessing.json` of a store keeps it.

    Raises:
        BenchError: as `fingerprint`.
    """
    words: dict[str, str | int | float] = {
        "decoder": decode.VERSION,
        "detector": detectors.version(preprocessing.detector),
        "crop": faces.VERSION,
        "margin": preprocessing.margin,
        "size": preprocessing.size,
    }
    # said only where it differs from the default: older stores hold the same pixels
    if preprocessing.align:
        detectors.require_points(preprocessing.detector)
        words["align"] = alignment.VERSION
    if preprocessing.detector == "none":
        # a detector's version names it; without one it still resizes
        words["resize"] = f"opencv-{cv2.__version__}"
    if preprocessing.storage != "raw":
        words["storage"] = storage.VERSIONS[preprocessing.storage]
    return words


def store_folder(cache: Path, dataset: str, root: Path, preprocessing: Preprocessing) -> Path:
    """Where the frames of a dataset lie: one folder a root and a preprocessing."""
    place = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:8]
    return cache / "frames" / f"{dataset}-{place}" / fingerprint(preprocessing)
