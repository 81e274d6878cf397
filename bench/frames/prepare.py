"""Videos -> frame store: decode, find the face, crop, keep; resumable and parallel."""

import fcntl
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.frames import store
from bench.frames.detectors import detector
from bench.frames.jobs import Job, current_note, make, note_death
from bench.frames.notes import replacing
from bench.frames.parallel import each
from bench.frames.summary import Summary, summarise
from bench.records import Dataset, Preprocessing

Watch = Callable[..., Any]
"""Wraps an iterable to show progress: (iterable, description, total) -> the same items."""


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
        preprocessing: detector, size, margin, alignment and storage.
        folder: of the store, as `store_folder` names it.
        workers: processes; 0: one a core.
        watch: wraps an iterable of videos to show progress.

    Raises:
        BenchError: the folder cannot be written, or the detector cannot be loaded.
    """
    began = time.perf_counter()
    detector(preprocessing.detector)
    jobs = [Job(video, root, preprocessing, folder) for video in dataset.videos]
    try:
        with _claimed(folder, preprocessing):
            notes = {job.video.id: current_note(job) for job in jobs}
            to_do = [job for job in jobs if notes[job.video.id] is None]
            made = each(make, to_do, workers, died=note_death)
            fresh = list(watch(made, f"frames of {dataset.name}", len(to_do)))
            kept = [note for note in notes.values() if note]
            return summarise([*kept, *fresh], fresh, folder, time.perf_counter() - began)
    except OSError as error:
        raise BenchError(
            f"{folder} cannot be written: {error.strerror or error}. Free space or permissions, "
            f"or set BENCH_CACHE to another folder; what is prepared is kept."
        ) from error


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
        with replacing(folder / "preprocessing.json") as file:
            file.write(text.encode())
        yield
