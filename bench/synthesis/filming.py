"""How a person happens to be filmed: light, lens, head pose, and how strongly the person acts."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from bench.synthesis.actions import PROTOTYPES, UNITS
from bench.synthesis.identity import Identity
from bench.synthesis.state import Pose, Scene


def scene(rng: np.random.Generator, roughness: float = 1.0) -> Scene:
    """A light, a camera and a background.

    Args:
        rng: where chance comes from.
        roughness: 0 is a studio, 1 a living room.
    """
    side, height, contrast, gain, warmth, blur, noise = rng.uniform(-1, 1, 7).tolist()
    return Scene(
        azimuth=36 * side * roughness,
        elevation=32 + 20 * height * roughness,
        contrast=0.6 + 0.18 * contrast * roughness,
        gain=1.0 + 0.13 * gain * roughness,
        warmth=0.06 * warmth * roughness,
        blur=0.003 * (1 + blur) * roughness,
        noise=3.5 * (1 + noise) * roughness,
        background=int(rng.integers(1 << 31)),
    )


def pose(rng: np.random.Generator, spread: float = 1.0, scale: float = 0.62) -> Pose:
    """A head pose near the frontal one; `spread` 1 is about 6 degrees of yaw."""
    yaw, pitch, roll, x, y, size = (rng.normal(0, 1, 6).clip(-2, 2) * spread).tolist()
    return Pose(6 * yaw, 3.5 * pitch, 3 * roll, 0.015 * x, 0.012 * y, scale * (1 + 0.025 * size))


def acted(identity: Identity, expression: str, intensity: float) -> dict[int, float]:
    """Action units with which a person shows an expression: unit -> intensity in [0, 1].

    Everyone has habits: a unit comes out up to a third weaker, or a fifth stronger, than in the
    prototype, and the lips part more readily in some people than in others.
    """
    habits = _habits(identity)
    units = PROTOTYPES[expression].items()
    return {unit: min(1.0, full * intensity * habits[unit]) for unit, full in units}


@lru_cache(256)
def _habits(identity: Identity) -> Mapping[int, float]:
    gains = 0.68 + 0.52 * np.random.default_rng([identity.seed, 1]).random(len(UNITS))
    habits = dict(zip(UNITS, gains.tolist(), strict=True))
    return habits | {25: 0.3 + 0.9 * identity.openness}
