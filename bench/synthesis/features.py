"""Brows, eyes, nose and mouth: the coloured parts that lie on the skin."""

import numpy as np

from bench.synthesis.canvas import Canvas, Points, ellipse, mirror, smooth
from bench.synthesis.geometry import Eye, Mouth
from bench.synthesis.identity import Identity, mix
from bench.synthesis.state import State

_SCLERA = (232, 228, 222)
_CAVITY = (62, 22, 26)
_TEETH = (238, 232, 218)
_TONGUE = (176, 84, 84)


def paint_eye(canvas: Canvas, identity: Identity, eye: Eye) -> None:
    """White, iris, pupil and glint inside the lids; lashes along them."""
    skin = identity.skin_colour
    opening = np.concatenate([eye.upper, eye.lower[::-1]])
    lash = mix(skin, (22, 14, 12), 0.88)
    if eye.aperture > 0.02:
        white = mix(_SCLERA, skin, 0.25)
        with canvas.inside(opening) as inside:
            inside.image[:] = white
            inside.dot(eye.iris, 0.098, mix(identity.iris, (0, 0, 0), 0.55))
            inside.dot(eye.iris, 0.082, identity.iris)
            inside.dot(eye.iris, 0.042, (14, 10, 10))
            inside.line(eye.upper + np.array([0.0, 0.012]), mix(white, skin, 0.6), 0.03)
            inside.dot((eye.iris[0] + 0.03, eye.iris[1] - 0.03), 0.02, (250, 250, 250))
    canvas.line(eye.lower, mix(skin, (60, 30, 28), 0.5), 0.014)
    canvas.line(eye.upper, lash, 0.036)


def paint_brow(canvas: Canvas, identity: Identity, line: Points) -> None:
    """A brow along its middle line, thick towards the nose."""
    thick = identity.brow_thick * np.linspace(1.0, 0.35, len(line))[:, None] * [0.0, 1.0]
    colour = mix(identity.hair, (20, 14, 12), 0.55)
    canvas.fill(np.concatenate([line - thick, (line + thick)[::-1]]), colour, 0.03)


def paint_nose(canvas: Canvas, identity: Identity, state: State) -> None:
    """Nostrils and wings; the bridge is made by the light alone."""
    rise = 0.06 * state.actions.get(9, 0.0) + 0.02 * state.actions.get(10, 0.0)
    flare = 1 + 0.12 * max(state.actions.get(9, 0.0), state.actions.get(23, 0.0))
    width, y = identity.nose_width * flare, identity.nose_length - 0.05 - rise
    dark = mix(identity.skin_colour, (40, 16, 14), 0.72)
    for side in (-1, 1):
        canvas.fill(ellipse(0.085 * side * flare, y + 0.005, 0.048, 0.024, -0.2 * side), dark, 0.15)
        wing = np.array([(0.02, -0.10), (0.045, -0.04), (0.02, 0.01), (-0.05, 0.02)])
        curve = smooth(mirror(wing + np.array([width - 0.03, 0.0]), side)) + np.array([0.0, y])
        canvas.line(curve, mix(identity.skin_colour, (60, 26, 22), 0.42), 0.024, 0.1)


def paint_mouth(canvas: Canvas, identity: Identity, state: State, lips: Mouth) -> None:
    """Lips, and what the opening between them shows: dark, teeth, tongue."""
    red = mix(mix(identity.skin_colour, (120, 40, 44), 0.42), (176, 40, 56), 0.5 * identity.lip_red)
    canvas.fill(np.concatenate([lips.top, lips.above[::-1]]), mix(red, (60, 16, 22), 0.22), 0.05)
    canvas.fill(np.concatenate([lips.below, lips.bottom[::-1]]), red, 0.05)
    shine = lips.below * 0.45 + lips.bottom * 0.55
    canvas.line(shine[4:-4], mix(red, (255, 226, 220), 0.3), 0.035, 0.05)
    opening = np.concatenate([lips.above, lips.below[::-1]])
    if lips.gap > 0.025:
        with canvas.inside(opening, 0.05) as inside:
            inside.image[:] = _CAVITY
            _paint_inside(inside, state, lips)
    else:
        canvas.line((lips.above + lips.below) / 2, mix(red, (50, 10, 14), 0.8), 0.026, 0.05)


def _paint_inside(canvas: Canvas, state: State, lips: Mouth) -> None:
    if lips.gap > 0.16:
        floor = float(lips.below[6, 1])
        canvas.fill(ellipse(0, floor + 0.02, 0.17, 0.10), _TONGUE, 0.05)
    bared = max(state.actions.get(unit, 0.0) for unit in (10, 12, 20))
    flat = 0.5 * max(state.actions.get(26, 0.0), state.actions.get(10, 0.0))
    high = min(0.045 + 0.04 * bared, 0.75 * lips.gap)
    upper = lips.above * np.array([0.88, 1.0])
    edge = upper + np.array([0.0, high])
    edge[:, 1] += flat * (edge[6, 1] - edge[:, 1])
    canvas.fill(np.concatenate([upper, edge[::-1]]), _TEETH, 0.05)
    if state.actions.get(20, 0.0) > 0.3:
        lower = lips.below * np.array([0.88, 1.0])
        edge = lower - np.array([0.0, 0.55 * high])
        canvas.fill(np.concatenate([lower, edge[::-1]]), _TEETH, 0.05)
