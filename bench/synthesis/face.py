"""One picture of a drawn face: person, action units, pose and light in; pixels out."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.synthesis import features, hair, skin
from bench.synthesis.canvas import Canvas, Image
from bench.synthesis.geometry import brow, eye, mouth, outline
from bench.synthesis.identity import Identity
from bench.synthesis.state import Scene, State


def draw(identity: Identity, state: State, height: int, width: int | None = None) -> Image:
    """A picture of a person.

    Args:
        identity: who.
        state: what the face does, where it is and under which light.
        height: in pixels.
        width: in pixels; None: a square picture.

    Returns:
        RGB picture, uint8, shape (height, width, 3); the same for the same arguments.
    """
    image = backdrop(state.scene.background, height, width or height).copy()
    canvas = Canvas(image, state.pose)
    edge = outline(identity, state)
    eyes = [eye(identity, state, side) for side in (-1, 1)]
    lips = mouth(identity, state)
    hair.paint_body(canvas, identity, state)
    skin.paint(canvas, identity, state, edge, eyes, lips)
    features.paint_nose(canvas, identity, state)
    hair.paint_beard(canvas, identity, state, lips)
    features.paint_mouth(canvas, identity, state, lips)
    for side, one in zip((-1, 1), eyes, strict=True):
        features.paint_eye(canvas, identity, one)
        features.paint_brow(canvas, identity, brow(identity, state, side))
    if identity.glasses:
        hair.paint_glasses(canvas, eyes)
    hair.paint_hair(canvas, identity)
    return expose(image, state.scene, state.grain)


def expose(image: Image, scene: Scene, grain: int) -> Image:
    """What the camera makes of the picture: gain, colour, blur, noise."""
    sigma = scene.blur * image.shape[0]
    if sigma > 0.3:
        image = cv2.GaussianBlur(image, (0, 0), sigma)
    if scene.gain != 1 or scene.warmth:
        image = cv2.LUT(image, _colouring(scene.gain, scene.warmth))
    if scene.noise > 0:
        height, width = image.shape[:2]
        tile = _noise(round(2 * scene.noise))
        top, left = (grain * 7919) % (len(tile) - height), (grain * 104729) % (len(tile) - width)
        image = cv2.add(image, tile[top : top + height, left : left + width], dtype=cv2.CV_8U)
        image = image
    return image


@lru_cache(8)
def _colouring(gain: float, warmth: float) -> Image:
    """What a grey of each channel becomes, shape (1, 256, 3)."""
    factors = gain * np.array([1 + warmth, 1.0, 1 - warmth])
    return np.clip(np.arange(256)[None, :, None] * factors, 0, 255).astype(np.uint8)


@lru_cache(32)
def _noise(level: int) -> NDArray[np.int8]:
    """A sheet of sensor noise, of half a grey level a step, from which a frame cuts its part."""
    sheet = np.random.default_rng(1).normal(0, level / 2, (640, 640, 3))
    return np.clip(np.rint(sheet), -127, 127).astype(np.int8)


@lru_cache(8)
def backdrop(seed: int, height: int, width: int) -> Image:
    """A blurred wall with a few soft shapes."""
    rng = np.random.default_rng(seed)
    wide = 24 * width // height
    grey, *hues = rng.uniform(70, 205), *rng.uniform(-22, 22, 3)
    wall = np.array([grey + hue for hue in hues])
    small = np.empty((24, wide, 3), np.uint8)
    small[:] = wall
    for x, y, w, h, shade in rng.random((5, 5)).tolist():
        colour = np.clip(wall + 90 * (shade - 0.5), 0, 255).tolist()
        corner = (round(x * wide - 9 * w), round(24 * y - 12 * h))
        far = (round(x * wide + 9 * w), round(24 * y + 12 * h))
        cv2.rectangle(small, corner, far, colour, -1)
    soft = cv2.GaussianBlur(small, (0, 0), 1.2)
    return cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
