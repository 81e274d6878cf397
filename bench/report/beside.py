"""Where the names of points stand, estimated in pixels of a plot on a desk: bokeh moves none."""

import math
from collections.abc import Sequence
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


def spots(points: Sequence[tuple[float, float]], names: Sequence[str]) -> list[Spot]:
    """A place for each name: beside its point, and clear of other points and names if there is one.

    Args:
        points: x, which is drawn by its logarithm and is above 0, and y; in any unit.
        names: of the points.
    """
    across = _pixels([math.log(x) for x, _ in points], WIDTH)
    down = [HEIGHT - y for y in _pixels([y for _, y in points], HEIGHT)]
    places = list(zip(across, down, strict=True))
    taken = [_Box(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y in places]
    found: dict[int, Spot] = {}
    # from the top, so that the names of a heap of points hang below one another
    for number in sorted(range(len(names)), key=lambda n: (places[n][1], places[n][0], names[n])):
        own = taken[number]
        others = [box for box in taken if box is not own]
        chosen, box = _free(places[number], _LETTER * len(names[number]), others)
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


def _pixels(values: Sequence[float], size: float) -> list[float]:
    """Values over a length, a tenth of it left free at each end, as the plot draws them."""
    low, high = min(values), max(values)
    span = high - low
    return [size * (0.1 + 0.8 * ((v - low) / span if span else 0.5)) for v in values]
