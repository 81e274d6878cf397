"""One video file from its bytes to the answer: decode, face, crop, model, each timed apart."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from bench.errors import BenchError
from bench.frames.batches import VideoFrames, collate, to_float
from bench.frames.decode import Picture, opened
from bench.frames.detectors import Detector, detector
from bench.frames.faces import EVERY, FALLBACK, Look, Track, box_at, centred, crop, track
from bench.frames.store import FrameStore, StoredVideo
from bench.measurement.passes import Ready, stopwatch
from bench.records import InputSpec, Preprocessing, Stages, Status, Video

T = TypeVar("T")

_END: Any = object()


def time_stages(
    video: Path,
    ready: Ready,
    spec: InputSpec,
    preprocessing: Preprocessing,
    *,
    repeats: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Stages:
    """Answer one video again and again, as preparation and a test would, and time the stages.

    - decode: both readings of the file, since the face is looked for in the first and cut out in
      the second.
    - face: the detector on every fifth frame, and the smoothing of what it found; this stage is
      absent where the detector is `none`.
    - crop: one square a frame.
    - model: frames chosen and resized, brought to the device and to float, and every view's pass.

    The crops stay in memory, where a run would keep them on disk. One whole run before is untimed.

    Args:
        video: a file.
        ready: the network.
        spec: its input; the test rule is taken.
        preprocessing: detector, size and margin.
        repeats: timed runs, at least 1.
        clock: gives seconds.

    Raises:
        BenchError: the file is no whole video or has no frame rate, or the detector is unknown.
    """
    find = detector(preprocessing.detector)
    pipeline = _Pipeline(video, ready, spec, preprocessing, find)
    stored = pipeline.run(_Shares(clock))
    if not stored.fps:
        raise BenchError(
            f"{video} has no frame rate, so that its duration is unknown; expected a video file. "
            f"Pass the file in place of a folder of images."
        )
    runs: list[_Shares] = []
    for _ in range(repeats):
        runs.append(_Shares(clock))
        pipeline.run(runs[-1])
    return Stages(
        video=video.name,
        frames=len(stored.frames),
        video_seconds=len(stored.frames) / stored.fps,
        detector=preprocessing.detector,
        wall_ms={stage: tuple(run.wall_ms[stage] for run in runs) for stage in runs[0].wall_ms},
    )


class _Shares:
    """What each stage takes of one run."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.wall_ms: dict[str, float] = defaultdict(float)
        self._clock = clock

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        began = self._clock()
        yield
        self.wall_ms[stage] += (self._clock() - began) * 1000

    def drawn(self, stage: str, items: Iterable[T]) -> Iterator[T]:
        """The same items; the stage is what it takes to draw them."""
        source = iter(items)
        while True:
            with self.of(stage):
                item = next(source, _END)
            if item is _END:
                return
            yield item


@dataclass(frozen=True, slots=True)
class _Pipeline:
    video: Path
    ready: Ready
    spec: InputSpec
    preprocessing: Preprocessing
    find: Detector | None

    def run(self, shares: _Shares) -> StoredVideo:
        """One answer; gives the crops that it was made from."""
        path = self._face(shares)
        stored = self._crops(path, shares)
        with shares.of("model"):
            self._answer(stored)
        return stored

    def _face(self, shares: _Shares) -> Track | None:
        if self.find is None:
            return None
        looks: list[Look] = []
        with ExitStack() as stack:
            with shares.of("decode"):
                footage = stack.enter_context(opened(self.video, every=EVERY))
            for number, picture in shares.drawn("decode", footage.frames):
                with shares.of("face"):
                    looks.append(Look(number, self.find(picture)))
        with shares.of("face"):
            return track(looks)

    def _crops(self, path: Track | None, shares: _Shares) -> StoredVideo:
        crops: list[Picture] = []
        with ExitStack() as stack:
            with shares.of("decode"):
                footage = stack.enter_context(opened(self.video))
            for number, picture in shares.drawn("decode", footage.frames):
                with shares.of("crop"):
                    crops.append(self._crop(picture, path, number))
        status: Status = "scored" if path or self.find is None else "fallback"
        return StoredVideo(np.stack(crops), status, footage.fps)

    def _crop(self, picture: Picture, path: Track | None, number: int) -> Picture:
        size = self.preprocessing.size
        if path:
            return crop(picture, box_at(path, number), size, self.preprocessing.margin)
        height, width = picture.shape[:2]
        fraction = 1.0 if self.find is None else FALLBACK
        return crop(picture, centred(height, width, fraction=fraction), size)

    def _answer(self, stored: StoredVideo) -> None:
        shown = Video(id="shown", path=str(self.video), label="")
        views = VideoFrames(_Held(stored), [shown], [""], self.spec, train=False, seed=0)
        for view in range(len(views)):
            pixels = collate([views[view]]).video.to(self.ready.device, non_blocking=True)
            self.ready.answer(self.ready.laid_out(to_float(pixels, self.spec)))
        stopwatch(self.ready.device).synchronize()


class _Held(FrameStore):
    """A frame store of one video, in memory."""

    def __init__(self, stored: StoredVideo) -> None:
        super().__init__(Path())
        self._stored = stored

    def status(self, video_id: str) -> Status:
        del video_id
        return self._stored.status

    def read(self, video_id: str) -> StoredVideo:
        del video_id
        return self._stored
