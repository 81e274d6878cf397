"""One video -> its crops and its note: decoded twice, once to find the face, once to crop it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from bench.errors import BenchError
from bench.frames import prints
from bench.frames.alignment import align
from bench.frames.decode import Picture, first_image, images_of, opened
from bench.frames.detectors import detector
from bench.frames.faces import (
    EVERY,
    FALLBACK,
    Box,
    Look,
    Track,
    box_at,
    centred,
    crop,
    points_at,
    track,
)
from bench.frames.notes import Note, frames_path, load_note, note_path, replacing, save_note
from bench.frames.parallel import end_if_orphaned
from bench.frames.storage import SUFFIXES, JpegWriter, NoWriter, RawWriter, Writer
from bench.records import Preprocessing, Video


@dataclass(frozen=True, slots=True)
class Job:
    """One video to be brought into a frame store."""

    video: Video
    root: Path
    preprocessing: Preprocessing
    folder: Path
    """Of the store."""

    @property
    def path(self) -> Path:
        """What is read: a file, or a folder of images."""
        return self.root / self.video.path

    @property
    def in_place(self) -> bool:
        """Its images are what would be stored, and may stay where they are."""
        video = self.video
        whole = video.rotation % 360 == 0 and video.panes == 1 and video.limit is None
        kept = self.preprocessing.storage == "jpeg" and video.aligned
        return kept and whole and self.path.is_dir()


def make(job: Job) -> Note:
    """Find the face of a video, keep its crops and write its note.

    Returns:
        The note, in brief.

    Raises:
        OSError: the store cannot be written. A video that cannot be read is only noted.
    """
    looks = _look(job)
    with _at_work(job.folder):
        return _keep(job, looks).brief()


def current_note(job: Job) -> Note | None:
    """The note of a video, in brief; None where it has to be made, or made anew."""
    note = load_note(job.folder, job.video.id)
    return note.brief() if note and note.source == _source(job) else None


def note_death(job: Job) -> Note:
    """Note a video that ended the process which decoded it."""
    reason = f"{job.path} ends the process that decodes it. Copy the file again from its source."
    note = Note(
        video=job.video.id,
        status="unreadable",
        reason=reason,
        frames=0,
        looked=0,
        found=0,
        fps=None,
        lost=(),
        box=None,
        source=_source(job),
    )
    save_note(job.folder, note)
    return note


_detector = cache(detector)


def _look(job: Job) -> list[Look]:
    """First reading: where the face is, at every fifth frame."""
    video = job.video
    find = _detector("none" if video.aligned else job.preprocessing.detector)
    looks: list[Look] = []
    if find is None:
        return looks
    # what breaks here breaks again in the second reading, which keeps the reason
    with (
        suppress(BenchError),
        opened(job.path, rotation=video.rotation, every=EVERY, limit=video.limit) as footage,
    ):
        looks.extend(Look(number, find(picture)) for number, picture in footage.frames)
    return looks


def _keep(job: Job, looks: list[Look]) -> Note:
    """The crops and the note of one video, on disk."""
    path = track(looks)
    # the old note goes first: it must never speak of new frames
    note_path(job.folder, job.video.id).unlink(missing_ok=True)
    source, in_place = _source(job), job.in_place
    with _writing(job, in_place) as writer:
        read = _read(job, path, writer)
    if not read.numbers:
        _frames_path(job).unlink(missing_ok=True)
    note = Note(
        video=job.video.id,
        status="unreadable" if not read.numbers else "fallback" if looks and not path else "scored",
        reason=read.reason,
        frames=len(read.numbers),
        looked=len(looks),
        found=sum(len(look.faces) > 0 for look in looks),
        fps=read.fps,
        lost=tuple(sorted(set(range(read.numbers[-1])) - set(read.numbers)))
        if read.numbers
        else (),
        box=tuple(np.median(path.faces[:, :3], axis=0).round(1).tolist()) if path else None,
        source=source,
        content=_content(job),
        sketch=read.sketch,
        storage=job.preprocessing.storage,
    )
    if in_place:
        note = replace(note, place=str(job.path.resolve()), files=_files(job, read.numbers))
    save_note(job.folder, note)
    return note


@contextmanager
def _writing(job: Job, in_place: bool) -> Iterator[Writer]:
    for suffix in SUFFIXES.values():
        _frames_path(job).with_suffix(suffix).unlink(missing_ok=True)
    if in_place:
        yield NoWriter()
        return
    with replacing(_frames_path(job)) as file:
        raw = job.preprocessing.storage == "raw"
        writer = RawWriter(file, job.preprocessing.size) if raw else JpegWriter(file)
        yield writer
        writer.close()


def _frames_path(job: Job) -> Path:
    return frames_path(job.folder, job.video.id, job.preprocessing.storage)


@contextmanager
def _at_work(folder: Path) -> Iterator[None]:
    """Shown while a video is written, so that nobody takes its unfinished file for a left-over."""
    with (folder / "workers").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        end_if_orphaned()
        yield


@dataclass(frozen=True, slots=True)
class _Reading:
    numbers: list[int]
    fps: float | None
    reason: str
    sketch: str


def _read(job: Job, path: Track | None, writer: Writer) -> _Reading:
    """Second reading: the crops, one after the other, so that no video fills the memory."""
    numbers: list[int] = []
    sketch = prints.Sketch()
    fps, reason = None, ""
    try:
        with opened(job.path, rotation=job.video.rotation, limit=job.video.limit) as footage:
            fps = footage.fps
            for number, picture in footage.frames:
                writer.add(_crop(job, path, number, picture))
                sketch.add(picture)
                numbers.append(number)
    except BenchError as error:
        reason = str(error)
    return _Reading(numbers, fps, reason, sketch.text())


def _crop(job: Job, path: Track | None, number: int, picture: Picture) -> Picture:
    size, margin = job.preprocessing.size, job.preprocessing.margin
    if path is None:
        return crop(picture, _centred(job, picture), size)
    if job.preprocessing.align:
        return align(picture, points_at(path, number), size, margin)
    return crop(picture, box_at(path, number), size, margin)


def _centred(job: Job, picture: Picture) -> Box:
    height, width = picture.shape[:2]
    whole = job.video.aligned or job.preprocessing.detector == "none"
    return centred(height, width, panes=job.video.panes, fraction=1.0 if whole else FALLBACK)


def _content(job: Job) -> str:
    """Names the pixels that are read: a part of a file is another video than the whole."""
    try:
        whole = prints.content(job.path)
    except OSError:
        return ""
    return whole if job.video.limit is None else f"{whole}, first {job.video.limit} frames"


def _files(job: Job, numbers: list[int]) -> tuple[str, ...]:
    names = [path.name for path in images_of(job.path)]
    return tuple(names[number] for number in numbers)


def _source(job: Job) -> str:
    """What a video is made from; a folder changes when an image comes or goes."""
    try:
        state = _state(job.path)
        # a folder does not change when an image in it is written anew
        if first := first_image(job.path):
            state = f"{state}, {first.name} {_state(first)}"
    except OSError:
        state = "missing"
    video = job.video
    turn = f"rotation {video.rotation}, panes {video.panes}"
    part = "" if video.limit is None else f", first {video.limit} frames"
    return f"{video.path}, {state}, {turn}{', aligned' if video.aligned else ''}{part}"


def _state(path: Path) -> str:
    state = path.stat()
    return f"{state.st_size} bytes, changed {state.st_mtime_ns}"
