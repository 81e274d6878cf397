"""Light and relief of the skin: forms, folds and wrinkles, as greys and then as skin colours."""

from functools import lru_cache
from math import cos, radians, sin

import cv2
import numpy as np

from bench.synthesis.canvas import (
    HEAD,
    MIDDLE,
    Canvas,
    Image,
    Points,
    ellipse,
    mirror,
    smooth,
)
from bench.synthesis.geometry import EYE_LINE, Eye, Mouth, jaw_drop, strength
from bench.synthesis.identity import Identity
from bench.synthesis.state import Scene, State

_FLAT = 128
"""Grey of the relief maps that leaves the light as it is."""
_GRID = 64


def paint(
    canvas: Canvas, identity: Identity, state: State, edge: Points, eyes: list[Eye], lips: Mouth
) -> None:
    """Paint the skin inside the edge of the face, shaded by light, form and action units."""
    with canvas.inside(edge, None) as part:
        height, width = part.image.shape[:2]
        soft = part.grey(_FLAT, 2)
        _forms(soft, identity, state, eyes, lips)
        reach = 2 * max(1, round(0.055 * soft.unit)) + 1
        relief = cv2.blur(cv2.blur(soft.image, (reach, reach)), (reach, reach))
        fine = part.grey(_FLAT)
        fine.image = cv2.resize(relief, (2 * relief.shape[1], 2 * relief.shape[0]))
        fine.image = np.ascontiguousarray(fine.image[:height, :width])
        _folds(fine, identity, state, eyes, lips)
        reach = max(1, round(0.035 * part.unit))
        folds = cv2.blur(fine.image, (reach, reach))
        shade = cv2.addWeighted(_light(part, state.scene), 1.0, folds, 1.0, -_FLAT)
        part.image = cv2.applyColorMap(shade, _palette(identity))


def _light(canvas: Canvas, scene: Scene) -> Image:
    """Brightness of an egg-shaped head under the scene's light, 0 to 255."""
    height, width = canvas.image.shape[:2]
    turned = round(scene.azimuth - canvas.pose.yaw), round(scene.elevation - canvas.pose.pitch)
    egg = _egg(turned[0], turned[1], round(scene.contrast, 2))
    span = 3.2 / (_GRID - 1)
    corners = np.array([[-1.6, MIDDLE - 1.6], [1.6, MIDDLE - 1.6], [-1.6, MIDDLE + 1.6]])
    there = canvas.pixels(corners, None).astype(np.float32)
    here = ((corners - corners[0]) / span).astype(np.float32)
    matrix = cv2.getAffineTransform(here, there)
    return cv2.warpAffine(egg, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


@lru_cache(64)
def _egg(azimuth: int, elevation: int, contrast: float) -> Image:
    y, x = np.mgrid[-1.6 : 1.6 : _GRID * 1j, -1.6 : 1.6 : _GRID * 1j]
    nx, ny = x / 1.25, y / (HEAD / 2 + 0.25)
    nz = np.sqrt(np.clip(1 - nx**2 - ny**2, 0.02, 1))
    a, e = radians(azimuth), radians(elevation)
    lit = np.clip(nx * sin(a) * cos(e) - ny * sin(e) + nz * cos(a) * cos(e), 0, 1)
    return np.clip(255 * (0.72 * (1 - contrast) + (0.25 + 0.85 * lit) * contrast), 0, 255).astype(
        np.uint8
    )


@lru_cache(64)
def _palette(identity: Identity) -> Image:
    """Skin colour of each brightness, shape (256, 1, 3): shadows redden, highlights pale."""
    tone = np.array(identity.skin_colour, np.float64)
    level = np.arange(256)[:, None] / 185
    shadow = tone * level ** np.array([0.95, 1.15, 1.25])
    light = tone + (np.array([255.0, 250.0, 244.0]) - tone) * np.clip((level - 1) * 1.1, 0, 0.6)
    colours = np.where(level < 1, shadow, light)
    return np.clip(colours, 0, 255).astype(np.uint8)[:, None, :].copy()


def _forms(soft: Canvas, identity: Identity, state: State, eyes: list[Eye], lips: Mouth) -> None:
    """Broad forms: sockets, cheeks, nose, chin, and what the action units do to them."""
    au = state.actions
    for side, eye in zip((-1, 1), eyes, strict=True):
        x = eye.centre[0]
        soft.fill(ellipse(x - 0.03 * side, EYE_LINE - 0.08, 0.30, 0.19), (70,))
        cheek = max(strength(identity, state, 6, side), strength(identity, state, 12, side))
        lift = 0.10 * cheek
        soft.fill(ellipse(0.56 * side, 0.30 - lift, 0.24, 0.15 + 0.04 * cheek), (150 + 18 * cheek,))
        soft.fill(ellipse(0.76 * side, 0.62, 0.12, 0.3), (116,))
        soft.fill(ellipse(0.20 * side, 0.10, 0.06, 0.26), (112,))
    soft.fill(ellipse(0, -0.72, 0.5, 0.2), (138,))
    soft.fill(ellipse(0, 0.0, 0.075, 0.42), (160,), 0.15)
    soft.fill(ellipse(0, 0.24, 0.10, 0.09), (158,), 0.25)
    soft.fill(ellipse(0, 0.41, 0.18, 0.045), (92,), 0.1)
    low = float(lips.bottom[6, 1])
    soft.fill(ellipse(0, low + 0.06, 0.22, 0.04), (96 - 20 * au.get(17, 0.0),))
    soft.fill(ellipse(0, low + 0.20, 0.18, 0.09), (144,))
    if identity.beard == "stubble" and identity.haircut != "long":
        soft.fill(ellipse(0, 0.92 + jaw_drop(state), 0.62, 0.42), (114,))


def _folds(fine: Canvas, identity: Identity, state: State, eyes: list[Eye], lips: Mouth) -> None:
    """Folds and wrinkles: lid creases, cheek folds, and the marks of single action units."""
    for side, eye in zip((-1, 1), eyes, strict=True):
        au = {unit: strength(identity, state, unit, side) for unit in (6, 7, 9, 10, 12, 15, 20)}
        fine.line(smooth(eye.crease[2:-2:2], 2), (92,), 0.022)
        pouch = eye.lower + np.array([0.0, 0.055 + 0.01 * au[6]])
        fine.line(pouch[2:-2], (_FLAT - 14 - 40 * max(au[6], au[7]),), 0.02)
        _cheek_fold(fine, side, au, lips)
        if au[6] > 0.15:
            _crow_feet(fine, side, eye, au[6])
        if au[15] > 0.1:
            corner = lips.top[-1 if side > 0 else 0]
            down = np.array([(0.02, 0.02), (0.075, 0.10), (0.07, 0.20)])
            fine.line(smooth(corner + mirror(down, side)), (_FLAT - 40 * au[15],), 0.035)
    _brow_wrinkles(fine, state)
    _nose_wrinkles(fine, state.actions.get(9, 0.0))


def _cheek_fold(fine: Canvas, side: int, au: dict[int, float], lips: Mouth) -> None:
    """The furrow from the wing of the nose around the corner of the mouth."""
    pull = min(1.0, max(au[12], au[9], au[10], 0.6 * au[20]))
    corner = abs(float(lips.top[-1 if side > 0 else 0, 0]))
    high = 0.34 - 0.07 * max(au[9], au[10])
    points = [
        (0.22, high),
        (0.33 + 0.05 * pull, 0.46 - 0.04 * au[12]),
        (max(0.44, corner + 0.07 + 0.03 * pull), 0.68 - 0.05 * au[12]),
        (max(0.43, corner + 0.05 + 0.03 * pull), 0.80),
    ]
    curve = mirror(smooth(np.array(points)), side)
    fine.line(curve + np.array([0.03 * side, -0.02]), (_FLAT + 4 + 14 * pull,), 0.05)
    fine.line(curve, (_FLAT - 10 - 44 * pull,), 0.03 + 0.02 * pull)


def _crow_feet(fine: Canvas, side: int, eye: Eye, amount: float) -> None:
    x = eye.centre[0] + side * (eye.width + 0.05)
    for rise in (-0.09, 0.0, 0.08):
        points = np.array([(0.0, 0.3 * rise), (0.06, 0.7 * rise), (0.12, 1.3 * rise)])
        fine.line(
            mirror(points, side) + np.array([x, eye.centre[1]]), (_FLAT - 45 * amount,), 0.018
        )


def _brow_wrinkles(fine: Canvas, state: State) -> None:
    """Lines across the brow of raised brows, upright ones between lowered brows."""
    raised = max(state.actions.get(1, 0.0), state.actions.get(2, 0.0))
    lowered = state.actions.get(4, 0.0) * (1 - 0.5 * state.actions.get(1, 0.0))
    if raised > 0.15:
        reach = 0.55 if state.actions.get(2, 0.0) > 0.3 * raised else 0.3
        for y in (-0.66, -0.74, -0.82):
            across = np.array([(-reach, y + 0.02), (0.0, y - 0.02), (reach, y + 0.02)])
            fine.line(smooth(across), (_FLAT - 40 * raised,), 0.02)
    if lowered > 0.15:
        for side in (-1, 1):
            upright = np.array([(0.07, -0.60), (0.055, -0.47), (0.075, -0.36)])
            fine.line(smooth(mirror(upright, side)), (_FLAT - 70 * lowered,), 0.03)


def _nose_wrinkles(fine: Canvas, amount: float) -> None:
    """Wrinkles across the root of the nose and beside it."""
    if amount < 0.15:
        return
    for y in (-0.22, -0.13, -0.04):
        across = np.array([(-0.10, y + 0.03), (0.0, y - 0.01), (0.10, y + 0.03)])
        fine.line(smooth(across), (_FLAT - 70 * amount,), 0.022, 0.1)
    for side in (-1, 1):
        beside = np.array([(0.12, 0.0), (0.19, 0.08), (0.22, 0.18)])
        fine.line(smooth(mirror(beside, side)), (_FLAT - 60 * amount,), 0.028)
