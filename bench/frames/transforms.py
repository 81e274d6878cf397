"""What a sanity row does to every video, in training and in a test: `resnet18@middle-frame`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.frames.sampling import Choice

GREY = 127
"""Of what is hidden: the middle of what a pixel can be."""

_WIDTH, _HEIGHT = 0.8, 1.0
"""Of the ellipse, as parts of the crop: a face box of margin 0.25 is 0.8 of the crop, and forehead
and chin reach beyond it."""


def _chosen(choice: Choice, length: int, rng: np.random.Generator) -> Choice:
    del length, rng
    return choice


def _shown(pixels: NDArray[np.uint8]) -> None:
    del pixels


@dataclass(frozen=True, slots=True)
class Transform:
    """One way to take something from a video, so that a score without it can be seen."""

    about: str
    """What is shown, a phrase for a person."""
    frames: Callable[[Choice, int, np.random.Generator], Choice] = _chosen
    """The frames that are shown in place of a choice from a video of that many frames; the
    generator is the video's own."""
    pixels: Callable[[NDArray[np.uint8]], None] = _shown
    """Changes frames in place, (T, size, size, 3) RGB."""


def _middle(choice: Choice, length: int, rng: np.random.Generator) -> Choice:
    del rng
    middle = (length - 1) // 2
    return Choice((middle,) * len(choice.frames), tuple((middle, middle + 1) for _ in choice.spans))


def _shuffled(choice: Choice, length: int, rng: np.random.Generator) -> Choice:
    del length
    whole = min(first for first, _ in choice.spans), max(last for _, last in choice.spans)
    frames = rng.permutation(choice.frames).tolist()
    # a clip holds frames of every other one
    return Choice(tuple(frames), (whole,) * len(choice.spans))


def _masked(pixels: NDArray[np.uint8]) -> None:
    size = pixels.shape[1]
    centres = (np.arange(size) + 0.5) / size * 2 - 1  # of pixels, from -1 to 1 across the crop
    inside = (centres[:, None] / _HEIGHT) ** 2 + (centres[None] / _WIDTH) ** 2 <= 1
    pixels[:, inside] = GREY


TRANSFORMS: Mapping[str, Transform] = {
    "middle-frame": Transform(
        "every frame is the middle one of the video: no motion, one expression", frames=_middle
    ),
    "shuffled-frames": Transform(
        "the chosen frames in an order drawn by lot: no course of time", frames=_shuffled
    ),
    "masked-face": Transform(
        "a grey ellipse hides the face: hair, background and outline remain", pixels=_masked
    ),
}
"""Name -> transform."""
