"""Where the moving parts of a face lie: person and action units -> curves in face coordinates."""

from dataclasses import dataclass

import numpy as np

from bench.synthesis.canvas import Points, mirror, smooth
from bench.synthesis.identity import Identity
from bench.synthesis.state import State

_T = np.linspace(-1.0, 1.0, 13)
"""Along a lid or a lip, from corner to corner."""
_BUMP = 1 - _T**2
_LID = _BUMP**0.7
EYE_LINE = -0.16
MOUTH_LINE = 0.73


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye: lids, crease and iris."""

    upper: Points
    """Edge of the upper lid, from the left to the right of the picture."""
    lower: Points
    crease: Points
    centre: tuple[float, float]
    iris: tuple[float, float]
    width: float
    aperture: float
    """Distance of the lids in the middle."""


@dataclass(frozen=True, slots=True)
class Mouth:
    """Lips and the opening between them; every curve from left to right."""

    top: Points
    """Upper edge of the upper lip."""
    above: Points
    """Lower edge of the upper lip: the roof of the opening."""
    below: Points
    """Upper edge of the lower lip: the floor of the opening."""
    bottom: Points
    """Lower edge of the lower lip."""
    gap: float
    """Height of the opening in the middle."""


def strength(identity: Identity, state: State, unit: int, side: int) -> float:
    """Intensity of an action unit on one side (1: right of the picture, -1: left)."""
    return state.actions.get(unit, 0.0) * (1 + identity.lopsided * side)


def jaw_drop(state: State) -> float:
    """How far the chin goes down."""
    return 0.30 * state.actions.get(26, 0.0) + 0.10 * state.talk


def outline(identity: Identity, state: State) -> Points:
    """The edge of the skin: skull, cheeks, jaw, chin; closed, in the outline's plane."""
    drop = jaw_drop(state) - 0.03 * state.actions.get(17, 0.0)
    wide = 1 + 0.03 * state.actions.get(12, 0.0)
    half = np.array(
        [
            (0.42, -1.36),
            (0.80, -1.02),
            (0.95, -0.5),
            (0.97 * identity.cheek * wide, 0.0),
            (0.93 * identity.cheek * wide, 0.4),
            (identity.jaw, 0.80 + 0.35 * drop),
            (identity.chin + 0.12, 1.10 + 0.9 * drop),
            (0.15, 1.235 + drop),
        ]
    )
    half[:, 1] *= identity.height
    return smooth(np.concatenate([half, mirror(half[::-1], -1)]), 4, closed=True)


def eye(identity: Identity, state: State, side: int) -> Eye:
    """The eye on one side."""
    au = {unit: strength(identity, state, unit, side) for unit in (1, 4, 5, 6, 7, 9, 12, 15)}
    x, y, width = identity.eye_gap * side, EYE_LINE, identity.eye_width * (1 + 0.06 * au[5])
    squint = 0.22 * au[6] + 0.34 * au[7] + 0.25 * au[9]
    up = 0.085 * identity.eye_open * (1 + 0.95 * au[5] * (1 - 0.4 * au[7]) - squint)
    down = 0.060 * identity.eye_open * (1 + 0.15 * au[5]) - 0.055 * au[6] - 0.03 * au[7]
    down -= 0.03 * au[9]
    sad = au[1] * (1 - au[5])
    up -= 0.03 * sad
    up = max(up, 0.02) * (1 - state.blink) - (down - 0.006) * state.blink
    outward = _T * side
    tilt = (identity.eye_tilt - 0.035 * sad + 0.02 * au[4] * (1 - sad)) * -outward
    upper = np.stack([x + width * _T, y + tilt - up * _LID * (1 - 0.25 * sad * outward)], 1)
    lower = np.stack([x + width * _T, y + tilt + down * _LID], 1)
    crease = upper + np.array([0.0, -0.055 + 0.025 * au[5] + 0.02 * au[4]])
    iris = (x + 0.05 * state.gaze[0], y - 0.005 + 0.04 * state.gaze[1])
    return Eye(upper, lower, crease, (x, y), iris, width, up + down)


def brow(identity: Identity, state: State, side: int) -> Points:
    """Middle line of the brow on one side, from the nose outwards."""
    au = {unit: strength(identity, state, unit, side) for unit in (1, 2, 4, 6, 9)}
    y = -0.44 - identity.brow_height
    down = 0.15 * au[4] * (1 - 0.45 * au[1]) + 0.06 * au[9]
    inner = y + identity.brow_tilt - 0.20 * au[1] - 0.04 * au[2] + down
    middle = y - identity.brow_arch - 0.07 * au[1] - 0.15 * au[2] + 0.6 * down + 0.01 * au[6]
    outer = y + 0.03 - identity.brow_tilt - 0.15 * au[2] - 0.03 * au[4] + 0.02 * au[6]
    if au[1] > au[2]:
        outer += 0.09 * (au[1] - au[2])
    pinch = 0.055 * au[4]
    points = [(0.175 - pinch, inner), (0.32 - pinch, (inner + middle) / 2 - 0.012)]
    points += [(0.50, middle), (0.70, outer)]
    return mirror(smooth(np.array(points), 3), side)


def mouth(identity: Identity, state: State) -> Mouth:
    """The lips and the opening between them."""
    au = {unit: state.actions.get(unit, 0.0) for unit in (9, 10, 12, 15, 17, 20, 23, 24, 25, 26)}
    lean = 1 + identity.lopsided * _T
    wide = identity.mouth_width + 0.12 * au[12] + 0.13 * au[20] - 0.05 * au[23] - 0.07 * au[26]
    wide -= 0.03 * state.talk + 0.03 * au[17] + 0.03 * au[10]
    y = MOUTH_LINE + identity.mouth_height - 0.02 * au[12]
    corner = identity.mouth_curve - 0.17 * au[12] + 0.13 * au[15] + 0.05 * au[20] + 0.05 * au[10]
    corner += 0.15 * au[26] + 0.05 * state.talk
    seam = (
        y + corner * lean * (0.75 * _T**2 + 0.25 * _T**4) - 0.055 * (au[17] + 0.7 * au[10]) * _BUMP
    )
    parted = au[25] * (0.05 + 0.11 * au[12] + 0.07 * au[20])
    roof = 0.25 * parted + 0.06 * au[26] + 0.02 * state.talk + 0.13 * au[10] * au[25]
    floor = 0.75 * parted + 0.27 * au[26] + 0.12 * state.talk
    square = 0.5 + 0.2 * (1 - min(1.0, au[20] + au[10]))
    above, below = seam - roof * _BUMP**square, seam + floor * _BUMP**0.6
    thin = (1 - 0.55 * au[23]) * (1 - 0.5 * au[24]) * (1 - 0.25 * au[12]) * (1 - 0.2 * au[20])
    upper, lower = 0.085 * identity.lip_full * thin, 0.11 * identity.lip_full * thin
    bow = _BUMP**0.55 - 0.28 * np.exp(-((_T / 0.16) ** 2))
    top = above - upper * bow * (1 - 0.1 * au[10]) - 0.045 * au[10] * _BUMP**0.35
    bottom = below + lower * _BUMP**0.6 * (1 + 0.25 * au[17] * (1 - au[24]))
    x = wide * _T
    curves = (np.stack([x, line], 1) for line in (top, above, below, bottom))
    return Mouth(*curves, gap=roof + floor)
