"""A head seen from the side, for the second view of dual-view recordings."""

import numpy as np

from bench.synthesis.canvas import Canvas, Image, Points, ellipse, smooth
from bench.synthesis.face import backdrop, expose
from bench.synthesis.geometry import jaw_drop
from bench.synthesis.identity import Identity, mix
from bench.synthesis.state import Pose, State

_SKULL = ((0.2, -1.36), (-0.55, -1.22), (-1.08, -0.7), (-1.12, -0.1), (-0.78, 0.5), (-0.62, 0.9))
"""The back of the head, from the crown down to the nape."""
_HAIRLINE = ((-0.58, 0.8), (-0.35, 0.35), (-0.1, -0.1), (0.28, -0.45), (0.42, -0.85), (0.72, -1.05))


def draw_profile(identity: Identity, state: State, height: int, width: int) -> Image:
    """A picture of a person who faces the right of the picture; arguments and answer as `draw`."""
    image = backdrop(state.scene.background, height, width).copy()
    canvas = Canvas(image, Pose(roll=state.pose.roll, scale=state.pose.scale, x=-0.02))
    skin = identity.skin_colour
    body = np.array([(-2.6, 2.6), (-1.0, 1.75), (0.3, 1.9), (1.5, 2.7), (1.5, 4.0), (-2.6, 4.0)])
    neck = np.array([(-0.75, 0.5), (-0.72, 2.1), (0.35, 2.1), (0.42, 0.9)])
    canvas.fill(neck, mix(skin, (70, 34, 26), 0.34), None)
    canvas.fill(smooth(body), identity.cloth, None)
    front = _front(identity, state)
    canvas.fill(np.concatenate([front, smooth(np.array(_SKULL))]), skin, None)
    _paint_side(canvas, identity, state)
    return expose(image, state.scene, state.grain)


def _front(identity: Identity, state: State) -> Points:
    """The line of forehead, nose, lips, chin and jaw, from the neck up to the crown."""
    drop = jaw_drop(state)
    pout = 0.04 * state.actions.get(17, 0.0) - 0.05 * state.actions.get(23, 0.0)
    tip = 0.26 - 0.06 * state.actions.get(9, 0.0)
    line = [(-0.1, 0.95), (0.5, 1.26 + drop), (0.86, 1.22 + drop), (0.92, 1.1 + drop)]
    line += [(0.82, 0.95 + drop), (0.95 + pout, 0.84 + drop), (0.9, 0.73 + 0.6 * drop)]
    line += [(0.86, 0.71), (0.97 + pout, 0.62), (0.88, 0.44), (1.0, 0.36), (1.16, tip)]
    line += [(0.98, 0.0), (0.86, -0.2), (0.93, -0.42), (0.92, -0.7), (0.76, -1.1), (0.45, -1.3)]
    return smooth(np.array(line), 3) * np.array([1.0, identity.height])


def _paint_side(canvas: Canvas, identity: Identity, state: State) -> None:
    skin = identity.skin_colour
    dark = mix(skin, (40, 16, 14), 0.7)
    shadow = mix(skin, (80, 36, 30), 0.22)
    canvas.fill(ellipse(0.66, -0.16, 0.16, 0.12), shadow, None)
    wide = 0.05 + 0.03 * state.actions.get(5, 0.0) - 0.02 * state.actions.get(6, 0.0)
    wide *= 1 - state.blink
    if wide > 0.01:
        eye = np.array([(0.54, -0.14), (0.76, -0.15 - wide), (0.78, -0.12 + 0.6 * wide)])
        canvas.fill(eye, (226, 222, 216), None)
        canvas.fill(ellipse(0.74, -0.14, 0.03, 0.9 * wide), identity.iris, None)
    canvas.fill(np.array([(0.5, -0.15), (0.78, -0.17 - wide), (0.78, -0.14 - wide)]), dark, None)
    lift = 0.12 * state.actions.get(1, 0.0) - 0.1 * state.actions.get(4, 0.0)
    brow = np.array([(0.45, -0.40), (0.68, -0.50 - lift), (0.90, -0.42 - lift)])
    curve = smooth(brow) + np.array([0.0, 0.03])
    hair = mix(identity.hair, (20, 14, 12), 0.55)
    canvas.fill(np.concatenate([smooth(brow), curve[::-1]]), hair, None)
    canvas.fill(ellipse(0.95, 0.38, 0.05, 0.025), dark, None)
    corner = 0.72 - 0.12 * state.actions.get(12, 0.0) + 0.1 * state.actions.get(15, 0.0)
    drop = jaw_drop(state)
    gap = np.array([(0.64, corner), (0.9, 0.70), (0.92, 0.73 + 0.6 * drop), (0.86, 0.74 + drop)])
    canvas.fill(gap, mix(skin, (90, 20, 30), 0.8), None)
    canvas.fill(ellipse(-0.18, 0.05, 0.16, 0.27, -0.2), mix(skin, (110, 50, 40), 0.3), None)
    if identity.haircut != "bald":
        outer = np.array([(0.74, -1.1), (0.3, -1.46), *_SKULL[1:]]) * np.array([1.06, 1.04])
        outline = np.concatenate([smooth(outer), smooth(np.array(_HAIRLINE))])
        canvas.fill(outline, identity.hair, None)
