"""A script over time: onset, apex and offset of an expression, and motion that means nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.synthesis.filming import acted, pose, scene
from bench.synthesis.identity import Identity, luck_of
from bench.synthesis.state import Pose, State

FloatArray = NDArray[np.float64]

_STRAYS = ((1, 2), (2,), (4,), (7,), (10,), (12,), (15,), (17,), (20,), (24,))
"""Units that move now and then in any conversation."""


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How hard it is to name the expression of a drawn video: the one place to tune it."""

    intensity: tuple[float, float] = (0.55, 1.0)
    """Range of the intensity at the apex, in [0, 1]."""
    stray: float = 0.3
    """Largest intensity of movements that belong to no expression."""
    talking: float = 0.3
    """Share of the videos with speech."""
    motion: float = 1.0
    """Head motion; 1 is about 6 degrees of yaw at rest and 3 degrees of sway."""
    roughness: float = 1.0
    """Variety of light, blur and noise; 0 is a studio."""
    frames: tuple[int, int] = (60, 100)
    """Shortest and longest video, in frames."""
    brevity: float = 1.0
    """Length of the expression; 1 fills most of a video around its middle, a smaller one is that
    part of it and comes at any time."""


HARD = Difficulty(intensity=(0.5, 1.0), stray=0.7, talking=0.8, motion=1.5, brevity=0.45)
"""A brief expression among speech, stray movements and a restless head."""


@dataclass(frozen=True, slots=True)
class Phases:
    """First frames of the four phases of one action unit, from 0: it rises, holds, falls, rests."""

    onset: int
    apex: int
    offset: int
    end: int


@dataclass(frozen=True, slots=True)
class Performance:
    """One video before it is drawn."""

    states: tuple[State, ...]
    intensity: FloatArray
    """Of the expression, frame by frame, in [0, 1]."""
    phases: Mapping[int, Phases]
    """Of every action unit of the expression."""

    @property
    def apex(self) -> tuple[int, int] | None:
        """Frames [first, last), from 0, at which the whole expression is at its strongest."""
        if not self.phases:
            return None
        phases = self.phases.values()
        return max(one.apex for one in phases), min(one.offset for one in phases)


def perform(
    identity: Identity, expression: str, take: str, difficulty: Difficulty, scale: float = 0.62
) -> Performance:
    """The script of one video.

    Args:
        identity: who acts.
        expression: one of `EXPRESSIONS`.
        take: names the occasion; another take, another timing, light and motion.
        difficulty: how clearly the expression shows.
        scale: height of the head as a fraction of the picture's height.
    """
    rng = luck_of(f"{identity.key}/{expression}/{take}")
    count = int(rng.integers(difficulty.frames[0], difficulty.frames[1] + 1))
    strength = float(rng.uniform(*difficulty.intensity))
    units = acted(identity, expression, strength)
    phases = _phases(rng, count, units, difficulty.brevity)
    curves = {unit: _envelope(phases[unit], count) for unit in units}
    intensity = strength * np.mean([*curves.values()] or [np.zeros(count)], axis=0)
    actions = {unit: units[unit] * curve for unit, curve in curves.items()}
    _add_strays(rng, count, actions, difficulty.stray)
    poses = _poses(rng, count, difficulty.motion, scale)
    light = scene(rng, difficulty.roughness)
    blink, gaze = _blinks(rng, count), _gaze(rng, count)
    talk = _speech(rng, count) if rng.random() < difficulty.talking else np.zeros(count)
    grain = int(rng.integers(1 << 20))
    states = tuple(
        State(
            actions={unit: float(curve[frame]) for unit, curve in actions.items()},
            blink=float(blink[frame]),
            talk=float(talk[frame]),
            gaze=(float(gaze[frame, 0]), float(gaze[frame, 1])),
            pose=poses[frame],
            scene=light,
            grain=grain + frame,
        )
        for frame in range(count)
    )
    return Performance(states, intensity, phases)


def _phases(
    rng: np.random.Generator, count: int, units: Mapping[int, float], brevity: float
) -> dict[int, Phases]:
    """Timing of every unit: a common course, from which each unit strays a little."""
    start, rise, hold, fall = rng.uniform((0.04, 0.12, 0.15, 0.12), (0.22, 0.28, 0.35, 0.25))
    if brevity < 1:
        rise, hold, fall = brevity * rise, brevity * hold, brevity * fall
        start = rng.uniform(0.02, 0.92 - rise - hold - fall)
    longest = 0.94 / max(0.94, start + rise + hold + fall)
    marks = np.cumsum([start, rise, hold, fall]) * longest * count
    phases: dict[int, Phases] = {}
    for unit in units:
        early, soon, late, slow = rng.uniform(0, 0.05, 4) * count
        onset = int(marks[0] + early)
        apex = max(onset + 2, int(marks[1] - soon))
        offset = int(marks[2] + late)
        end = min(count - 1, max(offset + 2, int(marks[3] + slow)))
        phases[unit] = Phases(onset, apex, offset, end)
    return phases


def _envelope(phases: Phases, count: int) -> FloatArray:
    """Share of the full intensity at every frame: exactly 1 in [apex, offset), less elsewhere."""
    frame = np.arange(count)
    rising = (frame - phases.onset + 1) / (phases.apex - phases.onset + 1)
    falling = (phases.end - frame) / (phases.end - phases.offset + 1)
    share = np.clip(np.minimum(rising, falling), 0, 1)
    return share * share * (3 - 2 * share)


def _add_strays(
    rng: np.random.Generator, count: int, actions: dict[int, FloatArray], strongest: float
) -> None:
    """Let up to three movements come and go that have nothing to do with the expression."""
    for _ in range(int(rng.integers(0, 4)) if strongest > 0 else 0):
        onset, length = int(rng.integers(0, count - 12)), int(rng.integers(8, 24))
        end = min(count - 1, onset + length)
        third = max(1, (end - onset) // 3)
        shape = _envelope(Phases(onset, onset + third, end - third, end), count)
        size = float(rng.uniform(0.3, 1.0)) * strongest
        for unit in _STRAYS[int(rng.integers(len(_STRAYS)))]:
            actions[unit] = np.maximum(actions.get(unit, np.zeros(count)), size * shape)


def _poses(rng: np.random.Generator, count: int, motion: float, scale: float) -> list[Pose]:
    """A head that sways slowly about a resting pose."""
    rest = pose(rng, min(motion, 1.5), scale)
    time = np.arange(count)[:, None]
    period, turn = rng.uniform(30, 110, (2, 5)), rng.uniform(0, 2 * np.pi, (2, 5))
    waves = np.sin(2 * np.pi * time / period[0] + turn[0])
    waves += 0.5 * np.sin(2 * np.pi * time / (0.4 * period[1]) + turn[1])
    reach = rng.uniform(0.2, 1.0, 5) * motion * np.array([3.0, 2.0, 2.0, 0.012, 0.010])
    sway = (waves * reach).tolist()
    return [
        replace(
            rest,
            yaw=rest.yaw + yaw,
            pitch=rest.pitch + pitch,
            roll=rest.roll + roll,
            x=rest.x + x,
            y=rest.y + y,
        )
        for yaw, pitch, roll, x, y in sway
    ]


def _blinks(rng: np.random.Generator, count: int) -> FloatArray:
    """Closed lids, for about six frames each time, every one to four seconds."""
    closed = np.zeros(count)
    shape = np.array([0.35, 0.85, 1.0, 0.8, 0.45, 0.15])
    frame = int(rng.integers(5, 60))
    while frame + len(shape) < count:
        closed[frame : frame + len(shape)] = shape
        frame += int(rng.integers(25, 100))
    return closed


def _gaze(rng: np.random.Generator, count: int) -> FloatArray:
    """Eyes that rest on one point after another, shape (count, 2)."""
    gaze = np.zeros((count, 2))
    frame = int(rng.integers(10, 40))
    while frame < count:
        gaze[frame:] = rng.uniform(-0.6, 0.6, 2)
        frame += int(rng.integers(12, 50))
    return gaze


def _speech(rng: np.random.Generator, count: int) -> FloatArray:
    """Opening of the mouth by syllables, about four a second, within one stretch of speech."""
    time = np.arange(count)
    syllables = np.abs(np.sin(np.pi * time / rng.uniform(5.0, 8.0) + rng.uniform(0, 3)))
    loud = 0.6 + 0.4 * np.sin(time / rng.uniform(6, 15))
    first = int(rng.uniform(0, 0.5) * count)
    last = first + int(rng.uniform(0.3, 0.6) * count)
    spoken = (time >= first) & (time < last)
    return rng.uniform(0.4, 0.9) * syllables * loud * spoken
