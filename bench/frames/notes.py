"""What is known of each prepared video: a small json beside its frames."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from bench.errors import BenchError
from bench.frames import prints
from bench.frames.storage import SUFFIXES
from bench.records import Status
from bench.schema import plain, read

Storage = Literal["raw", "jpeg"]

_SCHEMA = 2


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of one prepared video: its json."""

    video: str
    status: Status
    """scored, fallback (no face was found), or unreadable (no frame was)."""
    reason: str
    """Why it is unreadable, or where it broke off; "" when nothing is wrong."""
    frames: int
    """How many can be read."""
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
    content: str = ""
    """sha256 of the source's bytes, as `bench.frames.prints.content`."""
    sketch: str = ""
    """What its frames look like, as `bench.frames.prints.Sketch`."""
    storage: Storage = "raw"
    """How its frames are kept, where they are kept here."""
    place: str = ""
    """The folder of images that are read in place; "": the frames are kept here."""
    files: tuple[str, ...] = ()
    """Names of those images."""
    prints: str = prints.VERSION
    """The rules of content and sketch; a note by other rules is made anew."""
    schema: int = _SCHEMA

    def brief(self) -> "Note":
        """The same without what is long: fit to be held for tens of thousands of videos."""
        return replace(self, content="", sketch="", files=())


def frames_path(folder: Path, video_id: str, storage: Storage = "raw") -> Path:
    """The file of a video's frames; its note lies beside it, as json.

    Args:
        folder: of the store.
        video_id: of the video.
        storage: how the frames are kept.
    """
    slug = re.sub(r"[^A-Za-z0-9-]+", "_", video_id)[-60:]
    digest = hashlib.sha256(video_id.encode()).hexdigest()[:12]
    return folder / f"{slug}-{digest}{SUFFIXES[storage]}"


def note_path(folder: Path, video_id: str) -> Path:
    """The note of a video."""
    return frames_path(folder, video_id).with_suffix(".json")


def load_note(folder: Path, video_id: str) -> Note | None:
    """The note of a video; None where there is none that can be read, or its frames are gone."""
    path = note_path(folder, video_id)
    try:
        note = read(Note, json.loads(path.read_bytes()), path.stem)
    except (OSError, ValueError, BenchError):
        return None
    current = (note.schema, note.prints) == (_SCHEMA, prints.VERSION)
    return note if current and _whole(folder, note) else None


def save_note(folder: Path, note: Note) -> None:
    """Write a note, after the frames it speaks of."""
    with replacing(note_path(folder, note.video)) as file:
        file.write(json.dumps(plain(note), indent=1).encode() + b"\n")


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only when it is whole and on disk."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with unfinished.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _whole(folder: Path, note: Note) -> bool:
    if note.status == "unreadable":
        return True
    if note.place:
        return Path(note.place).is_dir()
    return frames_path(folder, note.video, note.storage).is_file()
