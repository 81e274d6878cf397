"""What surrounds the face: hair, ears, neck, clothes, beard and glasses."""

from functools import lru_cache

import cv2
import numpy as np

from bench.synthesis.canvas import SHIFT, Canvas, Points, ellipse, mirror, smooth
from bench.synthesis.geometry import EYE_LINE, Eye, Mouth, jaw_drop
from bench.synthesis.identity import Identity, mix
from bench.synthesis.state import State

_SKULL = np.array([(1.0, 0.15), (1.05, -0.45), (0.88, -1.05), (0.48, -1.42)])
"""Right half of the head above the ears, upwards."""


def paint_body(canvas: Canvas, identity: Identity, state: State) -> None:
    """What lies behind the face: long hair, shoulders, neck, ears."""
    if identity.haircut == "long":
        fall = np.array([(1.22, 1.75), (1.32, 0.6), (1.22, -0.5), (0.85, -1.35), (0.0, -1.58)])
        _both_sides(canvas, fall, mix(identity.hair, (0, 0, 0), 0.35))
    below = mix(identity.skin_colour, (70, 34, 26), 0.34)
    drop = jaw_drop(state)
    _both_sides(canvas, np.array([(0.6, 2.4), (0.55, 1.5), (0.60, 0.7), (0.0, 0.6)]), below)
    collar = np.array([(3.2, 4.2), (2.6, 2.35), (1.5, 1.95), (0.62, 1.72), (0.0, 1.98 + drop / 3)])
    _both_sides(canvas, collar, identity.cloth)
    for side in (-1, 1):
        size = identity.ears
        ear = ellipse(1.0 * side * identity.cheek, 0.06, 0.13 * size, 0.26 * size, 0.2 * side)
        canvas.fill(ear, mix(identity.skin_colour, (110, 50, 40), 0.28), None)


def paint_hair(canvas: Canvas, identity: Identity) -> None:
    """Hair in front of the forehead."""
    if identity.haircut == "bald":
        return
    volume = {"short": 0.04, "fringe": 0.09, "parted": 0.09, "long": 0.13, "curly": 0.24}
    outer = _skull(1 + volume[identity.haircut])
    if identity.haircut == "curly":
        outer = _curled(outer)
    hairline = _hairline(identity)
    canvas.fill(np.concatenate([outer, hairline]), identity.hair, None)
    _paint_strands(canvas, identity, outer, hairline)


def paint_beard(canvas: Canvas, identity: Identity, state: State, lips: Mouth) -> None:
    """A moustache, or a full beard, on faces without long hair."""
    if identity.haircut == "long" or identity.beard not in ("moustache", "full"):
        return
    colour = mix(identity.hair, identity.skin_colour, 0.18)
    drop = jaw_drop(state)
    if identity.beard == "full":
        edge = [(identity.cheek * 0.93, 0.1), (0.9, 0.5), (0.76, 0.9 + 0.5 * drop)]
        edge += [(0.45, 1.2 + drop), (0.0, 1.3 + drop)]
        inner = [(0.0, float(lips.bottom[6, 1]) + 0.07), (0.3, 0.86 + drop / 2), (0.52, 0.74)]
        inner += [(0.62, 0.52), (0.84, 0.1)]
        half = np.concatenate([smooth(np.array(edge), 3), smooth(np.array(inner), 3)])
        for side in (-1, 1):
            canvas.fill(mirror(half, side), colour)
    above = lips.top + np.array([0.0, -0.02])
    arch = above - np.array([0.0, 0.11]) * (1 - np.linspace(-1, 1, len(above)) ** 4)[:, None]
    canvas.fill(np.concatenate([above, arch[::-1]]), colour, 0.05)


def paint_glasses(canvas: Canvas, eyes: list[Eye]) -> None:
    """Thin dark frames with a faint shine."""
    thick = max(1, round(0.03 * canvas.unit))
    for side, eye in zip((-1, 1), eyes, strict=True):
        ring = canvas.place(ellipse(eye.centre[0], EYE_LINE + 0.03, 0.31, 0.25), 0.12)
        temple = canvas.place(np.array([(0.73 * side, -0.2), (1.0 * side, -0.22)]), 0.0)
        cv2.polylines(canvas.image, [ring], True, (44, 38, 40), thick, cv2.LINE_AA, SHIFT)
        cv2.polylines(canvas.image, [temple], False, (44, 38, 40), thick, cv2.LINE_AA, SHIFT)
    bridge = smooth(np.array([(-0.12, -0.14), (0.0, -0.19), (0.12, -0.14)]))
    line = canvas.place(bridge, 0.15)
    cv2.polylines(canvas.image, [line], False, (44, 38, 40), thick, cv2.LINE_AA, SHIFT)


def _both_sides(canvas: Canvas, half: Points, colour: tuple[int, int, int]) -> None:
    curve = smooth(half, 4)
    canvas.fill(np.concatenate([curve, mirror(curve[::-1], -1)]), colour, None)


@lru_cache
def _skull(size: float) -> Points:
    """Edge of the hair from the right temple over the crown to the left one."""
    arc = np.concatenate([_SKULL, mirror(_SKULL[::-1], -1)])
    grown = arc * np.array([size, 1.0]) + np.array([0.0, -0.9]) * (size - 1) * (arc[:, 1:] < -0.9)
    return smooth(grown, 6)


def _curled(outer: Points) -> Points:
    ripple = 1 + 0.035 * np.sin(np.arange(len(outer)) * 1.9)[:, None]
    return outer * ripple


def _hairline(identity: Identity) -> Points:
    """Lower edge of the hair from the left temple to the right one."""
    high = identity.hairline
    if identity.haircut == "fringe":
        high = -0.68 + 0.1 * (identity.hairline + 0.9)
    temple = {"long": (0.93, 0.3), "short": (0.97, 0.0)}.get(identity.haircut, (0.96, 0.1))
    part = identity.parting
    points = [(-temple[0], temple[1]), (-0.86, -0.45), (-0.62, high + 0.14), (part - 0.2, high)]
    if identity.haircut in ("parted", "long"):
        points += [(part, high - 0.07)]
    points += [(part + 0.2, high), (0.62, high + 0.14), (0.86, -0.45), temple]
    return smooth(np.array(points), 4)


def _paint_strands(canvas: Canvas, identity: Identity, outer: Points, hairline: Points) -> None:
    """Lighter and darker strands from the hairline to the crown."""
    count = 26
    luck = _luck(identity.seed, count)
    top = outer[::-1][(np.linspace(0.05, 0.95, count) * (len(outer) - 1)).astype(int)]
    root = hairline[(np.linspace(0.05, 0.95, count) * (len(hairline) - 1)).astype(int)]
    for shade, rows in (
        (mix(identity.hair, (0, 0, 0), 0.35), luck < 0.5),
        (mix(identity.hair, (255, 236, 210), 0.16), luck >= 0.5),
    ):
        low = root[rows] * 0.94 + top[rows] * 0.06
        high = root[rows] * 0.12 + top[rows] * 0.88
        bent = (low + high) / 2 * np.array([1.03, 1.0])
        strands = np.stack([low, bent, high], axis=1).reshape(-1, 2)
        placed = canvas.place(strands, None).reshape(-1, 3, 2)
        cv2.polylines(canvas.image, list(placed), False, shade, 1, cv2.LINE_AA, SHIFT)


@lru_cache(256)
def _luck(seed: int, count: int) -> Points:
    return np.random.default_rng(seed).random(count)
