"""The contact sheet: people by expressions, and one expression over time."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from bench.synthesis.actions import EXPRESSIONS
from bench.synthesis.canvas import Image
from bench.synthesis.face import draw
from bench.synthesis.filming import acted, pose, scene
from bench.synthesis.identity import Identity, luck_of
from bench.synthesis.performance import Difficulty, perform
from bench.synthesis.state import State


def contact_sheet(path: Path, people: int = 6, size: int = 128, intensity: float = 0.9) -> None:
    """Write a PNG with a row a person, a column an expression, and a last row over time.

    Args:
        path: file to write.
        people: rows of faces.
        size: height and width of one face in pixels.
        intensity: of every expression, in [0, 1].
    """
    rows = [_person(number, size, intensity) for number in range(people)]
    rows.append(_course(people, size))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet = np.concatenate(rows)
    cv2.imwrite(str(path), sheet[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])


def _person(number: int, size: int, intensity: float) -> Image:
    """All expressions of one person side by side, in the order of the classes."""
    identity = Identity.of(f"sheet/{number}")
    luck = luck_of(f"{identity.key}/light")
    light = replace(scene(luck, 0.6), noise=0.0, blur=0.0)
    states = [
        State(acted(identity, name, intensity), pose=pose(luck, 0.7, 0.72), scene=light)
        for name in EXPRESSIONS
    ]
    return np.concatenate([draw(identity, state, size) for state in states], axis=1)


def _course(number: int, size: int) -> Image:
    """As many moments of a video, from its first frame to its last."""
    identity = Identity.of(f"sheet/{number}")
    studio = Difficulty((0.9, 0.9), stray=0.0, talking=0.0, motion=0.6, roughness=0.0)
    states = perform(identity, "surprise", "0", studio, scale=0.72).states
    moments = np.linspace(0, len(states) - 1, len(EXPRESSIONS)).astype(int).tolist()
    return np.concatenate([draw(identity, states[at], size) for at in moments], axis=1)
