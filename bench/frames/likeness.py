"""Which of many videos are one video, by sketches of how they look and how they move.

A sketch holds the mean picture of a video in 8 x 8 cells, at a contrast of its own, and how far
24 parts of equal length differ from it. Two videos are one where both their pictures and their
motions agree. Pictures alone would take two performances of one person before one background for
copies; what moves, and when, tells them apart.

The bounds come from drawn videos of 160 pixels, and the slow tests of this file measure them again.
Copies that were encoded again with another codec, size, frame rate or container, at a lower
quality, or without a few frames at their ends differ by up to 1.1 in the picture and 0.23 in the
motion; a mirrored copy is compared mirrored. Other performances of one person in one light before
one background differ by 1.04 or more in the motion. Beyond the bounds lie copies whose compression
swallows what little moves in them: up to 0.65 at 80 pixels, or at a CRF of 36. Where nothing
moves, the picture decides alone.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PICTURE = 4.0
"""Copies differ by less in their mean pictures: root mean square in grey levels, where the
picture has a standard deviation of 40."""
MOTION = 0.5
"""Copies differ by less in their motions: root mean square, as a share of the motion itself."""

_MOMENTS = 24
_SIDE = 8
_CELLS = _SIDE * _SIDE
_CONTRAST = 40.0
_STILL = 0.3
"""Motion in grey levels that no codec is asked to keep."""
_CUT = 0.1
"""Share of a video that may be missing at either end of its copy."""
_STEPS = 4
_FINE = 100.0
"""Steps of a grey level in a stored mean picture."""
_ROWS = 2048
_PAIRS = 4096


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two videos that look and move as one."""

    one: str
    other: str
    picture: float
    """Difference of their mean pictures, in grey levels; below `PICTURE`."""
    motion: float
    """Difference of their motions, as a share of it; below `MOTION`."""
    mirrored: bool


@dataclass(frozen=True, slots=True)
class _Sketches:
    names: tuple[str, ...]
    pictures: Floats
    """Shape (n, 64), in grey levels."""
    motions: NDArray[np.int8]
    """Shape (n, 24, 64), in parts of `scales`."""
    scales: Floats
    """Shape (n,)."""


def sketch(grids: NDArray[np.uint8]) -> str:
    """The sketch of a video as text, 2,224 characters of base64 for 1,668 bytes.

    Args:
        grids: its frames in grey, shape (T, 16, 16) with T > 0.
    """
    parts = _parts(grids)
    picture = parts.mean(0)
    motion = parts - picture
    scale = max(float(np.abs(motion).max()) / 127, 1e-6)
    data = (
        np.asarray([scale], "<f4"),
        (picture * _FINE).round().astype("<i2"),
        (motion / scale).round().astype(np.int8),
    )
    return base64.b64encode(b"".join(part.tobytes() for part in data)).decode()


def alike(sketches: Mapping[str, str]) -> list[Likeness]:
    """Every pair of videos that are one, in the order of their names.

    All pairs are compared by their mean pictures, in blocks; only those that agree, by motion.

    Args:
        sketches: name -> what `sketch` made of it; one that is empty is like no other.
    """
    read = _read({name: text for name, text in sorted(sketches.items()) if text})
    found = (
        _confirmed(read, *_lined_up(some), mirrored=mirrored)
        for mirrored in (False, True)
        for some in _candidates(read.pictures, mirrored=mirrored)
    )
    best: dict[tuple[str, str], Likeness] = {}
    for pair in (pair for pairs in found for pair in pairs):
        known = best.setdefault((pair.one, pair.other), pair)
        if pair.motion < known.motion:
            best[pair.one, pair.other] = pair
    return [best[names] for names in sorted(best)]


def compare(one: str, other: str) -> Likeness:
    """How far two videos differ, by their sketches, whether they are one or not."""
    read = _read({"one": one, "other": other})
    first, second = np.array([0]), np.array([1])
    both = (_likenesses(read, first, second, mirrored=mirrored)[0] for mirrored in (False, True))
    return min(both, key=lambda found: max(found.picture / PICTURE, found.motion / MOTION))


def _parts(grids: NDArray[np.uint8]) -> Floats:
    """Means of equal parts of time, shape (24, 64), at the contrast that all sketches have."""
    count, pool = len(grids), grids.shape[1] // _SIDE
    cells = grids.reshape(count, _SIDE, pool, _SIDE, pool).mean((2, 4)).reshape(count, _CELLS)
    sums = np.concatenate([np.zeros((1, _CELLS)), np.cumsum(cells, 0)])
    edges = np.linspace(0, count, _MOMENTS + 1)
    whole = edges.astype(int)
    rest = (edges - whole)[:, None] * (sums[np.minimum(whole + 1, count)] - sums[whole])
    parts = np.diff(sums[whole] + rest, axis=0) * (_MOMENTS / count)
    contrast = max(float(parts.mean(0).std()), 1.0)
    return np.asarray((parts - parts.mean()) * (_CONTRAST / contrast), np.float32)


def _read(sketches: Mapping[str, str]) -> _Sketches:
    bytes_ = [np.frombuffer(base64.b64decode(text), np.uint8) for text in sketches.values()]
    rows = np.stack(bytes_) if bytes_ else np.empty((0, 4 + _CELLS * (2 + _MOMENTS)), np.uint8)
    scales, pictures, motions = np.split(rows, [4, 4 + 2 * _CELLS], axis=1)
    return _Sketches(
        tuple(sketches),
        np.ascontiguousarray(pictures).view("<i2").astype(np.float32) / _FINE,
        motions.view(np.int8).reshape(-1, _MOMENTS, _CELLS),
        np.ascontiguousarray(scales).view("<f4")[:, 0],
    )


def _candidates(pictures: Floats, *, mirrored: bool) -> Iterator[NDArray[np.intp]]:
    """Pairs whose mean pictures agree, shape (P, 2) with the lower index first, block by block."""
    others = _turned(pictures) if mirrored else pictures
    # |a - b|² < bound, as one product: half of |a|² and |b|² ride along as columns
    halves = [(one * one).sum(1, keepdims=True) / 2 for one in (pictures, others)]
    ones = np.ones_like(halves[0])
    left = np.hstack([pictures, halves[0], ones])
    right = np.hstack([others, -ones, -halves[1]])
    bound = -_CELLS * PICTURE**2 / 2
    for row in range(0, len(left), _ROWS):
        for column in range(row, len(right), _ROWS):
            near = left[row : row + _ROWS] @ right[column : column + _ROWS].T > bound
            pairs = np.argwhere(near) + np.array([row, column])
            pairs = pairs[pairs[:, 0] < pairs[:, 1]]
            for first in range(0, len(pairs), _PAIRS):
                yield pairs[first : first + _PAIRS]


def _lined_up(pairs: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return pairs[:, 0], pairs[:, 1]


def _confirmed(
    read: _Sketches, one: NDArray[np.intp], other: NDArray[np.intp], *, mirrored: bool
) -> list[Likeness]:
    found = _likenesses(read, one, other, mirrored=mirrored)
    return [pair for pair in found if pair.picture < PICTURE and pair.motion < MOTION]


def _likenesses(
    read: _Sketches, one: NDArray[np.intp], other: NDArray[np.intp], *, mirrored: bool
) -> list[Likeness]:
    a, b = (read.motions[ids] * read.scales[ids, None, None] for ids in (one, other))
    first, second = read.pictures[one], read.pictures[other]
    if mirrored:
        b, second = _turned(b), _turned(second)
    pictures = np.sqrt(np.square(first - second).mean(1))
    return [
        Likeness(read.names[int(i)], read.names[int(j)], float(picture), float(motion), mirrored)
        for i, j, picture, motion in zip(one, other, pictures, _apart(a, b), strict=True)
    ]


def _apart(a: Floats, b: Floats) -> Floats:
    """Differences of pairs of motions, shape (P, 24, 64) each, at the best cut of either."""
    cuts = _cuts()
    squares = np.einsum("kts,ktu->ksu", cuts, cuts).reshape(len(cuts), -1).T
    flat = cuts.reshape(len(cuts), -1).T
    best = np.full(len(a), np.inf, np.float32)
    for whole, part in ((a, b), (b, a)):
        # |cut(whole) - part|², by products of moments, so that no cut is ever made
        cut = (whole @ whole.swapaxes(1, 2)).reshape(len(a), -1) @ squares
        kept = np.square(part).sum((1, 2))[:, None]
        shared = (part @ whole.swapaxes(1, 2)).reshape(len(a), -1) @ flat
        still = _MOMENTS * _CELLS * _STILL**2
        apart = np.maximum(cut + kept - 2 * shared, 0) / ((cut + kept) / 2 + still)
        best = np.minimum(best, apart.min(1))
    return np.sqrt(best)


@cache
def _cuts() -> Floats:
    """Maps of moments that cut the ends of a video and centre what is left, shape (16, 24, 24)."""
    shares = np.linspace(0, _CUT, _STEPS)
    time = (np.arange(_MOMENTS) + 0.5) / _MOMENTS
    maps = [
        [np.interp((start + (1 - start - end) * time), time, row) for row in np.eye(_MOMENTS)]
        for start in shares
        for end in shares
    ]
    cuts = np.asarray(maps, np.float32).swapaxes(1, 2)
    return cuts - cuts.mean(1, keepdims=True)


def _turned(cells: Floats) -> Floats:
    """Cells in the last axis, mirrored left to right."""
    square = cells.reshape(*cells.shape[:-1], _SIDE, _SIDE)
    return square[..., ::-1].reshape(cells.shape)
