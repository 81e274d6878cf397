"""What a drawn face does in one frame, and under which light it is seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the head is and where it looks."""

    yaw: float = 0.0
    """Degrees; above 0 the face turns to the right of the picture."""
    pitch: float = 0.0
    """Degrees; above 0 the face looks down."""
    roll: float = 0.0
    """Degrees clockwise."""
    x: float = 0.0
    """Offset of the head to the right, as a fraction of the picture's height."""
    y: float = 0.0
    """Offset of the head downwards, as a fraction of the picture's height."""
    scale: float = 0.62
    """Height of the head, crown to chin, as a fraction of the picture's height."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Light, lens and background: what stays the same through a video."""

    azimuth: float = 0.0
    """Degrees; above 0 the light comes from the right of the picture."""
    elevation: float = 35.0
    """Degrees above the eyes from which the light comes."""
    contrast: float = 0.6
    """Share of directed light, in [0, 1]; the rest comes from everywhere."""
    gain: float = 1.0
    """Factor on the brightness of the whole picture."""
    warmth: float = 0.0
    """Factor by which red gains and blue loses, about -0.1 to 0.1."""
    blur: float = 0.0
    """Standard deviation of the lens blur, as a fraction of the picture's height."""
    noise: float = 0.0
    """Standard deviation of the sensor's noise, in grey levels of 255."""
    background: int = 0
    """Seed of the background."""


@dataclass(frozen=True, slots=True)
class State:
    """One frame of a drawn face."""

    actions: Mapping[int, float] = field(default_factory=dict)
    """Facial action unit -> intensity in [0, 1]; an absent unit is at rest."""
    blink: float = 0.0
    """How far the lids are closed, in [0, 1]."""
    talk: float = 0.0
    """How far speech opens the mouth, in [0, 1]; no part of the expression."""
    gaze: tuple[float, float] = (0.0, 0.0)
    """Where the eyes look, right and down, each in [-1, 1]."""
    pose: Pose = Pose()
    scene: Scene = Scene()
    grain: int = 0
    """Chooses this frame's noise."""
