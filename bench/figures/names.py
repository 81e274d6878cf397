"""Names beside points, so that none covers another name or a point."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.path import Path
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from bench.figures.style import GREY, SMALL

_ANGLES = (0, 180, 90, 270, 45, 315, 135, 225, 22, 338, 158, 202, 67, 293, 113, 247)
_DISTANCES = (5, 12, 20, 30, 42, 56, 72, 90)
"""From a point to its name, in points; a far one gets a line."""

_NEAR = 6
_POINT = 3.0
"""Half the side of the square that a marker takes, in points."""


def put_names(
    axes: Axes,
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    line: Sequence[tuple[float, float]] = (),
) -> None:
    """Write each name where there is room, the nearest place first.

    The limits of the axes must be final, and everything else of the figure drawn: the places of
    the names are those of the laid out page.

    Args:
        axes: holds the points.
        points: in data coordinates, one a name.
        names: what is written; "" leaves a point without one, and still free of others.
        line: corners of a line of level and upright pieces, which names keep clear of too.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # lays the page out
    scale = figure.dpi / 72
    pixels = [tuple(axes.transData.transform(point)) for point in points]
    half = _POINT * scale
    markers = [Bbox.from_extents(x - half, y - half, x + half, y + half) for x, y in pixels]
    corners = [axes.transData.transform(corner) for corner in line]
    pieces = [Bbox.union([Bbox([a, a]), Bbox([b, b])]).padded(scale) for a, b in pairwise(corners)]
    written: list[Bbox] = []
    order = sorted(range(len(names)), key=lambda n: (pixels[n], names[n]))
    for number in order:
        if names[number]:
            text = axes.annotate(
                names[number], points[number], (0, 0), textcoords="offset points", fontsize=SMALL
            )
            text.set_in_layout(False)
            others = [*markers[:number], *markers[number + 1 :]]
            taken = [*written, *markers, *pieces]
            page = _Page(canvas, taken, written, others, pixels[number])
            written.append(_place(axes, text, page))


class _Page(NamedTuple):
    """What is drawn already, in pixels."""

    canvas: FigureCanvasAgg
    taken: Sequence[Bbox]
    """What no name may cover."""
    written: Sequence[Bbox]
    """Names of other points."""
    others: Sequence[Bbox]
    """Markers of other points."""
    point: tuple[float, float]


def _place(axes: Axes, text: Annotation, page: _Page) -> Bbox:
    """Move a name to the first free place, or to one that covers least and is easiest to follow."""
    renderer = page.canvas.get_renderer()
    inside = axes.get_window_extent(renderer)
    found: tuple[tuple[float, int], float, float, float, Bbox] | None = None
    for distance in _DISTANCES:
        for angle in _ANGLES:
            dx, dy = _offset(text, angle, distance)
            box = text.get_window_extent(renderer)
            covered = sum(_overlap(box, other) for other in page.taken)
            outside = box.width * box.height - _overlap(box, inside)
            cost = covered + 4 * outside, _crossed(page, box)
            if found is None or cost < found[0]:
                found = cost, distance, dx, dy, box
            if cost == (0, 0):
                break
        if found and found[0] == (0, 0):
            break
    assert found is not None
    _, distance, dx, dy, box = found
    _set(text, dx, dy)
    if distance > _NEAR:
        line = axes.annotate(
            "",
            text.xy,
            xytext=(dx, dy),
            textcoords="offset points",
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.4, "shrinkB": 2},
        )
        line.set_in_layout(False)
    return box


def _crossed(page: _Page, box: Bbox) -> int:
    """How many others lie under the line from a point to its name; points, which it names, count 2.

    A marker that lies over the point is crossed whichever way the line goes.
    """
    x, y = page.point
    line = Path([(x, y), (min(max(x, box.x0), box.x1), min(max(y, box.y0), box.y1))])
    points = sum(line.intersects_bbox(it) for it in page.others if not it.contains(x, y))
    return 2 * points + sum(map(line.intersects_bbox, page.written))


def _offset(text: Annotation, angle: int, distance: float) -> tuple[float, float]:
    dx = distance * math.cos(math.radians(angle))
    dy = distance * math.sin(math.radians(angle))
    _set(text, dx, dy)
    return dx, dy


def _set(text: Annotation, dx: float, dy: float) -> None:
    """The side of a name that looks at its point is where it is held."""
    text.set_position((dx, dy))
    text.set_horizontalalignment("left" if dx > 1 else "right" if dx < -1 else "center")
    text.set_verticalalignment("bottom" if dy > 1 else "top" if dy < -1 else "center")


def _overlap(a: Bbox, b: Bbox) -> float:
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    return max(width, 0.0) * max(height, 0.0)
