"""Which frames of a video a model sees: pure rules over positions, no pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError, unknown
from bench.records import Sampling

IntArray = NDArray[np.int64]

EXCERPT, WINDOW = 75, 15
"""Frames of the excerpt and of one window of it, for the rule `clips`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The frames chosen from one video, as native positions counted from 0."""

    frames: tuple[int, ...]
    """Clip-major: the frames of the first clip, then those of the second, ..."""
    spans: tuple[tuple[int, int], ...]
    """For each clip the frames [first, last) that it was drawn from."""


@dataclass(frozen=True, slots=True)
class _Draw:
    rng: np.random.Generator | None
    view: int
    views: int

    def place(self, room: int) -> int:
        """An offset in [0, room]: random in training, else centred, or one of the even views."""
        if room <= 0:
            return 0
        if self.rng is not None:
            return int(self.rng.integers(room + 1))
        return int(_spread(room, self.views)[self.view])


def choose(
    length: int,
    sampling: Sampling,
    *,
    resample: int | None,
    rng: np.random.Generator | None,
    view: int = 0,
    views: int = 1,
) -> Choice:
    """The frames of one video that a model is shown.

    A video that is shorter than its rule needs repeats frames; it is never refused.

    Args:
        length: native frames of the video.
        sampling: the rule and its numbers.
        resample: the number of frames to which the video is brought first; the choice is mapped
            back to native frames. A shorter video is stretched by linear interpolation of the
            index (the nearest frame is taken), of a longer one the central part is kept.
        rng: draws the training choice; None: the test rule, which is deterministic.
        view: which of the test views, from 0.
        views: how many test views there are; one is centred, several are spread evenly.

    Raises:
        BenchError: the video has no frame, the rule is unknown or lacks `frames`.
    """
    if length < 1:
        raise BenchError(f"a video of {length} frames has none to choose; expected at least 1.")
    if sampling.rule not in RULES:
        raise unknown("sampling rule", sampling.rule, RULES)
    if sampling.frames is None and sampling.rule != "all":
        raise BenchError(
            f"sampling rule {sampling.rule!r} lacks 'frames', the number of frames of a clip; "
            f"only 'all' goes without. Add it to the input of the model."
        )
    axis = native_positions(length, resample)
    positions, windows = RULES[sampling.rule](len(axis), sampling, _Draw(rng, view, views))
    spans = tuple((int(axis[first]), int(axis[last - 1]) + 1) for first, last in windows)
    return Choice(tuple(axis[positions].ravel().tolist()), spans)


def native_positions(length: int, resample: int | None) -> IntArray:
    """The native frame at each position of a video brought to `resample` frames.

    Args:
        length: native frames of the video.
        resample: R; None keeps every frame.

    Returns:
        Positions in [0, length), never decreasing, shape (R,) or (length,).
    """
    if resample is None:
        return np.arange(length)
    if length >= resample:
        return np.arange(resample) + (length - resample) // 2
    return np.floor(np.linspace(0, length - 1, resample) + 0.5).astype(np.int64)


_Windows = list[tuple[int, int]]


def _clips(length: int, sampling: Sampling, draw: _Draw) -> tuple[IntArray, _Windows]:
    """N windows of 15 frames, evenly over an excerpt of 75, and K frames of each.

    With 105 frames: the excerpt starts at 0..29 in training and at 15 in a test, and 7 windows lie
    10 frames apart; a single window is centred. Training takes K frames of a window, distinct and
    in order; a test takes floor(i x 15 / K). A video of fewer frames has a shorter excerpt, then
    shorter windows; a window of fewer than K frames repeats them.
    Source: Liu et al., Inf. Sci. 598 (2022), and the authors' data loader.
    """
    excerpt, window = min(EXCERPT, length), min(WINDOW, length)
    room = length - excerpt
    # the authors draw from 0..29 where 0..30 would fit; a test starts at half the room
    start = draw.place(room) if draw.rng is None else draw.place(room - 1)
    starts = start + _spread(excerpt - window, sampling.clips)
    inside = np.stack([_inside(window, sampling.frames or 1, draw.rng) for _ in starts])
    return starts[:, None] + inside, [(int(s), int(s) + window) for s in starts]


def _uniform(length: int, sampling: Sampling, draw: _Draw) -> tuple[IntArray, _Windows]:
    """One frame of each of T equal parts: any in training, the middle one in a test.

    In a video of fewer than T frames neighbouring parts share a frame, which is repeated.
    Source: Wang et al., "Temporal Segment Networks", ECCV 2016.
    """
    parts = _parts(length, sampling.clips * (sampling.frames or 1))
    positions = np.array([first + draw.place(last - first - 1) for first, last in parts])
    grid = positions.reshape(sampling.clips, -1)
    rows = range(0, len(parts), grid.shape[1])
    return grid, [(parts[row][0], parts[row + grid.shape[1] - 1][1]) for row in rows]


def _segments(length: int, sampling: Sampling, draw: _Draw) -> tuple[IntArray, _Windows]:
    """K consecutive frames of each of N equal parts: from a random start, or the middle ones.

    In a part of fewer than K frames they start with the part and reach into the next one; past
    the end of the video its last frame is repeated.
    Source: Zhao and Liu, "Former-DFER", ACM MM 2021.
    """
    frames = sampling.frames or 1
    parts = _parts(length, sampling.clips)
    starts = np.array([first + draw.place(last - first - frames) for first, last in parts])
    positions = np.minimum(starts[:, None] + np.arange(frames), length - 1)
    reach = positions[:, -1] + 1
    return positions, [
        (first, max(last, int(end))) for (first, last), end in zip(parts, reach, strict=True)
    ]


def _dense(length: int, sampling: Sampling, draw: _Draw) -> tuple[IntArray, _Windows]:
    """One run of T frames, `stride` apart, cut into N clips: a random start, or the centre.

    Several test views start evenly from the first to the last possible frame. In a video that is
    shorter than the run, the run starts with it and its last frame is repeated.
    """
    steps = np.arange(sampling.clips * (sampling.frames or 1)) * sampling.stride
    start = draw.place(length - 1 - int(steps[-1]))
    positions = np.minimum(start + steps, length - 1).reshape(sampling.clips, -1)
    return positions, [(int(row[0]), int(row[-1]) + 1) for row in positions]


def _all(length: int, sampling: Sampling, draw: _Draw) -> tuple[IntArray, _Windows]:
    """Every frame as one clip; of more than `limit`, the middle frames of `limit` equal parts."""
    del draw
    count = min(length, sampling.limit or length)
    middles = [(first + last - 1) // 2 for first, last in _parts(length, count)]
    return np.array([middles]), [(0, length)]


_Rule = Callable[[int, Sampling, _Draw], tuple[IntArray, _Windows]]

RULES: dict[str, _Rule] = {
    "clips": _clips,
    "uniform": _uniform,
    "segments": _segments,
    "dense": _dense,
    "all": _all,
}
"""Name -> rule, which gives positions, shape (N, K), and N windows [first, last)."""


def _half_up(value: float) -> int:
    return int(np.floor(value + 0.5))


def _spread(room: int, count: int) -> IntArray:
    """Starts from 0 to `room`, evenly; a single one is centred."""
    if count == 1:
        return np.array([room // 2])
    return np.array([_half_up(i * room / (count - 1)) for i in range(count)])


def _inside(window: int, frames: int, rng: np.random.Generator | None) -> IntArray:
    if rng is None or window < frames:
        return np.arange(frames) * window // frames
    return np.sort(rng.choice(window, frames, replace=False))


def _parts(length: int, count: int) -> list[tuple[int, int]]:
    """Equal parts [first, last) of a video, each of at least one frame."""
    edges = np.arange(count + 1) * length // count
    return [(int(a), max(int(b), int(a) + 1)) for a, b in pairwise(edges)]
