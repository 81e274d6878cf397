"""A picture to draw on in face coordinates: x right, y down, in half face widths from mid-face."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import lru_cache
from math import cos, radians, sin

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from bench.synthesis.state import Pose

Points = NDArray[np.float64]
"""Shape (n, 2), in face coordinates."""
Image = MatLike
"""Picture, uint8, shape (height, width, 3) in RGB, or (height, width) in grey."""
Colour = tuple[float, ...]
"""RGB, or one grey, 0 to 255."""

HEAD = 2.75
"""Height of a head, crown to chin, in half face widths."""
MIDDLE = -0.1
"""Height of the middle between crown and chin, in face coordinates."""
SHIFT = 4
"""Fractional bits of a drawn coordinate: edges move by sixteenths of a pixel."""


class Canvas:
    """A picture with a head's pose: what is drawn in face coordinates lands on the turned head."""

    def __init__(self, image: Image, pose: Pose) -> None:
        height, width = image.shape[:2]
        self.image = image
        self.pose = pose
        self.unit = pose.scale * height / HEAD
        """Pixels of half a face width."""
        yaw, pitch, roll = radians(pose.yaw), radians(pose.pitch), radians(pose.roll)
        turn = np.array([[cos(roll), sin(roll)], [-sin(roll), cos(roll)]]) * self.unit
        self._turn = turn
        # a point's depth is a constant less its weighted squares; turning the head shifts by depth
        self._front = np.array([[cos(yaw)], [cos(pitch)]]) * turn
        self._rise = np.array([sin(yaw), sin(pitch)]) @ turn
        self._bend = np.outer([0.5, 0.2], self._rise)
        centre = np.array([width / 2 + pose.x * height, height / 2 + pose.y * height])
        self._origin = centre - np.array([0.0, MIDDLE]) @ self._turn - 0.5

    def pixels(self, points: Points, lift: float | None = 0.0) -> Points:
        """Where points of the face appear, in pixels, shape (n, 2).

        Args:
            points: shape (n, 2), in face coordinates.
            lift: height above the face's surface; None: in the plane of the head's outline, which
                does not move when the head turns.
        """
        if lift is None:
            return points @ self._turn + self._origin
        flat = points @ self._front + ((0.62 + lift) * self._rise + self._origin)
        return flat - (points * points) @ self._bend

    def place(self, points: Points, lift: float | None = 0.0) -> NDArray[np.int32]:
        """The same, as the fixed-point integers that OpenCV draws with."""
        return (self.pixels(points, lift) * (1 << SHIFT) + 0.5).astype(np.int32)

    def fill(self, points: Points, colour: Colour, lift: float | None = 0.0) -> None:
        """Fill a polygon."""
        cv2.fillPoly(self.image, [self.place(points, lift)], colour, cv2.LINE_AA, SHIFT)

    def line(self, points: Points, colour: Colour, width: float, lift: float = 0.0) -> None:
        """Draw an open line of a width in face units, pointed at both ends."""
        self.fill(strip(points, width), colour, lift)

    def grey(self, value: int, shrink: int = 1) -> "Canvas":
        """An even grey canvas over the same place, with that many times fewer pixels a side."""
        height, width = self.image.shape[:2]
        part = copy(self)
        part.image = np.full((-(-height // shrink), -(-width // shrink)), value, np.uint8)
        part.unit = self.unit / shrink
        part._turn, part._front = self._turn / shrink, self._front / shrink
        part._rise, part._bend = self._rise / shrink, self._bend / shrink
        part._origin = (self._origin + 0.5) / shrink - 0.5
        return part

    @contextmanager
    def inside(self, opening: Points, lift: float | None = 0.0) -> Iterator["Canvas"]:
        """A canvas over the same place, of which only what lies inside a polygon is kept."""
        corners = self.pixels(opening, lift)
        high, wide = self.image.shape[:2]
        left, top = np.clip(np.floor(corners.min(0)) - 1, 0, (wide - 2, high - 2)).astype(int)
        right, bottom = np.clip(np.ceil(corners.max(0)) + 2, (left + 1, top + 1), (wide, high))
        place = np.s_[top : int(bottom), left : int(right)]
        part = copy(self)
        part.image = self.image[place].copy()
        part._origin = self._origin - (left, top)
        yield part
        mask = np.zeros(part.image.shape[:2], np.uint8)
        cv2.fillPoly(mask, [part.place(opening, lift)], (255,), cv2.LINE_AA, SHIFT)
        self.image[place] = blend(self.image[place], part.image, mask)

    def dot(self, centre: tuple[float, float], radius: float, colour: Colour) -> None:
        """Fill a circle on the face's surface."""
        x, y = self.place(np.array([centre]))[0].tolist()
        size = round(radius * self.unit * (1 << SHIFT))
        cv2.circle(self.image, (x, y), size, colour, -1, cv2.LINE_AA, SHIFT)


def blend(below: Image, above: Image, mask: Image) -> Image:
    """One picture laid over another; mask 255 shows the upper one, 0 the lower one."""
    weight = np.multiply(mask, np.float32(1 / 255), dtype=np.float32)
    return cv2.blendLinear(above, below, weight, 1 - weight)


def smooth(points: Points, steps: int = 5, closed: bool = False) -> Points:
    """A curve through points (Catmull-Rom), `steps` points from each to the next."""
    return _spline(len(points), steps, closed) @ points


def strip(points: Points, width: float) -> Points:
    """A line of a width as a polygon that tapers to a third at its ends."""
    across = np.empty_like(points)
    across[1:-1] = points[2:] - points[:-2]
    across[0], across[-1] = points[1] - points[0], points[-1] - points[-2]
    across = across[:, ::-1] * np.array([-width, width])
    across *= _taper(len(points)) / (np.hypot(across[:, :1], across[:, 1:]) / width + 1e-9)
    return np.concatenate([points + across, (points - across)[::-1]])


def ellipse(x: float, y: float, rx: float, ry: float, tilt: float = 0.0) -> Points:
    """An ellipse as a polygon; `tilt` shears it, in y per x."""
    ring = _ring() * np.array([rx, ry])
    ring[:, 1] += ring[:, 0] * tilt
    return ring + np.array([x, y])


def mirror(points: Points, side: int) -> Points:
    """Points of the right of the picture, for a side: 1 keeps them, -1 moves them to the left."""
    return points * np.array([float(side), 1.0])


@lru_cache
def _taper(count: int) -> Points:
    along = np.linspace(-1, 1, count)[:, None]
    return 0.5 * (1 - 0.67 * along**4)


@lru_cache(1)
def _ring() -> Points:
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


@lru_cache
def _spline(count: int, steps: int, closed: bool) -> Points:
    """Weights of every curve point on the given points, shape (curve points, count)."""
    t = np.arange(steps) / steps
    basis = 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2], 1
    )
    spans = count if closed else count - 1
    weights = np.zeros((spans * steps + (not closed), count))
    for span in range(spans):
        for tap in range(4):
            index = span + tap - 1
            index = index % count if closed else min(max(index, 0), count - 1)
            weights[span * steps : (span + 1) * steps, index] += basis[:, tap]
    if not closed:
        weights[-1, -1] = 1.0
    return weights
