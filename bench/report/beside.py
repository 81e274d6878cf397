"""Where the names of points stand, estimated in pixels of a plot on a desk: bokeh moves none."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 600, 240
"""Of the area in which points lie."""

_LETTER, _LINE = 6.5, 14
_GAP, _POINT = 9, 6
"""From the middle of a point to its name, and half of what a point covers."""

_STEPS = (0, -1, 1, -2, 2, -3, 3)
"""Lines by which a name moves up or down where it would cover something."""


class Spot(NamedTuple):
    """Where one name stands."""

    side: str
    """The end of the name that is next to its point: left or right."""
    x: float
    """Pixels to the right of the point."""
    y: float
    """Pixels below the point."""


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: "_Box") -> bool:
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)


class Point(NamedTuple):
    """A point and its bar, in any unit; x is above 0, and drawn by its logarithm."""

    x: float
    y: float
    low: float
    high: float


def spots(
    points: Sequence[Point], names: Sequence[str], padding: tuple[float, float]
) -> list[Spot]:
    """A place for each name: beside its point, clear of points, bars and names if there is one.

    Args:
        points: of one plot.
        names: of the points.
        padding: room beside and above all points and bars, both ends together, in parts of what
            they take.
    """
    across = _scale([math.log(point.x) for point in points], WIDTH, padding[0])
    up = _scale([end for point in points for end in (point.low, point.high)], HEIGHT, padding[1])
    places = [(across(math.log(point.x)), HEIGHT - up(point.y)) for point in points]
    taken = [_Box(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y in places]
    for (x, _), point in zip(places, points, strict=True):
        taken.append(_Box(x - 1, HEIGHT - up(point.high), x + 1, HEIGHT - up(point.low)))
    found: dict[int, Spot] = {}
    # from the top, so that the names of a heap of points hang below one another
    for number in sorted(range(len(names)), key=lambda n: (places[n][1], places[n][0], names[n])):
        chosen, box = _free(places[number], _LETTER * len(names[number]), taken)
        found[number] = chosen
        taken.append(box)
    return [found[number] for number in range(len(names))]


def _free(place: tuple[float, float], length: float, taken: Sequence[_Box]) -> tuple[Spot, _Box]:
    """The first place that covers nothing, and the first one of all where there is none."""
    x, y = place
    # a name in the right half stands to the left, and is never cut
    sides = ("right", "left") if x > WIDTH / 2 else ("left", "right")
    tried: list[tuple[Spot, _Box]] = []
    for step in _STEPS:
        for side in sides:
            start = x + _GAP if side == "left" else x - _GAP - length
            top = y + _LINE * (step - 0.5)
            box = _Box(start, top, start + length, top + _LINE)
            spot = Spot(side, _GAP if side == "left" else -_GAP, _LINE * step)
            inside = start >= 0 and start + length <= WIDTH
            if inside and not any(box.covers(other) for other in taken):
                return spot, box
            tried.append((spot, box))
    return tried[0]


def _scale(values: Sequence[float], size: float, padding: float) -> Callable[[float], float]:
    """From a value to its pixel, from the lower end of an axis that such values stretch."""
    low, span = min(values), max(values) - min(values)
    ends = padding / 2
    if not span:
        return lambda _: size / 2
    return lambda value: size * ((value - low) / span + ends) / (1 + padding)
