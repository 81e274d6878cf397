"""Videos -> frame store: decode, find the face, crop, keep; resumable and parallel."""

import fcntl
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bench.errors import BenchError
from bench.frames import store
from bench.frames.decode import Picture, opened
from bench.frames.detectors import detector
from bench.frames.faces import EVERY, FALLBACK, Box, Look, Track, box_at, centred, crop, track
from bench.frames.parallel import each, end_if_orphaned
from bench.frames.store import FrameWriter, Note
from bench.records import Dataset, Preprocessing, Video

Watch = Callable[..., Any]
"""Wraps an iterable to show progress: (iterable, description, total) -> the same items."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a frame store holds, and what it took to bring it there."""

    videos: int
    frames: int
    scored: int
    fallback: tuple[str, ...]
    """Ids of the videos in which no face was found: they are scored on the centred square."""
    unreadable: Mapping[str, str]
    """Id -> why no frame of it could be read; such a video counts as wrong."""
    broken: Mapping[str, str]
    """Id -> where a video broke off or lost frames; it is scored on the frames that it has."""
    looked: int
    """Frames that the detector looked at."""
    found: int
    """Frames of those with a face."""
    prepared: int
    """Videos that were not in the store before."""
    prepared_frames: int
    seconds: float
    bytes: int


def prepare(
    dataset: Dataset,
    root: Path,
    preprocessing: Preprocessing,
    folder: Path,
    *,
    workers: int = 0,
    watch: Watch = lambda items, description, total: items,
) -> Summary:
    """Bring every video of a dataset into a frame store; what is there already stays.

    Each video is written whole or not at all, so that a killed run goes on where it was. A bad
    file is noted and named, and stops nothing. While another process prepares the same folder,
    this one waits.

    Args:
        dataset: the videos.
        root: the folder that their paths are relative to.
        preprocessing: detector, size and margin.
        folder: of the store, as `store_folder` names it.
        workers: processes; 0: one a core.
        watch: wraps an iterable of videos to show progress.

    Raises:
        BenchError: the folder cannot be written, or the detector cannot be loaded.
    """
    began = time.perf_counter()
    detector(preprocessing.detector)
    jobs = [_Job(video, root, preprocessing, folder) for video in dataset.videos]
    try:
        with _claimed(folder, preprocessing):
            notes = {job.video.id: _current_note(job) for job in jobs}
            to_do = [job for job in jobs if notes[job.video.id] is None]
            made = each(_prepare_one, to_do, workers, died=_note_death)
            fresh = list(watch(made, f"frames of {dataset.name}", len(to_do)))
    except OSError as error:
        raise BenchError(
            f"{folder} cannot be written: {error.strerror or error}. Free space or permissions, "
            f"or set BENCH_CACHE to another folder; what is prepared is kept."
        ) from error
    kept = [note for note in notes.values() if note]
    return _summarise([*kept, *fresh], fresh, preprocessing.size, time.perf_counter() - began)


def describe_summary(summary: Summary) -> list[str]:
    """A summary as sentences for the screen, every bad video named."""
    lines = [
        f"{summary.videos} videos, {summary.frames} frames, {summary.bytes / 1e6:.0f} MB: "
        f"{summary.scored} with a face, {len(summary.fallback)} on the fallback crop, "
        f"{len(summary.unreadable)} unreadable",
    ]
    if summary.looked:
        lines.append(f"face found in {summary.found} of {summary.looked} frames looked at")
    if summary.prepared:
        rate = summary.prepared_frames / max(summary.seconds, 1e-9)
        lines.append(
            f"prepared {summary.prepared} videos in {summary.seconds:.1f} s, {rate:.0f} frames/s"
        )
    if summary.fallback:
        lines.append(f"no face found, centred crop: {', '.join(summary.fallback)}")
    lines += [f"broken: {name}: {reason}" for name, reason in summary.broken.items()]
    lines += [f"unreadable: {name}: {reason}" for name, reason in summary.unreadable.items()]
    return lines


@dataclass(frozen=True, slots=True)
class _Job:
    video: Video
    root: Path
    preprocessing: Preprocessing
    folder: Path

    @property
    def path(self) -> Path:
        return self.root / self.video.path


_detector = cache(detector)


def _prepare_one(job: _Job) -> Note:
    looks = _look(job)
    with _at_work(job.folder):
        return _keep(job, looks)


def _keep(job: _Job, looks: list[Look]) -> Note:
    """The crops and the note of one video, on disk."""
    path = track(looks)
    target = store.frames_path(job.folder, job.video.id)
    # the old note goes first: it must never speak of new frames
    target.with_suffix(".json").unlink(missing_ok=True)
    source = _source(job)
    with store.replacing(target) as file:
        written = _write(job, path, FrameWriter(file, job.preprocessing.size))
    numbers = written.numbers
    if not numbers:
        target.unlink()
    note = Note(
        video=job.video.id,
        status="unreadable" if not numbers else "fallback" if looks and not path else "scored",
        reason=written.reason,
        frames=len(numbers),
        looked=len(looks),
        found=sum(len(look.boxes) > 0 for look in looks),
        fps=written.fps,
        lost=tuple(sorted(set(range(numbers[-1])) - set(numbers))) if numbers else (),
        box=tuple(np.median(path.boxes, axis=0).round(1).tolist()) if path else None,
        source=source,
    )
    store.save_note(job.folder, note)
    return note


@contextmanager
def _at_work(folder: Path) -> Iterator[None]:
    """Shown while a video is written, so that nobody takes its unfinished file for a left-over."""
    with (folder / "workers").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        end_if_orphaned()
        yield


def _look(job: _Job) -> list[Look]:
    """First reading: where the face is, at every fifth frame."""
    find = _detector("none" if job.video.aligned else job.preprocessing.detector)
    looks: list[Look] = []
    if find is None:
        return looks
    # what breaks here breaks again in the second reading, which keeps the reason
    with (
        suppress(BenchError),
        opened(job.path, rotation=job.video.rotation, every=EVERY) as footage,
    ):
        looks.extend(Look(number, find(picture)) for number, picture in footage.frames)
    return looks


@dataclass(frozen=True, slots=True)
class _Written:
    numbers: list[int]
    fps: float | None
    reason: str


def _write(job: _Job, path: Track | None, writer: FrameWriter) -> _Written:
    """Second reading: the crops, one after the other, so that no video fills the memory."""
    size, margin = job.preprocessing.size, job.preprocessing.margin
    numbers: list[int] = []
    fps, reason = None, ""
    try:
        with opened(job.path, rotation=job.video.rotation) as footage:
            fps = footage.fps
            for number, picture in footage.frames:
                if path:
                    writer.add(crop(picture, box_at(path, number), size, margin))
                else:
                    writer.add(crop(picture, _centred(job, picture), size))
                numbers.append(number)
    except BenchError as error:
        reason = str(error)
    writer.close()
    return _Written(numbers, fps, reason)


def _centred(job: _Job, picture: Picture) -> Box:
    height, width = picture.shape[:2]
    aligned = job.video.aligned or job.preprocessing.detector == "none"
    fraction = 1.0 if aligned else FALLBACK
    return centred(height, width, panes=job.video.panes, fraction=fraction)


def _current_note(job: _Job) -> Note | None:
    note = store.load_note(job.folder, job.video.id)
    return note if note and note.source == _source(job) else None


def _source(job: _Job) -> str:
    """What a video is made from; a folder changes when an image comes or goes."""
    try:
        state = job.path.stat()
        state = f"{state.st_size} bytes, changed {state.st_mtime_ns}"
    except OSError:
        state = "missing"
    turn = f"rotation {job.video.rotation}, panes {job.video.panes}"
    return f"{job.video.path}, {state}, {turn}{', aligned' if job.video.aligned else ''}"


def _note_death(job: _Job) -> Note:
    note = Note(
        video=job.video.id,
        status="unreadable",
        reason=f"{job.path} ends the process that decodes it. Copy the file again from its source.",
        frames=0,
        looked=0,
        found=0,
        fps=None,
        lost=(),
        box=None,
        source=_source(job),
    )
    store.save_note(job.folder, note)
    return note


@contextmanager
def _claimed(folder: Path, preprocessing: Preprocessing) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with (folder / "workers").open("w") as workers:
            # the processes of a run that was killed end a moment after it
            fcntl.flock(workers, fcntl.LOCK_EX)
            for left_over in folder.glob("*.tmp"):
                left_over.unlink(missing_ok=True)
        text = json.dumps(store.describe(preprocessing), indent=1, sort_keys=True) + "\n"
        with store.replacing(folder / "preprocessing.json") as file:
            file.write(text.encode())
        yield


def _summarise(notes: Sequence[Note], fresh: Sequence[Note], size: int, seconds: float) -> Summary:
    notes = sorted(notes, key=lambda note: note.video)
    good = [note for note in notes if note.status != "unreadable"]
    frames = sum(note.frames for note in notes)
    return Summary(
        videos=len(notes),
        frames=frames,
        scored=sum(note.status == "scored" for note in notes),
        fallback=tuple(note.video for note in notes if note.status == "fallback"),
        unreadable={note.video: note.reason for note in notes if note.status == "unreadable"},
        broken={note.video: note.reason for note in good if note.reason},
        looked=sum(note.looked for note in notes),
        found=sum(note.found for note in notes),
        prepared=len(fresh),
        prepared_frames=sum(note.frames for note in fresh),
        seconds=seconds,
        bytes=frames * size * size * 3,
    )
