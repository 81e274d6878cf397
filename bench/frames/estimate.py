"""How long and how much disk preparing a dataset would take, by preparing a few videos of it."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from bench.errors import BenchError
from bench.frames.detectors import detector
from bench.frames.jobs import Job, current_note, make
from bench.frames.notes import Note
from bench.frames.parallel import processes
from bench.frames.prepare import Watch
from bench.frames.summary import disk
from bench.records import Dataset, Preprocessing

LEAST, SECONDS = 8, 2.0
"""So many videos at least are tried, and more until so much time has passed."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What preparing would take, and on how much that is founded."""

    videos: int
    prepared: int
    """Of the videos, those that the store holds already."""
    tried: int
    """Videos that were prepared to measure: drawn at random, but always the same ones."""
    tried_frames: int
    tried_seconds: float
    """In one process."""
    tried_bytes: int
    processes: int
    """That would prepare the rest."""
    free: int
    """Bytes free where the store would lie."""

    @property
    def to_do(self) -> int:
        """Videos that are not prepared yet."""
        return self.videos - self.prepared

    @property
    def frames(self) -> float:
        """Of the videos to do."""
        return self._rest(self.tried_frames)

    @property
    def bytes(self) -> float:
        """On disk, for the videos to do."""
        return self._rest(self.tried_bytes)

    @property
    def seconds(self) -> float:
        """For the videos to do, where every process has a core of its own."""
        return self._rest(self.tried_seconds) / self.processes

    def _rest(self, tried: float) -> float:
        return tried * self.to_do / max(self.tried, 1)


def estimate(
    dataset: Dataset,
    root: Path,
    preprocessing: Preprocessing,
    folder: Path,
    *,
    workers: int = 0,
    watch: Watch = lambda items, description, total: items,
) -> Estimate:
    """Prepare a few videos, spread over the set, in a store that is removed again.

    Args:
        dataset: the videos.
        root: the folder that their paths are relative to.
        preprocessing: detector, size, margin, alignment and storage.
        folder: of the store, which is only read.
        workers: processes of the later run; 0: one a core.
        watch: wraps an iterable of videos to show progress.

    Raises:
        BenchError: the detector cannot be loaded, or nothing can be written.
    """
    detector(preprocessing.detector)
    jobs = [Job(video, root, preprocessing, folder) for video in dataset.videos]
    to_do = [job for job in jobs if current_note(job) is None]
    place = next(path for path in folder.absolute().parents if path.is_dir())
    try:
        with _one_thread(), tempfile.TemporaryDirectory(prefix="estimate-", dir=place) as tried:
            began = time.perf_counter()
            notes = _try(to_do, Path(tried), watch)
            seconds = time.perf_counter() - began
            written = sum(path.stat().st_size for path in Path(tried).iterdir())
    except OSError as error:
        raise BenchError(
            f"{place} cannot be written: {error.strerror or error}. Free space or permissions, or "
            f"set BENCH_CACHE to another folder."
        ) from error
    return Estimate(
        videos=len(jobs),
        prepared=len(jobs) - len(to_do),
        tried=len(notes),
        tried_frames=sum(note.frames for note in notes),
        tried_seconds=seconds,
        tried_bytes=written,
        processes=processes(len(to_do), workers),
        free=shutil.disk_usage(place).free,
    )


def describe_estimate(estimate: Estimate) -> list[str]:
    """An estimate as sentences for the screen, with what it is founded on."""
    there = f"{estimate.prepared} of {estimate.videos} videos are prepared already"
    if not estimate.to_do:
        return [f"{there}; nothing is left to do"]
    rate = estimate.tried_frames / max(estimate.tried_seconds, 1e-9)
    count = estimate.processes
    lines = [
        f"{there}; {estimate.to_do} are to be prepared, about {estimate.frames:.0f} frames",
        f"time: about {_duration(estimate.seconds)} with {count} process{'es' * (count > 1)}",
        f"disk: about {disk(estimate.bytes)}, of {disk(estimate.free)} free",
        f"measured on {estimate.tried} videos drawn at random, {estimate.tried_frames} frames, in "
        f"{estimate.tried_seconds:.1f} s: {rate:.0f} frames/s in one process",
    ]
    if estimate.bytes > estimate.free:
        lines.append(
            f"IT DOES NOT FIT: about {disk(estimate.bytes - estimate.free)} more are needed. Set "
            f"BENCH_CACHE to a larger disk, or choose --storage jpeg."
        )
    return lines


def _try(jobs: Sequence[Job], folder: Path, watch: Watch) -> list[Note]:
    notes: list[Note] = []
    drawn = np.random.default_rng(0).permutation(len(jobs))
    began = time.perf_counter()
    for number in watch(drawn[:LEAST], "preparing a few videos", min(LEAST, len(jobs))):
        notes.append(make(replace(jobs[number], folder=folder)))
    for number in drawn[LEAST:]:
        if time.perf_counter() - began > SECONDS:
            break
        notes.append(make(replace(jobs[number], folder=folder)))
    return notes


@contextmanager
def _one_thread() -> Iterator[None]:
    """As in the processes of the later run, which share the cores."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
