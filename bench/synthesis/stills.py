"""Single pictures of people whom no data set contains, to pretrain a network on."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.frames.parallel import each
from bench.synthesis.actions import EXPRESSIONS
from bench.synthesis.canvas import HEAD, MIDDLE, Image
from bench.synthesis.face import draw
from bench.synthesis.filming import acted, pose, scene
from bench.synthesis.identity import Identity, luck_of
from bench.synthesis.state import State
from bench.synthesis.watch import Watch, give_up, quiet

_CROP = 3.15
"""Side of the frame store's crop in half face widths: the detector's box and a margin of 0.25."""
_CENTRE = 0.055
"""Height of the middle of that crop in face coordinates."""
_CHUNK = 250


def stills(
    count: int,
    size: int,
    seed: int = 0,
    intensity: tuple[float, float] = (0.4, 1.0),
    workers: int = 0,
    watch: Watch = quiet,
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures of expressions, every one of another person, cropped as the frame store crops.

    Args:
        count: number of pictures.
        size: height and width in pixels.
        seed: chooses people, light and poses.
        intensity: range of the expression's intensity, each in [0, 1].
        workers: processes, 0 for one a core; they change nothing in the result.
        watch: wraps an iterable to show progress.

    Returns:
        RGB pictures, shape (count, size, size, 3), and their labels, indices into `EXPRESSIONS`.
    """
    starts = range(0, count, _CHUNK)
    jobs = [(start, min(start + _CHUNK, count), size, seed, intensity) for start in starts]
    pictures = np.empty((count, size, size, 3), np.uint8)
    done = watch(each(_draw_chunk, jobs, workers, died=give_up), "drawing stills", len(jobs))
    for start, part in zip(starts, done, strict=True):
        pictures[start : start + len(part)] = part
    labels = np.arange(count, dtype=np.int64) % len(EXPRESSIONS)
    return pictures, labels


def _draw_chunk(job: tuple[int, int, int, int, tuple[float, float]]) -> NDArray[np.uint8]:
    first, last, size, seed, intensity = job
    pictures = np.empty((last - first, size, size, 3), np.uint8)
    for index in range(first, last):
        pictures[index - first] = _still(index, size, seed, intensity)
    return pictures


def _still(index: int, size: int, seed: int, intensity: tuple[float, float]) -> Image:
    identity = Identity.of(f"stills/{seed}/{index:05d}")
    rng = luck_of(f"{identity.key}/still")
    near = pose(rng, 1.3, HEAD / _CROP)
    there = replace(near, y=near.y + (MIDDLE - _CENTRE) / _CROP)
    blink = float(rng.random() < 0.06) * rng.random()
    talk = float(rng.random() < 0.25) * rng.random()
    expression = EXPRESSIONS[index % len(EXPRESSIONS)]
    units = acted(identity, expression, rng.uniform(*intensity))
    gaze = (float(rng.uniform(-0.6, 0.6)), float(rng.uniform(-0.4, 0.4)))
    state = State(units, blink, talk, gaze, there, scene(rng), index)
    return cv2.resize(
        draw(identity, state, max(2 * size, 128)), (size, size), interpolation=cv2.INTER_AREA
    )
